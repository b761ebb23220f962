package instagramlogin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
)

// stateLife is how long a state is kept after it was written: a token has ended by then.
const stateLife = 61 * 24 * time.Hour

// sessionName is the name of the session that has the state of a token, by the token's digest. So replicas that are given
// different tokens, as in a rolling deploy, do not overwrite each other's. It is the session of no person: its PSID is empty.
func sessionName(of string) string { return "instagram login " + of }

// state is what replicas share about a token that the program has given to an account.
type state struct {
	// Sealed is the refreshed token; empty if the program keeps it.
	Sealed []byte `json:"sealed,omitempty"`
	// Replaced says that the program was given another token in place of this one: it finds that from then on.
	Replaced bool `json:"replaced,omitempty"`
	// Refreshed is when the token was refreshed last, or was itself the result of a refresh; zero if it never was.
	Refreshed time.Time `json:"refreshed,omitzero"`
	// Expires is when the refreshed token ends, and with Replaced when this one does; zero if that is not known.
	Expires time.Time `json:"expires,omitzero"`
	// Tried is when a refresh failed last, and FailingSince when it failed first; zero after one that succeeded.
	Tried        time.Time `json:"tried,omitzero"`
	FailingSince time.Time `json:"failing_since,omitzero"`

	of      string // the digest of the token
	version int64
}

// loadState reads the state of a token.
func loadState(ctx context.Context, st store.Store, pageID, of string) (state, error) {
	session, err := st.Session(ctx, pageID, "", sessionName(of))
	if errors.Is(err, store.ErrNotFound) {
		return state{of: of}, nil
	}
	if err != nil {
		return state{}, err
	}
	var s state
	if err := json.Unmarshal(session.Data, &s); err != nil {
		s = state{} // what another version of the program has kept cannot be read, and the token is refreshed anew
	}
	s.of, s.version = of, session.Version
	return s, nil
}

// save keeps a state in place of the one that was read.
func (s *state) save(ctx context.Context, st store.Store, pageID string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encoding the state of a token: %w", err)
	}
	err = st.Apply(ctx, store.SaveSession{PageID: pageID, Name: sessionName(s.of), Data: data, Version: s.version, Life: stateLife})
	if err == nil {
		s.version++
	}
	return err
}

// due reports whether the token is to be refreshed, or the refresh tried again. A last try that lies well ahead of the clock
// says nothing: the clock was stepped back since.
func (s *state) due(now time.Time) bool {
	last, pause := s.Refreshed, refreshPause
	if !s.Tried.IsZero() {
		last, pause = s.Tried, retryPause
	}
	return !now.Before(last.Add(pause)) || last.After(now.Add(retryPause))
}

// refreshed notes that the token was refreshed, and now ends at that time.
func (s *state) refreshed(at, expires time.Time) {
	s.Refreshed, s.Expires, s.Replaced, s.Tried, s.FailingSince = at, expires, false, time.Time{}, time.Time{}
}

// notFound reports whether the program should have found another token in place of this one long ago.
func (s *state) notFound(now time.Time) bool {
	return s.Replaced && now.Sub(s.Refreshed) >= refreshPause
}

// digest identifies a token without giving it away.
func digest(token secret.Value) string {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return hex.EncodeToString(sum[:8])
}
