package messengertest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// fails runs an expectation that is to fail, and returns the whole text of its failure.
func (f *failing) fails(act func()) string {
	f.TB.Helper()
	f.expect("", act)
	require.NotEmpty(f.TB, f.failure, "it has not failed")
	return f.failure
}

// A name that resembles none lists all that there are.
func TestRefuseListsTheRefusals(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{})
	got := tb.fails(func() { chat.Refuse("lamp", 1) })
	require.True(t, strings.HasPrefix(got, "messengertest: the platform has no refusal \"lamp\"; there are:\n  token invalid\n  app removed\n"), got)
	for _, refusal := range simulator.Refusals() {
		require.Contains(t, got+"\n", "\n  "+refusal.Name+"\n")
	}
}

// A wait that was in vain shows what the platform refused, and why.
func TestFailuresShowRefusedCalls(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{Policy: answering("hello")})
	ada := chat.Person("Ada", "en_US")
	chat.Refuse("person receives no messages", 1)
	ada.Says("hi")
	chat.HasCalled(1, "POST", "/messages")
	const conversation = "; the conversation so far:\n" +
		"  person: \"hi\"\n" +
		"     bot: POST messages \"hello\" was refused: 10/2018108: (#10) This Person Cannot Receive Messages: This person isn't receiving messages " +
		"from you right now. (a fault of the test)"
	chat.Patience = 1
	require.Equal(t, "no message from the page within 1ns"+conversation, tb.fails(func() { ada.Next() }))
	require.Equal(t, "messengertest: simulator: no template of the type coupon in this conversation"+conversation, tb.fails(ada.RevealsCoupon))
	chat.Patience = patience
	require.Equal(t, "the next refusal has the code 10, want 613: 10/2018108: (#10) This Person Cannot Receive Messages: This person isn't receiving "+
		"messages from you right now."+conversation, tb.fails(func() { ada.IsRefused(613) }))
	require.Equal(t, "messengertest: calls POST …/messages: 1, want 2; all calls so far:\n  POST /v27.0/me/messages: 400 Bad Request",
		tb.fails(func() { chat.HasCalled(2, "POST", "/messages") }))
	chat.Patience = 1
	require.Equal(t, "no call about this person was refused within 1ns"+conversation, tb.fails(func() { ada.IsRefused(10) }))
	chat.Patience = patience
}

// Faults by rule: the call that a rule hits is refused, and the next one is not.
func TestRefusalsAreExpected(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{Policy: answering("hello")})
	ada := chat.Person("Ada", "en_US")
	chat.Refuse("calls limit", 1)
	ada.Says("hi")
	ada.IsRefused(613)
	chat.Advance(time.Hour)
	ada.Sees("hello")
	require.Len(t, chat.Calls("POST", "/messages"), 2)
	chat.Fault(simulator.Fault{Drop: simulator.DropAfter})
	ada.Says("hi")
	ada.IsRefused(0)
	ada.Sees("hello")
	ada.Sees("hello") // its outcome was unknown: sent again
	chat.Fault(simulator.Fault{Drop: simulator.DropHalf})
	ada.Says("hi")
	ada.Sees("hello")
	ada.Sees("hello")
	require.Contains(t, ada.Transcript(), "\n     bot: POST messages \"hello\" was taken, with a fault of the test\n")
}

// Each kind of callback that the platform has can be sent, to a page or an Instagram account, and so can an event as it is.
func TestEveryKindOfCallbackReachesTheBot(t *testing.T) {
	t.Parallel()
	chat, types := startRecording(t)
	chat.PersonOn(messengertest.PageID, "Ada", "")
	chat.PersonOn(account, "Ana", "")
	kinds := simulator.Kinds()
	for _, kind := range kinds {
		d := chat.Trigger(kind.Kind, simulator.Trigger{})
		require.Equal(t, kind.Kind, d.Field)
	}
	chat.Idle()
	for _, d := range chat.Deliveries() {
		require.Equal(t, simulator.Delivered, d.State, d.Field)
	}
	require.NotEmpty(t, types)

	ada := chat.Person("Ada", "")
	chat.Post(`{"sender":{"id":"` + ada.ID + `"},"recipient":{"id":"` + messengertest.PageID + `"},"timestamp":1458692752478,"form":{"id":"4711"}}`)
	chat.Idle()
	var last receiving.Type
	for len(types) > 0 {
		last = <-types
	}
	require.Equal(t, receiving.TypeLeadForm, last)
}

// A failure says what the bot made of what the person did: a handler that fails, a send that waits, and an event without a route.
func TestFailuresSayWhatTheBotDid(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	broken := messengertest.Start(tb, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Name: "warehouse", Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
			return handling.Permanent(errors.New("the warehouse is closed"))
		})}},
	}})
	bo := broken.Person("Bo", "en_US")
	bo.Says("hi")
	broken.Idle()
	broken.Patience = 1
	require.Contains(t, tb.fails(func() { bo.Sees("hello") }), "\n     bot: an event became a dead letter: route \"warehouse\": the warehouse is closed")

	chat := messengertest.Start(tb, messenger.Config{Policy: answering("hello")})
	ada := chat.Person("Ada", "en_US")
	chat.Refuse("calls limit", 1)
	ada.Says("hi")
	chat.Idle()
	chat.Patience = 1
	require.Regexp(t, `(?s)\n     bot: a message could not be sent once and is sent again in \S+; Chat.Advance moves the clock$`, tb.fails(func() { ada.Sees("hello") }))

	silent := messengertest.Start(tb, messenger.Config{Policy: routing.Policy{}})
	eve := silent.Person("Eve", "en_US")
	eve.Says("hi")
	silent.Idle()
	silent.Patience = 1
	require.Regexp(t, `\n     bot: no route takes the event \S+$`, tb.fails(func() { eve.Sees("hello") }))
}
