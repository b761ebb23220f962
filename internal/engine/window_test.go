package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// The 24 hours begin anew with what a person does towards the page, and with
// nothing else that is told of them.
func TestWhatOpensTheWindow(t *testing.T) {
	t.Parallel()
	const (
		fromPerson = `{"sender":{"id":"4711"},"recipient":{"id":"100000000000001"},"timestamp":%d,`
		fromPage   = `{"sender":{"id":"100000000000001"},"recipient":{"id":"4711"},"timestamp":%d,`
	)
	for name, c := range map[string]struct {
		element string
		opens   bool
	}{
		"message":           {fromPerson + `"message":{"mid":"m","text":"hi"}}`, true},
		"quick reply":       {fromPerson + `"message":{"mid":"m","text":"S","quick_reply":{"payload":"S"}}}`, true},
		"image":             {fromPerson + `"message":{"mid":"m","attachments":[{"type":"image","payload":{"url":"https://a.example/b.png"}}]}}`, true},
		"message of an ad":  {fromPerson + `"message":{"mid":"m","text":"hi","referral":{"source":"ADS","type":"OPEN_THREAD","ad_id":"6"}}}`, true},
		"postback":          {fromPerson + `"postback":{"mid":"m","title":"Buy","payload":"BUY"}}`, true},
		"reaction":          {fromPerson + `"reaction":{"reaction":"love","action":"react","mid":"m"}}`, true},
		"m.me link":         {fromPerson + `"referral":{"ref":"summer","source":"SHORTLINK","type":"OPEN_THREAD"}}`, true},
		"plugin":            {fromPerson + `"optin":{"ref":"checkout"}}`, true},
		"account linked":    {fromPerson + `"account_linking":{"status":"linked","authorization_code":"c"}}`, true},
		"delivery":          {fromPerson + `"delivery":{"mids":["m"],"watermark":1}}`, false},
		"read":              {fromPerson + `"read":{"watermark":1}}`, false},
		"echo of the inbox": {fromPage + `"message":{"is_echo":true,"app_id":263902037430900,"mid":"m","text":"hi"}}`, false},
		"hand-over":         {fromPerson + `"pass_thread_control":{"new_owner_app_id":"1","previous_owner_app_id":"2"}}`, false},
		"unknown":           {fromPerson + `"something_new":{"a":1}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failures []error
			cfg := config{Policy: routing.Policy{}, OnSendFailed: func(_ context.Context, f sending.Failure) {
				failures = append(failures, f.Err)
			}}
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
				touched := store.TouchPerson{PageID: pageID, PSID: "4711", At: time.Now().Add(-25 * time.Hour)}
				require.NoError(t, w.Store.Apply(t.Context(), touched))
				require.NoError(t, w.Post(t.Context(), json.RawMessage(fmt.Sprintf(c.element, time.Now().UnixMilli()))))
				after(time.Second)

				w.send("4711", sending.Text("news"))
				after(time.Second)
				if c.opens {
					require.Empty(t, failures)
					require.WithinDuration(t, time.Now(), w.Person("4711").LastAct, time.Minute)
					return
				}
				require.Len(t, failures, 1)
				require.ErrorIs(t, failures[0], graph.ErrOutsideWindow)
				require.True(t, w.Person("4711").LastAct.Equal(touched.At.Truncate(time.Microsecond)))
			})
		})
	}
}

// A comment or a post opens a way of its own: a private reply goes out whatever
// the window to anybody is.
func TestPrivateReplyNeedsNoWindow(t *testing.T) {
	t.Parallel()
	var failures []error
	cfg := config{Policy: routing.Policy{}, OnSendFailed: func(_ context.Context, f sending.Failure) {
		failures = append(failures, f.Err)
	}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		touched := store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now().Add(-25 * time.Hour)}
		require.NoError(t, w.Store.Apply(t.Context(), touched))
		reply := sending.Text("thank you").To(sending.Recipient{CommentID: "123_456"})
		w.send(ada, reply)
		after(time.Second)
		for _, err := range failures { // the fake platform knows no such comment, and that is its own word
			require.NotErrorIs(t, err, graph.ErrOutsideWindow)
		}
		require.Len(t, w.Requests(), 1, "the platform was asked")
	})
}

// What a route would have written, and a commit has refused, opens no window: the other routes of the turn are planned without it.
func TestActOfARouteThatTheStoreRefusesOpensNoWindow(t *testing.T) {
	t.Parallel()
	var failures []error
	policy := routing.Policy{receiving.TypeSignal: {
		route("acts", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return store.Queue(ctx, store.TouchPerson{PageID: ev.PageID, PSID: ev.PSID, At: time.Now()},
				store.SaveSession{PageID: ev.PageID, PSID: ev.PSID, Name: "s", Version: 7}) // there is none
		}),
		route("answers", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text("late"))
		}),
	}}
	cfg := config{Policy: policy, Retry: handling.Retry{Tries: 1}, OnSendFailed: func(_ context.Context, f sending.Failure) {
		failures = append(failures, f.Err)
	}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		conv := store.Conversation{PageID: pageID, PSID: ada}
		signal, err := raise.Of(store.Raise{Conversation: conv, Key: "k"}, "", nothing.MustEncodeSignal(payload.None{}))
		require.NoError(t, err)
		require.NoError(t, w.Store.Apply(w.T.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now().Add(-25 * time.Hour)}, signal))
		after(time.Minute)
		require.Len(t, w.Letters(), 1)
		require.Equal(t, "acts", w.Letters()[0].Failures[0].Route)
		require.Empty(t, w.Texts(ada))
		require.Len(t, failures, 1)
		require.ErrorContains(t, failures[0], "the person's last act was at", "the platform is not asked")
	})
}
