package scan

import (
	"encoding/binary"
	"math/bits"
)

func (r *Reader) skip(depth int) {
	switch c := r.peek(); {
	case c == '"':
		r.skipString()
	case c != '{' && c != '[':
		r.skipScalar(c)
	case depth == MaxDepth:
		r.skipBrackets()
	case c == '{':
		for r.Enter(); r.NextKey(); {
			r.skip(depth + 1)
		}
	default:
		for r.Enter(); r.NextItem(); {
			r.skip(depth + 1)
		}
	}
	r.first = false
}

// skipBrackets passes over what is nested too deeply. It looks at nothing but strings and brackets, and needs no memory.
func (r *Reader) skipBrackets() {
	r.deep = true
	for open := 0; ; {
		switch r.peek() {
		case '{', '[':
			open++
		case '}', ']':
			open--
		case '"':
			r.skipString()
			continue
		}
		if r.pos == len(r.data) {
			r.fail()
			return
		}
		r.pos++
		if open == 0 {
			return
		}
	}
}

// skipScalar passes over a number, true, false or null, of which c is the first byte.
func (r *Reader) skipScalar(c byte) {
	switch c {
	case 't':
		r.skipWord("true")
	case 'f':
		r.skipWord("false")
	case 'n':
		r.skipWord("null")
	default:
		r.skipNumber()
	}
}

func (r *Reader) skipWord(word string) {
	if len(r.data)-r.pos < len(word) || string(r.data[r.pos:r.pos+len(word)]) != word {
		r.fail()
		return
	}
	r.pos += len(word)
}

func (r *Reader) skipNumber() {
	r.skipOne('-', '-')
	if !r.skipOne('0', '0') && !r.skipDigits() {
		r.fail()
		return
	}
	if r.skipOne('.', '.') && !r.skipDigits() {
		r.fail()
		return
	}
	if r.skipOne('e', 'E') {
		r.skipOne('+', '-')
		if !r.skipDigits() {
			r.fail()
		}
	}
}

func (r *Reader) skipOne(a, b byte) bool {
	if r.pos < len(r.data) && (r.data[r.pos] == a || r.data[r.pos] == b) {
		r.pos++
		return true
	}
	return false
}

func (r *Reader) skipDigits() bool {
	start := r.pos
	for r.pos < len(r.data) && r.data[r.pos]-'0' <= 9 {
		r.pos++
	}
	return r.pos > start
}

// skipString passes over a string, which must come next. It returns where the string begins, and whether it is plain: ASCII
// without escapes.
func (r *Reader) skipString() (start int, plain bool) {
	if r.peek() != '"' {
		r.fail()
		return 0, false
	}
	start = r.pos
	i, plain := stringStop(r.data, start+1)
	for {
		switch {
		case i == len(r.data) || r.data[i] < ' ':
			r.pos = i
			r.fail()
			return 0, false
		case r.data[i] == '"':
			r.pos = i + 1
			return start, plain
		}
		n := escapeLen(r.data[i:])
		if n == 0 {
			r.pos = i
			r.fail()
			return 0, false
		}
		plain = false
		i, _ = stringStop(r.data, i+n)
	}
}

// escapeLen returns the length of the escape that b begins with; 0 if there is no such escape.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		for _, c := range b[2:6] {
			if c-'0' > 9 && c|0x20-'a' > 5 {
				return 0
			}
		}
		return 6
	}
	return 0
}

// stringStop returns where, from i on, the next quotation mark, backslash or control character is, or the length of data, and
// whether all before it is ASCII. It looks at eight bytes at a time.
func stringStop(data []byte, i int) (stop int, ascii bool) {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	var seen uint64
	for ; len(data)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(data[i:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// A byte's high bit is set where the byte was what is looked for. Borrows may set more of them, above the first only.
		if found := ((w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs; found != 0 {
			n := bits.TrailingZeros64(found)
			seen |= w & (1<<(n&^7) - 1)
			return i + n/8, seen&highs == 0
		}
		seen |= w
	}
	for ; i < len(data); i++ {
		c := data[i]
		if c == '"' || c == '\\' || c < ' ' {
			break
		}
		seen |= uint64(c)
	}
	return i, seen&highs == 0
}
