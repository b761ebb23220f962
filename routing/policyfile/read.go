package policyfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
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

// parse returns the tree of a file, or what is wrong with its syntax.
func parse(name string, content []byte) (*value, []*Mistake) {
	if len(content) > MaxSize {
		return nil, []*Mistake{{Position: Position{File: name}, Problem: fmt.Sprintf("the file has more than %d bytes", MaxSize)}}
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, []*Mistake{empty(name)}
	}
	if FormatOf(name, content) == JSON {
		return parseJSON(name, content)
	}
	return parseYAML(name, content)
}

func empty(name string) *Mistake {
	return &Mistake{Position: Position{File: name}, Problem: "the file is empty; a policy has routers"}
}

var errTooDeep = errors.New("more than 64 lists and objects in one another")

var errTooMany = errors.New("more than 100000 values, repetitions by aliases included")
