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
)

// Of a page's rate most is divided among the replicas that send for it. The rest
// is for those that the others have not been told of yet.
const (
	dividedShare  = 0.95
	newcomerShare = 1 - dividedShare
)

// peers divides each page's rate among the replicas that send for it.
type peers struct {
	cfg   Config
	owner string

	mu      sync.Mutex
	wanted  map[string]time.Time // when this process last had something to send for a page
	told    map[string]time.Time // since when the others can know that
	alive   int                  // replicas, this one included; 0 before the first beat
	senders map[string]int       // of them, those that send for a page
	heard   time.Time            // when that was asked for
}

func newPeers(cfg Config, owner string) *peers {
	return &peers{cfg: cfg, owner: owner, wanted: map[string]time.Time{}, told: map[string]time.Time{}}
}

// share is what this process may use of a page's rate. One that has not heard of
// the others for so long that they may have forgotten it is a newcomer.
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
	}
	return newcomerShare / float64(max(1, p.alive))
}

// run announces this process until ctx ends, and then takes its leave.
func (p *peers) run(ctx context.Context) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_, _ = p.cfg.Store.Attend(leave, store.Replica{Owner: p.owner}) // it would run out by itself
			return
		case <-ticker.C:
			p.beat(ctx)
		}
	}
}

// beat announces this process, and counts the others.
func (p *peers) beat(ctx context.Context) {
	pages := p.pages()
	ctx, cancel := context.WithTimeout(ctx, replicaLife)
	defer cancel()
	asked := time.Now()
	replicas, err := p.cfg.Store.Attend(ctx, store.Replica{Owner: p.owner, Pages: pages, TTL: replicaLife})
	if err != nil {
		if ctx.Err() == nil {
			p.cfg.Logger.Warn("cannot tell the other replicas of this one; trying again", "error", err)
		}
		return
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = asked
	p.alive, p.senders = len(replicas), map[string]int{}
	for _, r := range replicas {
		for _, page := range r.Pages {
			p.senders[page]++
		}
	}
	for _, page := range pages {
		if _, ok := p.told[page]; !ok {
			p.told[page] = now
		}
	}
}

// pages are those that this process sends for, in order.
func (p *peers) pages() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var pages []string
	for page, at := range p.wanted {
		if time.Since(at) > senderFor {
			delete(p.wanted, page)
			delete(p.told, page)
			continue
		}
		pages = append(pages, page)
	}
	slices.Sort(pages)
	return pages
}
