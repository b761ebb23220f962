package engine

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// The typing mark of a route shows after typingAfter, so that a quick route costs no request, and again
// every typingAgain, since the platform hides it after 20 seconds. Hiding it takes at most typingEnd.
const (
	typingAfter = time.Second
	typingAgain = 15 * time.Second
	typingEnd   = 5 * time.Second
)

// typingMark shows the person that a route works. It is no part of the turn's outcome: what fails is
// counted and changes nothing.
type typingMark struct {
	turn     *turn
	delivery sending.Delivery
	stop     context.CancelFunc
	once     sync.Once
	off      atomic.Bool   // hide it, since no message takes its place
	idle     chan struct{} // closed when no request to show it is under way any more
}

// showTyping shows the typing mark while a route works, if the route asks for it and may answer the
// person by a message. On Instagram it does nothing.
func (t *turn) showTyping(step routes.Step, out *outlet) {
	if !step.Typing || !out.answers || out.silence != nil || t.ev.Object == receiving.ObjectInstagram {
		return
	}
	addressed, err := sending.Address(t.ev, sending.TypingOn.Message())
	if err != nil {
		return
	}
	d := sending.Delivery{
		PageID: t.ev.PageID, PSID: t.ev.PSID, Object: t.ev.Object, Attempt: 1, CreatedAt: t.w.now(), Message: addressed,
	}
	if !toPerson(&d) || !t.ev.IsAct() && checkPerson(&d, t.state.Person(), t.w.now()) != nil {
		return
	}
	ctx, stop := context.WithCancel(t.w.held.ctx)
	mark := &typingMark{turn: t, delivery: d, stop: stop, idle: make(chan struct{})}
	t.mu.Lock()
	over := t.over
	if !over {
		t.typing = mark
	}
	t.mu.Unlock()
	if over { // the turn was abandoned, and with it what ends the mark
		stop()
		return
	}
	t.w.e.workers.Go(func() { mark.run(ctx) })
}

// hideTyping ends the typing mark, if there is one. After a message that goes out now the platform hides it itself.
func (t *turn) hideTyping(answered bool) {
	t.mu.Lock()
	mark := t.typing
	t.typing = nil
	t.mu.Unlock()
	if mark == nil {
		return
	}
	mark.once.Do(func() {
		mark.off.Store(!answered)
		mark.stop()
	})
	<-mark.idle
}

// goesNow reports whether one of the messages goes out as soon as the turn has committed.
func goesNow(messages []sending.Message) bool {
	return slices.ContainsFunc(messages, func(m sending.Message) bool { return m.Delay <= 0 && m.SenderAction == "" })
}

// run shows the mark until ctx ends, and then hides it.
func (m *typingMark) run(ctx context.Context) {
	shown := m.show(ctx)
	close(m.idle)
	if !shown || !m.off.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(m.turn.w.held.parent, typingEnd)
	defer cancel()
	_ = m.send(ctx, sending.TypingOff) // which counts and logs it
}

// show shows the mark again and again until ctx ends. It returns whether it may be shown now.
func (m *typingMark) show(ctx context.Context) (shown bool) {
	wait := time.NewTimer(typingAfter)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return shown
		case <-wait.C:
		}
		if m.turn.w.e.pages.spare(m.delivery.PageID) {
			shown = true
			if err := m.send(ctx, sending.TypingOn); err != nil && isRefused(err) {
				<-ctx.Done()
				return shown
			}
		}
		wait.Reset(typingAgain)
	}
}

// isRefused reports whether the platform will refuse the same request again.
func isRefused(err error) bool {
	class := graph.Classify(err)
	return class == graph.RetryNever || class == graph.RetryNewToken
}

func (m *typingMark) send(ctx context.Context, action sending.Action) error {
	e, d := m.turn.w.e, m.delivery
	d.Message.SenderAction = action
	_, err := e.send(ctx, &d)
	switch {
	case err == nil:
		e.counts.typing.Add(1)
	case ctx.Err() == nil:
		e.counts.typingFailed.Add(1)
		m.turn.w.log.Debug("the typing mark could not be changed", "action", string(action), "error", err)
	}
	return err
}

// spare reports whether a page may make a request now that can be left out, and counts it: the page is not paused, it has a
// good token, no reply waits for the page's send rate, and there is room.
func (p *pages) spare(pageID string) bool {
	if p.pauses.paused(pageID) {
		return false
	}
	p.mu.Lock()
	pg := p.get(pageID)
	until := pg.until
	p.mu.Unlock()
	now := time.Now()
	usage := p.cfg.Client.Usage(pageID)
	if now.Before(until) || usage.RegainAt().After(now) {
		return false
	}
	return pg.text.spare(now, p.peers.share(pageID), brakeOf(usage.Percent()))
}

// spare is wait for what does not stand in line.
func (p *pace) spare(now time.Time, share, brake float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(now, p.full*share, brake)
	return now.After(p.replies.Add(2*lookEvery)) && p.limiter.AllowN(now, 1)
}
