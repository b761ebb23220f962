package extract

import (
	"cmp"
	"fmt"
	"strings"
)

// Result is what [Load] has found.
type Result struct {
	// Texts are the message ids, each once, in the order of the ids.
	Texts []Text
	// Unknown are the places where a message id is not a constant, in the order of the places.
	Unknown []Unknown
	// Fields are the fields of structs that hold message ids, in order of their names.
	Fields []Field
}

// Field is a field of a struct that holds message ids.
type Field struct {
	// Name has the import path of the package: "github.com/djmessenger/messenger/sending.Button.Title".
	Name string
	// Limit is the most characters that the platform takes there, by the limit that the code gives to
	// i18n.Localizer.Within; 0 if there is none.
	Limit int
}

// Text is a message id that the code has.
type Text struct {
	// ID is the message id: a key, or the text itself.
	ID string
	// Places are where it is written in the packages that Load was asked for, in order. It is empty for a text that a
	// package says which they import, such as this library's dialogs.
	Places []Place
	// Imported are the import paths of packages that say it and were not asked for, in order.
	Imported []string
	// Fields are the names of the fields that it gets into, in order; see [Field]. A text that is given to a function has
	// those that the function gives it to.
	Fields []string
	// Limit is the most characters that a function which it is given to takes, without a field; 0 if there is none.
	Limit int
	// Optional says that it is only looked up by i18n.Localizer.Lookup: a catalogue need not have it.
	Optional bool
}

// Unknown is a place where a message id is made at run time.
type Unknown struct {
	Place
	// Why says what stands there, such as "the result of fmt.Sprintf".
	Why string
	// Prefix is what the message id begins with, as far as that is a constant: "orders.status." of
	// fmt.Sprintf("orders.status.%d", code).
	Prefix string
}

// Place is a place in a file, counted from 1. The column counts bytes, as the go command does.
type Place struct {
	File         string
	Line, Column int
}

// String returns the place as file:line:column.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

func comparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// CompileError says that code does not compile. Its texts cannot be known then.
type CompileError struct {
	// Problems are what the compiler says, in order, each with its place in front.
	Problems []string
}

// Error returns the problems, one in a line.
func (e *CompileError) Error() string {
	return "the code does not compile, so the texts that it says are not known:\n" + strings.Join(e.Problems, "\n")
}
