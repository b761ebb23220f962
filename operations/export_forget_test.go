package operations_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// listOf are the lists of an export, by the table whose rows they have. The other tables with rows of a person say nothing more of them.
var listOf = map[string]string{
	"messenger_conversations": "", "messenger_people": "", "messenger_sent_index": "",
	"messenger_dead": "dead", "messenger_inbox": "waiting.events", "messenger_locations": "locations", "messenger_outbox": "waiting.sends", "messenger_raised": "timers",
	"messenger_received": "received", "messenger_recipients": "broadcasts", "messenger_sent": "sent", "messenger_sessions": "sessions",
}

// everything gives the store something of Ada of each kind.
func (w *world) everything() {
	w.Helper()
	ctx, conv := w.Context(), store.Conversation{PageID: w.page, PSID: w.ada}
	w.bury("order 1")
	w.answers("table", "How many are you?")
	require.NoError(w, w.store.Put(ctx, store.Event{Conversation: conv, Key: "undecodable", Time: time.Now(), Body: []byte("\x00dead")}))
	next(w, w.letters)
	require.NoError(w, w.bot.Pause(ctx, w.page, ""))
	require.NoError(w, w.store.Apply(ctx,
		store.AddLocation{Location: store.Location{PageID: w.page, PSID: w.ada, Latitude: 52.5, Longitude: 13.4, Title: "Alexanderplatz", At: time.Now()}},
		store.SaveMessage{Received: store.Received{PageID: w.page, PSID: w.ada, Key: "plain", Type: "SIMPLE_TEXT", At: time.Now(), Body: []byte("no JSON")}},
		store.SaveSession{PageID: w.page, PSID: w.ada, Name: "cart", Data: []byte(`{"items":2}`)},
		store.SaveSession{PageID: w.page, PSID: w.ada, Name: "plain", Data: []byte("no JSON")}))
	require.NoError(w, w.bot.SignalAfter(ctx, w.page, w.ada, time.Hour, "reminder", "later"))
	// The first send waits for the page, all that comes later waits behind it.
	require.NoError(w, w.bot.Send(ctx, w.page, w.ada, sending.Text("Still there?").WithQuickReplies(sending.QuickReply{ContentType: "text", Title: "Yes", Payload: "yes"}),
		sending.Text("By token").To(sending.Recipient{NotificationMessagesToken: "secret-4711"})))
	require.NoError(w, w.store.Enqueue(ctx, store.Send{Conversation: conv, Key: "plain", Group: "plain", Body: []byte("no JSON")}))
	require.Eventually(w, func() bool { // the bot has seen that the page is paused
		stats, err := w.bot.Stats(ctx)
		return err == nil && stats.Queue.InFlight == 0 && stats.Queue.Sends == 3
	}, patience, 5*time.Millisecond)
	_, err := w.platform.Say(ctx, w.ada, "hello again")
	require.NoError(w, err)
	require.NoError(w, w.store.Put(ctx, store.Event{Conversation: conv, Key: "undecodable, waits", Time: time.Now(), Body: []byte("\x00waits")}))
	_, err = w.bot.Broadcast(ctx, w.page, "news", messenger.PSIDs(w.ada), sending.Text("News"))
	require.NoError(w, err)
	require.Eventually(w, func() bool {
		waits, err := w.store.(store.Peeker).Peek(ctx, conv, 10)
		places, placesErr := w.store.(store.Viewer).PlacesOf(ctx, conv, "", 10)
		return err == nil && placesErr == nil && len(waits) == 2 && len(places) == 1 && places[0].Stage == store.RecipientQueued
	}, patience, 5*time.Millisecond)
}

// TestAnExportHasWhatForgetErases: of each kind, in each table, whole, and readable or as it is stored.
func TestAnExportHasWhatForgetErases(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.everything()
		export := w.do("GET", w.person()+"/export", "")
		require.Equal(w, 200, export.status, export.body)
		require.NotContains(w, export.body, "secret-4711")
		var all map[string]any
		require.NoError(w, json.Unmarshal([]byte(export.body), &all))
		require.Empty(w, all["incomplete"])
		require.Equal(w, "booking", all["person"].(map[string]any)["dialog"].(map[string]any)["dialog"])
		lists := map[string][]any{}
		for name, value := range all {
			if list, ok := value.([]any); ok && name != "incomplete" {
				lists[name] = list
			}
		}
		for name, value := range all["waiting"].(map[string]any) {
			lists["waiting."+name] = value.([]any)
		}
		for name, list := range lists {
			require.NotEmpty(w, list, name)
		}
		has := func(list, field string, want any) {
			w.Helper()
			require.True(w, slices.ContainsFunc(lists[list], func(one any) bool { return one.(map[string]any)[field] == want }), "%s: no %s %v in %v", list, field, want, lists[list])
		}
		raw := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
		has("dead", "text", "order 1")
		has("dead", "raw", raw("\x00dead"))
		has("waiting.events", "text", "hello again")
		has("waiting.events", "raw", raw("\x00waits"))
		has("waiting.sends", "raw", raw("no JSON"))
		has("received", "raw", raw("no JSON"))
		has("sessions", "raw", raw("no JSON"))
		has("timers", "payload", "later")
		has("broadcasts", "stage", "queued")
		require.Contains(w, export.body, `"title":"Yes"`, "the whole message is there")
		require.Contains(w, export.body, `"By token"`)

		w.countRows(func(table string, rows int) {
			list, known := listOf[table]
			require.True(w, known, "which list of an export has the rows of %s?", table)
			if list != "" {
				require.Len(w, lists[list], rows, "%s in %s", list, table)
			}
		})
		require.Equal(w, 200, w.do("DELETE", w.person(), "").status)
		w.refused(w.do("GET", w.person()+"/export", ""), 404, "no_such_person")
		require.Eventually(w, func() bool { // a worker that looks whether the page is paused has the conversation until it lets go
			left := 0
			w.countRows(func(_ string, rows int) { left += rows })
			return left == 0
		}, patience, 5*time.Millisecond)
	})
}

// countRows counts the rows of each table that has some of Ada, on stores with tables.
func (w *world) countRows(check func(table string, rows int)) {
	w.Helper()
	st, ok := w.store.(*gormstore.Store)
	if !ok {
		return
	}
	tables, err := st.DB().Migrator().GetTables()
	require.NoError(w, err)
	require.NotEmpty(w, tables)
	for _, table := range tables {
		for _, column := range []string{"person_id", "psid"} {
			if !st.DB().Migrator().HasColumn(table, column) {
				continue
			}
			var rows int64
			require.NoError(w, st.DB().WithContext(w.Context()).Table(table).Where(column+" = ?", w.ada).Count(&rows).Error)
			check(table, int(rows))
		}
	}
}
