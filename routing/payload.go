package routing

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
)

// Payload is met by taps whose payload is of one of the kinds, on a quick reply, a
// button, an item of the menu or Get Started, and by such signals. [PayloadOf] makes one
// of typed kinds.
type Payload struct {
	// Kinds are kinds of the program.
	Kinds []payload.Ref
	// Names are names of kinds, as a file has them: the name itself, a payload that
	// is not JSON, or a djmessenger class of the menu or of Get Started.
	Names []string
}

// PayloadOf returns the condition that the payload of a tap, or of a signal, is of one of the kinds:
//
//	{When: routing.PayloadOf(cancel), Senders: sending.List(sending.Text("Cancelled."))}
func PayloadOf(kinds ...interface{ Ref() payload.Ref }) Payload {
	var c Payload
	for _, k := range kinds {
		c.Kinds = append(c.Kinds, k.Ref())
	}
	return c
}

// Match reports whether the event is a tap, or a signal, with such a payload.
func (c Payload) Match(_ context.Context, ev *receiving.Event) bool {
	text := ev.PayloadText()
	if text == "" {
		return false
	}
	for _, kind := range c.Kinds {
		if kind.Matches(text) {
			return true
		}
	}
	for _, name := range c.Names {
		if ref, err := named(name); err == nil && ref.Matches(text) {
			return true
		}
	}
	return false
}

// kindsByName keeps the kinds of Names, so that a condition can be a plain value.
var kindsByName sync.Map // of string to payload.Ref

func named(name string) (payload.Ref, error) {
	if found, ok := kindsByName.Load(name); ok {
		if ref, ok := found.(payload.Ref); ok {
			return ref, nil
		}
	}
	ref, err := payload.Named(name)
	if err == nil {
		kindsByName.Store(name, ref)
	}
	return ref, err
}

// PayloadRefs names the kinds, so that two kinds of one name are found.
func (c Payload) PayloadRefs() []payload.Ref { return c.Kinds }

// Handles reports the types of taps, and TypeSignal.
func (Payload) Handles(t receiving.Type) bool {
	return t == receiving.TypeDefault || t == receiving.TypeTap || t == receiving.TypeSignal || t.IsTap()
}

// Validate reports kinds that were not made by payload.New, names that no kind can
// have, and that there is neither.
func (c Payload) Validate() error {
	var errs []error
	if len(c.Kinds)+len(c.Names) == 0 {
		errs = append(errs, errors.New("routing: it names no kind"))
	}
	for _, kind := range c.Kinds {
		if kind.IsZero() {
			errs = append(errs, errors.New("routing: a kind was not made by payload.New"))
		}
	}
	for _, name := range c.Names {
		if _, err := named(name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c Payload) String() string {
	var names []string
	for _, kind := range c.Kinds {
		names = append(names, strconv.Quote(kind.Name()))
	}
	for _, name := range c.Names {
		names = append(names, strconv.Quote(name))
	}
	return strings.TrimSpace("Payload " + strings.Join(names, ", "))
}
