package routing

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
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

// optional is a method that a part may have, which Go does not miss if it is lost.
type optional struct {
	name string
	in   reflect.Type // the interface that has it alone
}

// optionalOf has the optional methods of each kind of part.
var optionalOf = map[reflect.Type][]optional{
	handlerType: {
		{"Validate", validatorType}, {"Handles", reflect.TypeFor[handling.TypeLimited]()},
		{"PayloadRefs", reflect.TypeFor[handling.PayloadUser]()}, {"RunsFirst", reflect.TypeFor[routes.First]()},
		{"TakesSignal", reflect.TypeFor[interface {
			TakesSignal(ev *receiving.Event) bool
		}]()},
	},
	senderType: {{"Validate", validatorType}},
	conditionType: {
		{"Validate", validatorType}, {"Handles", reflect.TypeFor[handling.TypeLimited]()},
		{"PayloadRefs", reflect.TypeFor[handling.PayloadUser]()}, {"Values", reflect.TypeFor[Valuer]()}, {"Parts", reflect.TypeFor[Group]()},
	},
}

// methodsOf has one interface for each other method of a kind of part.
var methodsOf = map[reflect.Type][]reflect.Type{
	handlerType: {
		reflect.TypeFor[interface {
			ShouldHandle(ctx context.Context, ev *receiving.Event) bool
		}](),
		reflect.TypeFor[interface {
			Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error
		}](),
	},
	senderType: {senderType},
	conditionType: {reflect.TypeFor[interface {
		Match(ctx context.Context, ev *receiving.Event) bool
	}]()},
}

var errContainsItself = errors.New("it contains itself")

// checkParts reports mistakes that Go compiles, in a part of a policy and in the parts
// of the same kind (handlerType, senderType, conditionType) that its fields hold: an
// embedded pointer or interface that is nil, two embedded bases that hide each other's
// optional methods, and a sender or condition that contains itself.
func checkParts(part any, kind reflect.Type) error {
	return (&parts{kind: kind}).check(reflect.ValueOf(part), false)
}

type parts struct {
	kind  reflect.Type
	path  []address // from the part to what is checked
	field []string
	// has are the optional methods of the structs that embed what is checked. What it
	// hides of them is theirs.
	has []string
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
	outer := p.has
	p.field, p.has = append(p.field, name), nil
	defer func() { p.field, p.has = p.field[:len(p.field)-1], outer }()
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
	t, outer := value.Type(), p.has
	defer func() { p.has = outer }()
	p.has = slices.Clone(outer)
	for _, o := range optionalOf[p.kind] {
		if t.Implements(o.in) || byPointer && reflect.PointerTo(t).Implements(o.in) {
			p.has = append(p.has, o.name)
		}
	}
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
		if hidden := p.hidden(field.Type); len(hidden) > 0 {
			return p.at(fmt.Errorf("the embedded %s and another embedded type hide each other's %s; write each method, and call both in it",
				field.Name, strings.Join(hidden, ", ")))
		}
		if !p.base(field.Type, maxDepth) {
			continue // what others embed is not ours to check
		}
		if err := p.check(held, false); err != nil {
			return err
		}
	}
	return nil
}

// hidden names the optional methods of an embedded type that none of the structs which
// embed it has.
func (p *parts) hidden(embedded reflect.Type) []string {
	var names []string
	for _, o := range optionalOf[p.kind] {
		if embedded.Implements(o.in) && !slices.Contains(p.has, o.name) {
			names = append(names, o.name)
		}
	}
	return names
}

// base reports whether an embedded type has methods of the kind, or embeds one that has.
func (p *parts) base(t reflect.Type, depth int) bool {
	all := t
	if t.Kind() == reflect.Struct {
		all = reflect.PointerTo(t)
	}
	if slices.ContainsFunc(methodsOf[p.kind], all.Implements) ||
		slices.ContainsFunc(optionalOf[p.kind], func(o optional) bool { return all.Implements(o.in) }) {
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || depth == 0 {
		return false
	}
	for field := range t.Fields() {
		if field.Anonymous && p.base(field.Type, depth-1) {
			return true
		}
	}
	return false
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
