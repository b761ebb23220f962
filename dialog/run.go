package dialog

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Run is one run of a dialog with one person, as a function of the dialog sees it. It must not
// be used after the function has returned.
type Run[S any] struct {
	// State is the state. What a function changes in it is kept, if the turn commits.
	State *S
	// Event is what happened: an act of the person, a signal, a time-out, or what started the
	// dialog.
	Event *receiving.Event
	// Reply answers. It is that of the route which runs.
	Reply *sending.Replier
	// ID identifies the run. It is stable over retries.
	ID string
	// Step is the name of the open step, as the dialog calls it that has the function. In Done and in
	// Ended it is the step at which the run ended.
	Step string
	// Request identifies what a Wait has begun, in its Begin and Then: the other system gets it, and its answer
	// brings it back. Each Begin has another one, and a retry the same. It is empty at other steps.
	Request string
	// Tries is how many answers were refused in a row, and Timeouts how many times the open
	// question has timed out, this time included.
	Tries, Timeouts int

	fill  func(ctx context.Context)
	words Words
}

// Say says a text, a message id. %{step} is the answer of that step as it is shown. A long text
// becomes several messages. What cannot be said, because the bot keeps silent (handling.Quiet)
// or the event cannot be answered, is no error: the bot logs and records it as refused.
//
// It takes no text that is in the person's language already, such as one of i18n.Localizer.Text: that would be looked up again, reported as
// not translated, and placeholders in what the person wrote would be filled in. [Run.Send] says such a text as it is, by sending.Text:
//
//	r.Send(ctx, sending.Text(i18n.From(ctx).Text("order.loaves", i18n.Args{"count": r.State.Loaves})))
func (r *Run[S]) Say(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	return r.Send(ctx, sending.LongText{Text: text})
}

// SayEnded says what the dialog says by itself when it ends for a reason: a text of its Words, and nothing for Replaced, NotReturned,
// Stopped, Failed and reasons of the program. It is for a Dialog.Ended that does more, or says something else for some reasons.
func (r *Run[S]) SayEnded(ctx context.Context, why Reason) error {
	switch why {
	case Cancelled:
		return r.Say(ctx, r.words.Cancelled)
	case TimedOut:
		return r.Say(ctx, r.words.TimedOut)
	case NoSignal:
		return r.Say(ctx, r.words.NoSignal)
	case Lost:
		return r.Say(ctx, r.words.Lost)
	case Stuck:
		return r.Say(ctx, r.words.Stuck)
	case Replaced, NotReturned, Stopped, Failed:
	}
	return nil
}

// Send is [Run.Say] by senders.
func (r *Run[S]) Send(ctx context.Context, senders ...sending.Sender) error {
	if r.fill != nil {
		r.fill(ctx)
	}
	err := r.Reply.Send(ctx, senders...)
	if errors.Is(err, sending.ErrNotAnswerable) {
		return nil
	}
	return err
}
