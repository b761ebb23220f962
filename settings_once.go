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
// a replica has applied. While the pause after a failed try lasts, whichever replica has made it, no other is made; with try.now it
// does not matter. After newer settings were applied the error is errSettingsSuperseded.
func (b *Bot) applySettings(ctx context.Context, pageID string, try settingsTry) (threadsettings.Report, error) {
	settings := try.settings.Localize(b.cfg.Catalog)
	parts, token, err := b.partsOf(ctx, pageID, settings)
	if err != nil {
		return threadsettings.Report{}, err
	}
	order, tries := settingsOrder{b.cfg.Store, pageID}, settingsTries{b.cfg.Store, pageID}
	return engine.Call(ctx, b.guard, "the store, for thread settings", 2*settingsLease, func(ctx context.Context) (report threadsettings.Report, err error) {
		if err := order.announce(ctx, try.announced, parts.target(), parts.hash()); err != nil {
			return report, err
		}
		// Settings that come back after others are done again: those others may have been applied in part.
		parts.Before = try.announced.number - 1
		version := parts.hash()
		parts.Token = token
		turn := settingsTurn{version: parts.hash(), number: try.announced.number, now: try.now}
		_, err = store.Once(ctx, b.cfg.Store, "thread settings of "+pageID, version, settingsLease, func(ctx context.Context) error {
			if superseded, err := order.superseded(ctx, try.announced); err != nil {
				return err
			} else if superseded {
				return errSettingsSuperseded
			}
			report, err = tries.try(ctx, turn, b.storeNow, func(ctx context.Context) (threadsettings.Report, error) {
				return b.callSettings(ctx, pageID, settings)
			})
			if err != nil {
				return err
			}
			return order.applied(ctx, try.announced)
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

// partsOf returns what the version of settings is made of, and the page's token, which is a part of the version of a try: with another
// one what was refused is tried at once.
func (b *Bot) partsOf(ctx context.Context, pageID string, settings threadsettings.Settings) (settingsParts, string, error) {
	token, err := engine.Call(ctx, b.guard, "the token source", settingsTimeout, func(ctx context.Context) (string, error) {
		tokens, _ := b.credentials(ctx, pageID)
		value, err := tokens.Token(ctx, pageID)
		return value.Reveal(), err
	})
	parts := settingsParts{Settings: settings, GraphURL: cmp.Or(b.baseURL(ctx, pageID), b.cfg.GraphURL)}
	if pageID != graph.Me {
		return parts, token, nil // without a token the call fails
	}
	parts.Token = token
	return parts, token, err
}

// settingsParts are what a version of settings is made of: the settings, and what they are applied to. graph.Me stands for another page
// with another token, and a bot may have met a simulator before the platform.
type settingsParts struct {
	Settings threadsettings.Settings
	GraphURL string
	Token    string
	// Before is how many other settings were the newest before; see settingsOrder.
	Before int64 `json:",omitempty"`
}

// target returns a hash of what the settings are applied to.
func (p settingsParts) target() string {
	p.Settings, p.Before = threadsettings.Settings{}, 0
	return p.hash()
}

func (p settingsParts) hash() string {
	encoded, err := json.Marshal(p)
	if err != nil {
		panic(err) // plain data
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}
