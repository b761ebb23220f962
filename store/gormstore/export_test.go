package gormstore

// ControlsTransaction reports whether one of a query's statements begins or ends
// a transaction.
func ControlsTransaction(query string) bool { return controlsTransaction(query) }
