package dialog_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// payment is what another system says.
type payment struct {
	Order string
	Cents int
}

var paid = payload.New[payment]("shop.paid")

// paying is a shop that waits for a payment.
func paying(t *testing.T, change func(w *dialog.Wait[order, payment])) *shop {
	t.Helper()
	wait := dialog.Wait[order, payment]{
		Name: "paid", Text: "Please pay for the %{size} one.", Busy: "I wait for your payment.", Kind: paid,
		Then: func(_ context.Context, r *run, p payment) (next, error) {
			switch {
			case p.Order != r.ID && p.Order != "":
				return dialog.Stay(), nil
			case p.Cents < 0:
				return next{}, handling.Permanent(errDown)
			}
			r.State.Right = true
			return next{}, nil
		},
	}
	if change != nil {
		change(&wait)
	}
	return newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, wait, askAddress}
		p := starting(d)
		p[receiving.TypeSignal] = []routing.Route{{Handler: handling.OnPayload(paid, func(ctx context.Context, _ *receiving.Event, p payment, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text("A payment that no dialog waits for."))
		})}}
		return p
	})
}

func TestADialogWaitsForAnotherSystem(t *testing.T) {
	t.Parallel()
	s := paying(t, nil)
	s.says(t, "pizza", "Which size?")
	s.signals(t, "early", paid.MustEncodeSignal(payment{}))
	s.sees(t, "A payment that no dialog waits for.")
	s.says(t, "small", "Please pay for the Small one.")
	s.says(t, "I did", "I wait for your payment.")
	s.says(t, "help", "You are ordering a pizza.")
	s.signals(t, "other", paid.MustEncodeSignal(payment{Order: "other"}))
	s.sees(t)
	s.is(t, "pizza", "paid")
	s.signals(t, "broken", `{"kind":"shop.paid","data":"no payment"}`)
	s.sees(t)
	dead := s.died(t, 1)
	require.ErrorContains(t, dead[0].Err, "payload: shop.paid: the data does not fit")
	s.signals(t, "paid", paid.MustEncodeSignal(payment{Cents: 100}))
	s.sees(t, "Where to?")
	s.says(t, "back", "There is nothing to go back to.", "Where to?") // what was paid stays paid
	s.says(t, "here", "Thank you.")
	require.True(t, s.orders()[0].Right)
	s.signals(t, "again", paid.MustEncodeSignal(payment{}))
	s.sees(t, "A payment that no dialog waits for.")
}

func TestASignalThatFailsCanBeReplayed(t *testing.T) {
	t.Parallel()
	s := paying(t, func(w *dialog.Wait[order, payment]) {
		then := w.Then
		first := true
		w.Then = func(ctx context.Context, r *run, p payment) (next, error) {
			if first {
				first = false
				return next{}, handling.Permanent(errDown)
			}
			return then(ctx, r, p)
		}
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Please pay for the Small one.")
	s.signals(t, "paid", paid.MustEncodeSignal(payment{Cents: 100}))
	dead := s.died(t, 1)
	s.is(t, "pizza", "paid") // it waits as before
	s.sees(t)
	require.NoError(t, s.store.Replay(t.Context(), dead[0].ID))
	s.sees(t, "Where to?")
}

func TestADoneThatFailsBehindAWaitTellsThePerson(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, dialog.Wait[order, payment]{Name: "paid", Text: "Please pay.", Kind: paid}}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Please pay.")
	s.failing(handling.Permanent(errDown))
	s.signals(t, "paid", paid.MustEncodeSignal(payment{Cents: 100}))
	s.sees(t, "Something went wrong. Please try again.")
	s.is(t, "pizza", "paid")
	require.NoError(t, s.store.Replay(t.Context(), s.died(t, 1)[0].ID))
	s.sees(t, "Thank you.")
	s.is(t, "", "")
}

func TestAWaitWithoutBusyLetsOtherRoutesAnswer(t *testing.T) {
	t.Parallel()
	s := paying(t, func(w *dialog.Wait[order, payment]) { w.Busy = "" })
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Please pay for the Small one.")
	s.says(t, "hello", "I only know pizza.")
	s.is(t, "pizza", "paid")
	s.says(t, "cancel", "All right, I have stopped.")
}

func TestAWaitTimesOut(t *testing.T) {
	t.Parallel()
	s := paying(t, func(w *dialog.Wait[order, payment]) { w.Timeout = time.Hour })
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Please pay for the Small one.")
	s.passes(59 * time.Minute)
	s.sees(t)
	s.passes(time.Minute)
	s.sees(t, "This has taken too long on our side, so I have stopped.")
}

// Which step ended, and why, in Ended.
func TestEndedKnowsWhichStepEndedAndWhy(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]string{"size": "TimedOut at size of", "paid": "NoSignal at paid of S"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, func(s *shop) routing.Policy {
				d := s.pizza()
				d.Steps = []dialog.Step[order]{askSize, dialog.Wait[order, payment]{Name: "paid", Text: "Please pay.", Kind: paid}}
				d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error {
					return r.Say(ctx, strings.TrimSpace(string(why)+" at "+r.Step+" of "+r.State.Size))
				}
				return starting(d)
			})
			s.says(t, "pizza", "Which size?")
			if step == "paid" {
				s.says(t, "small", "Please pay.")
			}
			s.passes(30 * time.Minute)
			s.sees(t, want)
		})
	}
}

// Help at a Wait is the dialog's help, and nothing else; without one it is what the person says to what waits.
func TestHelpAtAWait(t *testing.T) {
	t.Parallel()
	s := paying(t, nil)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Please pay for the Small one.")
	s.says(t, "help", "You are ordering a pizza.")
	d := s.pizza()
	d.Help = ""
	d.Steps = []dialog.Step[order]{askSize, dialog.Wait[order, payment]{Name: "paid", Busy: "I wait for your payment.", Kind: paid}}
	s.deploys(t, starting(d))
	s.says(t, "help", "I wait for your payment.")
}

func TestAPaymentDuringAPauseIsNotLost(t *testing.T) {
	t.Parallel()
	wait := dialog.Wait[order, payment]{Name: "paid", Text: "Please pay.", Kind: paid}
	s := newShopOn(t, routed, config, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, wait, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Please pay.")
	eve := s.Human()
	eve.TakesThread(s.ada)
	s.Flushed(t)
	s.is(t, "pizza", "paid")
	s.signals(t, "paid", paid.MustEncodeSignal(payment{}))
	s.Idle()
	require.True(t, s.is(t, "pizza", "address").Paused)
	s.sees(t)
	eve.PassesThread(s.ada)
	s.sees(t, "Where to?")
}

func TestTheProgramSeesAndEndsADialog(t *testing.T) {
	t.Parallel()
	var ended []dialog.Reason
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error {
			ended = append(ended, why)
			return r.Say(ctx, "The kitchen has closed.")
		}
		return starting(d)
	})
	s.is(t, "", "")
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	open := s.is(t, "pizza", "toppings")
	require.JSONEq(t, `{"size":"S","toppings":null,"address":"","right":false}`, string(open.State))
	require.NoError(t, open.End(t.Context(), s.Bot))
	require.NoError(t, open.End(t.Context(), s.Bot), "again")
	s.sees(t, "The kitchen has closed.")
	s.is(t, "", "")
	require.Empty(t, s.timers(t))
	require.Equal(t, []dialog.Reason{dialog.Stopped}, ended)

	s.says(t, "pizza", "Which size?")
	require.NoError(t, open.End(t.Context(), s.Bot), "another run has begun")
	s.sees(t)
	s.is(t, "pizza", "size")
	require.Empty(t, s.deadLetters())
}
