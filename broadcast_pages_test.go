package messenger_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// inPages is a bot that serves the page as one of several.
func inPages(t *testing.T, test func(t *testing.T, w broadcasts)) {
	t.Helper()
	failed := &failures{}
	cfg := messenger.Config{Policy: texts(echo), OnSendFailed: failed.add, PagesAtRunTime: true, Pages: []messenger.Page{{ID: pageID}}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) { test(w.T, broadcasts{w, failed}) })
}

// TestABroadcastOfAPageThatIsRemovedWaits: what is queued and what waits stay in the store until the page is set again.
func TestABroadcastOfAPageThatIsRemovedWaits(t *testing.T) {
	t.Parallel()
	inPages(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		w.starts("news", messenger.PSIDs(ada, lin), sending.Text("now"), sending.Text("later").After(time.Minute))
		after(time.Second)
		w.starts("more", messenger.PSIDs(ada), sending.Text("more").After(time.Minute))
		require.NoError(t, w.bot.RemovePages(pageID))
		_, err := w.bot.Broadcast(t.Context(), pageID, "none", messenger.PSIDs(ada), sending.Text("none"))
		require.ErrorIs(t, err, messenger.ErrNoApp)
		after(10 * time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastRunning, Total: 2, Queued: 2})
		require.Equal(t, []string{"you said hi", "now"}, w.Texts(ada))

		require.NoError(t, w.bot.SetPages(messenger.Page{ID: pageID}))
		after(2 * time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 2, Sent: 2})
		w.counts("more", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
		require.Equal(t, []string{"you said hi", "now", "later", "more"}, w.Texts(ada))
		require.Equal(t, []string{"you said hi", "now", "later"}, w.Texts(lin))
		require.Empty(t, w.failed.all)
	})
}

// TestABroadcastOfAPageThatNoReplicaServesCanBeCancelled: it ends, with those who wait.
func TestABroadcastOfAPageThatNoReplicaServesCanBeCancelled(t *testing.T) {
	t.Parallel()
	inPages(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		w.starts("queued", messenger.PSIDs(ada, lin), sending.Text("later").After(time.Minute))
		after(time.Second)
		w.Stop()
		w.starts("waits", messenger.PSIDs(ada, lin), sending.Text("waits"))
		w.cfg.Pages = nil
		w.start()
		after(10 * time.Second)
		w.counts("waits", store.Broadcast{State: store.BroadcastRunning, Total: 2})
		for _, key := range []string{"queued", "waits"} {
			_, err := w.bot.CancelBroadcast(t.Context(), pageID, key)
			require.NoError(t, err)
		}
		after(10 * time.Second)
		w.counts("queued", store.Broadcast{State: store.BroadcastCancelled, Total: 2, Cancelled: 2})
		w.counts("waits", store.Broadcast{State: store.BroadcastCancelled, Total: 2, Cancelled: 2})
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
	})
}

// TestABroadcastIsFoundBehindAllThatAreOpen: more than a query returns are of a page that no replica serves.
func TestABroadcastIsFoundBehindAllThatAreOpen(t *testing.T) {
	t.Parallel()
	inPages(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		after(time.Second)
		w.Stop()
		w.starts("oldest", messenger.PSIDs(ada), sending.Text("news"))
		st := bubble.As[store.Broadcasts](w.T, w.Store)
		for i := range 1001 {
			id := fmt.Sprint("b", i)
			require.NoError(t, st.DraftBroadcast(t.Context(), store.Broadcast{ID: id, PageID: "77", Key: id, Body: []byte("{}")}))
			require.NoError(t, st.AddRecipients(t.Context(), id, "1"))
			_, err := st.StartBroadcast(t.Context(), id, "p")
			require.NoError(t, err)
		}
		w.start()
		after(time.Minute)
		w.counts("oldest", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
	})
}

// TestACancelledBroadcastTakesBackAllThatIsQueued: replicas that fill it together queue more than one would.
func TestACancelledBroadcastTakesBackAllThatIsQueued(t *testing.T) {
	t.Parallel()
	inPages(t, func(t *testing.T, w broadcasts) {
		w.Stop()
		st := bubble.As[store.Broadcasts](w.T, w.Store)
		var psids []string
		for i := range 3000 {
			psids = append(psids, fmt.Sprint("9", i))
			require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: pageID, PSID: psids[i], At: time.Now()}))
		}
		b := w.starts("news", messenger.PSIDs(psids...), sending.Text("news"))
		for chunk := range slices.Chunk(psids, store.MaxRecipients) {
			var sends []store.Send
			for _, psid := range chunk {
				conv := store.Conversation{PageID: pageID, PSID: psid}
				sends = append(sends, store.Send{Conversation: conv, Key: "k" + psid, Body: []byte("{}"), Delay: time.Hour})
			}
			require.NoError(t, st.FeedBroadcast(t.Context(), b.ID, chunk, sends...))
		}
		b, err := w.bot.CancelBroadcast(t.Context(), pageID, "news")
		require.NoError(t, err)
		require.Equal(t, []int{3000, 0}, []int{b.Cancelled + b.Remaining(), b.Queued})
		w.counts("news", store.Broadcast{State: store.BroadcastCancelled, Total: 3000, Cancelled: 3000})
	})
}

// TestABroadcastDelaysNoReply: a person who writes while a broadcast uses all of the page's rate is answered within a second.
func TestABroadcastDelaysNoReply(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		b := broadcasts{w, &failures{}}
		const people = 3000 // 10 seconds of the page's rate
		var psids []string
		for i := range people {
			psids = append(psids, fmt.Sprint(9000+i))
			require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: pageID, PSID: psids[i], At: time.Now()}))
		}
		b.starts("news", messenger.PSIDs(psids...), sending.Text("news"))
		for i := range 5 {
			after(time.Second / 2)
			w.Says(ada, fmt.Sprint(i))
			after(time.Second)
			require.Equal(t, fmt.Sprint("you said ", i), w.Texts(ada)[i])
		}
		got, err := w.bot.FindBroadcast(t.Context(), pageID, "news")
		require.NoError(t, err)
		require.Equal(t, store.BroadcastRunning, got.State, "it was under way all the time")
		after(time.Minute)
		b.counts("news", store.Broadcast{State: store.BroadcastDone, Total: people, Sent: people})
	})
}

// TestABroadcastReachesNoPersonOfAnotherPage: their ids are unknown on its page.
func TestABroadcastReachesNoPersonOfAnotherPage(t *testing.T) {
	t.Parallel()
	const shop, sue = "200000000000002", "7100000000000077"
	platform := simulator.Config{Pages: []simulator.Page{{ID: shop, Token: "token of the shop"}}}
	inBubble(t, platform, messenger.Config{Policy: texts(echo)}, func(w *world) {
		b := broadcasts{w, &failures{}}
		require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: shop, PSID: sue, At: time.Now()}))
		w.Says(ada, "hi")
		after(time.Second)
		b.starts("news", messenger.PSIDs(ada, sue), sending.Text("news"))
		after(time.Second)
		b.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 2, Sent: 1, Unknown: 1})
		require.Empty(t, w.Texts(sue))
		var listed []string
		for psid, err := range w.bot.People(t.Context(), pageID, nil) {
			require.NoError(t, err)
			listed = append(listed, psid)
		}
		require.Equal(t, []string{ada}, listed)
	})
}
