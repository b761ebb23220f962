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
// may last 80 % of it, which is more than the time that its calls have.
const settingsLease = settingsTimeout * 3 / 2

// applySettings applies the settings of a page, unless this version of them was the last that
// a replica has applied. While the pause after a failed try lasts, whichever replica has made it, no other is made; with now it
// does not matter.
func (b *Bot) applySettings(ctx context.Context, pageID string, settings threadsettings.Settings, now bool) (threadsettings.Report, error) {
	settings = settings.Localize(b.cfg.Catalog)
	version, tryVersion, err := b.versionsOf(ctx, pageID, settings)
	if err != nil {
		return threadsettings.Report{}, err
	}
	tries := settingsTries{b.cfg.Store, pageID}
	return engine.Call(ctx, b.guard, "the store, for thread settings", 2*settingsLease, func(ctx context.Context) (report threadsettings.Report, err error) {
		_, err = store.Once(ctx, b.cfg.Store, "thread settings of "+pageID, version, settingsLease, func(ctx context.Context) error {
			report, err = tries.try(ctx, tryVersion, now, b.storeNow, func(ctx context.Context) (threadsettings.Report, error) {
				return b.callSettings(ctx, pageID, settings)
			})
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

// versionsOf returns a hash of settings and of what they are applied to: graph.Me stands for
// another page with another token, and a bot may have met a simulator before the platform. The second one is of the token, too: with another one
// what was refused is tried at once.
func (b *Bot) versionsOf(ctx context.Context, pageID string, settings threadsettings.Settings) (version, tryVersion string, err error) {
	token, tokenErr := engine.Call(ctx, b.guard, "the token source", settingsTimeout, func(ctx context.Context) (string, error) {
		tokens, _ := b.credentials(ctx, pageID)
		value, err := tokens.Token(ctx, pageID)
		return value.Reveal(), err
	})
	parts := settingsParts{Settings: settings, GraphURL: cmp.Or(b.baseURL(ctx, pageID), b.cfg.GraphURL)}
	if pageID == graph.Me {
		if tokenErr != nil {
			return "", "", tokenErr
		}
		parts.Token = token
	}
	if version, err = parts.hash(); err != nil {
		return "", "", err
	}
	parts.Token = token
	tryVersion, err = parts.hash()
	return version, tryVersion, err
}

// settingsParts are what a version of settings is made of.
type settingsParts struct {
	Settings threadsettings.Settings
	GraphURL string
	Token    string
}

func (p settingsParts) hash() (string, error) {
	encoded, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}
