package dialog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

var hours = payload.New[payload.None]("shop.hours")

func TestRoutesUnderDefaultComeBeforeTheDialog(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza())
		p[receiving.TypeDefault] = []routing.Route{
			{Handler: handling.SaveMessage{}},
			{When: routing.Text{Pattern: "operator"}, Final: true, Senders: sending.List(sending.Text("Calling."))},
		}
		return p
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "operator", "Calling.")
	s.is(t, "pizza", "size")
	s.says(t, "small", "Which toppings?")
}

func TestWhatIsNoAnswerGoesToItsOwnRoutes(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza())
		p[receiving.TypeReaction] = []routing.Route{{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Glad you like it."))}}
		return p
	})
	s.says(t, "pizza", "Which size?")
	visit := s.is(t, "pizza", "size").Asked
	s.ada.Reacts("👍")
	s.sees(t, "Glad you like it.")
	require.Equal(t, visit, s.is(t, "pizza", "size").Asked, "the chips are still there, so nothing is asked again")
}

func TestAnAnswerMayTakeATypeThatIsNone(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{ask[string]{Name: "liked", Text: "Did you like it?", Answer: reaction{}, Field: func(o *order) *string { return &o.Address }}}
		p := starting(d)
		p[receiving.TypeReaction] = []routing.Route{{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Not mine."))}}
		return p
	})
	s.says(t, "pizza", "Did you like it?")
	s.ada.Reacts("😍")
	s.sees(t, "Thank you.")
	require.Equal(t, "😍", s.orders()[0].Address)
}

// reaction is an answer by an emoji on a message.
type reaction struct{}

func (reaction) Choices(context.Context, string) ([]dialog.Choice, error) { return nil, nil }
func (reaction) Show(_ context.Context, v string) string                  { return v }
func (reaction) Takes(t receiving.Type) bool                              { return t == receiving.TypeReaction }
func (reaction) Take(_ context.Context, in dialog.Input, into *string) (bool, error) {
	if r, ok := in.Event.Payload.(*receiving.Reaction); ok {
		*into = r.Emoji
		return false, nil
	}
	return false, dialog.Refuse("React to it.")
}

func TestAMenuWorksInADialogAndTheQuestionComesBack(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza())
		p[receiving.TypeTap] = []routing.Route{
			{When: routing.PayloadOf(hours), Senders: sending.List(sending.Text("From ten to six.")), Final: true},
			{Handler: handling.Dummy{}, Otherwise: true, Senders: sending.List(sending.Text("A tap."))},
		}
		return p
	})
	s.says(t, "pizza", "Which size?")
	s.ada.TapsOldButton("Opening hours", hours.MustEncode(payload.None{}))
	s.sees(t, "From ten to six.", "Which size?")
	require.Equal(t, []string{"Small", "Large"}, s.chips())
	s.ada.TapsOldQuickReply("Old", "OLD")
	s.sees(t, "A tap.", "Which size?")
	s.says(t, "cancel", "All right, I have stopped.")
	s.ada.TapsOldButton("Opening hours", hours.MustEncode(payload.None{}))
	s.sees(t, "From ten to six.")
}

func TestTapsOfDialogs(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza(), address("address"))
		p[receiving.TypeTap] = []routing.Route{{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("A type's route saw a tap of a dialog."))}}
		return p
	})
	s.says(t, "pizza", "Which size?")
	small, large := s.payloadOf(t, "Small"), s.payloadOf(t, "Large")
	s.taps(t, "Small", "Which toppings?")

	s.ada.TapsOldQuickReply("Large", large) // an answered step is corrected, and the open question asked again
	s.sees(t, "Which toppings?")
	require.JSONEq(t, `{"size":"L","toppings":null,"address":"","right":false}`, string(s.is(t, "pizza", "toppings").State))

	ham := s.payloadOf(t, "Ham")
	s.taps(t, "Done", "Where to?")
	s.ada.TapsOldQuickReply("Ham", ham) // several choices: it adds one, and asks for what is left
	s.sees(t, "Anything else?")
	s.is(t, "pizza", "toppings")
	s.taps(t, "Done", "Where to?")

	s.ada.TapsOldQuickReply("Huge", tapOf(t, large, `"v":"\"L\""`, `"v":"\"XXL\""`)) // an option that was removed
	s.sees(t, "Please tap or write one of these: Small, Large.", "Where to?")
	s.ada.TapsOldQuickReply("Late", tapOf(t, large, `"s":"size"`, `"s":"confirm"`)) // a step that is not open yet
	s.sees(t, "Where to?")
	s.ada.TapsOldQuickReply("Gone", tapOf(t, large, `"s":"size"`, `"s":"gone"`))
	s.sees(t, "Where to?")
	s.ada.TapsOldQuickReply("Other", tapOf(t, large, `"d":"pizza"`, `"d":"address"`)) // of another dialog, and another run
	s.sees(t, "Where to?")
	s.ada.TapsOldQuickReply("Broken", `{"kind":"messenger.dialog","data":7}`)
	s.sees(t, "Where to?")

	s.says(t, "cancel", "All right, I have stopped.")
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "That question is no longer open.")
	s.ada.TapsOldQuickReply("Other", tapOf(t, large, `"d":"pizza"`, `"d":"address"`))
	s.sees(t, "That question is no longer open.")
	s.ada.TapsOldQuickReply("Stray", tapOf(t, large, `"d":"pizza"`, `"d":"burger"`)) // of a dialog that the bot had once
	s.sees(t, "That question is no longer open.")

	s.says(t, "pizza", "Which size?")
	s.ada.TapsOldQuickReply("Small", small) // of an earlier run
	s.sees(t, "Which size?")
	require.Empty(t, s.deadLetters())
}

func tapOf(t *testing.T, tap, before, after string) string {
	t.Helper()
	changed := replaceInJSON(tap, before, after)
	require.NotEqual(t, tap, changed)
	return changed
}

func TestAClosedTapMaySayNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Words = dialog.DefaultWords()
		d.Words.Closed = ""
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	small := s.payloadOf(t, "Small")
	s.says(t, "cancel", "All right, I have stopped.")
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t)
}

func TestAQuestionWithPassLetsOtherRoutesTryFirst(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		size := askSize
		size.Pass = true
		d.Steps = []dialog.Step[order]{size, askAddress}
		p := starting(d)
		p[receiving.TypeSimpleText] = append([]routing.Route{{When: routing.Text{Pattern: "hours"}, Senders: sending.List(sending.Text("From ten to six."))}},
			p[receiving.TypeSimpleText][0])
		return p
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "hours", "From ten to six.", "Which size?")
	require.Zero(t, s.is(t, "pizza", "size").Tries)
	s.says(t, "huge", "Please tap or write one of these: Small, Large.", "Which size?")
	require.Equal(t, 1, s.is(t, "pizza", "size").Tries)
	s.says(t, "pizza", "Which size?") // the route that starts it takes the text, and asks
	s.says(t, "small", "Where to?")
}

func TestAPersonWithoutADialogIsNotAffected(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "hello", "I only know pizza.")
	s.ada.SendsThumb()
	s.sees(t)
}

// address is a second dialog.
func address(name string) dialog.Dialog[order] {
	return dialog.Dialog[order]{
		Name: name, Steps: []dialog.Step[order]{askAddress},
		Done: func(ctx context.Context, r *dialog.Run[order]) error { return r.Say(ctx, "Noted.") },
	}
}

func TestExplainNamesTheDialogAndTheStep(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "huge", "Please tap or write one of these: Small, Large.", "Which size?")
	s.Idle()
	ev := &receiving.Event{
		Key: "k", Type: receiving.TypeSimpleText, Object: receiving.ObjectPage, PageID: messengertest.PageID, PSID: s.ada.ID,
		Payload: &receiving.Message{Text: "small"},
	}
	all, err := s.Bot.Explain(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, "DIALOG/0", all[0].Route)
	require.Equal(t, [2]string{"pizza", "size"}, [2]string{all[0].Dialog, all[0].Step})
	require.Equal(t, "dialog pizza waits at step size, refused once, and takes the event", all[0].Why)
	require.True(t, all[0].Fires)
	require.Equal(t, "a final route before it handles the event", all[1].Why)
	require.Len(t, all, 3)
	ev.Type, ev.Payload = receiving.TypeReaction, &receiving.Reaction{Emoji: "👍"}
	all, err = s.Bot.Explain(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, "dialog pizza waits at step size, refused once, and leaves the event to other routes", all[0].Why)
	require.False(t, all[0].Fires)
	require.Equal(t, "size", all[0].Step)

	ev.Type, ev.Payload, ev.PSID = receiving.TypeSimpleText, &receiving.Message{Text: "small"}, "99"
	all, err = s.Bot.Explain(t.Context(), ev)
	require.NoError(t, err)
	require.Empty(t, all[0].Dialog)
	require.False(t, all[0].Fires)
	require.Equal(t, `dialog "pizza" is not open`, all[0].Why)
	require.Equal(t, `dialog "pizza" on handling.SimpleText("pizza").ShouldHandle says no`, all[1].Why)
}

func TestAnAnswerThatStaysSaysNothingMore(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		size := askSize
		size.Then = func(ctx context.Context, r *run, v string) (next, error) {
			if v == "S" {
				return dialog.Stay(), r.Say(ctx, "We are out of small ones.")
			}
			return next{}, nil
		}
		d := s.pizza()
		d.Steps = []dialog.Step[order]{size, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "We are out of small ones.")
	s.is(t, "pizza", "size")
	s.says(t, "large", "Where to?")
}

func TestWhatStartsADialogUnderDefaultIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza())
		p[receiving.TypeDefault] = []routing.Route{{Handler: s.pizza().On(handling.SimpleText{Pattern: "pizza"})}}
		p[receiving.TypeSimpleText] = nil
		return p
	})
	s.says(t, "pizza", "Which size?")
	require.Zero(t, s.is(t, "pizza", "size").Tries)
	s.says(t, "small", "Which toppings?")
	s.says(t, "pizza", "Which toppings?")
	require.Zero(t, s.is(t, "pizza", "toppings").Tries)
}

func TestATapOfADialogThatIsGoneReachesNoOtherRoute(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	small := s.payloadOf(t, "Small")
	gone := routing.Policy{
		receiving.TypeDialog: {{Handler: address("address")}},
		receiving.TypeTap:    {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("A type's route saw a tap of a dialog."))}},
	}
	s.deploys(t, gone)
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "That question is no longer open.")
	s.ada.TapsOldQuickReply("Other", tapOf(t, small, `"d":"pizza"`, `"d":"address"`))
	s.sees(t, "That question is no longer open.")

	gone[receiving.TypeDialog] = append([]routing.Route{{Handler: dialog.Unknown(
		func(ctx context.Context, _ *receiving.Event, reply *sending.Replier, _ dialog.Open) error {
			return reply.Reply(ctx, sending.Text("We sell no more pizza."))
		})}}, gone[receiving.TypeDialog]...)
	s.deploys(t, gone)
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "We sell no more pizza.")
	s.ada.TapsOldQuickReply("Small", small) // no run is open now
	s.sees(t, "That question is no longer open.")
}
