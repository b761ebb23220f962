// Package scan reads JSON in one pass over its bytes: the caller names the fields that it wants, and all other values are
// validated and skipped without being built.
//
//	r := scan.NewReader(data)
//	for r.Enter(); r.NextKey(); {
//		switch string(r.Key()) {
//		case "mid":
//			mid = string(r.Text())
//		default:
//			r.Skip()
//		}
//	}
//	err := r.End()
//
// It exists for its speed. A callback must be split into its events before it is answered, and the established decoders need
// at least twice the time, since they build or tokenize values that are then thrown away. The grammar is RFC 8259 with two
// exceptions: invalid UTF-8 is read as U+FFFD, and an object may have a key several times. The reader returns each of them; the
// caller must let the last one count.
package scan

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is the maximum nesting of values that are skipped. Deeper values are skipped by counting brackets, and [Reader.Deep]
// reports them.
const MaxDepth = 256

// SyntaxError reports bytes that are not JSON. It does not quote them.
type SyntaxError struct {
	// Offset is where they cease to be.
	Offset int
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON from byte %d on", e.Offset)
}

// Reader reads one JSON value. Once it has met a fault, every method does nothing, so that only [Reader.End] need be asked.
// A Reader does not write to its data.
type Reader struct {
	data    []byte
	pos     int
	key     []byte
	scratch []byte
	err     *SyntaxError
	first   bool // nothing of the innermost container was read yet
	deep    bool
}

// NewReader returns a Reader of data.
func NewReader(data []byte) Reader {
	return Reader{data: data}
}

// Reset makes the Reader read data from its beginning. It keeps its memory, unless that has grown large.
func (r *Reader) Reset(data []byte) {
	const large = 16 << 10
	scratch := r.scratch[:0]
	if cap(scratch) > large {
		scratch = nil
	}
	*r = Reader{data: data, scratch: scratch}
}

// Kind returns the first byte of the value that comes next: '{', '[', '"', 't', 'f', 'n', '0' for every number, and 0 if no
// value comes.
func (r *Reader) Kind() byte {
	switch c := r.peek(); c {
	case '{', '[', '"', 't', 'f', 'n':
		return c
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return '0'
	default:
		return 0
	}
}

// Offset returns where the next value begins.
func (r *Reader) Offset() int {
	r.peek()
	return r.pos
}

// Deep reports whether something was nested deeper than [MaxDepth] since Deep was last called.
func (r *Reader) Deep() bool {
	deep := r.deep
	r.deep = false
	return deep
}

// Enter goes into an object or array, which must come next.
func (r *Reader) Enter() {
	if c := r.peek(); c != '{' && c != '[' {
		r.fail()
		return
	}
	r.pos++
	r.first = true
}

// NextKey reads the next field's name within an object. The field's value must be read after it. It returns false at the
// object's end, which it leaves, and after a fault.
func (r *Reader) NextKey() bool {
	if !r.next('}') {
		return false
	}
	r.key = r.Text()
	if r.peek() != ':' {
		r.fail()
		return false
	}
	r.pos++
	return true
}

// Key returns the name that [Reader.NextKey] read. It is valid until the next call.
func (r *Reader) Key() []byte {
	return r.key
}

// NextItem goes to the next value within an array, which must then be read. It returns false at the array's end, which it
// leaves, and after a fault.
func (r *Reader) NextItem() bool {
	return r.next(']')
}

func (r *Reader) next(end byte) bool {
	c := r.peek()
	if c == end {
		r.pos++
		r.first = false
		return false
	}
	if !r.first {
		if c != ',' {
			r.fail()
			return false
		}
		r.pos++
	}
	r.first = false
	return r.err == nil
}

// Text reads a string, which must come next. What it returns is valid until the next call, and always UTF-8.
func (r *Reader) Text() []byte {
	start, plain := r.skipString()
	if r.err != nil {
		return nil
	}
	if plain {
		return r.data[start+1 : r.pos-1]
	}
	// The grammar holds; an error could only be about invalid UTF-8, which is replaced.
	r.scratch, _ = jsontext.AppendUnquote(r.scratch[:0], r.data[start:r.pos])
	return r.scratch
}

// Value reads any value and returns its bytes, which are those of the data.
func (r *Reader) Value() []byte {
	start := r.Offset()
	r.Skip()
	if r.err != nil {
		return nil
	}
	return r.data[start:r.pos:r.pos]
}

// Since returns the bytes from offset to the end of the value that was read last.
func (r *Reader) Since(offset int) []byte {
	return r.data[offset:r.pos:r.pos]
}

// Skip reads any value and forgets it.
func (r *Reader) Skip() {
	r.skip(0)
}

// End reports whether all went well and nothing but white space is left.
func (r *Reader) End() error {
	if r.peek(); r.err == nil && r.pos < len(r.data) {
		r.fail()
	}
	if r.err != nil {
		return r.err
	}
	return nil
}

// peek passes over white space and returns the byte that follows it, 0 at the end.
func (r *Reader) peek() byte {
	if r.pos < len(r.data) && r.data[r.pos] > ' ' {
		return r.data[r.pos]
	}
	return r.peekOn()
}

func (r *Reader) peekOn() byte {
	for ; r.pos < len(r.data); r.pos++ {
		switch c := r.data[r.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (r *Reader) fail() {
	if r.err == nil {
		r.err = &SyntaxError{Offset: r.pos}
		r.pos = len(r.data)
	}
}
