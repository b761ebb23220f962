package engine_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// lateClaims is a store whose next claims that lease something answer late, whatever their context
// says, or not at all.
type lateClaims struct {
	*memory.Store
	next  atomic.Int64
	late  time.Duration
	lost  bool // the answer is an error of the context
	first bool // it is late before it leases something, not after it
}

func (l *lateClaims) Claim(ctx context.Context, c store.Claim) ([]store.Lease, error) {
	if l.first && l.next.Load() > 0 {
		l.next.Add(-1)
		time.Sleep(l.late)
	}
	leases, err := l.Store.Claim(ctx, c)
	if len(leases) == 0 || l.first || l.next.Add(-1) < 0 {
		return leases, err
	}
	if l.lost {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	time.Sleep(l.late)
	return leases, err
}

// TestClaimThatAnswersLate: what it has leased has no worker. It is given back or expires, and runs
// once and in order.
func TestClaimThatAnswersLate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		store  *lateClaims
		within time.Duration // until all is answered
	}{
		"in time":                      {&lateClaims{late: 9 * time.Second}, 11 * time.Second},
		"when its lease is not safe":   {&lateClaims{late: 12200 * time.Millisecond}, 13500 * time.Millisecond},
		"after its bound":              {&lateClaims{late: 13500 * time.Millisecond}, 14500 * time.Millisecond},
		"after its lease has expired":  {&lateClaims{late: 40 * time.Second}, 17 * time.Second},
		"after its bound, not in vain": {&lateClaims{late: 30 * time.Second, first: true}, 14 * time.Second},
		"not at all":                   {&lateClaims{lost: true}, 17 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.store.Store = memory.New(memory.Config{})
			var runs atomic.Int64
			policy := texts(route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				runs.Add(1)
				return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
			}))
			inBubble(t, simulator.Config{}, config{Policy: policy, Store: c.store}, func(w *world) {
				after(10 * time.Second)
				c.store.next.Store(1)
				both := fmt.Sprintf(`{"object":"page","entry":[%s,%s]}`, entry(pageID, ada, "m_1", "one"), entry(pageID, ada, "m_2", "two"))
				require.Equal(t, http.StatusOK, w.Posts(both).Code)
				w.Says(ada, "three")
				after(c.within)
				want := []string{"you said one", "you said two", "you said three"}
				require.Equal(t, want, w.Texts(ada))
				after(5 * time.Minute)
				require.Equal(t, want, w.Texts(ada))
				require.EqualValues(t, 3, runs.Load(), "each has run once")
				require.Zero(t, w.engine.Counts().Stuck)
				w.Says(ada, "four")
				after(2 * time.Second)
				require.Len(t, w.Texts(ada), 4)
			})
		})
	}
}

// TestLateLeasesAreGivenBackWhenTheStoreTakesCommitsAgain: with the claim, commits have hung too. What
// the claim has leased is given back as soon as they work, and not left to expire.
func TestLateLeasesAreGivenBackWhenTheStoreTakesCommitsAgain(t *testing.T) {
	t.Parallel()
	st := &noReleases{Store: memory.New(memory.Config{})}
	inBubble(t, simulator.Config{}, config{Policy: texts(echo), Store: st}, func(w *world) {
		after(10 * time.Second)
		st.next.Store(2) // the next claim hangs, and so does the one that is made when that was abandoned
		w.Says(ada, "hi")
		st.refuse.Store(true)
		after(22 * time.Second)
		require.Empty(t, w.Texts(ada), "it is leased, and not given back")
		st.refuse.Store(false)
		after(6 * time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada), "in time for the third claim, and before the lease expires")
		after(time.Minute)
		require.Zero(t, w.engine.Counts().Stuck)
	})
}

// noReleases is a store of which the next claims take 20 seconds until they lease something, whatever
// their context says, and which takes no leases back while it refuses.
type noReleases struct {
	*memory.Store
	next   atomic.Int64
	refuse atomic.Bool
}

func (s *noReleases) Claim(ctx context.Context, c store.Claim) ([]store.Lease, error) {
	if s.next.Add(-1) >= 0 {
		time.Sleep(20 * time.Second)
	}
	return s.Store.Claim(context.WithoutCancel(ctx), c)
}

func (s *noReleases) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if s.refuse.Load() && out.Release {
		return nil, context.DeadlineExceeded
	}
	return s.Store.Commit(ctx, out)
}
