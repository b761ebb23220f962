package engine

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Measures of the feeder.
const (
	// mostQueued is about how many people of a broadcast have messages in the outbox, feedStep how many are moved on in one transaction,
	// and takeStep how many are taken back in one.
	mostQueued = 1000
	feedStep   = 100
	takeStep   = store.MaxRecipients
	// feedEvery is the pause between two looks while a broadcast is open, and feedIdle while none is known.
	feedEvery = 500 * time.Millisecond
	feedIdle  = 5 * time.Second
	// lostEvery is how often the feeder looks for queued people whose sends a replica of an older version has ended.
	lostEvery = 10 * time.Second
)

// feeder moves the recipients of open broadcasts on. Those of all replicas may do so at the same time.
type feeder struct {
	e    *Engine
	st   store.Broadcasts // nil if the store has none
	wake chan struct{}
	lost time.Time // when it last looked for lost people
	// refused are broadcasts whose body this version cannot read, which are logged once.
	refused map[string]bool
}

func newFeeder(e *Engine) *feeder {
	return &feeder{e: e, wake: make(chan struct{}, 1), refused: map[string]bool{}}
}

// run feeds until ctx ends.
func (f *feeder) run(ctx context.Context) {
	if f.st == nil {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	failed := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-f.wake:
		}
		open, err := f.feedAll(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			f.e.cfg.Logger.Warn("cannot move broadcasts on; retrying", "error", err)
		}
		failed = err != nil
		wait := feedIdle
		if open {
			wait = feedEvery
		}
		timer.Reset(wait)
	}
}

// feedAll moves on all open broadcasts that this process serves, and those that were cancelled, of any page: to take back needs
// no page. It reports whether there are any.
func (f *feeder) feedAll(ctx context.Context) (open bool, err error) {
	lost := time.Since(f.lost) >= lostEvery
	if lost {
		f.lost = time.Now()
	}
	query := store.BroadcastQuery{Open: true}
	var first error
	for {
		list, err := ask(ctx, f, "Broadcasts", func(ctx context.Context) ([]store.Broadcast, error) { return f.st.Broadcasts(ctx, query) })
		if err != nil {
			return open, cmp.Or(first, err)
		}
		for i := range list {
			if !f.e.served(list[i].PageID) && list[i].State != store.BroadcastCancelling {
				continue
			}
			open = true
			if err := f.move(ctx, list[i].ID, lost); err != nil && first == nil {
				first = fmt.Errorf("broadcast %q of page %s: %w", list[i].Key, list[i].PageID, err)
			}
		}
		if len(list) < query.Most() || ctx.Err() != nil {
			return open, first
		}
		query.After = list[len(list)-1]
	}
}

// move counts those of a broadcast who have ended, and moves others on.
func (f *feeder) move(ctx context.Context, id string, lost bool) error {
	b, err := f.count(ctx, id)
	if err != nil {
		return err
	}
	if lost && b.Queued > 0 {
		if err := f.feedThose(ctx, b, store.RecipientLost); err != nil {
			return err
		}
	}
	switch b.State {
	case store.BroadcastRunning:
		return f.fill(ctx, b)
	case store.BroadcastCancelling:
		if err := f.takeBackQueued(ctx, b); err != nil {
			return err
		}
		return f.takeBackWaiting(ctx, b)
	case store.BroadcastDraft, store.BroadcastDone, store.BroadcastCancelled:
	}
	if b.State == store.BroadcastDone || b.State == store.BroadcastCancelled {
		f.e.BroadcastEnded(b)
	}
	return nil
}

// fill queues people until there are enough in the outbox.
func (f *feeder) fill(ctx context.Context, b store.Broadcast) error {
	content, err := decodeBroadcast(b.Body)
	if err != nil {
		if !f.refused[b.ID] {
			f.refused[b.ID] = true
			f.e.cfg.Logger.Error("the messages of a broadcast cannot be read; a replica of another version may send them", "page", b.PageID, "broadcast", b.Key, "error", err)
		}
		return nil
	}
	for queued := b.Queued; queued < mostQueued && ctx.Err() == nil; queued += feedStep {
		psids, err := f.recipients(ctx, b, store.RecipientWaiting, feedStep)
		if err != nil || len(psids) == 0 {
			return err
		}
		sends, err := content.sends(b, psids)
		if err != nil {
			return err
		}
		if err := f.feed(ctx, b, psids, sends); err != nil {
			return err
		}
	}
	return nil
}

// takeBackQueued takes back what a cancelled broadcast has in the outbox, until only those remain that are on their way. Several
// replicas that have filled it together may have queued more than mostQueued.
func (f *feeder) takeBackQueued(ctx context.Context, b store.Broadcast) error {
	for queued := b.Queued; queued > 0; queued = b.Queued {
		err := f.feedThose(ctx, b, store.RecipientQueued)
		if err == nil {
			b, err = f.count(ctx, b.ID)
		}
		if err != nil || b.Queued >= queued {
			return err
		}
	}
	return nil
}

// takeBackWaiting ends those of a cancelled broadcast who wait.
func (f *feeder) takeBackWaiting(ctx context.Context, b store.Broadcast) error {
	for ctx.Err() == nil {
		psids, err := f.recipients(ctx, b, store.RecipientWaiting, takeStep)
		if err != nil || len(psids) == 0 {
			return err
		}
		if err := f.feed(ctx, b, psids, nil); err != nil {
			return err
		}
		if _, err := f.count(ctx, b.ID); err != nil {
			return err
		}
	}
	return nil
}

// feedThose moves on people in a stage, without messages.
func (f *feeder) feedThose(ctx context.Context, b store.Broadcast, stage store.RecipientStage) error {
	psids, err := f.recipients(ctx, b, stage, takeStep)
	if err != nil || len(psids) == 0 {
		return err
	}
	return f.feed(ctx, b, psids, nil)
}

func (f *feeder) recipients(ctx context.Context, b store.Broadcast, stage store.RecipientStage, limit int) ([]string, error) {
	return ask(ctx, f, "Recipients", func(ctx context.Context) ([]string, error) { return f.st.Recipients(ctx, b.ID, stage, limit) })
}

func (f *feeder) feed(ctx context.Context, b store.Broadcast, psids []string, sends []store.Send) error {
	_, err := ask(ctx, f, "FeedBroadcast", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, f.st.FeedBroadcast(ctx, b.ID, psids, sends...)
	})
	return err
}

func (f *feeder) count(ctx context.Context, id string) (store.Broadcast, error) {
	return ask(ctx, f, "CountBroadcast", func(ctx context.Context) (store.Broadcast, error) { return f.st.CountBroadcast(ctx, id) })
}

// ask calls the store.
func ask[T any](ctx context.Context, f *feeder, name string, do func(ctx context.Context) (T, error)) (T, error) {
	return run(ctx, f.e.guard, code{name: "the store's " + name, limit: storeTimeout, most: callsStuck}, do)
}
