package threadsettings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/graph"
)

// ErrGetStartedMissing means that a persistent menu is wanted for a page that has no get-started button, and that none is
// wanted. The platform would refuse the menu.
var ErrGetStartedMissing = errors.New("threadsettings: a persistent menu needs a get-started button")

// Plan lists the changes from a page's settings to the wanted ones. It is empty if they are equal.
type Plan struct {
	Changes []Change // in the order in which they are made
}

// Change is one property that differs.
type Change struct {
	From     json.RawMessage // what the page has, in the platform's shape; nil: not set
	Property Property
	To       json.RawMessage // what it gets
}

// NewPlan compares a page's settings, as [Read] returns them, with the wanted ones. Properties that wanted does not mention
// do not change. The order of locales does not matter; the order of menu items does. The error is that of
// [Settings.Validate] of wanted, or [ErrGetStartedMissing].
func NewPlan(current, wanted Settings) (Plan, error) {
	if err := wanted.Validate(); err != nil {
		return Plan{}, err
	}
	if len(wanted.PersistentMenu) > 0 && wanted.GetStarted == nil && current.GetStarted == nil {
		return Plan{}, ErrGetStartedMissing
	}
	from, err := current.encode()
	if err != nil {
		return Plan{}, err
	}
	to, err := wanted.withDefaults().encode()
	if err != nil {
		return Plan{}, err
	}
	var plan Plan
	for _, property := range []Property{PropertyGetStarted, PropertyPersistentMenu, PropertyIceBreakers, PropertyGreeting} {
		had, wants := from[string(property)], to[string(property)]
		if wants != nil && !bytes.Equal(had, wants) {
			plan.Changes = append(plan.Changes, Change{From: had, Property: property, To: wants})
		}
	}
	return plan, nil
}

// Empty reports whether nothing has to change.
func (p Plan) Empty() bool {
	return len(p.Changes) == 0
}

// String formats the plan for people: for each property the old value, then the new one.
func (p Plan) String() string {
	if p.Empty() {
		return "nothing to change\n"
	}
	var text strings.Builder
	for _, change := range p.Changes {
		text.WriteString(change.String())
	}
	return text.String()
}

// String formats the change for people.
func (c Change) String() string {
	if c.From == nil {
		return fmt.Sprintf("set %s\n%s", c.Property, indent("+", c.To))
	}
	return fmt.Sprintf("change %s\n%s%s", c.Property, indent("-", c.From), indent("+", c.To))
}

func indent(sign string, raw json.RawMessage) string {
	var text bytes.Buffer
	if json.Indent(&text, raw, "  "+sign+" ", "  ") != nil {
		text.Write(raw)
	}
	return "  " + sign + " " + text.String() + "\n"
}

// split divides a plan into calls. The greeting has a call of its own, since the platform may refuse it.
func (p Plan) split() []graph.MessengerProfile {
	together, alone := make(graph.MessengerProfile), make(graph.MessengerProfile)
	for _, change := range p.Changes {
		if change.Property == PropertyGreeting {
			alone[string(change.Property)] = change.To
			continue
		}
		together[string(change.Property)] = change.To
	}
	var calls []graph.MessengerProfile
	for _, profile := range []graph.MessengerProfile{together, alone} {
		if len(profile) > 0 {
			calls = append(calls, profile)
		}
	}
	return calls
}
