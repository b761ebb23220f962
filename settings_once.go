package messenger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/threadsettings"
)

// settingsLease is the lease on the settings of a page while a replica applies them; a try
// may last 80 % of it.
const settingsLease = settingsTimeout * 5 / 4

// applySettings applies the settings of a page, unless this version of them was the last that
// a replica has applied.
func (b *Bot) applySettings(ctx context.Context, pageID string, settings threadsettings.Settings) (threadsettings.Report, error) {
	settings = settings.Localize(b.cfg.Catalog)
	version, err := b.versionOf(ctx, pageID, settings)
	if err != nil {
		return threadsettings.Report{}, err
	}
	return engine.Call(ctx, b.guard, "the store, for thread settings", 2*settingsLease, func(ctx context.Context) (report threadsettings.Report, err error) {
		_, err = store.Once(ctx, b.cfg.Store, "thread settings of "+pageID, version, settingsLease, func(ctx context.Context) error {
			report, err = b.callSettings(ctx, pageID, settings)
			return err
		})
		return report, err
	})
}

// callSettings makes the calls of one try.
func (b *Bot) callSettings(ctx context.Context, pageID string, settings threadsettings.Settings) (threadsettings.Report, error) {
	return engine.Call(ctx, b.guard, "the HTTP client of thread settings", settingsTimeout, func(ctx context.Context) (threadsettings.Report, error) {
		return threadsettings.Apply(ctx, b.client, pageID, settings)
	})
}

// versionOf returns a hash of settings and of what they are applied to: graph.Me stands for
// another page with another token, and a bot may have met a simulator before the platform.
func (b *Bot) versionOf(ctx context.Context, pageID string, settings threadsettings.Settings) (string, error) {
	parts := struct {
		Settings threadsettings.Settings
		GraphURL string
		Token    string
	}{Settings: settings, GraphURL: cmp.Or(b.baseURL(ctx, pageID), b.cfg.GraphURL)}
	if pageID == graph.Me {
		token, err := engine.Call(ctx, b.guard, "the token source", settingsTimeout, func(ctx context.Context) (string, error) {
			tokens, _ := b.credentials(ctx, pageID)
			value, err := tokens.Token(ctx, pageID)
			return value.Reveal(), err
		})
		if err != nil {
			return "", err
		}
		parts.Token = token
	}
	encoded, err := json.Marshal(parts)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}
