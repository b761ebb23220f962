package store

import (
	"context"
	"errors"
	"slices"
	"time"
)

// MaxSession is the length of a session's data in bytes. A larger one fails with a
// [SessionError] before the turn commits.
const MaxSession = 1 << 20

// SessionFrom reads the person's session of that name, as it will be when
// everything that the turn has queued so far is committed. A queued session with a Life
// has no Expires: the commit decides that. It returns [ErrNotFound] if there is none,
// and [ErrNoTurn] outside of a turn.
//
// A turn reads each session from the store once. What it saves from that version fails with a
// [ConflictError] at the commit if the session has changed meanwhile, or has expired, and the event is retried.
func SessionFrom(ctx context.Context, name string) (Session, error) {
	s, err := sessionFrom(ctx, name)
	s.Data = slices.Clone(s.Data)
	return s, err
}

func sessionFrom(ctx context.Context, name string) (Session, error) {
	set, ok := ctx.Value(contextKey{}).(*WriteSet)
	if !ok || set.turn.store == nil {
		return Session{}, ErrNoTurn
	}
	return set.turn.session(ctx, name)
}

// LoadSession decodes the person's session of that name into value, a pointer.
// It reports whether there is one; otherwise value is left as it is. It reads what
// [KeepSession] keeps; a [SessionOf] has versions too. Its errors are those of [SessionOf.Load].
func LoadSession(ctx context.Context, name string, value any) (bool, error) {
	data, version, err := loadSession(ctx, name)
	if data == nil || err != nil {
		return false, err
	}
	if version > 0 {
		return false, &SessionVersionError{Name: name, Stored: version}
	}
	return true, decodeSession(name, data, value)
}

// KeepSession queues the person's session of that name: value, encoded as JSON,
// for that long from the commit, by the store's clock; less than 1 is without limit. Its errors
// are those of [SessionOf.Keep].
func KeepSession(ctx context.Context, name string, value any, life time.Duration) error {
	return keepSession(ctx, name, 0, value, life)
}

// readSession is what the store said of a session.
type readSession struct {
	session Session
	err     error
}

// session reads a session with what the turn has queued. Only the first read of a name asks the store: what a
// turn keeps must follow from the version that it has seen, not from one that came between its reads.
func (t *Turn) session(ctx context.Context, name string) (Session, error) {
	t.mu.Lock()
	queued, erased := t.queued(name)
	known, asked := t.read[name]
	who := t.person
	t.mu.Unlock()
	switch {
	case erased:
		return Session{}, ErrNotFound
	case queued != nil:
		return *queued, nil
	case asked:
		return known.session, known.err
	}
	s, err := t.store.Session(ctx, who.PageID, who.PSID, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Session{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if known, asked := t.read[name]; asked {
		return known.session, known.err // another route was faster
	}
	if t.read == nil {
		t.read = map[string]readSession{}
	}
	t.read[name] = readSession{s, err}
	return s, err
}

// queued returns what the turn has queued for a session: a save, or that it is erased.
func (t *Turn) queued(name string) (s *Session, erased bool) {
	for _, set := range slices.Backward(t.sets) {
		for _, w := range slices.Backward(set.writes) {
			switch w := w.(type) {
			case SaveSession:
				if w.PageID == t.person.PageID && w.PSID == t.person.PSID && w.Name == name {
					return w.queued(), false
				}
			case DeleteSession:
				if w.PageID == t.person.PageID && w.PSID == t.person.PSID && w.Name == name {
					return nil, true
				}
			}
		}
	}
	return nil, false
}

// queued is the session as the turn shows it until it commits.
func (w SaveSession) queued() *Session {
	s := &Session{PageID: w.PageID, PSID: w.PSID, Name: w.Name, Data: w.Data, Version: w.Version + 1, Expires: w.Expires}
	if w.Life > 0 {
		s.Expires = time.Time{}
	}
	return s
}
