package simulator

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// clock is the platform's: that of the configuration, moved forward, or standing still.
type clock struct {
	base func() time.Time

	mu     sync.Mutex
	ahead  time.Duration
	frozen bool
	at     time.Time // while it stands still
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return c.at
	}
	return c.base().Add(c.ahead)
}

// move moves it forward. A clock can be some 290 years ahead.
func (c *clock) move(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d < 0 {
		return errClockBack
	}
	if d > math.MaxInt64/2-c.ahead {
		return errors.New("simulator: the clock cannot be moved so far")
	}
	c.ahead += d
	c.at = c.at.Add(d)
	return nil
}

// freeze makes it stand still, or go on from where it stands.
func (c *clock) freeze(frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if frozen == c.frozen {
		return
	}
	if c.frozen = frozen; frozen {
		c.at = c.base().Add(c.ahead)
		return
	}
	c.ahead = c.at.Sub(c.base())
}

// set makes it show a time, back too.
func (c *clock) set(at time.Time, frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.frozen, c.ahead = at, frozen, at.Sub(c.base())
}

// reset makes it that of the configuration.
func (c *clock) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen, c.ahead = false, 0
}

func (c *clock) isFrozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen
}

func (s *Simulator) now() time.Time { return s.clock.now() }

// Now is what the platform's clock shows: [Config.Now], moved by [Simulator.MoveClock] or stopped by
// [Simulator.FreezeClock].
func (s *Simulator) Now() time.Time { return s.now() }

// MoveClock moves the clock of messages, callbacks and the 24-hour window forward, beyond [Config.Now]. Retries of the
// platform ([RetriesPlatform]) that become due are posted in their order, each when the clock shows its time, and
// MoveClock returns when they are answered; so do not call it while the bot handles a callback. Quick retries, waiting for
// answers and delays go on in real time. It is an error to move the clock back, or by more than 140 years.
func (s *Simulator) MoveClock(d time.Duration) error { return s.moveClock(s.ctx, d) }

func (s *Simulator) moveClock(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return s.clock.move(d)
	}
	for {
		// What is due by now comes first.
		if err := s.until(ctx, s.waitsForClock); err != nil && !errors.Is(err, ErrClosed) {
			return fmt.Errorf("simulator: callbacks that are due are under way: %w", err)
		}
		s.mu.Lock()
		step, last := d, true
		if due, ok := s.nextDue(); ok {
			if until := max(0, due.Sub(s.now())); until <= d {
				step, last = until, false
			}
		}
		d -= step
		err := s.clock.move(step)
		s.publish("clock", s.clockState())
		s.lapseThreads()
		s.mu.Unlock()
		if err != nil || last {
			return err
		}
	}
}

// waitsForClock reports whether no callback goes out before the clock has moved, if the clock decides that. s.mu must be held.
func (s *Simulator) waitsForClock() bool {
	if s.disorder.Retries != RetriesPlatform || s.closed {
		return true
	}
	now := s.now()
	for _, q := range s.queues {
		if o := q.page.outage; q.busy || len(q.waiting) > 0 && (!o.down() || !o.next.After(now)) {
			return false
		}
	}
	return true
}

// nextDue is when the next retry comes, of any page; ok is false if none waits. s.mu must be held.
func (s *Simulator) nextDue() (due time.Time, ok bool) {
	if s.disorder.Retries != RetriesPlatform || s.closed {
		return due, false
	}
	for _, q := range s.queues {
		if o := q.page.outage; len(q.waiting) > 0 && o.down() && (!ok || o.next.Before(due)) {
			due, ok = o.next, true
		}
	}
	return due, ok
}

// SetClock moves the clock forward to a time; see [Simulator.MoveClock].
func (s *Simulator) SetClock(to time.Time) error { return s.moveClock(s.ctx, to.Sub(s.now())) }

// FreezeClock makes the clock stand still, or go on from where it stands. While it stands still it can be moved.
func (s *Simulator) FreezeClock(frozen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.freeze(frozen)
	s.publish("clock", s.clockState())
}

type clockState struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

func (s *Simulator) clockState() clockState { return clockState{s.clock.now(), s.clock.isFrozen()} }
