package policyfile

import (
	"fmt"

	"github.com/djmessenger/messenger/internal/datatree"
)

// Limits of a policy file.
const (
	// MaxSize is the most bytes of a file.
	MaxSize = 1 << 20
	// MaxDepth is how many lists and objects may be in one another.
	MaxDepth = 64
	// MaxValues is how many values a file may have, those that YAML aliases repeat
	// counted each time.
	MaxValues = 100_000
)

// Position is a place in a file.
type Position struct {
	File string
	// Line counts from 1; it is 0 if the place is the whole file.
	Line int
	// Column counts characters from 1.
	Column int
}

// String returns "file:line:column", as editors and compilers write it.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// The tree of a file.
type (
	value  = datatree.Value
	member = datatree.Member
	kind   = datatree.Kind
)

const (
	null    = datatree.Null
	boolean = datatree.Boolean
	number  = datatree.Number
	text    = datatree.Text
	list    = datatree.List
	object  = datatree.Object
)
