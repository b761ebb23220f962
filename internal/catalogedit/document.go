package catalogedit

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/catalogfile"
)

// ErrShape is the error of a file that cannot be changed line by line, such as YAML in braces.
var ErrShape = errors.New("cannot be changed without being written anew; write each entry in a line of its own")

// Document is a catalogue file that can be changed.
type Document struct {
	Name string
	// Untranslated are the message ids that have an entry without a text, which stands for a translation that is still
	// to be made. They are not in File.
	Untranslated []string
	// File is what the file says.
	File i18n.File

	data    []byte
	yaml    bool
	entries []entry
}

// entry is where an entry of a file is.
type entry struct {
	key        string
	start, end int // of all of it, in bytes; in YAML whole lines
	value      int // where the value begins; in JSON only
	valueEnd   int
	column     int // of the key, from 0, in characters
}

// New returns an empty document.
func New(name string) *Document {
	d := &Document{Name: name, yaml: isYAML(name), data: []byte{}}
	if !d.yaml {
		d.data = []byte("{}\n")
	}
	d.File = i18n.File{Name: name, Language: strings.TrimSuffix(path.Base(name), path.Ext(name))}
	return d
}

func isYAML(name string) bool {
	extension := path.Ext(name)
	return extension == ".yaml" || extension == ".yml"
}

// Open reads a document. With mistakes it cannot be changed.
func Open(name string, data []byte) (*Document, []*i18n.Mistake) {
	d := &Document{Name: name, yaml: isYAML(name), data: append([]byte{}, data...)}
	if d.yaml && strings.TrimSpace(uncommented(string(data))) == "" && i18n.CheckBytes(name, data) == nil {
		d.File = New(name).File // nothing but comments
		return d, nil
	}
	if mistakes := d.read(); len(mistakes) > 0 {
		return nil, mistakes
	}
	return d, nil
}

func uncommented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// read reads the text of the document.
func (d *Document) read() []*i18n.Mistake {
	read := i18n.ReadJSON
	if d.yaml {
		read = catalogfile.ReadYAML
	}
	file, mistakes := read(d.Name, d.data)
	if len(mistakes) > 0 {
		return mistakes
	}
	d.File = file
	d.entries = d.entriesOf()
	d.Untranslated = nil
	for _, e := range d.entries {
		if !slices.ContainsFunc(file.Messages, func(m i18n.Message) bool { return m.Key == e.key }) {
			d.Untranslated = append(d.Untranslated, e.key)
		}
	}
	return nil
}

// Bytes returns the text of the document.
func (d *Document) Bytes() []byte { return slices.Clone(d.data) }

// Has reports whether there is an entry of a message id, translated or not.
func (d *Document) Has(key string) bool { return d.entryOf(key) != nil }

func (d *Document) entryOf(key string) *entry {
	for i := range d.entries {
		if d.entries[i].key == key {
			return &d.entries[i]
		}
	}
	return nil
}

// Entry is one to add.
type Entry struct {
	Key string
	// Text is the zero Text for one that is still to be translated.
	Text i18n.Text
	// Comment are lines above it, without #. JSON has none.
	Comment []string
}

// Add puts entries at the end. Their message ids must be new.
func (d *Document) Add(entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	want := d.wanted()
	for _, e := range entries {
		if want.has(e.Key) {
			return fmt.Errorf("%s: %q: there is an entry already", d.Name, e.Key)
		}
		want.set(e.Key, e.Text)
	}
	if d.yaml {
		return d.replace(d.addYAML(entries), want)
	}
	return d.replace(d.addJSON(entries), want)
}

// Set gives message ids that have an entry another text.
func (d *Document) Set(texts map[string]i18n.Text) error {
	want := d.wanted()
	data := slices.Clone(d.data)
	for _, e := range slices.Backward(d.entries) { // what is before it keeps its place
		text, ok := texts[e.key]
		if !ok {
			continue
		}
		want.set(e.key, text)
		if d.yaml {
			data = d.setYAML(data, e, text)
		} else {
			data = d.setJSON(data, e, text)
		}
	}
	for key := range texts {
		if !d.Has(key) {
			return fmt.Errorf("%s: %q: there is no such entry", d.Name, key)
		}
	}
	return d.replace(data, want)
}

// replace takes another text, if it says what it should.
func (d *Document) replace(data []byte, want contents) error {
	switch {
	case data == nil:
		return fmt.Errorf("%s %w", d.Name, ErrShape)
	case bytes.Equal(data, d.data) && want.equal(d.wanted()):
		return nil
	}
	next := &Document{Name: d.Name, yaml: d.yaml, data: data}
	if mistakes := next.read(); len(mistakes) > 0 {
		return fmt.Errorf("%s %w (%w)", d.Name, ErrShape, mistakes[0])
	}
	if got := next.wanted(); !got.equal(want) {
		return fmt.Errorf("%s %w", d.Name, ErrShape)
	}
	*d = *next
	return nil
}
