package engine

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// others is the store's part of replicas: it answers with these, and notes what is announced.
type others struct {
	mu        sync.Mutex
	replicas  []store.Replica
	announced []store.Replica
}

func (o *others) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	o.announced = append(o.announced, replica)
	return append([]store.Replica{{Owner: replica.Owner, Pages: replica.Pages}}, o.replicas...), nil
}

func (o *others) EchoedAt(context.Context, string) (time.Time, error) { return time.Time{}, nil }

func peersOf(o *others) *peers {
	log := slog.New(slog.DiscardHandler)
	p := newPeers(&Engine{
		cfg: Config{Logger: log}, guard: NewGuard(log), writes: newStoreCalls(context.Background()), owner: "me", replicas: o,
	})
	p.help = func(string) {}
	return p
}

// TestShareOfANewcomer: a replica that the others have not been told of leaves them what they use.
func TestShareOfANewcomer(t *testing.T) {
	t.Parallel()
	busy := store.Replica{Owner: "busy", Pages: []string{"1"}, Busy: []string{"1"}}
	calm := store.Replica{Owner: "calm", Pages: []string{"1"}}
	for name, c := range map[string]struct {
		others []store.Replica
		first  float64 // when it has heard of the others, and they not of its page
		then   float64 // when they have
	}{
		"alone":               {nil, 1, 1},
		"others are busy":     {[]store.Replica{busy, calm}, newcomerShare / 3, dividedShare / 3},
		"others have room":    {[]store.Replica{calm}, dividedShare / 3, dividedShare / 2},
		"others send nothing": {[]store.Replica{{Owner: "idle"}}, dividedShare / 3, dividedShare},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := peersOf(&others{replicas: c.others})
				require.InDelta(t, newcomerShare, p.share("1"), 1e-9, "it has heard of no one yet")
				p.wanted = map[string]time.Time{}
				p.beat(t.Context())
				require.InDelta(t, c.first, p.share("1"), 1e-9)
				p.beat(t.Context()) // tells them of the page
				require.InDelta(t, c.first, p.share("1"), 1e-9, "they may not have heard of it")
				time.Sleep(beat)
				p.beat(t.Context())
				require.InDelta(t, c.first, p.share("1"), 1e-9, "they may not have heard of it")
				time.Sleep(beat)
				p.beat(t.Context())
				require.InDelta(t, c.then, p.share("1"), 1e-9)
			})
		})
	}
}

// TestShareOfAReplicaThatHearsNothing: the others may have forgotten it, so that it is a newcomer
// again.
func TestShareOfAReplicaThatHearsNothing(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]store.Replica{"alone": nil, "with another": {{Owner: "other", Pages: []string{"1"}}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := peersOf(&others{replicas: list})
				p.share("1")
				for range 4 {
					p.beat(t.Context())
					time.Sleep(beat)
				}
				before := p.share("1")
				time.Sleep(replicaLife - 2*beat)
				require.InDelta(t, before, p.share("1"), 1e-9)
				time.Sleep(time.Millisecond)
				require.InDelta(t, newcomerShare/float64(1+len(list)), p.share("1"), 1e-9)
			})
		})
	}
}

// TestReplicaDeregisters: the others need not wait for its announcement to run out, though its
// context has ended.
func TestReplicaDeregisters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &others{}
		p := peersOf(o)
		p.share("1")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { p.run(ctx); close(ended) }()
		time.Sleep(beat)
		synctest.Wait()
		stop()
		<-ended
		require.Equal(t, []store.Replica{{Owner: "me", Pages: []string{"1"}, TTL: replicaLife}, {Owner: "me"}}, o.announced)
	})
}
