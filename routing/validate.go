package routing

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// Mistake is one thing that is wrong with a policy.
type Mistake struct {
	// Place is the route, or the policy's entry.
	Place string
	Err   error
}

func (m *Mistake) Error() string { return fmt.Sprintf("routing: %s: %v", m.Place, m.Err) }

func (m *Mistake) Unwrap() error { return m.Err }

// Validate returns every mistake of the policy, each a [*Mistake], joined, in
// the order of types and routes; or nil.
func (p Policy) Validate() error {
	v := validation{names: map[string]string{}}
	types := make([]receiving.Type, 0, len(p))
	for t := range p {
		types = append(types, t)
	}
	slices.SortFunc(types, cmp.Compare[receiving.Type])
	for _, t := range types {
		if !receiving.Known(t) {
			v.fail(string(t), fmt.Errorf("no such receiving type; the nearest is %s", receiving.Nearest(string(t))))
		}
		for i, s := range p.entry(t) {
			v.step(s, i)
		}
	}
	return errors.Join(v.errs...)
}

type validation struct {
	errs  []error
	names map[string]string // route name to place
	refs  []placedRef
}

type placedRef struct {
	ref   payload.Ref
	place string
}

func (v *validation) fail(place string, err error) {
	v.errs = append(v.errs, &Mistake{Place: place, Err: err})
}

func (v *validation) step(s Step, index int) {
	place := fmt.Sprintf("%s/%d", s.Type, index)
	if s.Route.Name != "" {
		place = fmt.Sprintf("%s (route %q)", place, s.Name)
	}
	if other, taken := v.names[s.Name]; taken {
		v.fail(place, fmt.Errorf("its name is taken by %s", other))
	}
	v.names[s.Name] = place
	if isNil(s.Handler) {
		v.fail(place, errors.New("its handler is nil"))
	} else {
		v.part(place+": handler", s.Handler)
		if limited, ok := s.Handler.(handling.TypeLimited); ok && receiving.Known(s.Type) && !limited.Handles(s.Type) {
			v.fail(place, fmt.Errorf("its handler %T never handles events of this type", s.Handler))
		}
		if user, ok := s.Handler.(handling.PayloadUser); ok {
			v.payloads(place, user)
		}
	}
	if len(s.Senders) > 0 && mute(s.Type) {
		v.fail(place, fmt.Errorf("it has senders, but nothing may answer %s", s.Type))
	}
	for i, sender := range s.Senders {
		at := fmt.Sprintf("%s: senders[%d]", place, i)
		if isNil(sender) {
			v.fail(at, errors.New("is nil"))
			continue
		}
		if m, ok := sender.(sending.Message); ok {
			if err := m.Validate(""); err != nil {
				v.fail(at, err)
			}
			continue
		}
		v.part(at, sender)
	}
}

// part checks a handler or a sender: its embedded parts and its arguments.
func (v *validation) part(place string, part any) {
	if err := checkEmbedding(reflect.ValueOf(part), part); err != nil {
		v.fail(fmt.Sprintf("%s %T", place, part), err)
		return
	}
	if validator, ok := part.(handling.Validator); ok {
		if err := validator.Validate(); err != nil {
			v.fail(fmt.Sprintf("%s %T", place, part), err)
		}
	}
}

func (v *validation) payloads(place string, user handling.PayloadUser) {
next:
	for _, ref := range user.PayloadRefs() {
		for _, other := range v.refs {
			if name, clash := ref.Clash(other.ref); clash {
				v.fail(place, fmt.Errorf("payload kind %q is not the kind of that name at %s", name, other.place))
				continue next
			}
		}
		v.refs = append(v.refs, placedRef{ref, place})
	}
}

var validatorType = reflect.TypeFor[handling.Validator]()

// checkEmbedding refuses what Go compiles and nobody means: an embedded
// pointer or interface that is nil, and two embedded bases whose Validate
// methods hide each other.
func checkEmbedding(value reflect.Value, part any) error {
	for value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if value.Kind() != reflect.Struct {
		return nil
	}
	_, validates := part.(handling.Validator)
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !field.Anonymous {
			continue
		}
		embedded := value.Field(i)
		if k := embedded.Kind(); (k == reflect.Pointer || k == reflect.Interface) && embedded.IsNil() {
			return fmt.Errorf("the embedded %s is nil", field.Name)
		}
		if !validates && field.Type.Implements(validatorType) {
			return fmt.Errorf("the Validate method of the embedded %s is hidden by another's; write one that calls both", field.Name)
		}
		for embedded.Kind() == reflect.Pointer || embedded.Kind() == reflect.Interface {
			embedded = embedded.Elem()
		}
		if embedded.Kind() == reflect.Struct && embedded.CanInterface() {
			if err := checkEmbedding(embedded, embedded.Interface()); err != nil {
				return err
			}
		}
	}
	return nil
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
