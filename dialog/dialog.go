package dialog

import (
	"context"
	"time"
)

// Dialog asks a person one question after another and keeps the answers in an S, which must
// survive JSON: what a JSON decoder does not read is lost between two questions. Only S and the
// name of the open step are stored; the code and services that it needs its functions close
// over.
//
// It is a handler for a route under receiving.TypeDialog, and [Dialog.On] makes one that starts
// it for a route elsewhere:
//
//	receiving.TypeDialog:     {{Handler: orders}},
//	receiving.TypeSimpleText: {{Handler: orders.On(handling.SimpleText{Pattern: `(?i)pizza`})}},
//
// A Dialog is data, may be copied, and is safe for concurrent use as far as its functions are.
// Its functions run inside of a turn and may run again after a failure: what they do outside of
// the store and their Reply must be idempotent by Run.Event.Key.
type Dialog[S any] struct {
	// Name identifies the dialog in the store and in people's conversations: choose it once. A name
	// has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | ". Required.
	Name string
	// Aliases are what it was called before. Runs and taps of those names go on.
	Aliases []string
	// Version is that of S: raise it when S, or the steps, change so that an older program
	// cannot go on. A run of a newer version waits up to a minute for a newer program; see
	// docs/dialogs.md.
	Version int
	// Upgrade makes an S of the state of another version, as JSON. Its error ends the run as
	// Lost. It gets a newer version only when no newer program has come within that minute.
	// Default: encoding/json reads what fits of an older version, and a newer one is Lost.
	Upgrade func(version int, state []byte) (S, error)
	// Steps are the steps in their order. Required.
	Steps []Step[S]
	// Timeout ends a question that is not answered, by the store's clock, within a second. At
	// most 366 days; with the default Ended, which says something, at most 24 hours, since
	// the platform takes no message after that. Default: [DefaultTimeout]; negative means none.
	Timeout time.Duration
	// Help is said, and the question asked again, when the person says Words.Help; a message
	// id. Default: there is no such command.
	Help string
	// Words are the commands and the dialog's own texts. Default: [DefaultWords].
	Words Words
	// Done is called when the last step is passed, with the answers. The run has ended then: Done
	// may start another dialog, this one included. What it does outside must be idempotent by
	// Run.ID: if its last try fails, the person is asked again, and their next answer has another
	// Event.Key. Required, unless the dialog is only included in others.
	Done func(ctx context.Context, r *Run[S]) error
	// Ended is called when the dialog ends without Done. Default: [Run.SayEnded], which says a short text, by Words, and
	// nothing for the reasons Replaced, NotReturned, Stopped and Failed.
	Ended func(ctx context.Context, r *Run[S], why Reason) error
	// OnTimeout decides what follows a time-out; Run.Timeouts counts them. It may return
	// [Repeat] (to remind), [GoTo] any step, [Stay], [Finish] or [Quit]; the zero Next leaves
	// the question unanswered. Run.Step is what has timed out. Default: Quit(TimedOut), and
	// Quit(NoSignal) at a Wait.
	OnTimeout func(ctx context.Context, r *Run[S]) (Next, error)
	// Failed is called when an act, a signal or a time-out has failed and is not retried: at its last
	// try, or with an error that is permanent. What failed becomes a dead letter, and the run
	// is as it was before. It may return what OnTimeout may. Default: Words.Failed is said, and
	// the question asked again; if the run was ending, it ends; a Wait goes on waiting, and says
	// so only if Done has failed.
	Failed func(ctx context.Context, r *Run[S], err error) (Next, error)
	// Values are the names of the placeholders that the dialog's code gives values to by Run.Reply.Set, or its program's
	// middleware by sending.WithValues. Besides them its texts may have those of its steps, and
	// those of the person (sending.PersonValues): Validate reports others. Default: none.
	Values []string
	// MaxTries is how many answers in a row may be refused before Quit(Stuck). Default: 0,
	// any number.
	MaxTries int
}

// DefaultTimeout is the default of Dialog.Timeout.
const DefaultTimeout = 30 * time.Minute

// Limits.
const (
	// MaxState is the most bytes of a run as it is stored, which is S as JSON with the names of
	// the steps. An answer that exceeds it is refused; with anything else the
	// turn fails with a [StateError] and is not retried.
	MaxState = 64 << 10
	// MaxSteps is how many steps a turn may pass without asking a question. The next one
	// fails it without a retry: the dialog goes in a circle.
	MaxSteps = 100

	maxName    = 64
	maxTimeout = 366 * 24 * time.Hour
	// maxSilent is how long after their last act a person can be written to.
	maxSilent = 24 * time.Hour
)

// words are the words of the dialog.
func (d Dialog[S]) words() Words {
	if d.Words == (Words{}) {
		return DefaultWords()
	}
	return d.Words
}

// names are the name of the dialog and what it was called before.
func (d Dialog[S]) names() []string { return append([]string{d.Name}, d.Aliases...) }

// timeout is how long a step waits; 0 is for ever.
func (d Dialog[S]) timeout(n node[S]) time.Duration {
	switch {
	case n.timeout != 0:
		return max(n.timeout, 0)
	case d.Timeout != 0:
		return max(d.Timeout, 0)
	}
	return DefaultTimeout
}
