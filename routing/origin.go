package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/receiving"
)

// Page is met by events of one of the pages: Facebook pages, or Instagram professional
// accounts, by their ids.
type Page []string

// Match reports whether the event is of one of the pages.
func (c Page) Match(_ context.Context, ev *receiving.Event) bool {
	return slices.Contains(c, ev.PageID)
}

// Validate reports an empty id, and that there is none.
func (c Page) Validate() error {
	if len(c) == 0 || slices.Contains(c, "") {
		return errors.New("routing: it names no page")
	}
	return nil
}

func (c Page) String() string { return strings.TrimSpace("Page " + strings.Join(c, ", ")) }

// Types is met by events of one of the types. It is for routes under DEFAULT and TAP,
// and for [Under]. TAP among them stands for every tap.
type Types []receiving.Type

// Match reports whether the event is of one of the types.
func (c Types) Match(_ context.Context, ev *receiving.Event) bool { return c.has(ev.Type) }

func (c Types) has(t receiving.Type) bool {
	return slices.Contains(c, t) || t.IsTap() && slices.Contains(c, receiving.TypeTap)
}

// Handles reports the types.
func (c Types) Handles(t receiving.Type) bool { return t == receiving.TypeDefault || c.has(t) }

// Validate reports types that no event has, and that there is none.
func (c Types) Validate() error {
	if len(c) == 0 {
		return errors.New("routing: it names no type")
	}
	var errs []error
	for _, t := range c {
		switch {
		case t == receiving.TypeDefault:
			errs = append(errs, errors.New("routing: DEFAULT is no type of an event"))
		case !receiving.Known(t):
			errs = append(errs, fmt.Errorf("routing: %w", noSuchType(t)))
		}
	}
	return errors.Join(errs...)
}

func (c Types) String() string {
	names := make([]string, len(c))
	for i, t := range c {
		names[i] = string(t)
	}
	return strings.TrimSpace("Types " + strings.Join(names, ", "))
}

func noSuchType(t receiving.Type) error {
	return fmt.Errorf("no such receiving type: %q%s", string(t), nearestType(t))
}

// nearestType says what an unknown type was probably meant to be, for the end of a sentence.
func nearestType(t receiving.Type) string {
	if near := receiving.Nearest(string(t)); near != "" {
		return "; the nearest is " + string(near)
	}
	return "; docs/events.md lists them"
}
