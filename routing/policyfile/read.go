package policyfile

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/djmessenger/messenger/internal/datatree"
)

// Format is how a policy is written.
type Format string

// The formats.
const (
	JSON Format = "json"
	YAML Format = "yaml"
)

// FormatOf returns the format that a file's name says, by its ending (.json, .yaml or
// .yml), or that its content suggests: JSON if it begins with a brace.
func FormatOf(name string, content []byte) Format {
	if datatree.IsJSON(name, content) {
		return JSON
	}
	return YAML
}

// readFile reads a file of at most MaxSize bytes.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("policyfile: %w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("policyfile: read %s: %w", name, err)
	}
	return content, nil
}

// files reads the trees of policy files.
var files = datatree.Reader{Name: "policy", Empty: "; a policy has routers", MaxSize: MaxSize, MaxDepth: MaxDepth, MaxValues: MaxValues}

// mistakesOf returns what is wrong with the syntax of a file.
func mistakesOf(found []*datatree.Mistake) []*Mistake {
	mistakes := make([]*Mistake, len(found))
	for i, m := range found {
		mistakes[i] = &Mistake{Position: Position(m.Position), Problem: m.Problem, Err: m.Err}
	}
	return mistakes
}

// write returns a tree in a format, with a newline at its end.
func write(v *value, format Format) ([]byte, error) {
	switch format {
	case JSON:
		return append(v.JSON(true), '\n'), nil
	case YAML:
		written, err := v.YAML()
		if err != nil {
			return nil, fmt.Errorf("policyfile: write YAML: %w", err)
		}
		return written, nil
	default:
		return nil, fmt.Errorf("policyfile: %q is no format; there are json and yaml", format)
	}
}
