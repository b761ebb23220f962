package messenger

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/djmessenger/messenger/threadsettings"
)

// settingsPauses are those between the tries to apply thread settings. The
// platform takes ten calls in ten minutes for a page.
var settingsPauses = []time.Duration{2 * time.Second, 30 * time.Second, 5 * time.Minute}

// applyThreadSettings applies what the configuration names, page by page, until
// ctx ends. A page that fails is tried again; it holds back nothing else.
func (b *Bot) applyThreadSettings(ctx context.Context) {
	var pages sync.WaitGroup
	slots := make(chan struct{}, 8)
	for pageID, settings := range b.cfg.ThreadSettings {
		pages.Go(func() { b.applyTo(ctx, slots, pageID, settings.Localize(b.cfg.Catalog)) })
	}
	pages.Wait()
}

func (b *Bot) applyTo(ctx context.Context, slots chan struct{}, pageID string, settings threadsettings.Settings) {
	log := b.cfg.Logger.With("page", pageID)
	for try := 0; ; try++ {
		slots <- struct{}{}
		plan, err := threadsettings.Apply(ctx, b.client, pageID, settings)
		<-slots
		switch {
		case err == nil:
			log.Info("thread settings applied", "changes", len(plan.Changes))
			return
		case ctx.Err() != nil:
			return
		case try == len(settingsPauses), errors.Is(err, threadsettings.ErrGetStartedMissing):
			log.Error("cannot apply thread settings", "error", err)
			return
		}
		log.Warn("cannot apply thread settings; retrying", "error", err, "after", settingsPauses[try])
		select {
		case <-ctx.Done():
			return
		case <-time.After(settingsPauses[try]):
		}
	}
}
