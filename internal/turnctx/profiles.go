// Package turnctx has what the engine puts into the context of a turn for built-in handlers, and for no others.
package turnctx

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/store"
)

// ProfileQuery asks for a person's profile.
type ProfileQuery struct {
	PageID string
	PSID   string
	Fields []string
}

// Profiles looks profiles up beside turns, one call per person at a time.
type Profiles interface {
	// Lookup asks for a profile and waits for the answer at most that long. If
	// the answer is not there by then it returns false, and the answer is
	// applied to the store when it comes.
	Lookup(ctx context.Context, query ProfileQuery, wait time.Duration) (store.SaveProfile, bool)
}

type profilesKey struct{}

// WithProfiles returns a context in which [ProfilesFrom] finds the look-ups.
func WithProfiles(ctx context.Context, profiles Profiles) context.Context {
	return context.WithValue(ctx, profilesKey{}, profiles)
}

// ProfilesFrom returns the look-ups of the context's turn, and false outside of a turn of the engine.
func ProfilesFrom(ctx context.Context) (Profiles, bool) {
	profiles, ok := ctx.Value(profilesKey{}).(Profiles)
	return profiles, ok
}
