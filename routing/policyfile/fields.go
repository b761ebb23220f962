package policyfile

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// field is an argument, or a field of one.
type field struct {
	name     string
	index    []int
	typ      reflect.Type
	required bool
	oneOf    []string
	doc      string
}

// fieldsOf returns the fields of a struct in their order. The name is the one of the
// json tag, or else the field's own in snake_case. Other tags are required:"true",
// oneof:"a,b" and doc:"…".
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{f.Index[0]}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = snake(f.Name)
		}
		var oneOf []string
		if list := f.Tag.Get("oneof"); list != "" {
			oneOf = strings.Split(list, ",")
		}
		fields = append(fields, field{
			name: name, index: f.Index, typ: f.Type,
			required: f.Tag.Get("required") == "true", oneOf: oneOf, doc: f.Tag.Get("doc"),
		})
	}
	return fields
}

// snake turns "AttachmentID" into "attachment_id".
func snake(name string) string {
	letters := []rune(name)
	var b strings.Builder
	for i, r := range letters {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

var (
	durationType        = reflect.TypeFor[time.Duration]()
	rawType             = reflect.TypeFor[json.RawMessage]()
	handlerType         = reflect.TypeFor[handling.Handler]()
	senderType          = reflect.TypeFor[sending.Sender]()
	conditionType       = reflect.TypeFor[routing.Condition]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonUnmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	anyType             = reflect.TypeFor[any]()
)

// shape is how a type is written in a file.
type shape int

const (
	impossible shape = iota
	anyShape
	rawShape
	durationShape
	handlerShape
	senderShape
	conditionShape
	textShape   // by UnmarshalText
	customShape // by UnmarshalJSON
	stringShape
	boolShape
	intShape
	uintShape
	floatShape
	pointerShape
	sliceShape
	mapShape
	structShape
)

func shapeOf(t reflect.Type) shape {
	switch t {
	case anyType:
		return anyShape
	case rawType:
		return rawShape
	case durationType:
		return durationShape
	case handlerType:
		return handlerShape
	case senderType:
		return senderShape
	case conditionType:
		return conditionShape
	}
	if t.Kind() != reflect.Pointer {
		switch p := reflect.PointerTo(t); {
		case p.Implements(jsonUnmarshalerType):
			return customShape
		case p.Implements(textUnmarshalerType):
			return textShape
		}
	}
	switch t.Kind() {
	case reflect.String:
		return stringShape
	case reflect.Bool:
		return boolShape
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intShape
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return uintShape
	case reflect.Float32, reflect.Float64:
		return floatShape
	case reflect.Pointer:
		return pointerShape
	case reflect.Slice:
		return sliceShape
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return mapShape
		}
	case reflect.Struct:
		return structShape
	}
	return impossible
}

// checkArgs reports a type that no file can fill.
func checkArgs(t reflect.Type) error {
	if t.Kind() != reflect.Struct || shapeOf(t) != structShape {
		return fmt.Errorf("its arguments are a %s; they have to be a struct", t)
	}
	return checkType(t.Name(), t, map[reflect.Type]bool{})
}

func checkType(place string, t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch shapeOf(t) {
	case impossible:
		return fmt.Errorf("the argument %s is a %s, which files cannot have", place, t)
	case pointerShape, sliceShape, mapShape:
		return checkType(place, t.Elem(), seen)
	case structShape:
		names := map[string]bool{}
		for _, f := range fieldsOf(t) {
			if names[f.name] {
				return fmt.Errorf("two arguments are called %s.%s", place, f.name)
			}
			names[f.name] = true
			if err := checkType(place+"."+f.name, f.typ, seen); err != nil {
				return err
			}
		}
	}
	return nil
}
