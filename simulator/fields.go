package simulator

import (
	"encoding/json"
	"strings"
)

const (
	maxFields     = 200 // in one parameter, those of all levels together
	maxFieldDepth = 5
)

// field is one entry of the parameter fields: a name, with what is asked for below it, such as
// messages.limit(5){id,message}. See https://developers.facebook.com/docs/graph-api/guides/field-expansion
type field struct {
	name string
	args map[string]string
	sub  []field
}

// readFields reads a list of fields, in commas or as JSON.
func readFields(v value) ([]field, *GraphError) {
	var names []string
	text := v.string()
	if json.Unmarshal(v.unquoted().raw, &names) == nil {
		text = strings.Join(names, ",")
	}
	if !v.present() {
		return nil, nil
	}
	r := fieldReader{rest: text}
	fields := r.list(0)
	if r.wrong || strings.TrimSpace(r.rest) != "" {
		return nil, &GraphError{Message: "Syntax error in the parameter fields: " + shortened(text), Code: 2500}
	}
	return fields, nil
}

// fieldReader reads fields from a text.
type fieldReader struct {
	rest  string
	count int
	wrong bool
}

func (r *fieldReader) list(depth int) []field {
	var fields []field
	for !r.wrong {
		r.rest = strings.TrimLeft(r.rest, " ,\t\r\n")
		if r.rest == "" || r.rest[0] == '}' {
			return fields
		}
		fields = append(fields, r.one(depth))
		r.rest = strings.TrimLeft(r.rest, " \t\r\n")
		r.wrong = r.wrong || r.rest != "" && r.rest[0] != ',' && r.rest[0] != '}'
	}
	return nil
}

// one reads name.arg(value)….{sub}.
func (r *fieldReader) one(depth int) field {
	f := field{name: r.word()}
	for strings.HasPrefix(r.rest, ".") {
		r.rest = r.rest[1:]
		name := r.word()
		arg, rest, ok := strings.Cut(strings.TrimPrefix(r.rest, "("), ")")
		if !ok || !strings.HasPrefix(r.rest, "(") {
			r.wrong = true
			return f
		}
		if f.args == nil {
			f.args = map[string]string{}
		}
		f.args[name], r.rest = arg, rest
	}
	if strings.HasPrefix(r.rest, "{") {
		r.rest = r.rest[1:]
		f.sub = r.list(depth + 1)
		if !strings.HasPrefix(r.rest, "}") || depth == maxFieldDepth {
			r.wrong = true
			return f
		}
		r.rest = r.rest[1:]
	}
	if r.count++; r.count > maxFields {
		r.wrong = true
	}
	return f
}

// word reads a name, which must not be empty.
func (r *fieldReader) word() string {
	end := strings.IndexFunc(r.rest, func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if end < 0 {
		end = len(r.rest)
	}
	name := r.rest[:end]
	r.rest = strings.TrimLeft(r.rest[end:], " ")
	r.wrong = r.wrong || name == ""
	return name
}

// nested is a field that has fields of its own; it is worked out if it was asked for.
type nested func(field) (any, *GraphError)

// choose answers with the asked-for fields, or the usual ones if none was named. What has no value is left out.
func choose(id string, fields []field, usual []string, all map[string]any) (map[string]any, *GraphError) {
	if len(fields) == 0 {
		for _, name := range usual {
			fields = append(fields, field{name: name})
		}
	}
	answer := map[string]any{"id": id}
	for _, f := range fields {
		v, ok := all[f.name]
		if !ok && f.name != "id" {
			return nil, refuse(0, "Tried accessing nonexisting field (%s)", f.name)
		}
		if inner, is := v.(nested); is {
			var err *GraphError
			if v, err = inner(f); err != nil {
				return nil, err
			}
		}
		if ok && v != nil && v != "" {
			answer[f.name] = v
		}
	}
	return answer, nil
}
