package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// jsonReader makes values of JSON, with their lines. YAML would read most of it too, but not each character that JSON can have.
type jsonReader struct {
	*reader
	decoder *json.Decoder
	ends    []int // the offsets of the line ends
}

// json reads one JSON value; nil if it is none.
func (r *reader) json(data []byte) *value {
	j := &jsonReader{reader: r, decoder: json.NewDecoder(bytes.NewReader(data))}
	j.decoder.UseNumber()
	for i, c := range data {
		if c == '\n' {
			j.ends = append(j.ends, i)
		}
	}
	v, err := j.value(0)
	if err == nil {
		if _, more := j.decoder.Token(); !errors.Is(more, io.EOF) {
			r.fail(j.line(j.decoder.InputOffset()), "has more after the transcript")
		}
		return v
	}
	if !errors.Is(err, errReported) {
		at := int(j.decoder.InputOffset())
		for at < len(data) && strings.IndexByte(" \t\r\n,:", data[at]) >= 0 {
			at++
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends in the middle")
		}
		r.fail(j.line(int64(min(at, len(data)-1))), "is not valid JSON: %v", err)
	}
	return nil
}

// errReported is the error of what was reported with its line.
var errReported = errors.New("it was reported")

// line is the line of an offset.
func (j *jsonReader) line(offset int64) int {
	n, _ := slices.BinarySearch(j.ends, int(offset))
	return n + 1
}

func (j *jsonReader) value(depth int) (*value, error) {
	token, err := j.decoder.Token()
	if err != nil {
		return nil, err
	}
	v := &value{line: j.line(j.decoder.InputOffset() - 1)}
	if depth > maxDepth {
		j.fail(v.line, "has more than %d levels within each other", maxDepth)
		return nil, errReported
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return v, j.list(v, depth)
		}
		return v, j.object(v, depth)
	case string:
		v.kind, v.text = text, token
	case json.Number:
		v.kind, v.text = number, token.String()
	case bool:
		v.kind, v.text = boolean, map[bool]string{true: "true", false: "false"}[token]
	}
	return v, nil
}

func (j *jsonReader) list(v *value, depth int) error {
	v.kind = list
	for j.decoder.More() {
		item, err := j.value(depth + 1)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	_, err := j.decoder.Token()
	return err
}

func (j *jsonReader) object(v *value, depth int) error {
	v.kind = object
	seen := map[string]bool{}
	for j.decoder.More() {
		token, err := j.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // JSON has no other keys
		line := j.line(j.decoder.InputOffset() - 1)
		inner, err := j.value(depth + 1)
		if err != nil {
			return err
		}
		if seen[name] {
			j.fail(line, "has %q twice", name)
			continue
		}
		seen[name] = true
		v.members = append(v.members, member{name, line, inner})
	}
	_, err := j.decoder.Token()
	return err
}
