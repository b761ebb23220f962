package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/store"
)

// profiles looks up people's profiles beside turns: one look-up per person at a
// time, a bounded number of look-ups in all.
type profiles struct {
	cfg    Config
	guard  *Guard
	reads  *storeCalls
	ctx    context.Context
	fields *profileFields
	slots  chan struct{}
	calls  group

	mu     sync.Mutex
	flying map[store.Conversation]*lookup
	closed bool
}

// lookup is a running look-up. The result may be read once done is closed.
type lookup struct {
	done   chan struct{}
	result store.SaveProfile
	ok     bool // the platform has answered
}

func newProfiles(e *Engine) *profiles {
	return &profiles{
		cfg:    e.cfg,
		guard:  e.guard,
		reads:  e.reads,
		ctx:    e.killed,
		fields: newProfileFields(),
		slots:  make(chan struct{}, profilesAtOnce),
		flying: map[store.Conversation]*lookup{},
	}
}

// Lookup implements [turnctx.Profiles].
func (p *profiles) Lookup(ctx context.Context, query turnctx.ProfileQuery, wait time.Duration) (store.SaveProfile, bool) {
	l := p.start(query, func() time.Time { return handling.Now(ctx) })
	if l == nil || wait <= 0 {
		return store.SaveProfile{}, false
	}
	steps := time.NewTicker(max(wait/profileSteps, 1))
	defer steps.Stop()
	if !l.answers(ctx, steps.C) {
		return store.SaveProfile{}, false
	}
	return l.result, l.ok
}

// answers waits profileSteps steps for the end of a look-up, and reports whether it has ended. A
// pause of the process, however long, is one step: afterwards the answer may be there already and
// only needs to be read.
func (l *lookup) answers(ctx context.Context, steps <-chan time.Time) bool {
	for range profileSteps {
		select {
		case <-l.done:
			return true
		case <-steps:
		case <-ctx.Done():
			return false
		}
	}
	select {
	case <-l.done: // with the last step
		return true
	default:
		return false
	}
}

// start returns the look-up of a person, a new one if none is under way. It
// returns nil when [profilesWaiting] look-ups are running, and at shutdown. now is the
// store's clock.
func (p *profiles) start(query turnctx.ProfileQuery, now func() time.Time) *lookup {
	who := store.Conversation{PageID: query.PageID, PSID: query.PSID}
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.flying[who]; l != nil {
		return l
	}
	if p.closed || len(p.flying) >= profilesWaiting {
		return nil
	}
	l := &lookup{done: make(chan struct{})}
	p.flying[who] = l
	p.calls.Go(func() {
		p.fetch(query, l, now)
		close(l.done)
		p.keep(l)
		p.mu.Lock()
		delete(p.flying, who)
		p.mu.Unlock()
	})
	return l
}

// fetch waits for a slot and asks the platform.
func (p *profiles) fetch(query turnctx.ProfileQuery, l *lookup, now func() time.Time) {
	select {
	case p.slots <- struct{}{}:
	case <-p.ctx.Done():
		return
	}
	defer func() { <-p.slots }()
	ctx, cancel := context.WithTimeout(p.ctx, profileTimeout)
	defer cancel()
	found, err := p.ask(ctx, query)
	l.result = store.SaveProfile{PageID: query.PageID, PSID: query.PSID, At: now()}
	switch {
	case err == nil:
		l.ok, l.result.Profile = true, profileOf(found)
	case errors.Is(err, graph.ErrProfileUnavailable), graph.Classify(err) == graph.RetryNever:
		l.ok, l.result.Refused = true, true
		p.cfg.Logger.Info("the platform does not show a person's profile", "page", query.PageID, "person", query.PSID, "error", err)
	case p.ctx.Err() != nil: // the engine stops
	default:
		p.cfg.Logger.Warn("profile lookup failed; retrying later", "page", query.PageID, "person", query.PSID, "error", err)
	}
}

// keep applies what was found. The turn that waited for it queues the same
// write, which then changes nothing.
func (p *profiles) keep(l *lookup) {
	if !l.ok || p.ctx.Err() != nil {
		return
	}
	if err := p.apply(l.result); err != nil {
		p.cfg.Logger.Error("cannot store a profile", "page", l.result.PageID, "person", l.result.PSID, "error", err)
	}
}

func (p *profiles) apply(result store.SaveProfile) error {
	return p.guard.call(p.reads.context(), "the store's Apply", 0, func(ctx context.Context) error { return p.cfg.Store.Apply(ctx, result) })
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

// close accepts no more look-ups.
func (p *profiles) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}
