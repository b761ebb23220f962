package chaos_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// A broadcast goes to people of a page of their own, who never write.
const (
	broadcastPage = "200000000"
	broadcastText = "news"
	listeners     = 500
)

func listener(i int) string { return fmt.Sprintf("8%05d", i) }

// broadcast starts the broadcast, unless that was done. The store knows the people by an act that they never did.
func broadcast(ctx context.Context, bot *messenger.Bot, st store.Store) error {
	var acts []store.Write
	var psids []string
	for i := range listeners {
		psids = append(psids, listener(i))
		acts = append(acts, store.TouchPerson{PageID: broadcastPage, PSID: listener(i), At: time.Now()})
	}
	if err := st.Apply(ctx, acts...); err != nil {
		return err
	}
	_, err := bot.Broadcast(ctx, broadcastPage, "chaos", messenger.PSIDs(psids...), sending.Text(broadcastText))
	return err
}

// unfinished counts the broadcasts that are not done. One whose people are all settled
// is running until a replica has looked at it once more.
func unfinished(ctx context.Context, bot *messenger.Bot) (int, error) {
	open, err := bot.Broadcasts(ctx, store.BroadcastQuery{Open: true})
	return len(open), err
}

// announce has bots start the broadcast, one after the other, until one says that it is stored. Several may have stored it then.
func (r *run) announce() {
	r.announced = true
	r.crowd.posters.Go(r.broadcast)
}

func (r *run) broadcast() {
	for try := 0; ; try++ {
		if urls := r.replicas.all(); len(urls) > 0 {
			if resp, err := patient.Post(urls[try%len(urls)]+"/broadcast", "", nil); err == nil {
				_ = resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					return
				}
			}
		}
		<-time.After(20 * time.Millisecond)
	}
}

// checkBroadcast asks for one message to each person.
func checkBroadcast(t *testing.T, st store.Broadcasts, p *platform) {
	t.Helper()
	list, err := st.Broadcasts(t.Context(), store.BroadcastQuery{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, store.BroadcastDone.String(), list[0].State.String())
	require.Equal(t, listeners, list[0].Total)
	require.Equal(t, listeners, list[0].Sent)
	for i := range listeners {
		require.Equal(t, []string{broadcastText}, p.texts(listener(i)), "a broadcast sends to each person, by one key")
	}
	t.Logf("a broadcast to %d people: lost 0, sent under two keys 0", listeners)
}
