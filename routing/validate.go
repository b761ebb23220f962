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
		for _, named := range []string{"sending: ", "handling: ", "routing: ", "i18n: ", "payload: "} { // the place names the package
			line = strings.TrimPrefix(line, named)
		}
		lines[i] = prefix + line
	}
	return strings.Join(lines, "\n")
}

func (m *Mistake) Unwrap() error { return m.Err }

// Validate returns every mistake of the policy, each a [*Mistake], joined, in
// the order of types and routes; or nil. Handlers, senders and conditions are named by
// their String method if they have one, or else by their type.
//
// Besides arguments that are wrong it reports two routes of one name, two payload kinds
// of one name, parts that are nil or contain themselves, and routes that can never run:
// whose handler or condition does not fit the type, whose condition contradicts itself,
// which come after a route that always handles the event and is Final, or which are
// Otherwise after one that always handles it. It also reports a struct that embeds two
// types which hide each other's optional methods, and an Otherwise route for all taps of
// a type that comes before routes under TAP for some payloads.
func (p Policy) Validate() error {
	v := validation{names: map[string]string{}, places: map[stepID]string{}, broken: map[stepID]bool{}}
	types := make([]receiving.Type, 0, len(p))
	for t := range p {
		types = append(types, t)
	}
	slices.SortFunc(types, cmp.Compare[receiving.Type])
	for _, t := range types {
		v.at = stepID{t, -1}
		if !receiving.Known(t) {
			v.fail(string(t), errors.New("no such receiving type"+nearestType(t)))
		}
		for _, s := range p.entry(t) {
			v.step(s)
		}
	}
	v.reach(compile(p))
	slices.SortStableFunc(v.mistakes, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at.t, b.at.t), cmp.Compare(a.at.index, b.at.index))
	})
	errs := make([]error, len(v.mistakes))
	for i, m := range v.mistakes {
		errs[i] = m.mistake
	}
	return errors.Join(errs...)
}

// placed is a mistake with the route that it is about, for the order.
type placed struct {
	at      stepID
	mistake *Mistake
}

type validation struct {
	mistakes []placed
	at       stepID            // what is checked
	names    map[string]string // route name to place
	places   map[stepID]string
	broken   map[stepID]bool // what cannot be asked
	refs     []placedRef
}

// stepID is where a policy has a route.
type stepID struct {
	t     receiving.Type
	index int
}

func (s Step) id() stepID { return stepID{s.Type, s.index} }

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
	v.mistakes = append(v.mistakes, placed{v.at, &Mistake{Place: place, Err: err}})
}

func (v *validation) step(s Step) {
	v.at = s.id()
	place := fmt.Sprintf("%s/%d", s.Type, s.index)
	if s.Route.Name != "" {
		place = fmt.Sprintf("%s (route %q)", place, s.Name)
	}
	if !isNil(s.Origin) {
		place += " at " + s.Origin.String()
	}
	v.places[s.id()] = place
	if other, taken := v.names[s.Name]; taken {
		v.fail(place, fmt.Errorf("its name is taken by %s", other))
	}
	v.names[s.Name] = place
	sound := true
	switch {
	case isNil(s.Handler):
		if s.Handler != nil || s.When == nil {
			v.fail(place, errors.New("its handler is nil; only a route with When and Senders needs none"))
			sound = false
		} else if len(s.Senders) == 0 {
			v.fail(place, errors.New("it has neither a handler nor senders"))
		}
	default:
		sound = v.part(place+": handler", s.Handler, handlerType)
	}
	if s.When != nil {
		sound = v.condition(place+": When", s.When) && sound
	}
	v.broken[s.id()] = !sound
	if s.Timeout < 0 {
		v.fail(place, fmt.Errorf("its Timeout of %s is negative", s.Timeout))
	}
	if s.TypedTaps && s.Type != receiving.TypeTap && !s.Type.IsTap() {
		v.fail(place, errors.New("it has TypedTaps, but it is not under TAP or the type of a tap"))
	}
	v.senders(place, s)
}

func (v *validation) senders(place string, s Step) {
	answerable := sending.AnswerableType(s.Type)
	if len(s.Senders) > 0 && !answerable {
		v.fail(place, fmt.Errorf("it has senders, but nothing may answer %s", s.Type))
	}
	for i, sender := range s.Senders {
		at := fmt.Sprintf("%s: senders[%d]", place, i)
		if isNil(sender) {
			v.fail(at, errors.New("is nil"))
			continue
		}
		if !v.part(at, sender, senderType) {
			continue
		}
		if answerable { // otherwise the route was reported
			if err := sending.CheckSender(s.Type, sender); err != nil {
				v.fail(at+" "+nameOf(sender), err)
			}
		}
	}
}

// part checks a handler, a sender or a condition: what it is made of, its arguments,
// and its payload kinds. It returns false if its methods cannot be called.
func (v *validation) part(place string, part any, kind reflect.Type) (sound bool) {
	if err := checkParts(part, kind); err != nil {
		v.fail(place+" "+fmt.Sprintf("%T", part), err)
		return false
	}
	defer func() {
		if value := recover(); value != nil {
			v.fail(place+" "+fmt.Sprintf("%T", part), fmt.Errorf("it panics when it is checked: %v", value))
			sound = false
		}
	}()
	var err error
	switch part := part.(type) {
	case sending.Message:
		err = part.Validate("")
	case handling.Validator:
		err = part.Validate()
	}
	if err != nil {
		v.fail(place+" "+nameOf(part), err)
	}
	if user, ok := part.(handling.PayloadUser); ok {
		v.payloads(user)
	}
	return true
}

// condition checks a condition and the conditions that it is made of. It returns false
// if it cannot be asked.
func (v *validation) condition(place string, c Condition) (sound bool) {
	if isNone(c) {
		v.fail(place, errors.New("the condition is nil"))
		return false
	}
	if strings.Count(place, "[") > maxDepth {
		v.fail(place, fmt.Errorf("conditions are nested deeper than %d", maxDepth))
		return false
	}
	if !v.part(place, c, conditionType) {
		return false
	}
	sound = true
	if group, ok := c.(Group); ok {
		for i, part := range group.Parts() {
			sound = v.condition(fmt.Sprintf("%s[%d]", place, i), part) && sound
		}
	}
	if all, ok := c.(All); ok && sound {
		if err := contradiction(all); err != nil {
			v.fail(place, err)
		}
	}
	return sound
}

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

func (v *validation) payloads(user handling.PayloadUser) {
	place := v.places[v.at]
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
