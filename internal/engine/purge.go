package engine

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/store"
)

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
	_, err := run(ctx, e.guard, code{name: "the store's Purge", limit: purgeTimeout, most: callsStuck}, e.purgeNow)
	return err
}

func (e *Engine) purgeNow(ctx context.Context) (struct{}, error) {
	clock, err := e.readClock(ctx)
	if err != nil {
		return struct{}{}, err
	}
	now := clock.now()
	return struct{}{}, e.cfg.Store.Purge(ctx, store.Cutoffs{
		People:    before(now, e.cfg.Retention.People),
		Received:  before(now, e.cfg.Retention.Received),
		DedupKeys: before(now, e.cfg.Retention.DedupKeys),
		Sent:      before(now, e.cfg.Retention.Sent),
	})
}

func before(now time.Time, age time.Duration) time.Time {
	if age <= 0 {
		return time.Time{}
	}
	return now.Add(-age)
}
