package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// keeping is a policy that keeps all events, and answers texts.
func keeping(answer handling.Handler) routing.Policy {
	return routing.Policy{receiving.TypeDefault: {{Name: "keep", Handler: handling.SaveMessage{}}}, receiving.TypeSimpleText: {{Name: "answer", Handler: answer}}}
}

// history is what was said with ada, as lines.
func (w *world) history(query handling.HistoryQuery) []string {
	w.T.Helper()
	said, err := handling.HistoryOf(w.T.Context(), w.Store, store.Conversation{PageID: pageID, PSID: ada}, time.Now(), query)
	require.NoError(w.T, err)
	return linesOf(said)
}

func linesOf(said []handling.Utterance) []string {
	var lines []string
	for _, u := range said {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s %s", u.From, u.Text, strings.Join(u.Attachments, ", "))))
	}
	return lines
}

func TestHistoryHasBothSidesInOrder(t *testing.T) {
	t.Parallel()
	fields := append(simulator.DefaultFields(), "message_edits", "message_echoes", "message_reactions")
	inBubble(t, simulator.Config{Fields: fields}, config{Policy: keeping(echo.Handler)}, func(w *world) {
		require.Empty(t, w.history(handling.HistoryQuery{}))
		mid, err := w.Say(w.T.Context(), ada, "ho")
		require.NoError(t, err)
		after(time.Second)
		require.NoError(t, w.Edit(w.T.Context(), ada, mid, "hi"))
		require.NoError(t, w.React(w.T.Context(), ada, mid, "👍"))
		after(time.Second)
		w.Posts(echoOf(ada, "77", "", "I am Eve, a human."))
		after(time.Second)
		_, err = w.SendImage(w.T.Context(), ada, "https://x.example/1.png")
		require.NoError(t, err)
		require.NoError(t, w.Flush(w.T.Context()))
		after(time.Second)
		w.Posts(fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
			`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"postback":{"mid":"p","title":"Stop","payload":"STOP"}}]}]}`, pageID, ada, time.Now().UnixMilli()))
		after(time.Second)
		w.send(ada, sending.GenericTemplate{}.WithElements(sending.Element{Title: "Shoes", Subtitle: "12 euros"}).Message())
		w.Says(lin, "somebody else")
		after(time.Second)
		want := []string{"person: hi", "bot: you said ho", "human: I am Eve, a human.", "person:  image", "person: Stop", "bot: Shoes\n12 euros template"}
		require.Equal(t, want, w.history(handling.HistoryQuery{}))
		require.Equal(t, want[3:], w.history(handling.HistoryQuery{Limit: 3}))
		require.Equal(t, want[4:], w.history(handling.HistoryQuery{MaxAge: 2500 * time.Millisecond}))
		require.Empty(t, w.history(handling.HistoryQuery{MaxAge: time.Millisecond}))
	})
}

// TestHistoryOfMuchElse: receipts and failed sends take no place, and what lies before them is found; nothing is left out in between.
func TestHistoryOfMuchElse(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: keeping(echo.Handler)}, func(w *world) {
		var want []string
		for i := range 60 {
			w.Says(ada, fmt.Sprint(i))
			after(time.Second)
			want = append(want, fmt.Sprintf("person: %d", i), fmt.Sprintf("bot: you said %d", i))
		}
		for i := range 250 {
			w.Posts(fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
				`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"read":{"watermark":%[4]d}}]}]}`, pageID, ada, time.Now().UnixMilli(), i+1))
		}
		after(10 * time.Second)
		require.Equal(t, want[len(want)-handling.DefaultHistory:], w.history(handling.HistoryQuery{}))
		require.Equal(t, want, w.history(handling.HistoryQuery{Limit: handling.MaxHistory + 1}))
	})
}

// TestHistoryInATurn has what the turn handles last, once.
func TestHistoryInATurn(t *testing.T) {
	t.Parallel()
	var seen [][]string
	look := func(ctx context.Context, reply *sending.Replier, handled ...*receiving.Event) error {
		said, err := handling.History(ctx, handling.HistoryQuery{}, handled...)
		if err != nil {
			return err
		}
		seen = append(seen, linesOf(said))
		return reply.Reply(ctx, sending.Text("ok"))
	}
	talk := handling.Gather{Name: "talk", Handler: func(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
		return look(ctx, reply, burst...)
	}}
	policy := keeping(handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		return look(ctx, reply, ev)
	}))
	policy[receiving.TypeImage] = []routing.Route{{Name: "talk", Handler: talk}}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "1")
		after(time.Second)
		w.Says(ada, "2")
		after(time.Second)
		for range 2 {
			_, err := w.SendImage(w.T.Context(), ada, "https://x.example/1.png")
			require.NoError(t, err)
		}
		require.NoError(t, w.Flush(w.T.Context()))
		after(10 * time.Second)
		require.Equal(t, [][]string{
			{"person: 1"},
			{"person: 1", "bot: ok", "person: 2"},
			{"person: 1", "bot: ok", "person: 2", "bot: ok", "person:  image", "person:  image"},
		}, seen)
	})
	_, err := handling.History(t.Context(), handling.HistoryQuery{})
	require.ErrorIs(t, err, store.ErrNoTurn)
}
