package engine_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// hotPage is one that many people write to.
const hotPage = "200000000000002"

// TestABusyPageDelaysNoOther: 130 people on one page, with turns of a second, fill no more than
// their page's part of the 64 workers.
func TestABusyPageDelaysNoOther(t *testing.T) {
	t.Parallel()
	answer := route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PageID == hotPage {
			time.Sleep(time.Second)
		}
		return reply.Reply(ctx, sending.Text("re: "+ev.Text()))
	})
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: texts(answer), Workers: 64}, func(w *world) {
		require.Equal(t, http.StatusOK, w.Posts(bubble.Crowd(hotPage, 130)).Code)
		for i := range 3 {
			after(300 * time.Millisecond)
			start := time.Now()
			w.Says(ada, fmt.Sprint(i))
			after(time.Millisecond)
			require.Len(t, w.Texts(ada), i+1)
			require.Less(t, time.Since(start), time.Second)
		}
		after(2100*time.Millisecond + 100*time.Millisecond) // three times 56 turns
		for i := range 130 {
			require.Len(t, w.Texts(fmt.Sprint(9000+i)), 1)
		}
	})
}

// TestAHotConversationDelaysNoOther: with a single worker, a person who has thousands of events
// waiting is handled in turn with others, 16 events at a time.
func TestAHotConversationDelaysNoOther(t *testing.T) {
	t.Parallel()
	var hot atomic.Int32
	answer := route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PSID == ada {
			hot.Add(1)
			time.Sleep(10 * time.Millisecond)
			return nil
		}
		return reply.Reply(ctx, sending.Text("re: "+ev.Text()))
	})
	inBubble(t, simulator.Config{}, config{Policy: texts(answer), Workers: 1}, func(w *world) {
		const events = 10_000
		for i := 0; i < events; i += 500 {
			var entries []string
			for j := i; j < i+500; j++ {
				entries = append(entries, entry(pageID, ada, fmt.Sprint("m_", j), "x"))
			}
			require.Equal(t, http.StatusOK, w.Posts(`{"object":"page","entry":[`+strings.Join(entries, ",")+`]}`).Code)
		}
		for i := range 5 {
			after(time.Second)
			before := hot.Load()
			w.Says(lin, fmt.Sprint(i))
			for len(w.Texts(lin)) == i && hot.Load() < events {
				after(10 * time.Millisecond)
			}
			require.LessOrEqual(t, hot.Load()-before, int32(17))
			require.Less(t, hot.Load(), int32(events))
		}
		after(events * 10 * time.Millisecond)
		require.EqualValues(t, events, hot.Load())
	})
}

// TestABroadcastDelaysNoReply: neither the claims nor the page's send rate put the messages of a
// broadcast before a reply, also if the person who writes is among those who wait for theirs.
func TestABroadcastDelaysNoReply(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: texts(echo)}, func(w *world) {
		const people = 2500 // 8 seconds of the page's rate
		for i := range people {
			w.send(fmt.Sprint(9000+i), sending.Text("news"))
		}
		for i := range 3 {
			after(time.Second)
			const writers = 100 // more than the page may send at once
			var entries []string
			for j := range writers {
				entries = append(entries, entry(pageID, fmt.Sprint(7000+j), fmt.Sprint("m_", i, "_", j), "hi"))
			}
			require.Equal(t, http.StatusOK, w.Posts(`{"object":"page","entry":[`+strings.Join(entries, ",")+`]}`).Code)
			after(time.Second)
			for j := range writers {
				require.Len(t, w.Texts(fmt.Sprint(7000+j)), i+1, "round %d, person %d", i, j)
			}
		}
		wrote := 0
		for i := range people {
			if psid := fmt.Sprint(9000 + i); len(w.Texts(psid)) == 0 && wrote < 3 {
				require.Equal(t, http.StatusOK, w.Posts(callback(pageID, psid, "m_"+psid, "hi")).Code)
				after(time.Second / 2)
				require.Equal(t, []string{"news", "you said hi"}, w.Texts(psid), "in order")
				wrote++
			}
		}
		require.Equal(t, 3, wrote, "the broadcast goes on")
		after(10 * time.Second)
		for i := range people {
			require.NotEmpty(t, w.Texts(fmt.Sprint(9000+i)))
		}
	})
}
