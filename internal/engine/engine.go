package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Engine works one store's queue. Make it with [New]. It runs once.
type Engine struct {
	cfg      Config
	owner    string
	keeper   *keeper
	peers    *peers
	pages    *pages
	profiles *profiles
	counts   counts
	clock    latestClock

	isolation *isolation
	turnstile turnstile
	isolator  store.Isolator // the store's capability, or what stands in for it, as replicas
	replicas  store.Replicas
	only      *onlyReplica // is replicas if the store does not know of others; nil otherwise

	running atomic.Bool
	runTurn handling.TurnFunc // with all of the program's middleware, as is runSend
	runSend sending.DeliverFunc
	wake    chan struct{}
	slots   chan struct{} // one token per worker that may start
	leaving chan struct{} // one token per worker that only gives its lease back
	workers sync.WaitGroup

	// draining is closed when no new turn may start, killed is the end of all
	// that runs.
	draining chan struct{}
	killed   context.Context
	kill     context.CancelCauseFunc
}

// New returns an engine that does nothing until Run.
func New(cfg Config) *Engine {
	e := &Engine{
		cfg:       cfg,
		owner:     ownerName(),
		isolation: newIsolation(cfg.Workers),
		wake:      make(chan struct{}, 1),
		slots:     make(chan struct{}, cfg.Workers),
		leaving:   make(chan struct{}, cfg.Workers),
		draining:  make(chan struct{}),
	}
	e.findCapabilities()
	e.peers = newPeers(cfg, e.owner, e.replicas)
	e.pages = newPages(cfg, e.peers, e.hint)
	e.killed, e.kill = context.WithCancelCause(cfg.Base)
	e.keeper = newKeeper(cfg)
	e.profiles = newProfiles(e.killed, cfg)
	e.runTurn = e.wrapTurns(append(slices.Clip(cfg.WrapTurn), cfg.Quiet.Wrap))
	e.runSend = e.wrapSends(cfg.WrapSend)
	for range cfg.Workers {
		e.slots <- struct{}{}
	}
	return e
}

func ownerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// Running reports whether Run is taking work.
func (e *Engine) Running() bool { return e.running.Load() }

var errShutdown = errors.New("shutting down")

// Run works the queue until ctx ends; then it takes no more, finishes what runs
// within the grace period, and gives the rest back.
func (e *Engine) Run(ctx context.Context) {
	defer e.kill(errShutdown)
	stop := e.cfg.Store.Wake(e.hint)
	defer stop()

	var background sync.WaitGroup
	background.Go(func() { e.keeper.run(e.killed) })
	background.Go(func() { e.purge(ctx) })
	e.peers.beat(ctx)
	background.Go(func() { e.peers.run(e.killed) })
	e.running.Store(true)
	e.claim(ctx)
	e.running.Store(false)

	close(e.draining)
	e.drain()
	e.kill(errShutdown)
	e.profiles.wait()
	background.Wait()
}

// drain waits for the workers: for the grace period to end by themselves, and
// then a moment more to give their leases back.
func (e *Engine) drain() {
	done := make(chan struct{})
	go func() {
		e.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return
	case <-time.After(e.cfg.GracePeriod):
	}
	e.cfg.Logger.Warn("the grace period expired; unfinished turns are released and will run again")
	e.kill(errShutdown)
	select {
	case <-done:
	case <-time.After(stuckAfter + e.cfg.LeaseTTL/5):
		e.cfg.Logger.Error("some handlers ignore their cancelled context; their leases will expire")
	}
}

func (e *Engine) hint() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// HintAfter gives a hint when what this process knows of becomes due. What it
// does not know of, and what is due later than a timer is kept for, the poll
// finds.
func (e *Engine) HintAfter(wait time.Duration) {
	if wait > 0 && wait <= hintWithin {
		time.AfterFunc(wait+time.Millisecond, e.hint) // the store's clock may be coarser
	}
}

// claim leases conversations and starts a worker for each, until ctx ends. It
// never leases more than there are free slots.
func (e *Engine) claim(ctx context.Context) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.slots:
		}
		// What is claimed while a turn runs alone would only wait for that, and other
		// processes could not have it.
		if open, closed := e.turnstile.closed(); closed {
			e.slots <- struct{}{}
			select {
			case <-ctx.Done():
			case <-open:
			}
			continue
		}
		free := 1 + e.takeSlots()
		asked := time.Now()
		leases, err := e.claimOnce(ctx, free)
		read := time.Now()
		for range free - len(leases) {
			e.slots <- struct{}{}
		}
		if len(leases) > 0 {
			e.clock.set(newStoreClock(leases[0].Now, read))
		}
		for _, lease := range leases {
			e.start(lease, asked, read)
		}
		if err != nil && ctx.Err() == nil {
			failures++
			e.cfg.Logger.Error("cannot claim work from the store; retrying", "error", err, "failures", failures)
		} else {
			if failures > 0 && err == nil {
				e.cfg.Logger.Warn("the store gives work again", "failures", failures)
			}
			failures = 0
		}
		if err == nil && len(leases) == free {
			continue // there may be more
		}
		wake := e.wake
		if err != nil {
			wake = nil // hints must not hurry a store that is ill
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-ticker.C:
		}
	}
}

// takeSlots takes what further slots are free at once.
func (e *Engine) takeSlots() int {
	taken := 0
	for {
		select {
		case <-e.slots:
			taken++
		default:
			return taken
		}
	}
}

// claimOnce asks the store for work. The context cannot end: what was claimed all
// the same would have no worker.
func (e *Engine) claimOnce(ctx context.Context, free int) ([]store.Lease, error) {
	leases, err := e.cfg.Store.Claim(context.WithoutCancel(ctx), store.Claim{
		Owner:         e.owner,
		Conversations: free,
		Events:        eventsPerLease,
		Serves:        e.cfg.Serves,
		Suspects:      e.isolation.room(),
		TTL:           e.cfg.LeaseTTL,
	})
	if e.only != nil {
		e.only.note(leases)
	}
	return leases, err
}

// start runs a worker. The lease is counted from when it was asked for: it may
// last longer than this process thinks, never shorter. The store's clock is read from
// when the claim had returned, for the opposite reason.
func (e *Engine) start(lease store.Lease, asked, read time.Time) {
	clock := newStoreClock(lease.Now, read)
	level := store.IsolationLevel(lease.Deliveries - 1)
	e.isolation.take(level)
	held := e.keeper.hold(e.cfg.Keep(e.killed, lease.PageID), lease.LeaseID, asked)
	e.workers.Go(func() {
		w := worker{
			e: e, lease: lease, held: held, clock: clock, claimed: clock.claimed(), level: level,
			log: e.cfg.Logger.With("page", lease.PageID, "person", lease.PersonID),
		}
		defer func() {
			held.drop()
			w.vacate()
			if w.left {
				<-e.leaving
			}
			w.endIsolation()
		}()
		w.run()
	})
}

// purge erases old records until ctx ends.
func (e *Engine) purge(ctx context.Context) {
	ticker := time.NewTicker(purgeEvery)
	defer ticker.Stop()
	for {
		if err := e.purgeOnce(ctx); err != nil && ctx.Err() == nil {
			e.cfg.Logger.Error("cannot purge old records", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (e *Engine) purgeOnce(ctx context.Context) error {
	clock, err := e.readClock(ctx)
	if err != nil {
		return err
	}
	now := clock.now()
	return e.cfg.Store.Purge(ctx, store.Cutoffs{
		People:    before(now, e.cfg.Retention.People),
		Received:  before(now, e.cfg.Retention.Received),
		DedupKeys: before(now, e.cfg.Retention.Seen),
		Sent:      before(now, e.cfg.Retention.Sent),
	})
}

func before(now time.Time, age time.Duration) time.Time {
	if age <= 0 {
		return time.Time{}
	}
	return now.Add(-age)
}

// owns reports whether an echo is of a message that this bot sent.
func (e *Engine) owns(ev *receiving.Event) bool {
	m, ok := ev.Payload.(*receiving.Message)
	return ok && m.IsEcho && (m.SendKey != "" || m.AppID != "" && e.cfg.OwnsApp(m.AppID))
}
