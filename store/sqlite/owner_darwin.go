package sqlite

// The commands for open file description locks: F_OFD_SETLK and F_OFD_GETLK.
const (
	setLock = 90
	getLock = 92
)
