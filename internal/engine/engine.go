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
