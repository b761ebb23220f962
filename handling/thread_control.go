package handling

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// ThreadControlBase is the base of handlers for changes of the app that controls a
// conversation. Under TypeThreadControl they may answer, except for a change of
// roles, which has no person.
type ThreadControlBase struct {
	// Actions are what to handle: receiving.ThreadPassed, receiving.ThreadTaken,
	// receiving.ThreadRequested, receiving.ThreadRoles. Default: all.
	Actions []string
}

// ShouldHandle reports whether the event is one of the actions.
func (b ThreadControlBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeThreadControl &&
		(len(b.Actions) == 0 || slices.Contains(b.Actions, payloadOf[receiving.ThreadControl](ev).Action))
}

// Handles reports TypeThreadControl and TypeDefault.
func (ThreadControlBase) Handles(t receiving.Type) bool { return under(t, receiving.TypeThreadControl) }

// ThreadControl returns the change.
func (ThreadControlBase) ThreadControl(ev *receiving.Event) *receiving.ThreadControl {
	return payloadOf[receiving.ThreadControl](ev)
}

// Validate reports an action that the platform does not have.
func (b ThreadControlBase) Validate() error {
	return needKnown("action of a hand-over", b.Actions,
		receiving.ThreadPassed, receiving.ThreadTaken, receiving.ThreadRequested, receiving.ThreadRoles)
}
