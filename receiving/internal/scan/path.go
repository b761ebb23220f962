package scan

import (
	"strconv"
	"unicode/utf8"
)

// maxPathKey is the most bytes of a key within a path.
const maxPathKey = 64

// Path returns the way to the value that begins at offset, such as "message.attachments[0].type", in one pass over what comes
// before that. It is "" for the whole, and names only the containers up to the first error if data is not JSON. A key of
// more than 64 bytes is cut short, and ends in "…".
func Path(data []byte, offset int) string {
	r := NewReader(data)
	path, _ := r.path(nil, offset, 0)
	return string(path)
}

// path appends the way from the value that comes next to the one at offset, if that is within it. Otherwise it reads the value.
func (r *Reader) path(to []byte, offset, depth int) (way []byte, found bool) {
	if r.Offset() >= offset {
		return to, true
	}
	kind := r.Kind()
	if depth == MaxDepth || kind != '{' && kind != '[' {
		r.Skip()
		return to, r.err != nil
	}
	r.Enter()
	for i := 0; kind == '{' && r.NextKey() || kind == '[' && r.NextItem(); i++ {
		if kind == '{' {
			way = appendKey(to, r.key)
		} else {
			way = appendItem(to, i)
		}
		if way, found = r.path(way, offset, depth+1); found {
			return way, true
		}
	}
	return to, r.err != nil
}

func appendKey(to, key []byte) []byte {
	if len(to) > 0 {
		to = append(to, '.')
	}
	if len(key) <= maxPathKey {
		return append(to, key...)
	}
	n := maxPathKey
	for !utf8.RuneStart(key[n]) {
		n--
	}
	return append(append(to, key[:n]...), "…"...)
}

func appendItem(to []byte, i int) []byte {
	to = strconv.AppendInt(append(to, '['), int64(i), 10)
	return append(to, ']')
}
