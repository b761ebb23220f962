package sending_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func textFrom(person string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSimpleText, PSID: person, Payload: &receiving.Message{Text: "hi"}}
}

func TestReplierQueuesAllOrNothing(t *testing.T) {
	t.Parallel()
	var rec sending.Recorder
	reply := rec.Replier(textFrom("42"))
	err := reply.Reply(t.Context(), sending.Text("fine"), sending.Text(""))
	var field *sending.FieldError
	require.ErrorAs(t, err, &field)
	require.Equal(t, "messages[1].text", field.Field)
	require.ErrorContains(t, err, "sending: messages[1].text: ")
	require.Empty(t, rec.Messages())

	require.NoError(t, reply.Reply(t.Context(), sending.Text("one"), sending.Text("two")))
	require.Equal(t, []sending.Message{sending.Text("one"), sending.Text("two")}, rec.Messages())
}

func TestReplierTakesInstagramsLimitFromTheEvent(t *testing.T) {
	t.Parallel()
	var rec sending.Recorder
	ev := textFrom("42")
	ev.Object = receiving.ObjectInstagram
	text := sending.Text(string(make([]byte, 1001)))
	require.Error(t, rec.Replier(ev).Reply(t.Context(), text))
	require.NoError(t, rec.Replier(textFrom("42")).Reply(t.Context(), text))
}

func TestReplierGivesValuesToSenders(t *testing.T) {
	t.Parallel()
	var rec sending.Recorder
	reply := rec.Replier(textFrom("42"))
	reply.Set("number", "4711")
	ctx := sending.WithValues(t.Context(), map[string]string{"number": "outer", "first_name": "Ada"})
	require.NoError(t, reply.Send(ctx, sending.SimpleMessage{Text: "%{first_name}: %{number}"}))
	require.Equal(t, []sending.Message{sending.Text("Ada: 4711")}, rec.Messages())
	require.Equal(t, map[string]string{"number": "4711"}, reply.Values())
}

func TestReplierNamesTheSenderThatFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	var rec sending.Recorder
	err := rec.Replier(textFrom("42")).Send(t.Context(), sending.Func(
		func(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, boom }))
	require.ErrorIs(t, err, boom)
	require.ErrorContains(t, err, "sending.Func")

	err = rec.Replier(textFrom("42")).Send(t.Context(), sending.After(time.Hour, sending.SimpleMessage{}))
	require.ErrorContains(t, err, "sender sending.After(1h0m0s, sending.SimpleMessage): sending: messages[0].text: ")
}

func TestValuesGoOutAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"Small", "%{first_name}", "%%{first_name}", "100 %{", "%{answer}", "%{answer|}"} {
		for _, sender := range []sending.Sender{
			sending.LongText{Text: "%{answer}"}, sending.SimpleMessage{Text: "%{answer}"}, sending.QuickReplies{Text: "%{answer}"},
		} {
			var rec sending.Recorder
			reply := rec.Replier(textFrom("42"))
			reply.Set("answer", answer)
			require.NoError(t, reply.Send(sending.WithValues(spanish(t), map[string]string{"first_name": "Ada"}), sender))
			require.Equal(t, answer, rec.Messages()[0].Text, "%T", sender)
		}
	}
}

func TestWhatCanNeverBeAnswered(t *testing.T) {
	t.Parallel()
	standby := textFrom("42")
	standby.Standby = true
	for name, ev := range map[string]*receiving.Event{
		"delivery": {Type: receiving.TypeDelivered, PSID: "42", Payload: &receiving.Delivery{}},
		"read":     {Type: receiving.TypeRead, PSID: "42", Payload: &receiving.Read{}},
		"own echo": {Type: receiving.TypeEcho, PSID: "42", Payload: &receiving.Message{IsEcho: true, SendKey: "k"}},
		"nobody":   textFrom(""),
		"standby":  standby,
	} {
		var rec sending.Recorder
		reply := rec.Replier(ev)
		require.ErrorIs(t, reply.Reply(t.Context(), sending.Text("a")), sending.ErrNotAnswerable, name)
		require.ErrorIs(t, reply.Now(t.Context(), sending.TypingOn), sending.ErrNotAnswerable, name)
		require.Empty(t, rec.Messages(), name)
	}
}

func TestRecorderTakesWhatARouteOfThatTypeMayAnswer(t *testing.T) {
	t.Parallel()
	userRef := textFrom("")
	userRef.UserRef = "ref"
	for name, ev := range map[string]*receiving.Event{
		"text":         textFrom("42"),
		"user ref":     userRef,
		"human's echo": {Type: receiving.TypeEcho, PSID: "42", Payload: &receiving.Message{IsEcho: true}},
		"hand-over":    {Type: receiving.TypeThreadControl, PSID: "42", Payload: &receiving.ThreadControl{}},
		"unknown":      {Type: receiving.TypeUnknown, PSID: "42", Payload: &receiving.Unknown{}},
	} {
		var rec sending.Recorder
		reply := rec.Replier(ev)
		require.NoError(t, reply.Reply(t.Context(), sending.Text("a")), name)
		require.NoError(t, reply.Now(t.Context(), sending.TypingOn), name)
		require.Len(t, rec.Messages(), 1, name)
	}
}

func TestNowTakesActionsOnly(t *testing.T) {
	t.Parallel()
	var rec sending.Recorder
	reply := rec.Replier(textFrom("42"))
	require.NoError(t, reply.Now(t.Context(), sending.TypingOn))
	require.Error(t, reply.Now(t.Context(), "shout"))
	require.Error(t, reply.Now(t.Context(), sending.React), "a reaction needs a message")
	require.Equal(t, []sending.Action{sending.TypingOn}, rec.Actions())
}

// TestRecorderKnowsWhatWasRefused: by the Replier, which checks limits, and by the event.
func TestRecorderKnowsWhatWasRefused(t *testing.T) {
	t.Parallel()
	var rec sending.Recorder
	text := rec.Replier(&receiving.Event{Type: receiving.TypeSimpleText, PageID: "1", PSID: "2"})
	read := rec.Replier(&receiving.Event{Type: receiving.TypeRead, PageID: "1", PSID: "2"})
	long := sending.Text(strings.Repeat("x", 2001))
	want := []error{
		text.Reply(t.Context(), sending.Text("fine"), long),
		text.Send(t.Context(), sending.Text("fine"), long, sending.Text("never composed")),
		text.Now(t.Context(), "dance"),
		read.Reply(t.Context(), sending.Text("no")),
		read.Now(t.Context(), sending.TypingOn),
	}
	require.NoError(t, text.Reply(t.Context(), sending.Text("fine")))
	require.Len(t, rec.Messages(), 1)
	var got []error
	var texts []string
	for _, f := range rec.Refused() {
		got, texts = append(got, f.Err), append(texts, f.Message.Text)
		require.Equal(t, "2", f.PSID)
	}
	require.Equal(t, []error{want[0], want[0], want[1], want[1], want[2], want[3], want[4]}, got)
	require.Equal(t, []string{"fine", long.Text, "fine", long.Text, "", "no", ""}, texts)
}
