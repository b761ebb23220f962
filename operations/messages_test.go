package operations_test

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

type message struct {
	Key, State, MID, Type, Text, Error string
	Attempts                           int
}

// got are the messages with that text that Ada has.
func (w *world) got(text string) (n int) {
	for _, m := range w.platform.Messages(w.ada) {
		if m.Text == text {
			n++
		}
	}
	return n
}

// outcome waits until a message does not wait any more.
func (w *world) outcome(path string) (m message) {
	w.Helper()
	require.Eventually(w, func() bool {
		m = get[message](w, "GET", path, "")
		return m.State != "waiting"
	}, patience, 5*time.Millisecond)
	return m
}

// TestSendAMessage: it goes out by the bot and once, however often the request is repeated, also when it would be refused by then.
func TestSendAMessage(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.greeted()
		path := w.person() + "/messages/" + url.PathEscape("case 4711/1")
		w.refused(w.do("GET", path, ""), 404, "no_such_message")
		const body = `{"text":"We have found your parcel."}`
		queued := get[message](w, "PUT", path, body)
		require.Equal(w, []string{"case 4711/1", "text", "We have found your parcel."}, []string{queued.Key, queued.Type, queued.Text})
		m := w.outcome(path)
		require.Equal(w, "sent", m.State, m.Error)
		require.NotEmpty(w, m.MID)
		require.Equal(w, 1, m.Attempts)
		require.Equal(w, m, get[message](w, "PUT", path, body))
		require.Equal(w, m, get[message](w, "PUT", path, `{"message":{"text":"We have found your parcel.","messaging_type":"RESPONSE"}}`), "the same in other words")
		w.refused(w.do("PUT", path, `{"text":"Another"}`), 409, "conflict")
		require.NoError(w, w.bot.Pause(w.Context(), w.page, "wrong prices"))
		require.Equal(w, m, get[message](w, "PUT", path, body), "a repetition gets the answer of the first request")
		require.Equal(w, 1, w.got("We have found your parcel."))
		sent, err := w.store.Sent(w.Context(), w.page, w.ada, 1)
		require.NoError(w, err)
		require.Equal(w, m.MID, sent[0].MID, "the record of sends has it")
	})
}

// TestSendAMessageAtOnce: of many requests at the same time one takes effect.
func TestSendAMessageAtOnce(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.greeted()
		path := w.person() + "/messages/k"
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { get[message](w, "PUT", path, `{"text":"Once"}`) })
		}
		all.Wait()
		require.Equal(w, "sent", w.outcome(path).State)
		get[message](w, "PUT", w.person()+"/messages/last", `{"text":"Last"}`)
		require.Equal(w, "sent", w.outcome(w.person()+"/messages/last").State)
		require.Equal(w, 1, w.got("Once"), "what was queued before the last one has gone out")
	})
}

// TestAMessageOfAnOperatorKeepsItsPlace: behind what waits in the conversation.
func TestAMessageOfAnOperatorKeepsItsPlace(t *testing.T) {
	t.Parallel()
	w := newIdleWorld(t, memory.New(memory.Config{}))
	conv := store.Conversation{PageID: pageID, PSID: "7"}
	require.NoError(t, w.store.Apply(t.Context(), store.TouchPerson{PageID: conv.PageID, PSID: conv.PSID, At: time.Now()}))
	require.NoError(t, w.bot.SendOnce(t.Context(), conv.PageID, conv.PSID, "k", sending.Text("first")))
	path := "/pages/" + pageID + "/people/7"
	require.Equal(t, message{Key: "k", State: "waiting", Type: "text", Text: "second"}, get[message](w, "PUT", path+"/messages/k", `{"text":"second"}`), "the program's keys are others")
	waits := get[struct{ Sends []struct{ Text string } }](w, "GET", path+"/waiting", "")
	require.Equal(t, []struct{ Text string }{{"first"}, {"second"}}, waits.Sends)
	w.refused(w.do("PUT", path+"/messages/k", `{"text":"third"}`), 409, "conflict")
	cancelled, err := w.bot.Cancel(t.Context(), conv.PageID, conv.PSID, "messenger.operations/k")
	require.NoError(t, err)
	require.True(t, cancelled)
	w.refused(w.do("GET", path+"/messages/k", ""), 404, "no_such_message")
}

// TestAMessageIsRefused: with the reason and what to do, and nothing is queued.
func TestAMessageIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	w := newIdleWorld(t, memory.New(memory.Config{Now: func() time.Time { return now }}))
	ctx, conv := t.Context(), "/pages/"+pageID+"/people/"
	require.NoError(t, w.store.Apply(ctx,
		store.TouchPerson{PageID: pageID, PSID: "here", At: now.Add(-time.Hour)},
		store.TouchPerson{PageID: pageID, PSID: "yesterday", At: now.Add(-25 * time.Hour)},
		store.TouchPerson{PageID: pageID, PSID: "last-week", At: now.Add(-8 * 24 * time.Hour)},
		store.TouchPerson{PageID: pageID, PSID: "blocked", At: now.Add(-time.Hour)},
		store.MarkUnavailable{PageID: pageID, PSID: "blocked", At: now.Add(-time.Minute)},
		store.TouchPerson{PageID: "555", PSID: "here", At: now.Add(-time.Hour)}))
	require.NoError(t, w.bot.Pause(ctx, "555", "wrong prices"))
	for _, c := range []struct {
		path, body string
		status     int
		code, says string
	}{
		{conv + "unknown/messages/k", `{"text":"hi"}`, 404, "no_such_person", "does not know this person of this page"},
		{conv + "blocked/messages/k", `{"text":"hi"}`, 409, "unavailable", "they have blocked the page or are gone"},
		{conv + "yesterday/messages/k", `{"text":"hi"}`, 409, "window_closed", "a human may answer within 7 days with the tag HUMAN_AGENT"},
		{conv + "last-week/messages/k", `{"text":"hi","tag":"HUMAN_AGENT"}`, 409, "window_closed", "the person has to write first"},
		{conv + "here/messages/k", `{"message":{"text":"hi","delay":86400000000000}}`, 409, "window_closed", "more than 24 hours before the message"},
		{"/pages/555/people/here/messages/k", `{"text":"hi"}`, 409, "paused", "sending is paused for the page since 2026-11-27T12:00:00Z (wrong prices); resume it first"},
		{conv + "here/messages/k", `{}`, 400, "bad_body", `give either \"text\", or \"message\"`},
		{conv + "here/messages/k", `{"text":"hi","message":{"text":"hi"}}`, 400, "bad_body", `give either \"text\", or \"message\"`},
		{conv + "here/messages/k", `{"message":{"txt":"hi"}}`, 400, "bad_body", `unknown field \"txt\"`},
		{conv + "here/messages/k", `{"message":{"text":"hi","recipient":{"id":"8"}}}`, 400, "bad_body", "the path has the person"},
		{conv + "here/messages/k", `{"text":"hi","type":"MESSAGE_TAG"}`, 400, "bad_body", `has to be RESPONSE or UPDATE`},
		{conv + "here/messages/k", `{"text":"hi","type":"UPDATE","tag":"HUMAN_AGENT"}`, 400, "bad_body", `give either \"type\" or \"tag\"`},
		{conv + "here/messages/k", `{"message":{"text":"hi","tag":"HUMAN_AGENT"},"tag":"OTHER"}`, 400, "bad_body", "has another messaging_type or tag"},
		{conv + "here/messages/k", `{"text":"hi","tag":"ACCOUNT_UPDATE"}`, 400, "bad_message", "the message is not sent: "},
		{conv + "here/messages/" + url.PathEscape("a\nb"), `{"text":"hi"}`, 400, "bad_parameter", "without control characters"},
		{conv + "here/messages/%20", `{"text":"hi"}`, 400, "bad_parameter", "1 to 200 bytes"},
	} {
		a := w.do("PUT", c.path, c.body)
		w.refused(a, c.status, c.code)
		require.Contains(t, a.body, c.says, c.path+c.body)
	}
	w.refused(w.do("PUT", conv+"here/messages/k", `{"text":"hi"}`, "Content-Type", "text/plain"), 415, "not_json")
	stats, err := w.store.(store.Inspector).Stats(ctx)
	require.NoError(t, err)
	require.Zero(t, stats.Sends)

	require.Equal(t, "waiting", get[message](w, "PUT", conv+"yesterday/messages/k", `{"text":"hi","tag":"HUMAN_AGENT"}`).State)
	require.NoError(t, w.bot.Pause(ctx, "*", ""))
	a := w.do("PUT", conv+"here/messages/k", `{"text":"hi"}`)
	w.refused(a, 409, "paused")
	require.Contains(t, a.body, "sending is paused for all pages since ")
}

// TestAMessageThatThePlatformRefuses: the reason is in the answer.
func TestAMessageThatThePlatformRefuses(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.greeted()
		w.platform.Fault(simulator.Fault{Times: 1, Error: &simulator.GraphError{Code: 100, Message: "Upload failed"}})
		get[message](w, "PUT", w.person()+"/messages/k", `{"text":"hi there"}`)
		m := w.outcome(w.person() + "/messages/k")
		require.Equal(w, "refused", m.State)
		require.Contains(w, m.Error, "Upload failed")
	})
}
