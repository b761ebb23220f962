package messenger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/store"
)

const (
	// probeEvery is the least time between two probes of the store, and how long a
	// good result counts.
	probeEvery = time.Second
	// doubtFor is how long a callback that could not be stored counts, unless one
	// is stored after it.
	doubtFor = 5 * time.Second
)

// Healthy returns nil if the bot runs and can store callbacks. A load balancer that
// asks it sends callbacks to replicas that can.
//
// It goes by what has happened: while callbacks cannot be stored, it fails with that
// error, until one is stored or 5 seconds have passed. Without a callback in the last
// second it probes the store ([store.Inspector.Ping]): an event is put as a callback's
// are, and taken back. However many ask, there is one probe at a time, once a second at
// most, and all of them get its result. So an error may be of up to a second, or of
// 5 seconds, ago; its text says how old it is.
//
// A store without [store.Inspector] cannot be probed: the callbacks alone decide.
//
// It returns [ErrNotRunning] if the bot does not run, and an error that matches
// [ErrStuck] while as many calls of the program's code are stuck as there are workers. It waits no longer than ctx, and
// at most 4 seconds, as long as a callback would. Its errors wrap those of the store
// and contain no secret. A page whose backlog is full ([store.BacklogError]) does not
// count: the other pages go on, and only handled events make room.
func (b *Bot) Healthy(ctx context.Context) error {
	if !b.engine.Running() {
		return ErrNotRunning
	}
	if stuck, _ := b.guard.Stuck(); stuck >= b.cfg.Workers {
		return fmt.Errorf("%w: %d, and there are %d workers", ErrStuck, stuck, b.cfg.Workers)
	}
	return b.health.check(ctx)
}

// put makes events durable, and remembers whether it could.
func (b *Bot) put(ctx context.Context, events ...store.Event) error {
	err := b.cfg.Store.Put(ctx, events...)
	b.health.observe(err)
	return err
}

// health knows whether the store takes events.
type health struct {
	ping func(context.Context) error // nil if the store is no inspector

	log   *slog.Logger
	guard *engine.Guard

	mu     sync.Mutex
	ended  bool   // with Run
	stored result // of the last callback
	down   outage // of the store, by the callbacks
	probed result // of the last probe
	probe  *probe // the one that runs, or nil
}

// outage is the time in which no callback could be stored; its count is zero if
// there is none.
type outage struct {
	since    time.Time
	failures int
}

// result is what an attempt to store something came to; its time is zero if there
// was none.
type result struct {
	at  time.Time
	err error
}

// probe is one attempt, which all wait for who ask meanwhile.
type probe struct {
	ctx    context.Context // ends with the time that it has
	cancel context.CancelFunc
	began  time.Time
	done   chan struct{} // closed when err is set
	err    error
}

// observe notes what the attempt to store a callback came to. That the platform has
// hung up, or that a page has no room, says nothing of the store.
func (h *health) observe(err error) {
	if _, full := errors.AsType[*store.BacklogError](err); full || errors.Is(err, context.Canceled) {
		return
	}
	now := time.Now()
	h.mu.Lock()
	h.stored = result{at: now, err: err}
	ended := h.down
	switch {
	case err == nil:
		h.down = outage{}
	case h.down.failures == 0:
		h.down = outage{since: now, failures: 1}
	default:
		h.down.failures++
	}
	h.mu.Unlock()
	if err == nil && ended.failures > 0 {
		h.log.Warn("the store accepts callbacks again", "after", now.Sub(ended.since).Round(time.Millisecond).String(), "failures", ended.failures)
	}
}

func (h *health) check(ctx context.Context) error {
	h.mu.Lock()
	if known, err := h.recent(time.Now()); known || h.ping == nil {
		h.mu.Unlock()
		return err
	}
	if h.ended {
		h.mu.Unlock()
		return ErrNotRunning
	}
	p := h.probe
	if p == nil {
		p = h.start()
	}
	h.mu.Unlock()

	var late error
	select {
	case <-p.done:
	case <-ctx.Done():
		late = ctx.Err()
	case <-p.ctx.Done(): // which also ends after the probe
		late = p.ctx.Err()
	}
	select {
	case <-p.done:
		return unhealthy("probe", p.began, p.err)
	default:
		return fmt.Errorf("messenger: the store takes no events (a probe has had no answer for %v): %w", age(p.began), late)
	}
}

// recent returns what is known without a probe.
func (h *health) recent(now time.Time) (known bool, err error) {
	stored, probed := now.Sub(h.stored.at), now.Sub(h.probed.at)
	switch {
	case h.stored.err != nil && stored < doubtFor:
		return true, unhealthy("callback", h.stored.at, h.stored.err)
	case h.stored.err == nil && stored < min(probeEvery, probed):
		return true, nil
	case probed < probeEvery:
		return true, unhealthy("probe", h.probed.at, h.probed.err)
	}
	return false, nil
}

// start begins a probe. The context of who asks does not end it: others wait for it
// too.
func (h *health) start() *probe {
	p := &probe{began: time.Now(), done: make(chan struct{})}
	p.ctx, p.cancel = context.WithTimeout(context.Background(), putTimeout)
	h.probe = p
	go h.try(p)
	return p
}

func (h *health) try(p *probe) {
	defer p.cancel()
	_, err := engine.Call(p.ctx, h.guard, "the store's Ping", 0, func(ctx context.Context) (struct{}, error) { return struct{}{}, h.ping(ctx) })
	h.mu.Lock()
	defer h.mu.Unlock()
	p.err = err
	h.probed = result{at: time.Now(), err: err}
	h.probe = nil
	close(p.done)
}

// run ends the probe that runs when ctx ends, and waits for it. There is none after that.
func (h *health) run(ctx context.Context) {
	<-ctx.Done()
	h.mu.Lock()
	h.ended = true
	p := h.probe
	h.mu.Unlock()
	if p != nil {
		p.cancel()
		<-p.done
	}
}

// unhealthy says what an attempt has shown, and how long ago it was.
func unhealthy(attempt string, at time.Time, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("messenger: the store takes no events (a %s failed %v ago): %w", attempt, age(at), err)
}

func age(since time.Time) time.Duration { return time.Since(since).Round(time.Millisecond) }
