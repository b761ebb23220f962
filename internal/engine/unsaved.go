package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// unsaved keeps what is known and not durable: results of sends that a worker could not
// commit before its lease was over, and records of messages that went out without the
// outbox. It saves them as soon as the store is back. A worker that claims the
// conversation meanwhile takes them over.
//
// The memory is bounded. While there are mostUnsaved results, no further send is made:
// nothing that is known is forgotten.
type unsaved struct {
	cfg     Config
	writing func() context.Context // for calls to the store
	// hintAfter gives a hint when a conversation that was released has rested.
	hintAfter func(wait time.Duration)
	wake      chan struct{}
	// progress gives a token to the shutdown, which waits for the end of it.
	progress chan struct{}

	mu      sync.Mutex
	queue   []*kept
	records []store.Write
	results int // of all in the queue
}

// kept is what one worker has left.
type kept struct {
	lease   store.LeaseID
	results sendResults
	rest    rest
	// fenced is when the store refused the results since another lease had been granted: what was
	// delivered is settled, and the rest waits for a worker of this process, which may hold that
	// lease.
	fenced time.Time
	// saving is closed when an attempt to save it has ended; nil if there is none.
	saving chan struct{}
}

// rest is how a conversation was to rest after its lease.
type rest struct {
	after      time.Duration
	untilEvent bool
	awaits     string
}

func newUnsaved(cfg Config, writing func() context.Context, hintAfter func(wait time.Duration)) *unsaved {
	return &unsaved{cfg: cfg, writing: writing, hintAfter: hintAfter, wake: make(chan struct{}, 1), progress: make(chan struct{}, 1)}
}

// full reports whether no more results can be kept than those that are under way.
func (u *unsaved) full() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.results >= mostUnsaved
}

// keep keeps what a worker has left.
func (u *unsaved) keep(k *kept) {
	u.cfg.Logger.Warn("the results of sends could not be committed; they are kept until the store takes them",
		"page", k.lease.PageID, "person", k.lease.PSID, "results", len(k.results))
	u.mu.Lock()
	u.add(k)
	u.mu.Unlock()
	notify(u.wake)
}

// add puts something at the end of the queue. u.mu must be held.
func (u *unsaved) add(k *kept) {
	u.queue = append(u.queue, k)
	u.results += len(k.results)
}

// remove takes something out of the queue, and reports whether it was there. u.mu must be held.
func (u *unsaved) remove(k *kept) bool {
	at := slices.Index(u.queue, k)
	if at < 0 {
		return false
	}
	u.queue = slices.Delete(u.queue, at, at+1)
	u.results -= len(k.results)
	return true
}

// keepRecord keeps the record of a message that was not in the outbox. It is lost if there
// are too many, which doubles nothing.
func (u *unsaved) keepRecord(w store.Write) {
	u.mu.Lock()
	lost := len(u.records) >= mostUnsaved
	if !lost {
		u.records = append(u.records, w)
	}
	u.mu.Unlock()
	if lost {
		u.cfg.Logger.Error("the record of a message is lost: too many wait for the store", "records", mostUnsaved)
	}
	notify(u.wake)
}

// notify gives a token to a channel, unless it has one.
func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take returns what is kept of a conversation, to a worker that has claimed it. What is
// being saved at the time, it waits for.
func (u *unsaved) take(ctx context.Context, conv store.Conversation) (all []*kept) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, k := range slices.Clone(u.queue) {
		if k.lease.Conversation != conv {
			continue
		}
		for k.saving != nil {
			saving := k.saving
			u.mu.Unlock()
			select {
			case <-saving:
			case <-ctx.Done():
			}
			u.mu.Lock()
			if ctx.Err() != nil {
				return all
			}
		}
		if u.remove(k) {
			all = append(all, k)
		}
	}
	return all
}

// waits reports whether something is kept.
func (u *unsaved) waits() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.queue)+len(u.records) > 0
}

// unsettled counts the results that are still to be saved.
func (u *unsaved) unsettled() (n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, k := range u.queue {
		if k.fenced.IsZero() {
			n += len(k.results)
		}
	}
	return n
}

// begin marks something as being saved, if it is still there and not only kept for a worker.
func (u *unsaved) begin(k *kept) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !k.fenced.IsZero() {
		if time.Since(k.fenced) > u.cfg.LeaseTTL {
			u.remove(k)
		}
		return false
	}
	if !u.remove(k) {
		return false
	}
	u.add(k) // what fails holds up no other: it is the last of the next round
	k.saving = make(chan struct{})
	return true
}

// end ends what begin began.
func (u *unsaved) end(k *kept, fenced bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	defer notify(u.progress)
	close(k.saving)
	k.saving = nil
	if err != nil {
		return
	}
	u.remove(k)
	if fenced {
		k.results, k.fenced = k.results.undelivered(), time.Now()
		u.add(k)
	}
}
