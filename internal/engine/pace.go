package engine

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/djmessenger/messenger/internal/jitter"
)

// The platform's documented rates, in messages a second from a page.
const (
	textRate  = 300
	mediaRate = 10
)

// pace keeps what this process sends for a page below a rate, in every second.
// Nothing blocks for it: a conversation whose turn it is not goes back to the
// store until its place in the line. There any replica may take it up, and each
// looks for such conversations as often as it may send.
type pace struct {
	hint   func() // has the store asked for what is due
	timers *timers

	mu      sync.Mutex
	full    float64 // what the platform takes from the page in a second
	limiter *rate.Limiter
	replies time.Time // the end of the line of replies
	others  time.Time // the end of that of background work
	looking bool      // hint will be called
}

func newPace(perSecond float64, hint func(), timers *timers) *pace {
	limit, burst := split(perSecond, 1)
	return &pace{hint: hint, timers: timers, full: perSecond, limiter: rate.NewLimiter(limit, burst)}
}

const (
	// eager is how much faster the line moves than messages can go out, since
	// some of it comes to a replica that may not send at that moment.
	eager = 1.1
	// lookEvery is about the shortest time between two looks, and lookOn how long
	// after the line's end the last one is: other replicas have lines of their own.
	lookEvery = 20 * time.Millisecond
	lookOn    = 2 * time.Second
)

// wait returns how long a conversation must wait before it may send, or 0 if it may.
// Background work sends only while no replies wait: neither until the end of their line, nor until
// a look has found those at its end. share is what this process may use of the full rate; a page
// that is to slow down has a brake below 1.
func (p *pace) wait(now time.Time, share, brake float64, background bool) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(now, p.full*share, brake)
	end, may := &p.replies, true
	if background {
		end = &p.others
		may = now.After(p.replies.Add(2 * lookEvery))
	}
	if may && p.limiter.AllowN(now, 1) {
		return 0
	}
	if end.Before(now) {
		*end = now
	}
	// A newcomer's line moves as it will when the others know of it.
	moves := eager * p.full * brake * max(share, newcomerShare)
	*end = end.Add(time.Duration(float64(time.Second) / moves))
	p.look()
	return end.Sub(now)
}

// set makes allowed what may be sent in a second.
func (p *pace) set(now time.Time, allowed, brake float64) {
	limit, burst := split(allowed, brake)
	if limit != p.limiter.Limit() {
		p.limiter.SetLimitAt(now, limit)
	}
	if burst != p.limiter.Burst() {
		p.limiter.SetBurstAt(now, burst)
	}
}

// split makes what is allowed in a second out of a rate and a burst, which
// together are not more than that.
func split(allowed, brake float64) (limit rate.Limit, burst int) {
	most := max(1, allowed/10)
	return rate.Limit(max(allowed-most, allowed/4) * brake), int(most)
}

// look has the store asked again and again while there is a line. p.mu must be
// held.
func (p *pace) look() {
	if p.looking {
		return
	}
	p.looking = true
	missing := 1 - p.limiter.TokensAt(time.Now())
	wait := max(time.Duration(missing/float64(p.limiter.Limit())*float64(time.Second)), lookEvery/2)
	wait = min(wait, beat) + jitter.Below(lookEvery) // so that no replica is always the first to look
	p.timers.after(wait, func() {
		p.hint()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.looking = false
		if now := time.Now(); now.Before(p.replies.Add(lookOn)) || now.Before(p.others.Add(lookOn)) {
			p.look()
		}
	})
}

// help looks for a while for conversations that other replicas have sent to the end
// of their lines.
func (p *pace) help() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.others.Before(now) {
		p.others = now
	}
	p.look()
}

// A page that has used brakeFrom percent of an allowance is slowed down, to
// hardestBrake when it has used all: calls that are refused count too.
const (
	brakeFrom    = 80
	hardestBrake = 0.05
)

// brakeOf is the part of its rate that a page may use, when it has used that
// much of its allowance.
func brakeOf(percent float64) float64 {
	return min(1, max(hardestBrake, (100-percent)/(100-brakeFrom)))
}
