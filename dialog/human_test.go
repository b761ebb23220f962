package dialog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// routed is a page with Conversation Routing, without which a message hands nothing over.
var routed = simulator.Config{DefaultApp: messengertest.AppID}

func withHuman(t *testing.T) *shop {
	t.Helper()
	return newShopOn(t, routed, messenger.Config{}, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error { return r.Say(ctx, "Ended: "+string(why)) }
		d.Steps = []dialog.Step[order]{
			askSize, dialog.Human[order]{Name: "human", Text: "A colleague takes over: %{size}.", App: graph.InboxApp}, askAddress,
		}
		return starting(d)
	})
}

func TestAHumanTakesOverAndGivesBack(t *testing.T) {
	t.Parallel()
	s := withHuman(t)
	eve := s.Human()
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "A colleague takes over: Small.")
	require.True(t, s.is(t, "pizza", "human").Paused)
	s.says(t, "hello?") // on standby
	eve.Says(s.ada, "Hi, I am Eve.")
	s.sees(t, "Hi, I am Eve.")
	s.says(t, "cancel")
	eve.PassesThread(s.ada)
	s.sees(t, "Where to?")
	require.False(t, s.is(t, "pizza", "address").Paused)
	s.says(t, "here", "Thank you.")
}

func TestTheFirstActAfterAHumanGoesOn(t *testing.T) {
	t.Parallel()
	s := withHuman(t)
	eve := s.Human()
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "A colleague takes over: Small.")
	s.says(t, "hello?")
	eve.Says(s.ada, "Hi, I am Eve.")
	s.sees(t, "Hi, I am Eve.")
	eve.ReleasesThread(s.ada) // which the platform does not report
	s.says(t, "Thanks, Eve.", "Where to?")
	s.says(t, "back", "There is nothing to go back to.", "Where to?") // what a human did is not undone
	s.says(t, "here", "Thank you.")
}

func TestAHandOverThatFailedLeavesTheOtherRoutes(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, dialog.Human[order]{Name: "human", Text: "A colleague takes over.", App: "12345"}, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "A colleague takes over.") // and nothing else, since the page has no Conversation Routing
	s.says(t, "hello?", "I only know pizza.")
	s.is(t, "pizza", "human")
	s.says(t, "cancel", "All right, I have stopped.")
	s.is(t, "", "")
	s.says(t, "pizza", "Which size?")
	s.says(t, "nope", "Please tap or write one of these: Small, Large.", "Which size?")
}

func TestADialogIsPausedWhileAnotherAppHasTheConversation(t *testing.T) {
	t.Parallel()
	s := newShopOn(t, routed, messenger.Config{}, func(s *shop) routing.Policy { return starting(s.pizza()) })
	eve := s.Human()
	s.says(t, "pizza", "Which size?")
	eve.TakesThread(s.ada)
	s.Flushed(t)
	require.True(t, s.is(t, "pizza", "size").Paused)
	s.says(t, "small")
	s.is(t, "pizza", "size")
	eve.PassesThread(s.ada)
	s.sees(t, "Which size?")
	require.False(t, s.is(t, "pizza", "size").Paused)
	s.says(t, "small", "Which toppings?")

	eve.TakesThread(s.ada)
	s.says(t, "egg")
	eve.ReleasesThread(s.ada)
	s.says(t, "egg", "Which toppings?") // what was said to a human is no answer
	s.says(t, "egg", "Anything else?")
}

// The recipe of the guide: Done hands the conversation over, and nothing waits for it.
func TestADoneMayHandOver(t *testing.T) {
	t.Parallel()
	s := newShopOn(t, routed, messenger.Config{}, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize}
		d.Done = func(ctx context.Context, r *run) error {
			return r.Send(ctx, sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) {
				return []sending.Message{sending.Message{Text: "A colleague takes it from here."}.PassThread(graph.InboxApp)}, nil
			}))
		}
		return starting(d)
	})
	eve := s.Human()
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "A colleague takes it from here.")
	s.is(t, "", "")
	require.Empty(t, s.timers(t))
	s.says(t, "hello?") // on standby
	eve.Says(s.ada, "Hi, I am Eve.")
	s.ada.Sees("Hi, I am Eve.")
	s.is(t, "", "")
}
