package engine

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Engine works one store's queue. Make it with [New]. It runs once.
type Engine struct {
	cfg       Config
	owner     string
	guard     *Guard
	keeper    *keeper
	peers     *peers
	pages     *pages
	pauses    *pauses
	profiles  *profiles
	unsaved   *unsaved
	counts    counts
	unhandled unhandledKinds
	clock     latestClock
	timers    timers
	dueHints  dueHints
	reads     *storeCalls
	writes    *storeCalls

	feeder    *feeder
	isolation *isolation
	shares    *shares
	turnstile turnstile
	isolator  store.Isolator // the store's capability, or what stands in for it, as replicas
	replicas  store.Replicas
	only      *onlyReplica // is replicas if the store does not know of others; nil otherwise

	running atomic.Bool
	runTurn handling.TurnFunc // with all of the program's middleware, as is runSend
	runSend sending.DeliverFunc
	wake    chan struct{}
	yields  atomic.Bool   // the next look without a hint is left to other replicas; see [handling.RetryElsewhere]
	slots   *slots        // of workers
	leaving chan struct{} // one token per worker that only gives its lease back
	workers group         // and the loop that starts them

	// draining is closed when no new turn may start. The end of killed ends all that
	// runs, and cut the calls to the store by which leases are given back.
	draining chan struct{}
	killed   context.Context
	kill     context.CancelCauseFunc
	cut      context.CancelFunc
}

// New returns an engine that does nothing until Run.
func New(cfg Config) *Engine {
	cfg.interruptible = isInterruptible(cfg.Store)
	e := &Engine{
		cfg:       cfg,
		guard:     cfg.Guard,
		owner:     ownerName(),
		isolation: newIsolation(cfg.Workers),
		shares:    newShares(cfg.Workers, cfg.SolePage),
		wake:      make(chan struct{}, 1),
		slots:     newSlots(cfg.Workers),
		dueHints:  dueHints{began: time.Now(), waiting: map[int64]struct{}{}},
		leaving:   make(chan struct{}, cfg.Workers),
		draining:  make(chan struct{}),
	}
	e.feeder = newFeeder(e)
	e.findCapabilities()
	e.killed, e.kill = context.WithCancelCause(cfg.Base)
	e.reads = newStoreCalls(e.killed)
	var last context.Context
	last, e.cut = context.WithCancel(cfg.Base)
	e.writes = newStoreCalls(last)
	e.peers = newPeers(e)
	e.pauses = &pauses{e: e}
	e.pages = newPages(e)
	e.keeper = newKeeper(cfg)
	e.unsaved = newUnsaved(cfg, e.writing, e.HintAfter)
	e.profiles = newProfiles(e)
	e.runTurn = e.wrapTurns(append(slices.Clip(cfg.WrapTurn), cfg.Quiet.Wrap))
	e.runSend = e.wrapSends(cfg.WrapSend)
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

// owns reports whether an echo is of a message that this bot sent.
func (e *Engine) owns(ev *receiving.Event) bool {
	m, ok := ev.Payload.(*receiving.Message)
	return ok && m.IsEcho && (m.SendKey != "" || m.AppID != "" && e.cfg.OwnsApp(m.AppID))
}
