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
)

// encode returns what [reading.decode] would read as a Go value.
func (d *dumping) encode(place string, from reflect.Value) (*value, error) {
	switch s := shapeOf(from.Type()); s {
	case anyShape, rawShape, customShape:
		return d.encodeJSON(place, from)
	case durationShape:
		return textValue(time.Duration(from.Int()).String()), nil
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
		return textValue(string(content)), err
	case stringShape:
		return textValue(from.String()), nil
	case boolShape:
		return &value{kind: boolean, yes: from.Bool()}, nil
	case intShape:
		return &value{kind: number, text: strconv.FormatInt(from.Int(), 10)}, nil
	case uintShape:
		return &value{kind: number, text: strconv.FormatUint(from.Uint(), 10)}, nil
	case floatShape:
		return &value{kind: number, text: strconv.FormatFloat(from.Float(), 'g', -1, from.Type().Bits())}, nil
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
	v, mistakes := parseJSON(place, b.Bytes())
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("policyfile: %s: %w", place, mistakes[0])
	}
	return v, nil
}

func (d *dumping) encodeSlice(place string, from reflect.Value) (*value, error) {
	v := &value{kind: list}
	for i := range from.Len() {
		item, err := d.encode(fmt.Sprintf("%s[%d]", place, i), from.Index(i))
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	return v, nil
}

func (d *dumping) encodeMap(place string, from reflect.Value) (*value, error) {
	v := &value{kind: object}
	keys := from.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		inner, err := d.encode(place+"."+key.String(), from.MapIndex(key))
		if err != nil {
			return nil, err
		}
		v.set(key.String(), inner)
	}
	return v, nil
}

// encodeStruct leaves out what is zero and not required.
func (d *dumping) encodeStruct(place string, from reflect.Value) (*value, error) {
	v := &value{kind: object}
	for _, f := range fieldsOf(from.Type()) {
		inner := from.FieldByIndex(f.index)
		if inner.IsZero() && !f.required {
			continue
		}
		encoded, err := d.encode(place+"."+f.name, inner)
		if err != nil {
			return nil, err
		}
		v.set(f.name, encoded)
	}
	return v, nil
}
