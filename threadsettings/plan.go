package threadsettings

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/graph"
)

// ErrGetStartedMissing means that a persistent menu is wanted for a page that has no get-started button, and that none is
// wanted, or that the button would be removed below a menu that stays. The platform would refuse it.
var ErrGetStartedMissing = errors.New("threadsettings: a persistent menu needs a get-started button")

// Plan lists the changes from a page's settings to the wanted ones. It is empty if they are equal.
type Plan struct {
	Changes []Change // in the order in which they are made; each is one call
}

// Change is one property that differs.
type Change struct {
	From     json.RawMessage // what the page has, in the platform's shape; nil: not set
	Property Property
	To       json.RawMessage // what it gets; nil: it is removed
}

// NewPlan compares a page's settings, as [Read] returns them, with the wanted ones. Properties that wanted does not mention
// do not change. The order of locales and of domains does not matter; the order of items does. The error is that of
// [Settings.Validate] of wanted, or [ErrGetStartedMissing]. [ReadPlan] knows more than the settings can express.
func NewPlan(current, wanted Settings) (Plan, error) {
	if err := wanted.Validate(); err != nil {
		return Plan{}, err
	}
	from, err := current.encode()
	if err != nil {
		return Plan{}, err
	}
	return newPlan(from, wanted.withDefaults())
}

// newPlan compares properties in canonical form with valid settings.
func newPlan(from graph.MessengerProfile, wanted Settings) (Plan, error) {
	to, err := wanted.encode()
	if err != nil {
		return Plan{}, err
	}
	if wanted.Platform != graph.PlatformInstagram && !hasButton(from, wanted) {
		return Plan{}, ErrGetStartedMissing
	}
	var set, removed []Change
	for _, property := range inOrder {
		had, wants := from[string(property)], to[string(property)]
		switch {
		case wants != nil && !bytes.Equal(had, wants):
			set = append(set, Change{From: had, Property: property, To: wants})
		case had != nil && slices.Contains(wanted.Remove, property):
			removed = append(removed, Change{From: had, Property: property})
		}
	}
	slices.Reverse(removed)
	return Plan{Changes: append(set, removed...)}, nil
}

// hasButton reports whether every menu that is there afterwards has its get-started button.
func hasButton(from graph.MessengerProfile, wanted Settings) bool {
	removes := func(p Property) bool { return slices.Contains(wanted.Remove, p) }
	button := wanted.GetStarted != nil || from[string(PropertyGetStarted)] != nil && !removes(PropertyGetStarted)
	if wanted.has(PropertyPersistentMenu) {
		return button
	}
	stays := from[string(PropertyPersistentMenu)] != nil && !removes(PropertyPersistentMenu)
	return button || !stays || !removes(PropertyGetStarted)
}

// Empty reports whether nothing has to change.
func (p Plan) Empty() bool { return len(p.Changes) == 0 }
