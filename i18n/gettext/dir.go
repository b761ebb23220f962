package gettext

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// ReadDir reads the .po and .mo files below a directory: de.po, de/django.po and de/LC_MESSAGES/django.po are German. Where
// there are both of a name, the .po file counts. Several files of a language are put together. It returns what it could read,
// for i18n.Build, and every mistake in one error. A directory without such files is an error.
func ReadDir(fsys fs.FS, dir string) ([]i18n.File, error) {
	var names []string
	err := fs.WalkDir(fsys, dir, func(name string, entry fs.DirEntry, err error) error {
		if extension := path.Ext(name); err == nil && !entry.IsDir() && (extension == ".po" || extension == ".mo") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("i18n: reading the catalogues: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("i18n: no .po or .mo file in %s", dir)
	}
	var files []i18n.File
	var mistakes []error
	byLanguage := map[string]int{}
	for _, name := range names {
		if strings.HasSuffix(name, ".mo") && slices.Contains(names, strings.TrimSuffix(name, ".mo")+".po") {
			continue
		}
		data, err := readFile(fsys, name)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("i18n: %w", err))
			continue
		}
		read := readPO
		if strings.HasSuffix(name, ".mo") {
			read = readMO
		}
		file, found := read(name, languageOf(dir, name), data)
		for _, bad := range found {
			mistakes = append(mistakes, bad)
		}
		if at, ok := byLanguage[file.Language]; ok {
			if err := merge(&files[at], file); err != nil {
				mistakes = append(mistakes, err)
			}
			continue
		}
		byLanguage[file.Language] = len(files)
		files = append(files, file)
	}
	return files, errors.Join(mistakes...)
}

// languageOf returns the language of a file: the first folder below the directory, or the name of the file.
func languageOf(dir, name string) string {
	below := name
	if dir != "." {
		below = strings.TrimPrefix(name, path.Clean(dir)+"/")
	}
	folder, _, ok := strings.Cut(below, "/")
	if !ok {
		return strings.TrimSuffix(below, path.Ext(below))
	}
	return folder
}

// merge adds the messages of another file of the language.
func merge(into *i18n.File, file i18n.File) error {
	for n := range 1200 {
		if (into.Plural == nil) != (file.Plural == nil) || into.Plural != nil && into.Plural(n) != file.Plural(n) {
			return fmt.Errorf("i18n: %s and %s have other plural forms, in the header Plural-Forms", into.Name, file.Name)
		}
	}
	into.Messages = append(into.Messages, file.Messages...)
	return nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, i18n.MaxFileSize+1)) //nolint:wrapcheck // it names the file
}
