package scan

import "strconv"

// Path returns the way to the value that begins at offset, such as "message.attachments[0].type". It is "" for the whole, and
// names no more than the containers that could be told if data is not JSON.
func Path(data []byte, offset int) string {
	r := NewReader(data)
	return string(r.path(nil, offset, 0))
}

// path appends the way from the value that comes next to the one at offset.
func (r *Reader) path(to []byte, offset, depth int) []byte {
	if start := r.Offset(); start >= offset || depth == MaxDepth {
		return to
	}
	switch r.Kind() {
	case '{':
		for r.Enter(); r.NextKey(); {
			if r.encloses(offset) {
				if len(to) > 0 {
					to = append(to, '.')
				}
				return r.path(append(to, r.key...), offset, depth+1)
			}
		}
	case '[':
		r.Enter()
		for i := 0; r.NextItem(); i++ {
			if r.encloses(offset) {
				to = append(to, '[')
				to = strconv.AppendInt(to, int64(i), 10)
				return r.path(append(to, ']'), offset, depth+1)
			}
		}
	}
	return to
}

// encloses reports whether offset lies within the value that comes next. It passes over the value if not.
func (r *Reader) encloses(offset int) bool {
	value := *r
	value.scratch = nil // the copy must not write over the key
	value.Skip()
	if value.pos > offset {
		return true
	}
	key := r.key
	*r = value
	r.key = key
	return false
}
