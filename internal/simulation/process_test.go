package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// process is one life of a replica.
type process struct {
	w         *world
	slot, gen int
	name      string
	began     time.Duration
	bot       *messenger.Bot
	store     *processStore
	cancel    context.CancelFunc
	ended     chan struct{} // closed when Run has returned

	mu      sync.Mutex
	died    chan struct{} // closed when the process is dead
	dead    bool
	resume  chan struct{} // not nil while it stands still
	stopped bool          // was asked to stop, or is dead

	// what w.mu guards
	account
}

var errDead = errors.New("the process is dead")

// ctx is a context of the world.
func (*world) ctx() context.Context { return context.Background() }

// restart starts a replica again, unless another trouble has or the world is over.
func (w *world) restart(slot int) {
	select {
	case <-w.over:
	default:
		if !w.process(slot).serves() {
			w.startProcess(slot)
		}
	}
}

// startProcess starts a replica.
func (w *world) startProcess(slot int) *process {
	p := &process{w: w, slot: slot, ended: make(chan struct{}), died: make(chan struct{}), began: w.now()}
	p.busy, p.noRoom = map[string]int{}, map[string]time.Duration{}
	p.asked, p.running = map[store.LeaseID]time.Duration{}, map[*run]bool{}
	p.store = &processStore{p: p, inner: w.store}
	p.gen = w.next(fmt.Sprint("process ", slot))
	p.name = fmt.Sprintf("%c%d", 'A'+slot, p.gen)
	bot, err := messenger.New(messenger.Config{
		Apps:           messenger.App(appSecret),
		AtMostOnce:     w.atMostOnce,
		GraphURL:       "http://graph.test",
		HTTPClient:     &http.Client{Transport: &transport{p}},
		Logger:         slog.New(logHandler{p}),
		OnDeadLetter:   p.onDeadLetter,
		OnSendFailed:   p.onSendFailed,
		OnTokenInvalid: p.onTokenInvalid,
		Policy:         p.policy(),
		SendMiddleware: []sending.Middleware{p.wrapSend},
		Store:          p.store,
		Tokens:         p.tokens(),
		TurnMiddleware: []handling.Middleware{p.wrapTurn},
		VerifyToken:    secret.New(verifyToken),
		Workers:        w.workers,
	})
	if err != nil {
		panic(err)
	}
	p.bot = bot
	ctx, cancel := context.WithCancel(w.ctx())
	p.cancel = cancel
	w.mu.Lock()
	w.slots[slot] = p
	w.started = append(w.started, p)
	w.disturbed(nil)
	w.say("%s starts", p.name)
	w.mu.Unlock()
	go func() {
		defer close(p.ended)
		if err := bot.Run(ctx); err != nil {
			panic(err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		p.gone = w.now()
		w.checkGone(p)
	}()
	return p
}

// gate is where a dead process ends and one that stands still waits: at the beginning and the
// end of all that has an effect outside of it.
func (p *process) gate() error {
	for {
		p.mu.Lock()
		dead, resume := p.dead, p.resume
		p.mu.Unlock()
		switch {
		case dead:
			<-p.w.over
			return errDead
		case resume == nil:
			return nil
		}
		select {
		case <-resume:
		case <-p.died:
		}
	}
}

// alive reports whether the process still runs, moving or not.
func (p *process) alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead
}

// serves reports whether it takes callbacks.
func (p *process) serves() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead && !p.stopped
}

// works reports whether it takes callbacks and does not stand still.
func (p *process) works() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead && !p.stopped && p.resume == nil
}

// moves reports whether it does not stand still.
func (p *process) moves() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resume == nil
}

// kill ends the process: nothing that it does has an effect any more. It reports whether it
// was alive.
func (p *process) kill(why string) bool {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return false
	}
	p.dead, p.stopped = true, true
	close(p.died)
	for _, c := range p.w.convs {
		if ev := p.w.bySeq[c.alone]; c.holder == p && c.alone != 0 && ev != nil {
			ev.killed = true
		}
	}
	p.w.disturbed(p)
	p.w.say("%s dies: %s", p.name, why)
	return true
}

// pause lets the process stand still.
func (p *process) pause(d time.Duration) {
	p.w.mu.Lock()
	p.mu.Lock()
	if p.dead || p.resume != nil {
		p.mu.Unlock()
		p.w.mu.Unlock()
		return
	}
	resume := make(chan struct{})
	p.resume = resume
	p.mu.Unlock()
	p.stumbled = true
	p.w.disturbed(p)
	p.w.say("%s stands still", p.name)
	p.w.mu.Unlock()
	p.w.rest(d)
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resume = nil
	close(resume)
	p.w.disturbed(p)
	p.paused += d
	p.w.say("%s goes on", p.name)
}

// stopBound is how long Run may take to return: the grace period of 20 s, a second for handlers
// that ignore the end of their context, and a few for the store to take the leases back.
const stopBound = 30 * time.Second

// stop asks the process to stop, and waits for the end of Run.
func (p *process) stop() {
	w := p.w
	p.mu.Lock()
	gone := p.dead
	p.stopped = true
	p.mu.Unlock()
	if gone {
		return
	}
	w.note("%s is asked to stop", p.name)
	at := w.now()
	w.mu.Lock()
	paused := p.paused
	p.asks = at
	w.mu.Unlock()
	p.cancel()
	for {
		timer := time.NewTimer(stopBound)
		select {
		case <-p.ended:
		case <-p.died:
		case <-timer.C:
		}
		timer.Stop()
		w.mu.Lock()
		late := w.now()-at-(p.paused-paused) >= stopBound
		w.mu.Unlock()
		p.mu.Lock()
		still := p.resume != nil
		p.mu.Unlock()
		select {
		case <-p.ended:
			w.mu.Lock()
			w.disturbed(nil)
			w.say("%s has stopped", p.name)
			w.mu.Unlock()
			p.tellStats()
			return
		case <-p.died:
			return
		default:
		}
		if late && !still {
			w.mu.Lock()
			w.violate("Run returns within the grace period", "%s does not stop within %v", p.name, stopBound)
			w.mu.Unlock()
			p.kill("it does not stop")
			return
		}
	}
}

// tellStats checks what a process says of itself, unless it dies meanwhile or the store is away.
func (p *process) tellStats() {
	done := make(chan struct{})
	p.w.within(func() {
		defer close(done)
		var stats messenger.Stats
		err := safely(func() (err error) {
			stats, err = p.bot.Stats(p.w.ctx())
			return err
		})
		if err != nil {
			return
		}
		p.w.mu.Lock()
		defer p.w.mu.Unlock()
		p.w.checkStats(p, stats)
	})
	select {
	case <-done:
	case <-p.died:
	}
}

// suffer plays one trouble.
func (w *world) suffer(t *trouble) {
	if !w.await(t) {
		return
	}
	switch t.kind {
	case troubleKill:
		if p := w.process(t.slot); p.kill("killed") {
			w.rest(t.lasts)
			w.restart(t.slot)
		}
	case troubleStop:
		p := w.process(t.slot)
		if p.serves() {
			p.stop()
			w.rest(t.lasts - (w.now() - t.from))
			w.restart(t.slot)
		}
	case troublePause:
		w.process(t.slot).pause(t.lasts)
	case troubleClock:
		w.mu.Lock()
		w.stepClock(t.step)
		w.mu.Unlock()
		w.rest(t.lasts)
	default:
		w.rest(t.lasts)
	}
	w.mu.Lock()
	if !t.quiet() {
		w.disturbed(nil)
	}
	w.say("trouble %d ends", t.n)
	w.mu.Unlock()
}

func (w *world) process(slot int) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.slots[slot]
}

// logHandler adds what a process logs to the trace.
type logHandler struct{ p *process }

func (h logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && tracing
}

func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" || a.Key == "event" || a.Key == "outcome" {
			line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		}
		return true
	})
	h.p.w.logs(fmt.Sprintf("%s logs: %s", h.p.name, line))
	return nil
}

func (h logHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h logHandler) WithGroup(string) slog.Handler      { return h }
