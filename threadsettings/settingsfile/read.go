package settingsfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/threadsettings"
)

// Limits of a settings file.
const (
	// MaxSize is the most bytes of a file.
	MaxSize = 1 << 20
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
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return JSON
	case ".yaml", ".yml":
		return YAML
	}
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
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

// read reads a file, or returns its [Mistakes].
func read(name string, content []byte) (*reading, error) {
	r := &reading{file: name, places: map[string]place{}}
	if root := r.parse(content); root != nil {
		r.root(root)
		r.validate()
	}
	if len(r.mistakes) > 0 {
		r.mistakes.sort()
		return nil, r.mistakes
	}
	return r, nil
}

// parse returns the tree of a file, or nil after noting what is wrong with its syntax.
func (r *reading) parse(content []byte) *yaml.Node {
	whole := func(format string, args ...any) *yaml.Node {
		r.fail(nil, "", format, args...)
		return nil
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	switch {
	case len(content) > MaxSize:
		return whole("the file has more than %d bytes", MaxSize)
	case len(bytes.TrimSpace(content)) == 0:
		return whole("the file is empty")
	}
	if FormatOf(r.file, content) == JSON {
		if bad := r.checkJSON(content); bad {
			return nil
		}
		content = joinSurrogates(content)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var root, second yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return whole("the file is empty")
	case err != nil:
		return r.syntax(content, err)
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.fail(&second, "", "a second document; a settings file has one")
		return nil
	case !errors.Is(err, io.EOF):
		return r.syntax(content, err)
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		return root.Content[0]
	}
	return &root
}

// checkJSON reports whether the file is not valid JSON, which the reader of YAML would not always notice.
func (r *reading) checkJSON(content []byte) (bad bool) {
	var value json.RawMessage
	err := json.Unmarshal(content, &value)
	if err == nil {
		return false
	}
	offset := len(content)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = max(int(syntax.Offset)-1, 0)
	}
	line, column := position(content, offset)
	r.mistakes = append(r.mistakes, &Mistake{File: r.file, Line: line, Column: column, Problem: "not valid JSON: " + printable(err.Error())})
	return true
}

// position returns the line and the column of an offset.
func position(content []byte, offset int) (line, column int) {
	before := content[:min(offset, len(content))]
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// syntax notes where the text is not valid YAML.
func (r *reading) syntax(content []byte, err error) *yaml.Node {
	m := &Mistake{File: r.file, Problem: "not valid YAML: " + printable(strings.TrimPrefix(err.Error(), "yaml: "))}
	if bad, ok := errors.AsType[*yaml.LoadError](err); ok {
		m.Problem = "not valid YAML: " + printable(bad.Message)
		m.Line, m.Column = bad.Mark.Line, max(bad.Mark.Column, 1)
		if m.Line == 0 {
			m.Line, m.Column = position(content, bad.Mark.Index)
		}
	}
	if strings.Contains(m.Problem, "cannot start any token") && m.Line > 0 {
		if lines := bytes.Split(content, []byte("\n")); m.Line <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[m.Line-1], " "), []byte("\t")) {
			m.Problem += "; YAML takes no tabs as indentation"
		}
	}
	r.mistakes = append(r.mistakes, m)
	return nil
}

// joinSurrogates writes the characters that JSON escapes as two surrogates, which YAML does not have.
func joinSurrogates(content []byte) []byte {
	var out bytes.Buffer
	for i := 0; i < len(content); i++ {
		if content[i] != '\\' || i+1 >= len(content) {
			out.WriteByte(content[i])
			continue
		}
		var text string
		if i+12 <= len(content) && content[i+1] == 'u' && content[i+6] == '\\' && content[i+7] == 'u' &&
			json.Unmarshal(quotedJSON(content[i:i+12]), &text) == nil && utf8.RuneCountInString(text) == 1 {
			out.WriteString(text)
			i += 11
			continue
		}
		out.Write(content[i : i+2]) // an escape, of a backslash perhaps
		i++
	}
	return out.Bytes()
}

// quotedJSON quotes escapes as a JSON text.
func quotedJSON(escapes []byte) []byte { return append(append([]byte{'"'}, escapes...), '"') }
