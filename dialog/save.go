package dialog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
)

// size brings the record up to date, and returns how large it is.
func (f *flow[S]) size() (int, error) {
	data, err := json.Marshal(f.state)
	if err != nil {
		return 0, handling.Permanent(fmt.Errorf("dialog: %s: the state has no JSON: %w", f.d.Name, err))
	}
	f.rec.Dialog, f.rec.Version, f.rec.State = f.d.Name, f.d.Version, data
	all, err := json.Marshal(f.rec)
	return len(all), err
}

// save stores the run, unless it has ended.
func (f *flow[S]) save(ctx context.Context) error {
	if f.over {
		return nil
	}
	size, err := f.size()
	switch {
	case err != nil:
		return err
	case size > MaxState:
		return handling.Permanent(&StateError{Dialog: f.d.Name, Step: f.rec.Step, Size: size})
	}
	return f.rec.keep(ctx, f.wait)
}

// visited notes that the open step has begun to wait, and sets its timer.
func (f *flow[S]) visited(ctx context.Context, wait time.Duration) error {
	f.rec.Visit++
	f.rec.At, f.rec.By = f.at(ctx), digest(f.ev.Key)
	f.wait = wait
	if wait <= 0 {
		return handling.CancelTimer(ctx, sessionName)
	}
	return handling.After(ctx, wait, sessionName, alarmKind, alarm{Dialog: f.d.Name, Run: f.rec.Run, Visit: f.rec.Visit})
}

// at is the time by the store's clock, but not before the event.
func (f *flow[S]) at(ctx context.Context) time.Time {
	if now := handling.Now(ctx); now.After(f.ev.Time) {
		return now.UTC()
	}
	return f.ev.Time.UTC()
}
