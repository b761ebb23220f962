package store

import (
	"context"
	"errors"
	"time"
)

// SessionOf is a session with a type, a version and a life: what a bot keeps of one
// person between turns. Define it once, as a variable, and use it in handlers and senders.
//
//	var cart = store.SessionOf[Cart]{Name: "cart", Version: 2, Life: 24 * time.Hour, Upgrade: upgradeCart}
//
// What it keeps commits with the turn, or not at all if the route fails. It has no
// state of its own and is safe for concurrent use. docs/sessions.md is the guide.
//
// Versions are those of T, chosen by the program; they begin with 0, which also [KeepSession] writes
// and [LoadSession] reads. Raise the version when data that is stored no longer decodes to what it means,
// and let Upgrade read the older ones. A field that is added needs no version.
type SessionOf[T any] struct {
	// Name identifies the session among those of a person. Choose once. Names that begin with
	// "messenger." are the library's. Required.
	Name string
	// Version is that of T: 0 or more.
	Version int
	// Life is how long the session lives from the commit of each Keep, by the store's clock.
	// Default: without limit.
	Life time.Duration
	// Upgrade decodes data of an older version, JSON as Keep encoded it then. With [ErrNotFound] it says that
	// there is nothing worth keeping; another error fails Load. Default: data of an older version counts
	// as none.
	Upgrade func(version int, data []byte) (T, error)
}

// Load returns the session of the context's turn, as it will be when everything that the turn has queued so
// far is committed, and whether there is one. Its errors:
//
//   - a [SessionError] for data that does not decode. A retry cannot help; Drop and Keep can.
//   - a [SessionVersionError] for data of a version above Version.
//   - what Upgrade returns, or the store.
//   - [ErrNoTurn] outside of a turn.
func (s SessionOf[T]) Load(ctx context.Context) (T, bool, error) {
	data, version, err := loadSession(ctx, s.Name)
	if data == nil || err != nil {
		var none T
		return none, false, err
	}
	return s.decode(data, version)
}

// Decode is Load for a session that was read from the store, outside of turns.
func (s SessionOf[T]) Decode(session Session) (T, bool, error) {
	return s.decode(openSession(session.Data))
}

// Keep queues v as the session of the context's turn, in place of what there is. Its errors:
//
//   - a [SessionError] for a v that cannot be encoded, or is longer than [MaxSession]. A retry cannot help.
//   - a [SessionVersionError] if what is stored has a version above Version: it is not overwritten.
//   - [ErrNoTurn] outside of a turn, [ErrTurnOver] after it, and what the store returns.
//
// If the session changes between the turn's first read of it and the commit, by [Store.Apply] or since it
// expires, the commit fails with a [ConflictError], and the bot retries the event.
func (s SessionOf[T]) Keep(ctx context.Context, v T) error {
	return keepSession(ctx, s.Name, s.Version, v, s.Life)
}

// Drop queues the end of the session, whatever is stored: a newer version or data that does not
// decode, too. It is no error if there is none. It returns [ErrNoTurn] outside of a turn and
// [ErrTurnOver] after it.
func (s SessionOf[T]) Drop(ctx context.Context) error {
	who := PersonFrom(ctx)
	return Queue(ctx, DeleteSession{PageID: who.PageID, PSID: who.PSID, Name: s.Name})
}

func (s SessionOf[T]) decode(data []byte, version int) (v T, found bool, err error) {
	var none T
	switch {
	case version > s.Version:
		return none, false, &SessionVersionError{Name: s.Name, Stored: version, Known: s.Version}
	case version == s.Version:
		if err := decodeSession(s.Name, data, &v); err != nil {
			return none, false, err
		}
		return v, true, nil
	case s.Upgrade == nil:
		return none, false, nil
	}
	v, err = s.Upgrade(version, data)
	switch {
	case errors.Is(err, ErrNotFound):
		return none, false, nil
	case err != nil:
		return none, false, upgradeError(s.Name, version, err)
	}
	return v, true, nil
}
