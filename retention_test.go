package messenger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

const day = 24 * time.Hour

func TestRetention(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keep messenger.Retention
		want func(now time.Time) store.Cutoffs
	}{
		"by default": {messenger.Retention{}, func(now time.Time) store.Cutoffs {
			return store.Cutoffs{Received: now.Add(-90 * day), DedupKeys: now.Add(-7 * day), Sent: now.Add(-90 * day)}
		}},
		"nothing": {messenger.Retention{People: -1, Received: -1, DedupKeys: -1, Sent: -1}, func(time.Time) store.Cutoffs {
			return store.Cutoffs{}
		}},
		"each on its own": {messenger.Retention{People: day, Received: 2 * day, DedupKeys: 8 * day, Sent: 4 * day}, func(now time.Time) store.Cutoffs {
			return store.Cutoffs{People: now.Add(-day), Received: now.Add(-2 * day), DedupKeys: now.Add(-8 * day), Sent: now.Add(-4 * day)}
		}},
	} {
		st := purged{memory.New(memory.Config{}), make(chan store.Cutoffs, 10)}
		inBubble(t, simulator.Config{}, messenger.Config{Store: st, Retention: c.keep}, func(*world) {
			now := time.Now().UTC()
			after(time.Second)
			require.Len(t, st.cutoffs, 1, name)
			require.Equal(t, c.want(now), <-st.cutoffs, name)
		})
	}
}

// purged is a store that notes how far back it was purged.
type purged struct {
	store.Store
	cutoffs chan store.Cutoffs
}

func (p purged) Unwrap() store.Store { return p.Store }

func (p purged) Purge(_ context.Context, cutoffs store.Cutoffs) error {
	p.cutoffs <- cutoffs
	return nil
}
