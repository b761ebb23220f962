package engine

import (
	"context"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// profiles looks people's profiles up beside turns: one call per person at a
// time, a bounded number of calls in all.
type profiles struct {
	cfg   Config
	ctx   context.Context
	slots chan struct{}
	calls sync.WaitGroup

	mu     sync.Mutex
	flying map[store.Conversation]*lookup
	closed bool
}

// lookup is a call under way. The result may be read once done is closed.
type lookup struct {
	done   chan struct{}
	result store.SaveProfile
}

func newProfiles(ctx context.Context, cfg Config) *profiles {
	return &profiles{
		cfg:    cfg,
		ctx:    ctx,
		slots:  make(chan struct{}, profilesAtOnce),
		flying: map[store.Conversation]*lookup{},
	}
}

// Lookup implements [handling.Profiles].
func (p *profiles) Lookup(ctx context.Context, query handling.ProfileQuery, wait time.Duration) (store.SaveProfile, bool) {
	l := p.start(query)
	if l == nil || wait <= 0 {
		return store.SaveProfile{}, false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-l.done:
		return l.result, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return store.SaveProfile{}, false
}

// start returns the call for a person, a new one if none is under way. It
// returns nil when too many are, or at shutdown.
func (p *profiles) start(query handling.ProfileQuery) *lookup {
	who := store.Conversation{PageID: query.PageID, PersonID: query.PSID}
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.flying[who]; l != nil {
		return l
	}
	if p.closed {
		return nil
	}
	select {
	case p.slots <- struct{}{}:
	default:
		return nil
	}
	l := &lookup{done: make(chan struct{})}
	p.flying[who] = l
	p.calls.Go(func() {
		defer func() { <-p.slots }()
		p.fetch(query, l)
		p.mu.Lock()
		delete(p.flying, who)
		p.mu.Unlock()
	})
	return l
}

// fetch asks the platform and applies what it answers. The turn that waits for
// it queues the same write, which then changes nothing.
func (p *profiles) fetch(query handling.ProfileQuery, l *lookup) {
	ctx, cancel := context.WithTimeout(p.ctx, profileTimeout)
	defer cancel()
	found, err := p.cfg.Client.Profile(ctx, query.PageID, query.PSID, query.Fields...)
	l.result = store.SaveProfile{PageID: query.PageID, PSID: query.PSID, At: time.Now(), Refused: err != nil}
	if err != nil {
		p.cfg.Logger.Warn("no profile of a person", "page", query.PageID, "person", query.PSID, "error", err)
	} else {
		l.result.Profile = profileOf(found)
	}
	close(l.done)
	if p.ctx.Err() != nil {
		return
	}
	if err := p.cfg.Store.Apply(p.ctx, l.result); err != nil {
		p.cfg.Logger.Error("cannot keep a profile", "page", query.PageID, "person", query.PSID, "error", err)
	}
}

func profileOf(p graph.Profile) store.Profile {
	return store.Profile{
		FirstName:  p.FirstName,
		LastName:   p.LastName,
		Name:       p.Name,
		Username:   p.Username,
		ProfilePic: p.ProfilePic,
		Locale:     p.Locale,
		Timezone:   p.Timezone,
		Gender:     p.Gender,
	}
}

// wait takes no more calls and waits for those under way.
func (p *profiles) wait() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.calls.Wait()
}
