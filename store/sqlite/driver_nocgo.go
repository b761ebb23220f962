//go:build !cgo

package sqlite

// Without cgo the driver opens nothing, and says so.

func inTransaction(any) bool { return false }

func meaning(error) string { return "cannot be opened by a program that was built without cgo" }
