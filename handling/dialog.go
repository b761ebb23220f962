package handling

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// DialogHandler is a handler of routes under [receiving.TypeDialog], such as dialog.Dialog. It
// has a conversation with a person over many turns.
//
// It is asked, and may answer, after the routes under DEFAULT and before those of the event's
// own type, for acts of people, for hand-overs (THREAD_CONTROL), and, as a [SignalTaker], for its
// signals; never on standby. If it handles the event, no later route runs. If it does not, the
// other routes run, and then Resume does.
type DialogHandler interface {
	SignalTaker
	// Prepare returns the handler as a policy keeps it, with what it need not find out for each event. The policy calls it
	// when it is compiled; a handler that has nothing to prepare returns itself.
	Prepare() DialogHandler
	// DialogNames returns the name of the dialog, and what it was called before. No two
	// handlers of a policy have a name in common.
	DialogNames() []string
	// Waits returns where the person of the context's turn is, and false if they are not in
	// this dialog. Explain shows it.
	Waits(ctx context.Context) (DialogState, bool)
	// Resume goes on with the dialog after the routes of an event that no dialog has handled,
	// and after its own Handle, or Resume, has failed for the last time. It is part of the same route: an error fails that,
	// and Skip says that there is nothing to do. Nothing that has failed takes effect.
	//
	// If the whole turn has failed for the last time, or has no time left, it runs on its own, without the middleware
	// of turns and for at most five seconds, with what is stored then.
	Resume(ctx context.Context, ev *receiving.Event, reply *sending.Replier, after Resumption) error
}

// Resumption is what a [DialogHandler] goes on after.
type Resumption struct {
	// Handled reports that a route of the event's own type has handled it, or has failed.
	Handled bool
	// Failed is why Handle, or the whole turn, has failed, in its last try; nil if it has not.
	Failed error
	// Resumed reports that it was Resume that has failed, and not Handle.
	Resumed bool
}

// DialogState is where a person is in a dialog.
type DialogState struct {
	// Dialog and Step are names.
	Dialog, Step string
	// Refused is how many answers in a row were refused there.
	Refused int
	// Paused reports that another app has the conversation.
	Paused bool
}

// String returns a sentence, such as "dialog pizza waits at step address, refused once".
func (s DialogState) String() string {
	text := fmt.Sprintf("dialog %s waits at step %s", s.Dialog, s.Step)
	switch {
	case s.Refused == 1:
		text += ", refused once"
	case s.Refused > 1:
		text += fmt.Sprintf(", refused %d times", s.Refused)
	}
	if s.Paused {
		text += ", paused while another app has the conversation"
	}
	return text
}

// DialogStarter is implemented by handlers that start a dialog. A policy that has such a
// handler and no route under DIALOG for the dialog is refused.
type DialogStarter interface {
	// StartsDialog returns the name of the dialog.
	StartsDialog() string
}
