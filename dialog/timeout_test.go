package dialog_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

func TestAQuestionTimesOut(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	require.Len(t, s.timers(t), 1)
	s.passes(29 * time.Minute)
	s.says(t, "small", "Which toppings?")
	s.passes(29 * time.Minute) // the answer has moved the timer
	s.sees(t)
	require.Len(t, s.timers(t), 1, "one for each person")
	s.passes(time.Minute)
	s.sees(t, "I have not heard from you, so I have stopped.")
	s.is(t, "", "")
	require.Empty(t, s.timers(t))
	s.says(t, "small", "I only know pizza.")
}

func TestTheEndOfADialogTakesItsTimerAlong(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "cancel", "All right, I have stopped.")
	require.Empty(t, s.timers(t))
	s.passes(time.Hour)
	s.sees(t)
}

func TestATimeOutMayRemindAndGoOn(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		toppings, address := askToppings, askAddress
		toppings.Timeout, address.Timeout = 5*time.Minute, -1
		d.Steps = []dialog.Step[order]{askSize, toppings, address}
		d.OnTimeout = func(ctx context.Context, r *run) (next, error) {
			switch {
			case r.State.Size == "":
				return dialog.GoTo("address"), nil
			case r.Timeouts < 3:
				return dialog.Repeat(), r.Say(ctx, "Are you there?")
			}
			return next{}, r.Say(ctx, "Plain, then.")
		}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.passes(30 * time.Minute)
	s.sees(t, "Where to?")
	require.Empty(t, s.timers(t), "this one waits for ever")
	s.passes(20 * 24 * time.Hour)
	s.says(t, "back", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.passes(5 * time.Minute)
	s.sees(t, "Are you there?", "Which toppings?")
	require.Equal(t, 1, s.is(t, "pizza", "toppings").Timeouts)
	s.passes(5 * time.Minute)
	s.sees(t, "Are you there?", "Which toppings?")
	s.passes(5 * time.Minute)
	s.sees(t, "Plain, then.", "Where to?")
	s.says(t, "here", "Thank you.")
}

func TestATimeOutThatStaysSetsNoTimer(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.OnTimeout = func(ctx context.Context, r *run) (next, error) { return dialog.Stay(), r.Say(ctx, "Take your time.") }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.passes(30 * time.Minute)
	s.sees(t, "Take your time.")
	require.Empty(t, s.timers(t))
	s.says(t, "small", "Which toppings?")
}

func TestATimerOfAnEarlierQuestionDoesNothing(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	stale := s.timers(t)[0].Payload
	s.says(t, "small", "Which toppings?")
	s.signals(t, "late", stale) // as one that fired while the answer was handled
	s.sees(t)
	s.is(t, "pizza", "toppings")
	s.says(t, "cancel", "All right, I have stopped.")
	s.signals(t, "later", stale)
	s.sees(t)
	s.says(t, "pizza", "Which size?")
	s.signals(t, "latest", stale) // of another run, at the same visit
	s.sees(t)
	s.is(t, "pizza", "size")
	require.Empty(t, s.deadLetters())
}

// signals raises one from outside of turns.
func (s *shop) signals(t *testing.T, key, payload string) {
	t.Helper()
	s.ahead.Add(int64(time.Second))
	require.NoError(t, s.Bot.Signal(t.Context(), messengertest.PageID, s.ada.ID, key, payload))
}

// What the person did before the time was up comes first, even if both wait.
func TestAnAnswerBeforeTheTimeOutWins(t *testing.T) {
	t.Parallel()
	gate, entered := make(chan struct{}), make(chan struct{}, 10)
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza())
		p[receiving.TypeReaction] = []routing.Route{{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
			entered <- struct{}{}
			<-gate
			return nil
		})}}
		return p
	})
	s.says(t, "pizza", "Which size?")
	s.ada.Reacts("👍")
	<-entered // the conversation is busy while the answer and the time-out come due
	s.ada.Says("small")
	s.Flushed(t)
	s.ahead.Add(int64(30 * time.Minute))
	close(gate)
	s.ada.Sees("Which toppings?")
	s.ada.SeesNothing()
	s.is(t, "pizza", "toppings")
}

func TestATimeOutWhoseEndedFailsEndsTheDialog(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.OnTimeout = func(context.Context, *run) (next, error) { return next{}, handling.Permanent(errDown) }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.passes(30 * time.Minute)
	s.sees(t, "Something went wrong. Please try again.")
	s.died(t, 1)
	s.is(t, "", "")
}

func TestUnknownEndsARunWhenItsTimeIsUp(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.deploys(t, starting(address("address"), dialog.Unknown(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier, was dialog.Open) error {
		return reply.Reply(ctx, sending.Text("No more "+was.Dialog+"."))
	})))
	s.passes(30 * time.Minute)
	s.sees(t, "No more pizza.")
	s.is(t, "", "")
}

func TestAPausedDialogEndsAfterAWeek(t *testing.T) {
	t.Parallel()
	var ended dialog.Reason
	s := newShopOn(t, routed, config, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Ended = func(_ context.Context, _ *run, why dialog.Reason) error { ended = why; return nil }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.Human().TakesThread(s.ada)
	s.Flushed(t)
	s.passes(time.Hour)
	require.True(t, s.is(t, "pizza", "size").Paused, "it does not time out")
	require.Len(t, s.timers(t), 1)
	s.passes(7 * 24 * time.Hour)
	s.waitsFor(t, func() bool { return len(s.timers(t)) == 0 })
	s.is(t, "", "")
	require.Equal(t, dialog.NotReturned, ended)
}

func TestAHumanWhoDoesNotGiveBackEndsTheDialog(t *testing.T) {
	t.Parallel()
	s := withHuman(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "A colleague takes over: Small.")
	s.passes(24 * time.Hour)
	s.waitsFor(t, func() bool { return len(s.timers(t)) == 0 })
	s.is(t, "", "")
}
