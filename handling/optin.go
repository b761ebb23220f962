package handling

import (
	"context"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// AuthenticationBase is the base of handlers for opt-ins of every kind; see
// [OptInBase] for some kinds only. It has djmessenger's name.
type AuthenticationBase struct{}

// ShouldHandle reports whether the event is an opt-in.
func (AuthenticationBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeAuthentication
}

// Handles reports TypeAuthentication and TypeDefault.
func (AuthenticationBase) Handles(t receiving.Type) bool {
	return under(t, receiving.TypeAuthentication)
}

// OptIn returns the opt-in, or the end of one: see receiving.OptIn.Stops.
func (AuthenticationBase) OptIn(ev *receiving.Event) *receiving.OptIn {
	return payloadOf[receiving.OptIn](ev)
}

// OptInBase is the base of handlers for opt-ins of some kinds: through a plugin, to
// marketing messages, or to a single notification. The opt-in can be the end of a
// consent: see receiving.OptIn.Stops.
//
// An opt-in through the checkbox plugin has no person yet, but a user_ref, which an
// answer goes to.
type OptInBase struct {
	// Kinds are the kinds of opt-in to handle: receiving.OptInPlugin,
	// receiving.OptInNotificationMessages, receiving.OptInOneTime. Default: all,
	// also those that the platform may add.
	Kinds []string
}

// ShouldHandle reports whether the event is an opt-in of one of the kinds.
func (b OptInBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeAuthentication &&
		(len(b.Kinds) == 0 || slices.Contains(b.Kinds, payloadOf[receiving.OptIn](ev).Type))
}

// Handles reports TypeAuthentication and TypeDefault.
func (OptInBase) Handles(t receiving.Type) bool { return under(t, receiving.TypeAuthentication) }

// OptIn returns the opt-in.
func (OptInBase) OptIn(ev *receiving.Event) *receiving.OptIn { return payloadOf[receiving.OptIn](ev) }

// Validate reports a kind that the platform does not have.
func (b OptInBase) Validate() error {
	return needKnown("kind of opt-in", b.Kinds,
		receiving.OptInPlugin, receiving.OptInNotificationMessages, receiving.OptInOneTime)
}

// needKnown reports the first of some words that is none of the known ones.
func needKnown(what string, words []string, known ...string) error {
	for _, word := range words {
		if !slices.Contains(known, word) {
			return fmt.Errorf("handling: %q is no %s; the known ones are %q", word, what, known)
		}
	}
	return nil
}
