package simulator

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"time"
)

// How callbacks that the bot did not take are posted again, the values of [Disorder].Retries.
const (
	// RetriesQuick is after [Config.RetryPauses], in real time.
	RetriesQuick = "quick"
	// RetriesPlatform is as the platform does it, on the simulator's clock: at once, after 15 seconds, 1 minute, 5 minutes and
	// then each 15 minutes. From the second failure in a row on, the page's callbacks go out together. After an hour
	// the page's app is unsubscribed, until it subscribes again.
	RetriesPlatform = "platform"
	// RetriesNone is never.
	RetriesNone = "none"
)

// batchMost is how many callbacks go out in one POST, as on the platform.
const batchMost = 1000

// Disorder is what happens to callbacks on the way to the bot. Its zero value is order: each goes out once, alone,
// at once, in the order of its person.
type Disorder struct {
	// Duplicate is how likely a callback is posted a second time after the bot took it, from 0 to 1. Default: 0.
	Duplicate float64

	// Reorder is how likely a callback changes places with the next one of its person, from 0 to 1. It waits for that
	// one until [Simulator.Flush] is called, at most for a second. Default: 0.
	Reorder float64

	// MinDelay and MaxDelay are between how long and how long a callback waits, in real time, at most a minute. Default: 0.
	MinDelay, MaxDelay time.Duration

	// Batch is how many callbacks of a page go out together in one POST, at most 1,000. They wait until there are so many
	// or [Simulator.Flush] is called, at most for a second. Default: 1.
	Batch int

	// Seed decides what happens to which callback: with one seed, the nth callback of a webhook field of a person has the same
	// in each run. Default: drawn; [Simulator.Disorder] has it.
	Seed uint64

	// Retries is RetriesQuick, RetriesPlatform or RetriesNone. Default: RetriesQuick.
	Retries string
}

// validate names every field that cannot work.
func (d Disorder) validate() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &controlError{err: fmt.Errorf("simulator: Disorder."+format, args...), field: field})
	}
	if !(d.Duplicate >= 0 && d.Duplicate <= 1) {
		bad("duplicate", "Duplicate must be from 0 to 1, not %v", d.Duplicate)
	}
	if !(d.Reorder >= 0 && d.Reorder <= 1) {
		bad("reorder", "Reorder must be from 0 to 1, not %v", d.Reorder)
	}
	if d.MinDelay < 0 || d.MaxDelay < d.MinDelay || d.MaxDelay > time.Minute {
		bad("delay_ms", "MinDelay and MaxDelay must be in order, from 0 to 1m, not %v and %v", d.MinDelay, d.MaxDelay)
	}
	if d.Batch < 0 || d.Batch > batchMost {
		bad("batch", "Batch must be from 1 to %d, not %d", batchMost, d.Batch)
	}
	if modes := []string{RetriesQuick, RetriesPlatform, RetriesNone}; d.Retries != "" && !slices.Contains(modes, d.Retries) {
		bad("retries", "Retries must be %s, not %q", strings.Join(modes, ", "), d.Retries)
	}
	return errors.Join(errs...)
}

// SetDisorder replaces what happens to callbacks on the way to the bot, from now on. It is an error if a value is not as
// [Disorder] says.
func (s *Simulator) SetDisorder(d Disorder) error {
	if err := d.validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setDisorder(d)
	s.publish("disorder", s.disorderState())
	return nil
}

// setDisorder begins anew with what is valid. s.mu must be held.
func (s *Simulator) setDisorder(d Disorder) {
	if d.Seed == 0 {
		d.Seed = uint64(mathrand.Uint32()) + 1 // which callbacks are disordered is no secret; JavaScript can read so much
	}
	if d.Batch == 0 {
		d.Batch = 1
	}
	if d.Retries == "" {
		d.Retries = RetriesQuick
	}
	s.disorder, s.drawn = d, map[string]uint64{}
	if d.Retries != RetriesPlatform {
		for _, pg := range s.pages {
			pg.outage = outage{}
		}
	}
}

// Disorder returns what happens to callbacks on the way to the bot, with the seed that was drawn.
func (s *Simulator) Disorder() Disorder {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disorder
}

// lot is what happens to one callback.
type lot struct {
	swap  bool // with the next one of its person
	delay time.Duration
}

// draw decides what happens to the next callback of a webhook field of a queue: to it, and to its copy if it gets one.
// Fields are counted apart because echoes come whenever the bot answers. s.mu must be held.
func (s *Simulator) draw(queue, field string) (own, again lot, copied bool) {
	d := s.disorder
	key := queue + "/" + field
	s.drawn[key]++
	h := fnv.New64a()
	_, _ = h.Write(binary.LittleEndian.AppendUint64([]byte(key), s.drawn[key])) // never fails
	r := mathrand.New(mathrand.NewPCG(d.Seed, h.Sum64()))
	one := func() lot {
		return lot{swap: r.Float64() < d.Reorder, delay: d.MinDelay + time.Duration(r.Float64()*float64(d.MaxDelay-d.MinDelay))}
	}
	copied = r.Float64() < d.Duplicate
	return one(), one(), copied
}
