package engine

import (
	"maps"
	"time"

	"golang.org/x/time/rate"

	"github.com/djmessenger/messenger/store"
)

// The platform's documented rates, in messages a second from a page.
const (
	textRate  = 300
	mediaRate = 10
)

// pace is a rate that conversations wait for without blocking: each gets a time
// of its own to come back at, so that they do not come back together.
type pace struct {
	full     rate.Limit // what the platform takes from the page
	limiter  *rate.Limiter
	reserved map[store.Conversation]time.Time
}

func newPace(perSecond int) pace {
	return pace{
		full:     rate.Limit(perSecond),
		limiter:  rate.NewLimiter(rate.Limit(perSecond), max(perSecond/10, 10)),
		reserved: map[store.Conversation]time.Time{},
	}
}

// manyReserved is how many reservations are kept before those that nobody came
// back for are dropped.
const manyReserved = 10_000

// wait returns how long the conversation must wait for its turn, or 0 if it is
// its turn. share is what this process may use of the full rate.
func (p *pace) wait(conv store.Conversation, now time.Time, share float64) time.Duration {
	if at, ok := p.reserved[conv]; ok {
		if now.Before(at) {
			return at.Sub(now)
		}
		delete(p.reserved, conv)
		return 0
	}
	if limit := p.full * rate.Limit(share); limit != p.limiter.Limit() {
		p.limiter.SetLimitAt(now, limit)
	}
	delay := p.limiter.ReserveN(now, 1).DelayFrom(now)
	if delay > 0 {
		if len(p.reserved) >= manyReserved {
			maps.DeleteFunc(p.reserved, func(_ store.Conversation, at time.Time) bool { return now.Sub(at) > time.Minute })
		}
		p.reserved[conv] = now.Add(delay)
	}
	return delay
}

// A page that has used slowFrom percent of an allowance is slowed down, to
// slowest of its rate when it has used all: calls that are refused count too.
const (
	slowFrom = 80
	slowest  = 0.05
)

// usageShare is the share of its rate that a page may use, when it has used that
// much of its allowance.
func usageShare(percent float64) float64 {
	return min(1, max(slowest, (100-percent)/(100-slowFrom)))
}
