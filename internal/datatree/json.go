package datatree

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonReader makes a tree of JSON text.
type jsonReader struct {
	Reader

	in       *jsontext.Decoder
	lines    *lines
	values   int
	mistakes []*Mistake
}

// JSON is [Reader.Read] for JSON.
func (of Reader) JSON(name string, content []byte) (*Value, []*Mistake) {
	r := &jsonReader{
		Reader: of,
		in:     jsontext.NewDecoder(bytes.NewReader(content), jsontext.AllowDuplicateNames(true)),
		lines:  newLines(name, content),
	}
	root, err := r.value(0)
	if err == nil {
		err = r.end()
	}
	if err != nil {
		r.mistakes = append(r.mistakes, r.syntax(err))
		return nil, r.mistakes
	}
	return root, r.mistakes
}

// end reads the end of the file.
func (r *jsonReader) end() error {
	before := r.in.InputOffset()
	_, err := r.in.ReadToken()
	if err == nil {
		rest := r.lines.data[before:]
		at := int(before) + len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		return &jsontext.SyntacticError{ByteOffset: int64(at), Err: errors.New("something after the end of the " + r.Name)}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// syntax says where the text is not valid JSON, or beyond a limit.
func (r *jsonReader) syntax(err error) *Mistake {
	at, problem := int(r.in.InputOffset()), err.Error()
	if _, beyond := errors.AsType[limitError](err); beyond {
		return &Mistake{Position: r.lines.position(at), Problem: problem, Err: err}
	}
	if bad, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at, problem = int(bad.ByteOffset), bad.Err.Error()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		problem = "the file ends in the middle"
	}
	if rest := r.lines.data[min(max(at, 0), len(r.lines.data)):]; len(rest) > 0 && rest[0] == ',' {
		if after := bytes.TrimSpace(rest[1:]); len(after) > 0 && (after[0] == '}' || after[0] == ']') {
			problem = "a comma with nothing after it"
		}
	}
	return &Mistake{Position: r.lines.position(at), Problem: "not valid JSON: " + problem, Err: err}
}

func (r *jsonReader) value(depth int) (*Value, error) {
	if depth > r.MaxDepth {
		return nil, r.tooDeep()
	}
	if r.values++; r.values > r.MaxValues {
		return nil, r.tooMany()
	}
	switch r.in.PeekKind() {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	}
	raw, err := r.in.ReadValue()
	if err != nil {
		return nil, err
	}
	v := &Value{At: r.lines.position(int(r.in.InputOffset()) - len(raw))}
	switch raw.Kind() {
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return nil, err
		}
		v.Kind, v.Text = Text, string(unquoted)
	case '0':
		v.Kind, v.Text = Number, string(raw)
	case 't', 'f':
		v.Kind, v.Yes = Boolean, raw.Kind() == 't'
	}
	return v, nil
}

// open reads a brace or bracket.
func (r *jsonReader) open(k Kind) (*Value, error) {
	if _, err := r.in.ReadToken(); err != nil {
		return nil, err
	}
	return &Value{At: r.lines.position(int(r.in.InputOffset()) - 1), Kind: k}, nil
}

func (r *jsonReader) object(depth int) (*Value, error) {
	v, err := r.open(Object)
	if err != nil {
		return nil, err
	}
	names := map[string]Position{}
	for r.in.PeekKind() != '}' {
		raw, err := r.in.ReadValue()
		if err != nil {
			return nil, err
		}
		at := r.lines.position(int(r.in.InputOffset()) - len(raw))
		unquoted, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return nil, err
		}
		name := string(unquoted)
		inner, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if first, twice := names[name]; twice {
			r.mistakes = append(r.mistakes, duplicate(at, name, first))
			continue
		}
		names[name] = at
		v.Members = append(v.Members, Member{Name: name, At: at, Value: inner})
	}
	_, err = r.in.ReadToken()
	return v, err
}

func duplicate(at Position, name string, first Position) *Mistake {
	return &Mistake{Position: at, Problem: fmt.Sprintf("the key %s is there twice; the first is in line %d, column %d", Quoted(name), first.Line, first.Column)}
}

func (r *jsonReader) list(depth int) (*Value, error) {
	v, err := r.open(List)
	if err != nil {
		return nil, err
	}
	for r.in.PeekKind() != ']' {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.Items = append(v.Items, item)
	}
	_, err = r.in.ReadToken()
	return v, err
}
