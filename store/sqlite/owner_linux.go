package sqlite

// The commands for open file description locks: F_OFD_GETLK and F_OFD_SETLK.
const (
	getLock = 36
	setLock = 37
)
