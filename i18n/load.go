package i18n

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// format is a kind of catalogue file.
type format struct {
	extensions []string
	read       func(name string, data []byte) (File, []*Mistake)
}

// Format lets [Load] read files of another format than JSON, by their extensions (".yaml"). See package i18n/catalogfile.
func Format(read func(name string, data []byte) (File, []*Mistake), extensions ...string) Option {
	return func(s *settings) { s.formats = append(s.formats, format{extensions, read}) }
}

// Load reads every catalogue in a directory of fsys: files named by a BCP 47 tag, such as zh-TW.json or es.json, one for each
// language. JSON is read by itself, and other formats with a [Format]. The package comment says what a file has in it. Files
// of other kinds and subdirectories are ignored; a directory without a catalogue is an error. fsys may be an embed.FS or
// os.DirFS; dir is "." for its root.
//
// Every mistake is reported, with its file, line, column and message id, in one error made by errors.Join: what [Build]
// refuses, a name that is no language, a catalogue in a format that is not read, one of more than [MaxFileSize], a byte order
// mark, lines that end in CRLF, text that is not UTF-8, and JSON that is broken.
func Load(fsys fs.FS, dir string, opts ...Option) (*Catalog, error) {
	files, err := ReadFiles(fsys, dir, opts...)
	if err != nil {
		// What is whole is checked as well: whoever translates wants to see everything.
		_, more := Build(files, opts...)
		return nil, errors.Join(err, more)
	}
	return Build(files, opts...)
}

// ReadFiles reads the catalogues of a directory as [Load] does, and does not check them against each other. It returns what
// it could read also with an error.
func ReadFiles(fsys fs.FS, dir string, opts ...Option) ([]File, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("i18n: reading the catalogues: %w", err)
	}
	chosen := settingsOf(opts)
	var files []File
	var mistakes []error
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		f, problem := chosen.formatOf(entry.Name())
		if problem != "" {
			mistakes = append(mistakes, &Mistake{File: name, Problem: problem})
		}
		if f == nil {
			continue
		}
		data, err := readFile(fsys, name)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("i18n: %w", err))
			continue
		}
		file, found := f.read(name, data)
		for _, bad := range found {
			mistakes = append(mistakes, bad)
		}
		files = append(files, file)
	}
	if len(files) == 0 && len(mistakes) == 0 {
		return nil, fmt.Errorf("i18n: no catalogue (<language tag>%s) in %s", strings.Join(chosen.extensions(), ", "), dir)
	}
	return files, errors.Join(mistakes...)
}

// readFile reads a file up to one byte beyond the limit.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFileSize+1)) //nolint:wrapcheck // it names the file
}

func (s settings) extensions() []string {
	var all []string
	for _, f := range s.formats {
		all = append(all, f.extensions...)
	}
	return all
}

// formatOf returns the format of a file by its name, nil for a file that is no catalogue, and what is wrong with a name
// that looks like one.
func (s settings) formatOf(name string) (*format, string) {
	extension := path.Ext(name)
	for i, f := range s.formats {
		if slices.Contains(f.extensions, extension) {
			return &s.formats[i], ""
		}
	}
	lower := strings.ToLower(extension)
	switch {
	case slices.Contains(s.extensions(), lower):
		return nil, "the extension is " + lower + ", in small letters"
	case lower == ".txt" && slices.Contains(append(s.extensions(), known...), strings.ToLower(path.Ext(strings.TrimSuffix(name, extension)))):
		return nil, "the name ends in .txt, which an editor may have added; rename it to " + strings.TrimSuffix(name, extension)
	case slices.Contains(known, lower):
		return nil, "catalogues in this format are not read; the program has to give i18n.Load the option for it, see package i18n/catalogfile"
	}
	return nil, ""
}

// known are the extensions of catalogues in all formats that this module reads.
var known = []string{".json", ".yaml", ".yml", ".po", ".mo"}
