package messenger

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/internal/instagramlogin"
	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/secret"
)

// TokenStore is where a program keeps the tokens of pages with Page.InstagramLogin
// itself, such as a vault.
type TokenStore interface {
	// Save keeps a token that was refreshed and when it ends; Page.Token, or
	// Config.Tokens, finds it from then on, on every replica within some minutes. Until
	// then the one before it is good. graph.PageToken and graph.TokenMap are refused, and a
	// token that is not found after a week is reported as Config.OnTokenRefreshFailed
	// says. If Save fails, the token is refreshed again an hour later. It is called from any goroutine; its context ends after 30 seconds.
	Save(ctx context.Context, pageID string, token secret.Value, expires time.Time) error
}

// TokenRefreshFailure says that the token of a page with Page.InstagramLogin could not be
// refreshed; see Config.OnTokenRefreshFailed.
type TokenRefreshFailure struct {
	// PageID is the id of the account.
	PageID string
	// Since is when the refresh failed first, or when the token was refreshed that
	// Page.Token does not find.
	Since time.Time
	// Expires is when the token ends, and the bot can no longer answer. It is zero if the
	// platform has not said it, as for a token that it has not refreshed.
	Expires time.Time
	// Err is why the last try failed. It matches graph.ErrTokenInvalid or another error of
	// package graph, or is the error of Config.TokenStore, or says that Page.Token does not
	// find what TokenStore has saved.
	Err error
}

const (
	// minimumTokenKey is the length in bytes of the shortest key that is taken.
	minimumTokenKey = 16
	// refreshTimeout bounds the call of the platform. With the next one it leaves time for the store within the lease of a
	// replica, of two minutes.
	refreshTimeout = 20 * time.Second
	// tokenStoreTimeout bounds a call of TokenStore.Save.
	tokenStoreTimeout = 30 * time.Second
	// refreshHookTimeout bounds a call of Config.OnTokenRefreshFailed.
	refreshHookTimeout = 10 * time.Second
)

var errNoTokenKeys = errors.New("needs Config.TokenKeys or Config.TokenStore, since a token that is refreshed must be kept")

var errTokenNeverChanges = errors.New("must find what Config.TokenStore has saved, and graph.PageToken and graph.TokenMap never change")

// neverChanges reports whether a source always gives the same tokens.
func neverChanges(tokens graph.TokenSource) bool {
	if _, ok := tokens.(graph.TokenMap); ok {
		return true
	}
	return reflect.TypeOf(tokens) == reflect.TypeOf(graph.PageToken(""))
}

// checkInstagram checks what pages with Page.InstagramLogin have in common.
func (c Config) checkInstagram(fail func(field, format string, args ...any)) {
	if c.InstagramURL != c.GraphURL {
		if err := graph.CheckBaseURL(c.InstagramURL); err != nil {
			fail("InstagramURL", "%w", err)
		}
	}
	if c.TokenStore != nil && nilcheck.IsNil(c.TokenStore) {
		fail("TokenStore", "is a nil %T", c.TokenStore)
	}
	for i, key := range c.TokenKeys {
		switch n := len(key.Reveal()); {
		case n == 0:
			fail(fmt.Sprintf("TokenKeys[%d]", i), "is empty")
		case n < minimumTokenKey:
			fail(fmt.Sprintf("TokenKeys[%d]", i), "has %d bytes, less than %d", n, minimumTokenKey)
		}
	}
}

// baseURL returns where the calls of a page go if it is connected by Instagram Login, and nothing for others.
func (b *Bot) baseURL(ctx context.Context, pageID string) string {
	if p := b.find(ctx, pageID); p != nil && p.InstagramLogin {
		return b.cfg.InstagramURL
	}
	return ""
}

// instagramAccounts are the pages that are connected by Instagram Login.
type instagramAccounts struct {
	kept      *instagramlogin.Tokens // nil if the program keeps them
	refresher *instagramlogin.Refresher
}

func newInstagramAccounts(b *Bot) *instagramAccounts {
	accounts := &instagramAccounts{}
	config := instagramlogin.Config{
		Accounts: b.instagramPages,
		Failed:   b.refreshFailed,
		Given:    b.givenToken,
		Guard:    b.guardRefresh,
		Logger:   b.cfg.Logger,
		Now:      b.storeNow,
		Refresh:  b.refreshToken,
		Store:    b.cfg.Store,
	}
	if b.cfg.TokenStore == nil {
		accounts.kept = instagramlogin.NewTokens(b.cfg.Store, b.cfg.TokenKeys, b.cfg.Logger)
		config.Tokens = accounts.kept
	} else {
		config.Save = b.saveToken
	}
	accounts.refresher = instagramlogin.NewRefresher(config)
	return accounts
}

// source finds the token that the given one has become.
func (a *instagramAccounts) source(given graph.TokenSource) graph.TokenSource {
	if a.kept == nil {
		return given
	}
	return a.kept.Source(given)
}

// instagramPages lists the pages that are connected by Instagram Login.
func (b *Bot) instagramPages() (pageIDs []string) {
	for pageID, p := range b.pages.Load().pages {
		if p.InstagramLogin {
			pageIDs = append(pageIDs, pageID)
		}
	}
	return pageIDs
}

// givenToken asks the program for the token of a page.
func (b *Bot) givenToken(ctx context.Context, pageID string) (secret.Value, error) {
	return engine.Call(ctx, b.guard, "the token source", b.cfg.SendTimeout, func(ctx context.Context) (secret.Value, error) {
		token, err := b.givenTokens(b.find(ctx, pageID)).Token(ctx, pageID)
		if err == nil && token.IsZero() {
			err = graph.ErrNoToken
		}
		return token, err
	})
}

// guardRefresh runs what uses the store for the refresh of one token.
func (b *Bot) guardRefresh(ctx context.Context, do func(ctx context.Context) error) error {
	_, err := engine.Call(ctx, b.guard, "the store, for a token refresh", instagramlogin.GuardTimeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, do(ctx)
	})
	return err
}

func (b *Bot) refreshToken(ctx context.Context, pageID string, token secret.Value) (graph.RefreshedToken, error) {
	return engine.Call(ctx, b.guard, "the HTTP client of a token refresh", refreshTimeout, func(ctx context.Context) (graph.RefreshedToken, error) {
		return b.client.RefreshToken(ctx, pageID, token)
	})
}

func (b *Bot) saveToken(ctx context.Context, pageID string, token secret.Value, expires time.Time) error {
	_, err := engine.Call(ctx, b.guard, "Config.TokenStore", tokenStoreTimeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, b.cfg.TokenStore.Save(ctx, pageID, token, expires)
	})
	return err
}

func (b *Bot) refreshFailed(ctx context.Context, pageID string, failure instagramlogin.Failure) {
	_, err := engine.Call(ctx, b.guard, "Config.OnTokenRefreshFailed", refreshHookTimeout, func(ctx context.Context) (struct{}, error) {
		b.cfg.OnTokenRefreshFailed(ctx, TokenRefreshFailure{PageID: pageID, Since: failure.Since, Expires: failure.Expires, Err: failure.Err})
		return struct{}{}, nil
	})
	if err != nil {
		b.cfg.Logger.Error("Config.OnTokenRefreshFailed failed", "page", pageID, "error", err)
	}
}
