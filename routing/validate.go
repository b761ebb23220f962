package routing

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/joined"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// ErrNeverRuns is the mistake of a route that can never run: [errors.Is] finds it in a
// [Mistake].
var ErrNeverRuns = errors.New("routing: the route can never run")

// neverRunsError says why a route can never run.
type neverRunsError struct{ error }

func (neverRunsError) Is(target error) bool { return target == ErrNeverRuns }

func (e neverRunsError) Unwrap() error { return e.error }

// Mistake is one thing that is wrong with a policy.
type Mistake struct {
	// Place is the route, or the policy's entry, in words.
	Place string
	// At is the same place for programs.
	At  Where
	Err error
}

// Where is a place in a policy.
type Where struct {
	// Type is the policy's entry.
	Type receiving.Type
	// Route is the index of the route in the entry; -1 means the entry itself.
	Route int
	// Field is the field of the [Route] that is wrong, such as "Handler" or "Retry.Tries";
	// empty means the route itself.
	Field string
	// Path leads to the part of the field that is wrong: it has the index of a sender or a
	// pause, or the indexes of nested conditions. Empty means the field itself.
	Path []int
}

// Error names the place and then what is wrong, in each of its lines.
func (m *Mistake) Error() string {
	prefix := "routing: " + m.Place + ": "
	lines := strings.Split(m.Err.Error(), "\n")
	for i, line := range lines {
		for _, named := range []string{"sending: ", "handling: ", "routing: ", "i18n: ", "payload: ", "dialog: "} { // the place names the package
			line = strings.TrimPrefix(line, named)
		}
		lines[i] = prefix + line
	}
	return strings.Join(lines, "\n")
}

func (m *Mistake) Unwrap() error { return m.Err }

// Problem says what is wrong, without the place. If that names another route, it is
// called what place returns for it.
func (m *Mistake) Problem(place func(Where) string) string {
	if other, ok := errors.AsType[*otherError](m.Err); ok {
		return other.before + place(other.at) + other.after
	}
	return m.Err.Error()
}

// otherError is a problem with another route, which it calls by its name or place.
type otherError struct {
	before, called, after string
	at                    Where
}

func (e *otherError) Error() string { return e.before + e.called + e.after }

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
	v := validation{names: map[string]stepID{}, places: map[stepID]string{}, broken: map[stepID]bool{}}
	types := make([]receiving.Type, 0, len(p))
	for t := range p {
		types = append(types, t)
	}
	slices.SortFunc(types, cmp.Compare[receiving.Type])
	for _, t := range types {
		v.at = stepID{t, -1}
		if !receiving.Known(t) {
			v.fail(v.at.where(""), string(t), errors.New("no such receiving type"+nearestType(t)))
		}
		for i, s := range p.entry(t) {
			v.step(s, p[t][i])
		}
	}
	v.startedDialogs()
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
	names    map[string]stepID // of the routes
	places   map[stepID]string
	broken   map[stepID]bool // what cannot be asked
	refs     []placedRef
	dialogs  dialogs
}

// stepID is where a policy has a route.
type stepID struct {
	t     receiving.Type
	index int
}

func idOf(s routes.Step) stepID { return stepID{s.Type, s.Index} }

// where returns the place of a field of the route, or of the whole route.
func (id stepID) where(field string, path ...int) Where {
	return Where{Type: id.t, Route: id.index, Field: field, Path: path}
}

type placedRef struct {
	ref payload.Ref
	of  stepID
}

// fail notes what is wrong at a place: one mistake for each error that err joins.
func (v *validation) fail(at Where, place string, err error) {
	if parts := joined.Errors(err); parts != nil {
		for _, part := range parts {
			v.fail(at, place, part)
		}
		return
	}
	v.mistakes = append(v.mistakes, placed{v.at, &Mistake{Place: place, At: at, Err: err}})
}

// other is a problem with another route that was checked.
func (v *validation) other(before string, route stepID) error {
	return &otherError{before: before, called: v.places[route], at: route.where("")}
}

func (v *validation) step(s routes.Step, r Route) {
	v.at = idOf(s)
	place := fmt.Sprintf("%s/%d", s.Type, s.Index)
	if r.Name != "" {
		place = fmt.Sprintf("%s (route %q)", place, s.Name)
	}
	if !isNil(r.Origin) {
		place += " at " + r.Origin.String()
	}
	v.places[idOf(s)] = place
	if other, taken := v.names[s.Name]; taken {
		v.fail(v.at.where("Name"), place, v.other("its name is taken by ", other))
	}
	v.names[s.Name] = idOf(s)
	sound := true
	switch {
	case isNil(s.Handler):
		if s.Handler != nil || s.When == nil {
			v.fail(v.at.where("Handler"), place, errors.New("its handler is nil; only a route with When and Senders needs none"))
			sound = false
		} else if len(s.Senders) == 0 {
			v.fail(v.at.where(""), place, errors.New("it has neither a handler nor senders"))
		}
	default:
		sound = v.part(v.at.where("Handler"), place+": handler", s.Handler, handlerType)
	}
	if s.When != nil {
		sound = v.condition(v.at.where("When"), place+": When", s.When) && sound
	}
	v.broken[idOf(s)] = !sound
	if sound && !v.dialog(place, s) {
		v.broken[idOf(s)] = true
	}
	switch {
	case s.Timeout < 0:
		v.fail(v.at.where("Timeout"), place, fmt.Errorf("its Timeout of %s is negative", s.Timeout))
	case s.Timeout > MaxTimeout:
		v.fail(v.at.where("Timeout"), place, fmt.Errorf("its Timeout of %s is above %s; let work that takes longer run elsewhere and signal its result", s.Timeout, MaxTimeout))
	}
	v.retry(place, s)
	if s.TypedTaps && s.Type != receiving.TypeTap && !s.Type.IsTap() {
		v.fail(v.at.where("TypedTaps"), place, errors.New("it has TypedTaps, but it is not under TAP or the type of a tap"))
	}
	if s.Signals {
		_, takes := s.Handler.(handling.SignalTaker)
		switch {
		case s.Type != receiving.TypeDefault:
			v.fail(v.at.where("Signals"), place, errors.New("it has Signals, but it is not under DEFAULT; a route under SIGNAL needs none"))
		case takes:
			v.fail(v.at.where("Signals"), place, errors.New("it has Signals, but its handler takes its own signals, and no others"))
		}
	}
	v.senders(place, s)
}

// retry checks the Retry of a route.
func (v *validation) retry(place string, s routes.Step) {
	err := s.Retry.Validate()
	if err == nil {
		return
	}
	for _, err := range joined.Errors(err) {
		var m interface {
			error
			Field() (name string, path []int)
			Place() string
			Problem() string
		}
		if !errors.As(err, &m) {
			v.fail(v.at.where("Retry"), place+": Retry", err)
			continue
		}
		name, path := m.Field()
		v.fail(v.at.where("Retry."+name, path...), place+": "+m.Place(), errors.New(m.Problem()))
	}
}

func (v *validation) senders(place string, s routes.Step) {
	answerable := sending.AnswerableType(s.Type)
	if len(s.Senders) > 0 && !answerable {
		v.fail(v.at.where("Senders"), place, fmt.Errorf("it has senders, but nothing may answer %s", s.Type))
	}
	for i, sender := range s.Senders {
		at, place := v.at.where("Senders", i), fmt.Sprintf("%s: senders[%d]", place, i)
		if isNil(sender) {
			v.fail(at, place, errors.New("is nil"))
			continue
		}
		if !v.part(at, place, sender, senderType) {
			continue
		}
		if answerable { // otherwise the route was reported
			if err := sending.CheckSender(s.Type, sender); err != nil {
				v.fail(at, place+" "+routes.NameOf(sender), err)
			}
		}
	}
}

// part checks a handler, a sender or a condition: what it is made of, its arguments,
// and its payload kinds. It returns false if its methods cannot be called.
func (v *validation) part(at Where, place string, part any, kind reflect.Type) (sound bool) {
	if err := checkParts(part, kind); err != nil {
		v.fail(at, place+" "+fmt.Sprintf("%T", part), err)
		return false
	}
	defer func() {
		if value := recover(); value != nil {
			v.fail(at, place+" "+fmt.Sprintf("%T", part), fmt.Errorf("it panics when it is checked: %v", value))
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
		v.fail(at, place+" "+routes.NameOf(part), err)
	}
	if user, ok := part.(handling.PayloadUser); ok {
		v.payloads(user)
	}
	return true
}

// condition checks a condition and the conditions that it is made of. It returns false
// if it cannot be asked.
func (v *validation) condition(at Where, place string, c Condition) (sound bool) {
	if isNone(c) {
		v.fail(at, place, errors.New("the condition is nil"))
		return false
	}
	if len(at.Path) > maxDepth {
		v.fail(at, place, fmt.Errorf("conditions are nested deeper than %d", maxDepth))
		return false
	}
	if !v.part(at, place, c, conditionType) {
		return false
	}
	sound = true
	if group, ok := c.(Group); ok {
		for i, part := range group.Parts() {
			inner := at
			inner.Path = append(slices.Clone(at.Path), i)
			sound = v.condition(inner, fmt.Sprintf("%s[%d]", place, i), part) && sound
		}
	}
	if all, ok := c.(All); ok && sound {
		if err := contradiction(all); err != nil {
			v.fail(at, place, err)
		}
	}
	return sound
}

func (v *validation) payloads(user handling.PayloadUser) {
next:
	for _, ref := range user.PayloadRefs() {
		for _, other := range v.refs {
			if name, clash := ref.Clash(other.ref); clash {
				v.fail(v.at.where(""), v.places[v.at], v.other(fmt.Sprintf("payload kind %q is not the kind of that name at ", name), other.of))
				continue next
			}
		}
		v.refs = append(v.refs, placedRef{ref, v.at})
	}
}
