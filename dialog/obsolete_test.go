package dialog_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// till is another system: it remembers what was begun.
type till struct {
	*shop

	mu    sync.Mutex
	begun []string
}

func (u *till) begin(_ context.Context, r *run) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.begun = append(u.begun, r.Request)
	return nil
}

func (u *till) requests() []string {
	u.Idle()
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.begun)
}

// answers lets the system answer a request.
func (u *till) answers(t *testing.T, key, request string, cents int) {
	t.Helper()
	u.signals(t, key, paid.MustEncodeSignal(payment{Order: request, Cents: cents}))
}

// withTill is a shop that asks for a size, has it confirmed, and lets a till take the money. A payment below zero was declined.
func withTill(t *testing.T, change func(d *dialog.Dialog[order], w *dialog.Wait[order, payment])) *till {
	t.Helper()
	u := &till{}
	u.shop = newShop(t, func(s *shop) routing.Policy {
		wait := dialog.Wait[order, payment]{
			Name: "paid", Text: "Please pay.", Busy: "I wait for your payment.", Kind: paid, Begin: u.begin,
			Request: func(p payment) string { return p.Order },
			Then: func(ctx context.Context, r *run, p payment) (next, error) {
				if p.Cents < 0 {
					return dialog.GoTo("size"), r.Say(ctx, "It was declined.")
				}
				r.State.Right = true
				return next{}, nil
			},
			To: []string{"size"},
		}
		d := s.pizza()
		d.Steps = nil
		change(&d, &wait)
		if d.Steps == nil {
			d.Steps = []dialog.Step[order]{askSize, sure, wait, askAddress}
		}
		p := starting(d)
		p[receiving.TypeSignal] = []routing.Route{{Handler: handling.OnPayload(paid, func(ctx context.Context, _ *receiving.Event, _ payment, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text("Your money is on its way back."))
		})}}
		return p
	})
	return u
}

// sure is a confirmation.
var sure = ask[bool]{
	Name: "sure", Text: "A %{size} one, then?", Answer: dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "No").To("size")),
	Field: func(*order) *bool { return new(bool) },
}

func asIs(*dialog.Dialog[order], *dialog.Wait[order, payment]) {}

func TestAWaitThatGoesBackBeginsAgainOnlyWhenThePersonConfirms(t *testing.T) {
	t.Parallel()
	u := withTill(t, asIs)
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "A Small one, then?")
	u.says(t, "yes", "Please pay.")
	first := u.requests()
	require.Len(t, first, 1)
	require.NotEmpty(t, first[0])
	u.answers(t, "1", first[0], -1)
	u.sees(t, "It was declined.", "Which size?")
	u.says(t, "back", "A Small one, then?") // gives the correction up, and has to confirm
	require.Len(t, u.requests(), 1)
	u.answers(t, "2", first[0], 100) // of the obsolete request
	u.sees(t, "Your money is on its way back.")
	u.says(t, "no", "Which size?")
	u.says(t, "large", "A Large one, then?")
	u.says(t, "yes", "Please pay.")
	second := u.requests()
	require.Len(t, second, 2)
	require.NotEqual(t, first[0], second[1])
	u.answers(t, "3", first[0], 100)
	u.sees(t, "Your money is on its way back.")
	u.is(t, "pizza", "paid")
	u.answers(t, "4", second[1], 100)
	u.sees(t, "Where to?")
	u.answers(t, "5", second[1], 100) // twice
	u.sees(t, "Your money is on its way back.")
	require.Empty(t, u.deadLetters())
}

// The same answer as before is an answer all the same: it is the question before the Wait that is asked again.
func TestAWaitThatGoesBackToTheQuestionBeforeIt(t *testing.T) {
	t.Parallel()
	u := withTill(t, func(d *dialog.Dialog[order], w *dialog.Wait[order, payment]) {
		d.Steps = []dialog.Step[order]{askAddress, askSize, *w, confirm}
	})
	u.says(t, "pizza", "Where to?")
	u.says(t, "here", "Which size?")
	u.says(t, "small", "Please pay.")
	u.answers(t, "1", u.requests()[0], -1)
	u.sees(t, "It was declined.", "Which size?")
	u.says(t, "back", "Where to?")
	u.says(t, "here", "Which size?")
	require.Len(t, u.requests(), 1)
	u.says(t, "small", "Please pay.")
	require.Len(t, u.requests(), 2)
	u.answers(t, "2", u.requests()[1], 100)
	u.sees(t, "Small, plain, to here. All right?")
}

func TestATimeOutOfAWaitMayGoBack(t *testing.T) {
	t.Parallel()
	u := withTill(t, func(d *dialog.Dialog[order], _ *dialog.Wait[order, payment]) {
		d.OnTimeout = func(ctx context.Context, r *run) (next, error) {
			if r.Step == "paid" && r.Timeouts == 1 && len(r.Request) > 0 {
				return dialog.GoTo("size"), r.Say(ctx, "That takes long.")
			}
			return dialog.Quit(dialog.TimedOut), nil
		}
	})
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "A Small one, then?")
	u.says(t, "yes", "Please pay.")
	u.passes(30 * time.Minute)
	u.sees(t, "That takes long.", "Which size?")
	u.says(t, "small", "A Small one, then?")
	require.Len(t, u.requests(), 1)
	u.answers(t, "late", u.requests()[0], 100)
	u.sees(t, "Your money is on its way back.")
	u.says(t, "yes", "Please pay.")
	require.Len(t, u.requests(), 2)
}

// The program may lead a person back over a Wait that is behind them.
func TestAnotherAnswerBeforeAPassedWaitIsConfirmedBeforeItBeginsAgain(t *testing.T) {
	t.Parallel()
	u := withTill(t, func(d *dialog.Dialog[order], w *dialog.Wait[order, payment]) {
		d.Steps = []dialog.Step[order]{askSize, sure, askAddress, *w, confirm}
	})
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "A Small one, then?")
	u.says(t, "yes", "Where to?")
	u.says(t, "here", "Please pay.")
	u.answers(t, "1", u.requests()[0], 100)
	u.sees(t, "Small, plain, to here. All right?")
	u.taps(t, "Change the size", "Which size?")
	u.says(t, "small", "Small, plain, to here. All right?") // the same as before: nothing has changed
	u.taps(t, "Change the size", "Which size?")
	u.says(t, "back", "Small, plain, to here. All right?")
	require.Len(t, u.requests(), 1)
	u.taps(t, "Change the size", "Which size?")
	u.says(t, "large", "A Large one, then?")
	require.Len(t, u.requests(), 1)
	u.says(t, "yes", "Where to?") // the last question before it, too
	require.Len(t, u.requests(), 1)
	u.says(t, "there", "Please pay.")
	require.Len(t, u.requests(), 2)
	u.answers(t, "2", u.requests()[1], 100)
	u.sees(t, "Large, plain, to there. All right?")
}

// A question without a summary stands between: that is asked again, whatever it shows.
func TestTheLastQuestionBeforeAPassedWaitConfirms(t *testing.T) {
	t.Parallel()
	u := withTill(t, func(d *dialog.Dialog[order], w *dialog.Wait[order, payment]) {
		d.Steps = []dialog.Step[order]{askSize, askAddress, *w, confirm}
	})
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "Where to?")
	u.says(t, "here", "Please pay.")
	u.answers(t, "1", u.requests()[0], 100)
	u.sees(t, "Small, plain, to here. All right?")
	u.taps(t, "Change the size", "Which size?")
	u.says(t, "large", "Where to?")
	require.Len(t, u.requests(), 1)
	u.says(t, "there", "Please pay.")
	require.Len(t, u.requests(), 2)
}

func TestAPersonGoesBackFromAWaitThatLetsThem(t *testing.T) {
	t.Parallel()
	u := withTill(t, func(_ *dialog.Dialog[order], w *dialog.Wait[order, payment]) { w.Back = true })
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "A Small one, then?")
	u.says(t, "yes", "Please pay.")
	u.says(t, "back", "A Small one, then?")
	u.answers(t, "1", u.requests()[0], 100)
	u.sees(t, "Your money is on its way back.")
	u.says(t, "yes", "Please pay.")
	require.Len(t, u.requests(), 2)
	u.answers(t, "2", u.requests()[1], 100)
	u.sees(t, "Where to?")
	u.says(t, "back", "There is nothing to go back to.", "Where to?")
}

func TestAWaitDoesNotLetThePersonGoBackByDefault(t *testing.T) {
	t.Parallel()
	u := withTill(t, asIs)
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "A Small one, then?")
	u.says(t, "yes", "Please pay.")
	u.says(t, "back", "I wait for your payment.")
	u.answers(t, "1", u.requests()[0], 100)
	u.sees(t, "Where to?")
	require.Len(t, u.requests(), 1)
}

// A retry of the turn that begins has the same request; Repeat has another one.
func TestTheRequestIsStableOverRetries(t *testing.T) {
	t.Parallel()
	var u *till
	u = withTill(t, func(d *dialog.Dialog[order], w *dialog.Wait[order, payment]) {
		w.Begin = func(ctx context.Context, r *run) error {
			if err := u.begin(ctx, r); err != nil || len(u.begun) > 1 {
				return err
			}
			return errDown
		}
		w.Then = func(_ context.Context, r *run, p payment) (next, error) {
			if p.Cents < 0 {
				return dialog.Repeat(), nil
			}
			return next{}, nil
		}
		w.To = nil
		d.Steps = []dialog.Step[order]{askSize, *w, askAddress}
	})
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "Please pay.")
	got := u.requests()
	require.Len(t, got, 2)
	require.Equal(t, got[0], got[1])
	u.answers(t, "1", got[0], -1)
	u.sees(t, "Please pay.")
	got = u.requests()
	require.Len(t, got, 3)
	require.NotEqual(t, got[1], got[2])
	u.answers(t, "2", got[1], 100)
	u.sees(t, "Your money is on its way back.")
	u.answers(t, "3", got[2], 100)
	u.sees(t, "Where to?")
}

func TestOnlyAWaitHasARequest(t *testing.T) {
	t.Parallel()
	var seen []string
	u := withTill(t, func(d *dialog.Dialog[order], w *dialog.Wait[order, payment]) {
		note := func(name string) dialog.Do[order] {
			return dialog.Do[order]{Name: name, Run: func(_ context.Context, r *run) (next, error) {
				seen = append(seen, r.Request)
				return next{}, nil
			}}
		}
		d.Steps = []dialog.Step[order]{askSize, note("before"), *w, note("behind"), askAddress}
	})
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "Please pay.")
	u.answers(t, "1", u.requests()[0], 100)
	u.sees(t, "Where to?")
	require.Equal(t, []string{"", ""}, seen)
}

// What a replica of an older version has kept has no request: every signal of the kind is an answer then.
func TestAWaitOfAnOlderProgramTakesItsAnswer(t *testing.T) {
	t.Parallel()
	u := withTill(t, asIs)
	u.says(t, "hello", "I only know pizza.")
	u.keepSession(t, `{"dialog":"pizza","run":"r","step":"paid","done":["size","sure"],"visit":3,"at":"2026-01-01T00:00:00Z","by":"x","state":{"size":"S"}}`)
	u.answers(t, "1", "unknown", 100)
	u.sees(t, "Where to?")
}
