package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// How replicas know of each other: each announces itself every beat, and is
// forgotten when it was not heard of for its life.
const (
	beat        = 500 * time.Millisecond
	replicaLife = 3 * time.Second
	// senderFor is how long a replica keeps its share of a page that it has had
	// nothing to send for.
	senderFor = time.Minute
	// busyFor is how long a replica calls a page busy that its rate has held up.
	busyFor = 2 * beat
)

// Of a page's rate most is divided among the replicas that send for it. The rest
// is for those that the others have not been told of yet, while they use all of
// theirs.
const (
	dividedShare  = 0.95
	newcomerShare = 1 - dividedShare
)

// peers divides each page's rate among the replicas that send for it.
type peers struct {
	cfg   Config
	guard *Guard
	calls *storeCalls // those that may go on until Run returns
	owner string
	// replicas is the store's capability, or what stands in for it.
	replicas store.Replicas
	help     func(pageID string) // is called while another replica is held up

	mu      sync.Mutex
	wanted  map[string]time.Time // when this process last had something to send for a page
	told    map[string]time.Time // since when the others can know that
	held    map[string]time.Time // when this process was last held up by a page's rate
	alive   int                  // replicas, this one included; 0 before the first beat
	senders map[string]int       // of them, those that send for a page
	busy    map[string]bool      // pages whose rate holds up one of the others; replaced as a whole
	heard   time.Time            // when that was asked for
}

func newPeers(e *Engine) *peers {
	return &peers{
		cfg: e.cfg, guard: e.guard, calls: e.writes, owner: e.owner, replicas: e.replicas,
		wanted: map[string]time.Time{}, told: map[string]time.Time{}, held: map[string]time.Time{},
	}
}

// share is what this process may use of a page's rate. One that the others have
// not been told of, or that has not heard of them for so long that they may have
// forgotten it, is a newcomer. Where nobody is held up there is room for it.
func (p *peers) share(pageID string) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.wanted[pageID] = now
	told, ok := p.told[pageID]
	switch {
	case now.Sub(p.heard) > replicaLife-beat:
	case p.alive == 1:
		return 1
	case ok && now.Sub(told) >= 2*beat:
		return dividedShare / float64(max(1, p.senders[pageID]))
	case !p.busy[pageID]:
		return dividedShare / float64(p.alive+1)
	}
	return newcomerShare / float64(max(1, p.alive))
}

// heldUp notes that a page's rate has held up this process.
func (p *peers) heldUp(pageID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[pageID] = time.Now()
}

// run announces this process until ctx ends, and then deregisters.
func (p *peers) run(ctx context.Context) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			_, _ = p.heartbeat(p.calls.context(), time.Second, store.Replica{Owner: p.owner}) // it would run out by itself
			return
		case <-ticker.C:
			p.beat(ctx)
		}
	}
}

// beat announces this process, and counts the others.
func (p *peers) beat(ctx context.Context) {
	pages, busy := p.pages()
	asked := time.Now()
	replicas, err := p.heartbeat(ctx, replicaLife, store.Replica{Owner: p.owner, Pages: pages, Busy: busy, TTL: replicaLife})
	if err != nil {
		if ctx.Err() == nil {
			p.cfg.Logger.Warn("cannot send the heartbeat of this replica; retrying", "error", err)
		}
		return
	}
	for page := range p.hear(asked, pages, replicas) {
		p.help(page)
	}
}

func (p *peers) heartbeat(ctx context.Context, limit time.Duration, replica store.Replica) ([]store.Replica, error) {
	return run(ctx, p.guard, code{name: "the store's Heartbeat", limit: limit, most: callsStuck}, func(ctx context.Context) ([]store.Replica, error) {
		return p.replicas.Heartbeat(ctx, replica)
	})
}

// hear counts the replicas that there were when it was asked for them, after these
// pages were announced, and returns the pages whose rate holds up one of the others.
func (p *peers) hear(asked time.Time, pages []string, replicas []store.Replica) map[string]bool {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = asked
	p.alive, p.senders, p.busy = len(replicas), map[string]int{}, map[string]bool{}
	for _, r := range replicas {
		for _, page := range r.Pages {
			p.senders[page]++
		}
		if r.Owner == p.owner {
			continue
		}
		for _, page := range r.Busy {
			p.busy[page] = true
		}
	}
	for _, page := range pages {
		if _, ok := p.told[page]; !ok {
			p.told[page] = now
		}
	}
	return p.busy
}

// pages are those that this process sends for, and those of them that hold it up,
// in order.
func (p *peers) pages() (pages, busy []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for page, at := range p.wanted {
		if time.Since(at) > senderFor {
			delete(p.wanted, page)
			delete(p.told, page)
			continue
		}
		pages = append(pages, page)
	}
	for page, at := range p.held {
		if time.Since(at) > busyFor {
			delete(p.held, page)
			continue
		}
		busy = append(busy, page)
	}
	slices.Sort(pages)
	slices.Sort(busy)
	return pages, busy
}
