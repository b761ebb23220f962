package routing

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

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

// Error names the place and then what is wrong, in each of its lines.
func (m *Mistake) Error() string {
	prefix := "routing: " + m.Place + ": "
	lines := strings.Split(m.Err.Error(), "\n")
	for i, line := range lines {
		for _, named := range []string{"sending: ", "handling: "} { // the place names the package
			line = strings.TrimPrefix(line, named)
		}
		lines[i] = prefix + line
	}
	return strings.Join(lines, "\n")
}

func (m *Mistake) Unwrap() error { return m.Err }

// Validate returns every mistake of the policy, each a [*Mistake], joined, in
// the order of types and routes; or nil. Handlers and senders are named by their
// String method if they have one, or else by their type.
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

// fail notes what is wrong at a place: one mistake for each error that err joins.
func (v *validation) fail(place string, err error) {
	if parts := joined(err); parts != nil {
		for _, part := range parts {
			v.fail(place, part)
		}
		return
	}
	v.errs = append(v.errs, &Mistake{Place: place, Err: err})
}

func (v *validation) step(s Step, index int) {
	place := fmt.Sprintf("%s/%d", s.Type, index)
	if s.Route.Name != "" {
		place = fmt.Sprintf("%s (route %q)", place, s.Name)
	}
	if s.Origin != nil {
		place += " at " + s.Origin.String()
	}
	if other, taken := v.names[s.Name]; taken {
		v.fail(place, fmt.Errorf("its name is taken by %s", other))
	}
	v.names[s.Name] = place
	switch {
	case isNil(s.Handler):
		if s.Handler != nil || s.When == nil {
			v.fail(place, errors.New("its handler is nil; only a route with When and Senders needs none"))
		} else if len(s.Senders) == 0 {
			v.fail(place, errors.New("it has neither a handler nor senders"))
		}
	case v.part(place+": handler", s.Handler):
		if limited, ok := s.Handler.(handling.TypeLimited); ok && receiving.Known(s.Type) && !limited.Handles(s.Type) {
			v.fail(place, fmt.Errorf("its handler %s never handles events of this type; it handles %s", nameOf(s.Handler), typesOf(limited)))
		}
		if user, ok := s.Handler.(handling.PayloadUser); ok {
			v.payloads(place, user)
		}
	}
	if s.When != nil {
		v.condition(place+": When", s.When)
	}
	if s.Timeout < 0 {
		v.fail(place, fmt.Errorf("its Timeout of %s is negative", s.Timeout))
	}
	if s.TypedTaps && s.Type != receiving.TypeTap && !s.Type.IsTap() {
		v.fail(place, errors.New("it has TypedTaps, but it is not under TAP or the type of a tap"))
	}
	if len(s.Senders) > 0 && !sending.AnswerableType(s.Type) {
		v.fail(place, fmt.Errorf("it has senders, but nothing may answer %s", s.Type))
	}
	for i, sender := range s.Senders {
		at := fmt.Sprintf("%s: senders[%d]", place, i)
		if isNil(sender) {
			v.fail(at, errors.New("is nil"))
			continue
		}
		if sending.AnswerableType(s.Type) { // otherwise the route was reported
			if err := sending.CheckSender(s.Type, sender); err != nil {
				v.fail(at+" "+nameOf(sender), err)
			}
		}
		if m, ok := sender.(sending.Message); ok {
			if err := m.Validate(""); err != nil {
				v.fail(at+" "+nameOf(m), err)
			}
			continue
		}
		v.part(at, sender)
	}
}

// part checks a handler or a sender: its embedded parts and its arguments. It
// returns false if an embedded part is missing, so that its methods would panic.
func (v *validation) part(place string, part any) bool {
	if err := checkEmbedding(reflect.ValueOf(part), part); err != nil {
		v.fail(place+" "+nameOf(part), err)
		return false
	}
	if validator, ok := part.(handling.Validator); ok {
		if err := validator.Validate(); err != nil {
			v.fail(place+" "+nameOf(part), err)
		}
	}
	return true
}

// condition checks a condition and its parts.
func (v *validation) condition(place string, c Condition) {
	if isNil(c) && !isEmptyGroup(c) {
		v.fail(place, errors.New("the condition is nil"))
		return
	}
	group, ok := c.(Group)
	if !ok {
		v.part(place, c)
		return
	}
	for i, part := range group.Parts() {
		v.condition(fmt.Sprintf("%s[%d]", place, i), part)
	}
}

// isEmptyGroup reports whether a condition is a nil slice, which is an empty one.
func isEmptyGroup(c Condition) bool { return c != nil && reflect.TypeOf(c).Kind() == reflect.Slice }

// joined returns what [errors.Join] has joined; of any other error nil, also if it
// wraps a join or several errors, for then it has words of its own around them.
func joined(err error) []error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	if all := errors.Join(several.Unwrap()...); all == nil || all.Error() != err.Error() {
		return nil
	}
	return several.Unwrap()
}

// nameOf says what a handler or a sender is: by its String method if it has one,
// or else by its type.
func nameOf(part any) string {
	if _, ok := part.(fmt.Stringer); ok {
		return fmt.Sprint(part)
	}
	return fmt.Sprintf("%T", part)
}

// typesOf lists the types that a handler handles.
func typesOf(limited handling.TypeLimited) string {
	var types []string
	for _, t := range receiving.Types() {
		if limited.Handles(t) {
			types = append(types, string(t))
		}
	}
	if len(types) == 0 {
		return "none"
	}
	return strings.Join(types, ", ")
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

// checkEmbedding reports mistakes that Go compiles: an embedded pointer or
// interface that is nil, and two embedded bases that hide each other's Validate
// method.
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
