package queue_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// purged is a transaction of tables with so many rows to delete. It notes the most rows that one is asked to look at.
type purged struct {
	queue.Tx
	expiring map[queue.Expiring]int
	aging    map[queue.Aging]int
	most     int
	before   map[queue.Expiring]int64
}

func (*purged) Now() int64 { return 1 << 40 }

func (p *purged) Expire(what queue.Expiring, before int64, limit int) (int, error) {
	p.most = max(p.most, limit)
	p.before[what] = before
	n := min(limit, p.expiring[what])
	p.expiring[what] -= n
	return n, nil
}

func (p *purged) PurgeOldest(what queue.Aging, after, _ int64, limit int) (int64, bool, error) {
	p.most = max(p.most, limit)
	n := min(limit, p.aging[what])
	p.aging[what] -= n
	return after + int64(n), n > 0, nil
}

// TestPurgesTakeSmallSteps: none looks at more rows than a step, each is a transaction of its own, and all of them delete
// everything.
func TestPurgesTakeSmallSteps(t *testing.T) {
	t.Parallel()
	tx := &purged{
		expiring: map[queue.Expiring]int{
			queue.ExpiringSessions: 25, queue.ExpiringAttachments: 10, queue.ExpiringConversations: 0, queue.ExpiringReceived: 11,
			queue.ExpiringBroadcasts: 12, queue.ExpiringRecipients: 9, queue.ExpiringDrafts: 1,
		},
		aging:  map[queue.Aging]int{queue.AgingSent: 30, queue.AgingKeys: 5},
		before: map[queue.Expiring]int64{},
	}
	machine := &queue.Machine{}
	steps := 0
	before := time.UnixMicro(1 << 39)
	_, err := queue.Purge(store.Cutoffs{Received: before, Sent: before, DedupKeys: before}, 10, func(op *queue.Operation) error {
		steps++
		_, err := machine.Run(tx, []*queue.Operation{op})
		return err
	})
	require.NoError(t, err)
	require.Equal(t, 10, tx.most)
	for what, left := range tx.expiring {
		require.Zero(t, left, "expiring %d", what)
	}
	for what, left := range tx.aging {
		require.Zero(t, left, "aging %d", what)
	}
	require.Equal(t, 3+2+1+2+2+1+1+4+2, steps)
}

// TestWhatExpiresWhen: an expiry is compared with the store's time, and what a retention time ends with its cutoff, even
// one that the tables keep as 0.
func TestWhatExpiresWhen(t *testing.T) {
	t.Parallel()
	const now = 1 << 40
	expiries := map[queue.Expiring]int64{
		queue.ExpiringSessions: now, queue.ExpiringAttachments: now, queue.ExpiringConversations: now - time.Hour.Microseconds(),
		queue.ExpiringRecipients: now - store.DraftLife.Microseconds(), queue.ExpiringDrafts: now - store.DraftLife.Microseconds(),
	}
	for _, received := range []time.Time{{}, time.UnixMicro(0), time.UnixMicro(7)} {
		tx := &purged{expiring: map[queue.Expiring]int{}, before: map[queue.Expiring]int64{}}
		_, err := queue.Purge(store.Cutoffs{Received: received}, 10, func(op *queue.Operation) error {
			_, err := (&queue.Machine{}).Run(tx, []*queue.Operation{op})
			return err
		})
		require.NoError(t, err)
		want := maps.Clone(expiries)
		if !received.IsZero() {
			want[queue.ExpiringReceived] = received.UnixMicro()
		}
		require.Equal(t, want, tx.before, received)
	}
}
