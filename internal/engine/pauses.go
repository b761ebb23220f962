package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/jitter"
)

const (
	// pausesEvery is how often a replica reads for which pages sending is paused, and firstPauses how long Run waits for the first answer.
	pausesEvery = time.Second
	firstPauses = 3 * time.Second
	// pauseRest is the shortest rest of a conversation whose page is paused, and pauseLonger how much longer that of each further one is,
	// so that the conversations that wait are looked at 200 times a second. pauseRestMost bounds it: of more than 12,000 conversations
	// each is looked at about once a minute.
	pauseRest     = 500 * time.Millisecond
	pauseLonger   = 5 * time.Millisecond
	pauseRestMost = time.Minute
	// unreadEvery is how often it is logged that the pauses have never been read, so that nothing is sent.
	unreadEvery = time.Minute
)

// pauses knows for which pages sending is paused. Until it has read that, it holds everything back: a replica that
// starts must not send what an operator has stopped.
type pauses struct {
	e *Engine

	mu      sync.Mutex
	began   int64 // reads
	applied int64 // the latest of them whose result counts; 0 before the first
	stored  storedPauses
	line    time.Time // when the last of those that rest is looked at
	failed  bool      // the last read
	said    time.Time // when a failed read was logged last
}

// rest returns how long a conversation of a page must rest, or 0 if the page may send.
func (p *pauses) rest(pageID string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.holds(pageID) {
		return 0
	}
	now := time.Now()
	if first := now.Add(pauseRest); p.line.Before(first) {
		p.line = first
	}
	p.line = p.line.Add(pauseLonger)
	if last := now.Add(pauseRestMost); p.line.After(last) {
		p.line = last
		return pauseRestMost - jitter.Below(pauseRestMost/2) // spread, or all of them would be looked at together
	}
	return p.line.Sub(now)
}

// paused reports whether a page may not send.
func (p *pauses) paused(pageID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.holds(pageID)
}

// holds is paused, with p.mu held.
func (p *pauses) holds(pageID string) bool {
	if p.applied == 0 {
		return true
	}
	_, page := p.stored[pageID]
	_, all := p.stored[AllPages]
	return page || all
}

// run reads the pauses again and again until ctx ends.
func (p *pauses) run(ctx context.Context) {
	ticker := time.NewTicker(pausesEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.read(ctx, storeTimeout)
		}
	}
}

// read reads the pauses once. What was known before stays if that fails, or if a read that has begun later has ended before.
func (p *pauses) read(ctx context.Context, limit time.Duration) {
	p.mu.Lock()
	p.began++
	read := p.began
	p.mu.Unlock()
	stored, err := run(ctx, p.e.guard, code{name: "the store's Session, for pauses", limit: limit, most: callsStuck}, func(ctx context.Context) (storedPauses, error) {
		stored, _, err := readPauses(ctx, p.e.cfg.Store)
		return stored, err
	})
	if err != nil {
		if ctx.Err() == nil {
			p.fail(err)
		}
		return
	}
	p.report(p.apply(read, stored))
}

// fail notes that a read has failed, and logs the first failure in a row. It repeats that nothing is sent at all.
func (p *pauses) fail(err error) {
	p.mu.Lock()
	now := time.Now()
	unread := p.applied == 0
	say := !p.failed || unread && now.Sub(p.said) >= unreadEvery
	p.failed = true
	if say {
		p.said = now
	}
	p.mu.Unlock()
	switch {
	case !say:
	case unread:
		p.e.cfg.Logger.Error("nothing is sent until the store tells for which pages sending is paused; retrying", "error", err)
	default:
		p.e.cfg.Logger.Warn("cannot read for which pages sending is paused; retrying, and what was read last holds", "error", err)
	}
}

// apply has the result of a read count. It returns what counted before and what does now.
func (p *pauses) apply(read int64, stored storedPauses) (before, now storedPauses) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = false
	before = p.stored
	if read > p.applied {
		p.applied, p.stored = read, stored
	}
	return before, p.stored
}

// report logs what has changed, and has the store asked for what may be sent again.
func (p *pauses) report(before, now storedPauses) {
	log := p.e.cfg.Logger
	for pageID, pause := range now {
		if was, known := before[pageID]; !known || was.Reason != pause.Reason || !was.Since.Equal(pause.Since) {
			log.Warn("sending is paused; messages wait", "page", pageID, "reason", pause.Reason, "since", pause.Since)
		}
	}
	for pageID := range before {
		if _, still := now[pageID]; !still {
			p.forgetLine()
			log.Info("sending is resumed", "page", pageID)
			p.e.hint()
		}
	}
}

// forgetLine has those that rest from now on not wait behind those of a page that may send again.
func (p *pauses) forgetLine() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line = time.Time{}
}

// Pause stores that nothing is sent for a page, or for [AllPages], until Resume. A page that is paused already keeps its time
// and gets the new reason.
func (e *Engine) Pause(ctx context.Context, pageID, reason string) error {
	clock, err := e.readClock(ctx)
	if err != nil {
		return err
	}
	err = changePauses(ctx, e.cfg.Store, func(stored storedPauses) (bool, error) {
		before, paused := stored[pageID]
		switch {
		case !paused && pageID != AllPages && len(stored) >= MaxPauses:
			return false, handling.Permanent(fmt.Errorf("%d pages are paused already; pause all pages instead", len(stored)))
		case !paused:
			before.Since = clock.now().UTC()
		case before.Reason == reason:
			return false, nil
		}
		stored[pageID] = storedPause{Reason: reason, Since: before.Since}
		return true, nil
	})
	if err == nil {
		e.pauses.read(ctx, storeTimeout)
	}
	return err
}

// Resume ends what Pause has stored for a page, or for [AllPages]. It reports whether there was a pause.
func (e *Engine) Resume(ctx context.Context, pageID string) (resumed bool, err error) {
	err = changePauses(ctx, e.cfg.Store, func(stored storedPauses) (bool, error) {
		_, resumed = stored[pageID]
		delete(stored, pageID)
		return resumed, nil
	})
	if err != nil {
		return false, err
	}
	e.pauses.read(ctx, storeTimeout)
	return resumed, nil
}

// Paused returns what is stored, that of all pages first.
func (e *Engine) Paused(ctx context.Context) ([]Pause, error) {
	stored, _, err := readPauses(ctx, e.cfg.Store)
	return stored.list(), err
}
