package policyfile

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/sending"
)

// decode fills a Go value with a value of the file. What does not fit is a mistake; it
// returns false then.
func (r *reading) decode(v *value, place string, to reflect.Value) bool {
	t := to.Type()
	switch s := shapeOf(t); s {
	case anyShape:
		if v.Kind != null {
			to.Set(reflect.ValueOf(v.Plain()))
		}
	case rawShape:
		to.SetBytes(v.JSON(false))
	case senderShape:
		return r.part(senders, v, place, to)
	case handlerShape:
		return r.part(handlers, v, place, to)
	case conditionShape:
		c, ok := r.condition(v, place)
		if ok {
			to.Set(reflect.ValueOf(c))
		}
		return ok
	case durationShape:
		return r.duration(v, place, to)
	case customShape:
		return r.custom(v, place, to)
	case pointerShape:
		if v.Kind == null {
			return true
		}
		to.Set(reflect.New(t.Elem()))
		return r.decode(v, place, to.Elem())
	case sliceShape, mapShape:
		if v.Kind == null {
			return true
		}
		if s == sliceShape {
			return r.slice(v, place, to)
		}
		return r.mapping(v, place, to)
	case structShape:
		return r.structure(v, place, to)
	default:
		return r.scalar(s, v, place, to)
	}
	return true
}

// want reports a value of another kind.
func (r *reading) want(v *value, place string, kind kind) bool {
	if v.Kind == kind {
		return true
	}
	hint := ""
	if kind == text && (v.Kind == number || v.Kind == boolean) {
		hint = "; put it in quotes"
	}
	if yes, ok := asBoolean(v); ok && kind == boolean {
		hint = fmt.Sprintf("; write %t, without quotes", yes)
	}
	r.fail(v.At, place, "is %s, and has to be %s%s", v.Describe(), kind, hint)
	return false
}

// asBoolean returns the boolean that a text was probably meant to be. In YAML 1.1 yes
// and no were booleans; in YAML 1.2 they are texts.
func asBoolean(v *value) (yes, ok bool) {
	if v.Kind != text {
		return false, false
	}
	switch strings.ToLower(v.Text) {
	case "yes", "y", "on", "true":
		return true, true
	case "no", "n", "off", "false":
		return false, true
	}
	return false, false
}

func (r *reading) scalar(s shape, v *value, place string, to reflect.Value) bool {
	switch s {
	case stringShape:
		if !r.want(v, place, text) {
			return false
		}
		to.SetString(v.Text)
		if r.strings != nil && r.field != "" {
			r.strings(String{Position: Position(v.At), Place: place, Field: r.field, Text: v.Text})
		}
	case textShape:
		if !r.want(v, place, text) {
			return false
		}
		u, _ := reflect.TypeAssert[encoding.TextUnmarshaler](to.Addr())
		if err := guarded(func() error { return u.UnmarshalText([]byte(v.Text)) }); err != nil {
			r.wrong(v.At, place, err)
			return false
		}
	case boolShape:
		if !r.want(v, place, boolean) {
			return false
		}
		to.SetBool(v.Yes)
	default:
		if !r.want(v, place, number) {
			return false
		}
		return r.number(s, v, place, to)
	}
	return true
}

func (r *reading) number(s shape, v *value, place string, to reflect.Value) bool {
	var err error
	switch s {
	case intShape:
		var n int64
		n, err = strconv.ParseInt(v.Text, 10, to.Type().Bits())
		to.SetInt(n)
	case uintShape:
		var n uint64
		n, err = strconv.ParseUint(v.Text, 10, to.Type().Bits())
		to.SetUint(n)
	default:
		var f float64
		f, err = strconv.ParseFloat(v.Text, to.Type().Bits())
		to.SetFloat(f)
	}
	if err != nil {
		r.fail(v.At, place, "is %s, and has to be a number of Go type %s", datatree.ShortNumber(v.Text), to.Type())
		return false
	}
	return true
}

func (r *reading) duration(v *value, place string, to reflect.Value) bool {
	if v.Kind != text {
		r.fail(v.At, place, `is %s, and has to be a duration such as "30s" or "1h30m"`, v.Describe())
		return false
	}
	d, err := time.ParseDuration(v.Text)
	if err != nil {
		r.fail(v.At, place, `is %s, and has to be a duration such as "30s" or "1h30m"`, datatree.Quoted(v.Text))
		return false
	}
	to.SetInt(int64(d))
	return true
}

func (r *reading) custom(v *value, place string, to reflect.Value) bool {
	u, _ := reflect.TypeAssert[json.Unmarshaler](to.Addr())
	if err := guarded(func() error { return u.UnmarshalJSON(v.JSON(false)) }); err != nil {
		r.wrong(v.At, place, err)
		return false
	}
	return true
}

// guarded calls a method of an argument's type. A panic is its mistake, not the end of
// the program.
func guarded(unmarshal func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("its type panics: %v", panicked)
		}
	}()
	return unmarshal()
}

func (r *reading) slice(v *value, place string, to reflect.Value) bool {
	if !r.want(v, place, list) {
		return false
	}
	ok := true
	items := reflect.MakeSlice(to.Type(), len(v.Items), len(v.Items))
	for i, item := range v.Items {
		at := fmt.Sprintf("%s[%d]", place, i)
		if item.Kind == null {
			r.fail(item.At, at, "is null")
			ok = false
			continue
		}
		ok = r.decode(item, at, items.Index(i)) && ok
	}
	to.Set(items)
	return ok
}

func (r *reading) mapping(v *value, place string, to reflect.Value) bool {
	if !r.want(v, place, object) {
		return false
	}
	ok := true
	members := reflect.MakeMapWithSize(to.Type(), len(v.Members))
	for _, m := range v.Members {
		inner := reflect.New(to.Type().Elem()).Elem()
		ok = r.decode(m.Value, datatree.Below(place, m.Name), inner) && ok
		members.SetMapIndex(reflect.ValueOf(m.Name).Convert(to.Type().Key()), inner)
	}
	to.Set(members)
	return ok
}

func (r *reading) structure(v *value, place string, to reflect.Value) bool {
	if !r.want(v, place, object) {
		return false
	}
	fields := fieldsOf(to.Type())
	ok := r.only(v, place, namesOf(fields))
	for _, f := range fields {
		at := place + "." + f.name
		inner := v.Get(f.name)
		if inner == nil {
			if f.required {
				r.fail(v.At, at, "is missing")
				ok = false
			}
			continue
		}
		field := to.FieldByIndex(f.index)
		outer := r.field
		r.field = fieldName(to.Type(), f.index)
		fits := r.decode(inner, at, field)
		r.field = outer
		if !fits {
			ok = false
			continue
		}
		if len(f.oneOf) > 0 && field.Kind() == reflect.String && !slices.Contains(f.oneOf, field.String()) {
			r.fail(inner.At, at, "is %s, and has to be one of %s", datatree.Quoted(field.String()), strings.Join(f.oneOf, ", "))
			ok = false
		}
	}
	if ok {
		complete(to.Addr().Interface())
	}
	return ok
}

// complete adds what a file may leave out, since it follows from the rest.
func complete(part any) {
	switch p := part.(type) {
	case *sending.QuickReply:
		if p.ContentType == "" {
			p.ContentType = sending.QuickReplyText
		}
	case *sending.Button:
		switch {
		case p.Type != "":
		case p.URL != "":
			p.Type = sending.ButtonURL
		default:
			p.Type = sending.ButtonPostback
		}
	}
}

func namesOf(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// only reports the members of an object that have none of the names.
func (r *reading) only(v *value, place string, names []string) bool {
	ok := true
	for _, m := range v.Members {
		if slices.Contains(names, m.Name) {
			continue
		}
		ok = false
		at := datatree.Below(place, m.Name)
		if len(names) == 0 {
			r.fail(m.At, at, "there is no such field here; there are none")
			continue
		}
		r.fail(m.At, at, "there is no such field%s", nearestField(m.Name, names))
	}
	return ok
}
