// Package datatree reads files in YAML and JSON as trees whose values know their places, so that whatever is wrong with one can be
// reported with file, line and column, and writes such trees.
package datatree

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// Reader reads the files of one kind.
type Reader struct {
	// Name is what a file contains, in mistakes: "policy".
	Name string
	// Empty follows "the file is empty" in a mistake.
	Empty string
	// MaxSize is the most bytes of a file.
	MaxSize int
	// MaxDepth is how many lists and objects may be in one another.
	MaxDepth int
	// MaxValues is how many values a file may have, those that YAML aliases repeat counted each time.
	MaxValues int
}

// Mistake is one thing that is wrong with the syntax of a file, or beyond a limit.
type Mistake struct {
	Position

	// Problem says what is wrong.
	Problem string
	// Err is what went wrong, if Problem was an error.
	Err error
}

// IsJSON reports whether a file's name says JSON and not YAML, by its ending (.json, .yaml or .yml), or its content
// suggests it: it begins with a brace.
func IsJSON(name string, content []byte) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return true
	case ".yaml", ".yml":
		return false
	}
	return bytes.HasPrefix(bytes.TrimSpace(content), []byte("{"))
}

// Read returns the tree of a file, and what is wrong with it. The tree is nil if the syntax is wrong or a limit is exceeded.
func (of Reader) Read(name string, content []byte) (*Value, []*Mistake) {
	if len(content) > of.MaxSize {
		return nil, []*Mistake{{Position: Position{File: name}, Problem: fmt.Sprintf("the file has more than %d bytes", of.MaxSize)}}
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return nil, []*Mistake{of.empty(name)}
	case IsJSON(name, content):
		return of.JSON(name, content)
	default:
		return of.yaml(name, content)
	}
}

func (of Reader) empty(name string) *Mistake {
	return &Mistake{Position: Position{File: name}, Problem: "the file is empty" + of.Empty}
}

// limitError is a limit that a file exceeds.
type limitError string

func (e limitError) Error() string { return string(e) }

func (of Reader) tooDeep() error {
	return limitError(fmt.Sprintf("more than %d lists and objects in one another", of.MaxDepth))
}

func (of Reader) tooMany() error {
	return limitError(fmt.Sprintf("more than %d values, repetitions by aliases included", of.MaxValues))
}
