//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// linked reports whether a file has a second name: a hard link.
func linked(_ *os.File, info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink > 1
}
