package catalogedit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile puts data into a file as one step: what reads it finds all of the old text or all of the new one, also if the
// machine stops. A file that cannot be written is left as it is; one that is a link stays one. A new file can be read by
// everyone. What is no file, such as /dev/stdout or a pipe, is written to and not replaced.
func WriteFile(name string, data []byte) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
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
	temporary, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // after the rename there is none
	_, err = temporary.Write(data)
	if err == nil {
		err = temporary.Chmod(mode)
	}
	if err == nil {
		err = temporary.Sync()
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s is as it was: %w", name, err)
	}
	return os.Rename(temporary.Name(), name)
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
