package policyfile

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/internal/datatree"
)

// encode returns what [reading.decode] would read as a Go value.
func (d *dumping) encode(place string, from reflect.Value) (*value, error) {
	switch s := shapeOf(from.Type()); s {
	case anyShape, rawShape, customShape:
		return d.encodeJSON(place, from)
	case durationShape:
		return datatree.TextValue(time.Duration(from.Int()).String()), nil
	case handlerShape:
		return d.part(handlers, place, from.Interface(), nil)
	case senderShape:
		return d.part(senders, place, from.Interface(), nil)
	case conditionShape:
		return d.condition(place, from.Interface(), nil)
	case textShape:
		m, ok := reflect.TypeAssert[encoding.TextMarshaler](from)
		if !ok {
			return nil, fmt.Errorf("policyfile: %s: %s has no MarshalText", place, from.Type())
		}
		content, err := m.MarshalText()
		return datatree.TextValue(string(content)), err
	case stringShape:
		return datatree.TextValue(from.String()), nil
	case boolShape:
		return &value{Kind: boolean, Yes: from.Bool()}, nil
	case intShape:
		return &value{Kind: number, Text: strconv.FormatInt(from.Int(), 10)}, nil
	case uintShape:
		return &value{Kind: number, Text: strconv.FormatUint(from.Uint(), 10)}, nil
	case floatShape:
		return &value{Kind: number, Text: strconv.FormatFloat(from.Float(), 'g', -1, from.Type().Bits())}, nil
	case pointerShape:
		if from.IsNil() {
			return &value{}, nil
		}
		return d.encode(place, from.Elem())
	case sliceShape:
		return d.encodeSlice(place, from)
	case mapShape:
		return d.encodeMap(place, from)
	case structShape:
		return d.encodeStruct(place, from)
	default:
		return nil, fmt.Errorf("policyfile: %s: files cannot have a %s", place, from.Type())
	}
}

func (d *dumping) encodeJSON(place string, from reflect.Value) (*value, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(from.Interface()); err != nil {
		return nil, fmt.Errorf("policyfile: %s: %w", place, err)
	}
	v, found := files.JSON(place, b.Bytes())
	if mistakes := mistakesOf(found); len(mistakes) > 0 {
		return nil, fmt.Errorf("policyfile: %s: %w", place, mistakes[0])
	}
	return v, nil
}

func (d *dumping) encodeSlice(place string, from reflect.Value) (*value, error) {
	v := &value{Kind: list}
	for i := range from.Len() {
		item, err := d.encode(fmt.Sprintf("%s[%d]", place, i), from.Index(i))
		if err != nil {
			return nil, err
		}
		v.Items = append(v.Items, item)
	}
	return v, nil
}

func (d *dumping) encodeMap(place string, from reflect.Value) (*value, error) {
	v := &value{Kind: object}
	keys := from.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		inner, err := d.encode(place+"."+key.String(), from.MapIndex(key))
		if err != nil {
			return nil, err
		}
		v.Set(key.String(), inner)
	}
	return v, nil
}

// encodeStruct leaves out what is zero and not required.
func (d *dumping) encodeStruct(place string, from reflect.Value) (*value, error) {
	v := &value{Kind: object}
	for _, f := range fieldsOf(from.Type()) {
		inner := from.FieldByIndex(f.index)
		if inner.IsZero() && !f.required {
			continue
		}
		encoded, err := d.encode(place+"."+f.name, inner)
		if err != nil {
			return nil, err
		}
		v.Set(f.name, encoded)
	}
	return v, nil
}
