package sqlite

import (
	"os"
	"syscall"
)

// linked reports whether a file has a second name: a hard link.
func linked(f *os.File, _ os.FileInfo) bool {
	var info syscall.ByHandleFileInformation
	return syscall.GetFileInformationByHandle(syscall.Handle(f.Fd()), &info) == nil && info.NumberOfLinks > 1
}
