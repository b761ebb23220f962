package instagramlogin

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/sealed"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
)

// rereadPause is how long a replica uses a token before it looks whether another has refreshed it. The one before it is good
// for weeks.
const rereadPause = 30 * time.Second

// Tokens keeps refreshed tokens in a store, encrypted.
type Tokens struct {
	store  store.Store
	keys   []secret.Value // the first one encrypts
	logger *slog.Logger

	mu   sync.Mutex
	read map[string]readToken // by page id
}

// readToken is what the store has said of an account.
type readToken struct {
	of    string
	token secret.Value // zero: the token was never refreshed
	err   error        // why it could not be decrypted
	at    time.Time
}

// NewTokens returns tokens that are encrypted with the first key and decrypted with any of them.
func NewTokens(st store.Store, keys []secret.Value, logger *slog.Logger) *Tokens {
	return &Tokens{store: st, keys: keys, logger: logger, read: map[string]readToken{}}
}

// Source finds the token of accounts: the one that was refreshed last, or the given one if that was never refreshed. While
// the store is away, it is the one that was read last; if none was read, the error is the store's.
func (t *Tokens) Source(given graph.TokenSource) graph.TokenSource {
	return graph.TokenFunc(func(ctx context.Context, pageID string) (secret.Value, error) {
		token, err := given.Token(ctx, pageID)
		if err != nil || token.IsZero() {
			return token, err
		}
		return t.current(ctx, pageID, token)
	})
}

// current returns the token that a given one has become.
func (t *Tokens) current(ctx context.Context, pageID string, given secret.Value) (secret.Value, error) {
	of := digest(given)
	t.mu.Lock()
	known, ok := t.read[pageID]
	t.mu.Unlock()
	ok = ok && known.of == of
	if !ok || time.Since(known.at) >= rereadPause {
		s, err := loadState(ctx, t.store, pageID, of)
		if err == nil {
			known = t.remember(pageID, s)
		} else if !ok {
			return secret.Value{}, err
		}
	}
	if known.token.IsZero() {
		return given, nil
	}
	return known.token, nil
}

// remember opens the token of a state and keeps it in memory.
func (t *Tokens) remember(pageID string, s state) readToken {
	known := readToken{of: s.of, at: time.Now()}
	if len(s.Sealed) > 0 {
		var text []byte
		text, known.err = sealed.Open(t.keys, purpose(pageID), s.Sealed)
		known.token = secret.New(string(text))
	}
	t.mu.Lock()
	before := t.read[pageID]
	t.read[pageID] = known
	t.mu.Unlock()
	if known.err != nil && (before.err == nil || before.of != known.of) {
		t.logger.Error("cannot decrypt the refreshed token of an Instagram account; using the one from the configuration: "+
			"Config.TokenKeys must have the key that encrypted it", "page", pageID, "error", known.err)
	}
	return known
}

// keep puts a refreshed token into a state.
func (t *Tokens) keep(pageID string, token secret.Value, s *state) (err error) {
	s.Sealed, err = sealed.Seal(t.keys[0], purpose(pageID), []byte(token.Reveal()))
	return err
}

func purpose(pageID string) string { return "Instagram Login token of " + pageID }
