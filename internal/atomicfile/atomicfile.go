// Package atomicfile writes a file as one step: what reads it finds all of the old text or all of the new one, also if the process is
// killed or the machine stops in the middle.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces what is in a file, and makes one that all may read if there is none. A file keeps its permissions, and one that is
// read-only is an error. A symbolic link stays one: the file that it names is replaced. What is no file, such as /dev/stdout or a pipe, is
// written to. After an error the file is as it was.
func Write(name string, data []byte) error {
	name = target(name)
	mode := fs.FileMode(0o644)
	switch info, err := os.Stat(name); {
	case err == nil && !info.Mode().IsRegular():
		return writeInto(name, data)
	case err == nil && info.Mode().Perm()&0o200 == 0:
		return fmt.Errorf("%s is read-only; nothing was written", name)
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return place(name, data, mode, os.Rename)
}

// WriteMode is [Write] of a file that has these permissions afterwards, whatever it had before. It writes to files only.
func WriteMode(name string, data []byte, mode fs.FileMode) error {
	return place(target(name), data, mode, os.Rename)
}

// Create is [WriteMode] of a file that does not exist yet; else the error is [fs.ErrExist]. Of several processes that create the same
// file one succeeds.
func Create(name string, data []byte, mode fs.FileMode) error {
	return place(name, data, mode, os.Link)
}

// target is the file that a name stands for: that at the end of its links, also if it does not exist yet.
func target(name string) string {
	if found, err := filepath.EvalSymlinks(name); err == nil {
		return found
	}
	link, err := os.Readlink(name)
	if _, missing := os.Stat(name); err == nil && errors.Is(missing, fs.ErrNotExist) {
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(name), link)
		}
		return link
	}
	return name
}

// place writes a temporary file beside the name, and puts it there once it is on the disk.
func place(name string, data []byte, mode fs.FileMode, put func(from, to string) error) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if wrong, ok := errors.AsType[*fs.PathError](err); ok {
		wrong.Path = name // which says more than the name of the temporary file
	}
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // after a rename there is none
	_, err = temporary.Write(data)
	if err == nil {
		err = temporary.Chmod(mode)
	}
	if err == nil {
		err = temporary.Sync() // else a crash of the machine leaves an empty file under the name
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s is as it was: %w", name, err)
	}
	return put(temporary.Name(), name)
}

// writeInto writes to what is there, be it a device or a pipe.
func writeInto(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
