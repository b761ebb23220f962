package routing

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/sending"
)

// maxDepth bounds how deep conditions are nested.
const maxDepth = 100

var (
	validatorType = reflect.TypeFor[handling.Validator]()
	handlerType   = reflect.TypeFor[handling.Handler]()
	senderType    = reflect.TypeFor[sending.Sender]()
	conditionType = reflect.TypeFor[Condition]()
)

var errContainsItself = errors.New("it contains itself")

// checkParts reports mistakes that Go compiles, in a part of a policy and in the parts
// of the same kind (handlerType, senderType, conditionType) that its fields hold: an
// embedded pointer or interface that is nil, two embedded bases that hide each other's
// Validate method, and a sender or condition that contains itself.
func checkParts(part any, kind reflect.Type) error {
	return (&parts{kind: kind}).check(reflect.ValueOf(part), false)
}

type parts struct {
	kind   reflect.Type
	path   []address // from the part to what is checked
	field  []string
	hidden int // unexported types that embed what is checked
}

// address is where a pointer or a slice points to.
type address struct {
	at  uintptr
	len int
	t   reflect.Type
}

func (p *parts) check(value reflect.Value, byPointer bool) error {
	switch value.Kind() {
	case reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return p.check(value.Elem(), false)
	case reflect.Pointer:
		if value.IsNil() {
			return nil
		}
		return p.within(address{at: value.Pointer(), t: value.Type()}, func() error { return p.check(value.Elem(), true) })
	case reflect.Slice:
		if value.Len() == 0 || !p.relevant(value.Type().Elem()) {
			return nil
		}
		return p.within(address{value.Pointer(), value.Len(), value.Type()}, func() error { return p.elements(value) })
	case reflect.Array:
		if p.relevant(value.Type().Elem()) {
			return p.elements(value)
		}
	case reflect.Struct:
		return p.structure(value, byPointer)
	}
	return nil
}

// within checks what an address holds. A handler may well know itself; senders and
// conditions are asked part by part, without end.
func (p *parts) within(a address, check func() error) error {
	if slices.Contains(p.path, a) {
		if p.kind == handlerType {
			return nil
		}
		return p.at(errContainsItself)
	}
	p.path = append(p.path, a)
	defer func() { p.path = p.path[:len(p.path)-1] }()
	return check()
}

func (p *parts) elements(list reflect.Value) error {
	for i := range list.Len() {
		if err := p.named(fmt.Sprintf("[%d]", i), list.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (p *parts) named(name string, value reflect.Value) error {
	p.field = append(p.field, name)
	defer func() { p.field = p.field[:len(p.field)-1] }()
	return p.check(value, false)
}

// at puts the field that is checked before an error.
func (p *parts) at(err error) error {
	if len(p.field) == 0 {
		return err
	}
	return fmt.Errorf("%s: %w", strings.TrimPrefix(strings.Join(p.field, ""), "."), err)
}

func (p *parts) structure(value reflect.Value, byPointer bool) error {
	t := value.Type()
	// What embeds an unexported type answers for its Validate.
	validates := p.hidden > 0 || t.Implements(validatorType) || byPointer && reflect.PointerTo(t).Implements(validatorType)
	for i := range value.NumField() {
		field, held := t.Field(i), value.Field(i)
		if !field.Anonymous {
			if p.relevant(field.Type) {
				if err := p.named("."+field.Name, held); err != nil {
					return err
				}
			}
			continue
		}
		if k := held.Kind(); (k == reflect.Pointer || k == reflect.Interface) && held.IsNil() {
			return p.at(fmt.Errorf("the embedded %s is nil", field.Name))
		}
		if !validates && field.Type.Implements(validatorType) {
			return p.at(fmt.Errorf("the Validate method of the embedded %s is hidden by another's; write one that calls both", field.Name))
		}
		if !field.IsExported() {
			p.hidden++
		}
		err := p.check(held, false)
		if !field.IsExported() {
			p.hidden--
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relevant reports whether a field of that type holds parts of the kind.
func (p *parts) relevant(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return t.Implements(p.kind) || p.relevant(t.Elem())
	case reflect.Pointer, reflect.Interface:
		return t.Implements(p.kind)
	case reflect.Struct:
		return t.Implements(p.kind) || reflect.PointerTo(t).Implements(p.kind)
	}
	return false
}

func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Interface, reflect.Chan:
		return r.IsNil()
	default:
		return false
	}
}
