package messenger

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/threadsettings"
)

// settingsPauses are those between the tries to apply thread settings. The
// platform takes ten calls in ten minutes for a page.
var settingsPauses = []time.Duration{2 * time.Second, 30 * time.Second, 5 * time.Minute}

// applyThreadSettings applies what the configuration names, page by page, until
// ctx ends. A page that fails is tried again; it holds back nothing else.
func (b *Bot) applyThreadSettings(ctx context.Context) {
	for pageID, settings := range b.cfg.ThreadSettings {
		b.applyTo(ctx, pageID, settings)
	}
}

func (b *Bot) applyTo(ctx context.Context, pageID string, settings threadsettings.Settings) {
	log := b.cfg.Logger.With("page", pageID)
	for try := 0; ; try++ {
		plan, err := threadsettings.Apply(ctx, b.client, pageID, settings)
		switch {
		case err == nil:
			log.Info("thread settings are applied", "changes", len(plan.Changes))
			return
		case ctx.Err() != nil:
			return
		case try == len(settingsPauses):
			log.Error("thread settings could not be applied", "error", err)
			return
		}
		log.Warn("thread settings could not be applied; trying again", "error", err, "after", settingsPauses[try])
		select {
		case <-ctx.Done():
			return
		case <-time.After(settingsPauses[try]):
		}
	}
}
