package settingsfile

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/threadsettings"
)

// Limits of a settings file.
const (
	// MaxSize is the most bytes of a file.
	MaxSize = 1 << 20
	// MaxDepth is how many lists and objects may be in one another.
	MaxDepth = 64
	// MaxValues is how many values a file may have, those that YAML aliases repeat counted each time.
	MaxValues = 100_000
)

// Format is how settings are written.
type Format string

// The formats.
const (
	JSON Format = "json"
	YAML Format = "yaml"
)

// FormatOf returns the format that a file's name says, by its ending (.json, .yaml or .yml), or that its content suggests:
// JSON if it begins with a brace.
func FormatOf(name string, content []byte) Format {
	if datatree.IsJSON(name, content) {
		return JSON
	}
	return YAML
}

// Load reads settings from a file of at most [MaxSize] bytes. The error is a [Mistakes] if the file is wrong, and else the
// file system's.
func Load(fsys fs.FS, name string) (threadsettings.Settings, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return threadsettings.Settings{}, fmt.Errorf("settingsfile: %w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return threadsettings.Settings{}, fmt.Errorf("settingsfile: read %s: %w", name, err)
	}
	return Parse(name, content)
}

// Parse is [Load] for the content of a file. The name is for mistakes, and its ending says the format; see [FormatOf].
func Parse(name string, content []byte) (threadsettings.Settings, error) {
	r, err := read(name, content)
	if err != nil {
		return threadsettings.Settings{}, err
	}
	return r.settings, nil
}

// files reads the trees of settings files.
var files = datatree.Reader{Name: "settings", MaxSize: MaxSize, MaxDepth: MaxDepth, MaxValues: MaxValues}

// read reads a file, or returns its [Mistakes].
func read(name string, content []byte) (*reading, error) {
	r := &reading{file: name, places: map[string]place{}, unknown: map[string]bool{}}
	root, found := files.Read(name, content)
	for _, m := range found {
		r.fail(m.Position, "", "%s", m.Problem)
	}
	if root != nil {
		r.root(root)
		r.validate()
	}
	if len(r.mistakes) > 0 {
		r.mistakes.sort()
		return nil, r.mistakes
	}
	return r, nil
}
