package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Turn is the store's side of one turn: what its handlers read, and the write
// sets of its routes. It is safe for concurrent use. The bot's engine makes
// one for each turn; a test of a handler makes its own:
//
//	turn := store.NewTurn(memory.New(memory.Config{}), store.Person{PageID: "1", PSID: "2"})
//	set := turn.Begin("greet")
//	err := handler.Handle(set.Context(ctx), ev, reply)
//	require.Equal(t, []store.Write{store.AddThumbUp{PageID: "1", PSID: "2"}}, set.End())
type Turn struct {
	store  Reader
	mu     sync.Mutex
	person Person
	sets   []*WriteSet
}

// NewTurn returns a turn for a person as they are stored. The reader may be
// nil if nothing will read from it.
func NewTurn(st Reader, person Person) *Turn {
	return &Turn{store: st, person: person}
}

// Person returns the person as they will be when everything that the turn has
// queued so far is committed.
func (t *Turn) Person() Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.person
	for _, set := range t.sets {
		for _, w := range set.writes {
			p.Apply(w)
		}
	}
	return p
}

// Begin opens the write set of a route.
func (t *Turn) Begin(route string) *WriteSet {
	t.mu.Lock()
	defer t.mu.Unlock()
	set := &WriteSet{turn: t, route: route}
	t.sets = append(t.sets, set)
	return set
}

// WriteSet holds what one route of a turn has queued. It is safe for
// concurrent use.
type WriteSet struct {
	turn   *Turn
	route  string
	writes []Write
	over   bool
}

// Context returns a context whose [Queue] adds to this set, and whose
// [PersonFrom] and [From] answer for its turn.
func (s *WriteSet) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// End closes the set and returns what it holds: later calls of [Queue] fail
// with [ErrTurnOver].
func (s *WriteSet) End() []Write {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	s.over = true
	return slices.Clone(s.writes)
}

// Discard closes the set and empties it: the turn goes on as if its route had
// queued nothing.
func (s *WriteSet) Discard() {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	s.over = true
	s.writes = nil
}

func (s *WriteSet) add(writes []Write) error {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	if s.over {
		return ErrTurnOver
	}
	for _, w := range writes {
		if err := CheckWrite(w); err != nil {
			return err
		}
		if call, ok := w.(Call); ok {
			if c, ok := As[CallRunner](s.turn.store); !ok || !c.RunsCalls(call.API) {
				return fmt.Errorf("store: this store runs no %s calls on commit: %w", call.API, errors.ErrUnsupported)
			}
		}
	}
	for _, w := range writes {
		switch named := w.(type) {
		case Call:
			named.Route = s.route
			w = named
		case Raise:
			named.Route = s.route
			w = named
		}
		s.writes = append(s.writes, w)
	}
	return nil
}

type contextKey struct{}

// Queue adds writes to the turn of the context, all or none. They become
// durable when the turn commits, and are dropped if its route fails. It
// returns [ErrNoTurn] outside of a turn, [ErrTurnOver] after it, and
// [errors.ErrUnsupported] for a [Call] that the store cannot run.
func Queue(ctx context.Context, writes ...Write) error {
	set, ok := ctx.Value(contextKey{}).(*WriteSet)
	if !ok {
		return ErrNoTurn
	}
	return set.add(writes)
}

// PersonFrom returns the person of the context's turn, as they will be when
// everything that the turn has queued so far is committed: a profile that a
// handler has just fetched is there for the senders after it. Without a turn it
// returns the zero Person.
func PersonFrom(ctx context.Context) Person {
	if set, ok := ctx.Value(contextKey{}).(*WriteSet); ok {
		return set.turn.Person()
	}
	return Person{}
}

// From returns the reading side of the store that the context's turn uses, or
// nil. It shows what is stored, without what the turn has queued.
func From(ctx context.Context) Reader {
	if set, ok := ctx.Value(contextKey{}).(*WriteSet); ok {
		return set.turn.store
	}
	return nil
}

// SessionFrom reads the person's session of that name, as it will be when
// everything that the turn has queued so far is committed. A queued session with a Life
// has no Expires: the commit decides that. It returns [ErrNotFound] if there is none,
// and [ErrNoTurn] outside of a turn.
func SessionFrom(ctx context.Context, name string) (Session, error) {
	set, ok := ctx.Value(contextKey{}).(*WriteSet)
	if !ok || set.turn.store == nil {
		return Session{}, ErrNoTurn
	}
	return set.turn.session(ctx, name)
}

// LoadSession decodes the person's session of that name into value, a pointer.
// It reports whether there is one; otherwise value is left as it is.
func LoadSession(ctx context.Context, name string, value any) (bool, error) {
	s, err := SessionFrom(ctx, name)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	if err := json.Unmarshal(s.Data, value); err != nil {
		return false, fmt.Errorf("store: session %q: %w", name, err)
	}
	return true, nil
}

// KeepSession queues the person's session of that name: value, encoded as JSON,
// for that long from the commit, by the store's clock; less than 1 is without limit.
func KeepSession(ctx context.Context, name string, value any, life time.Duration) error {
	s, err := SessionFrom(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("store: session %q: %w", name, err)
	}
	who := PersonFrom(ctx)
	return Queue(ctx, SaveSession{PageID: who.PageID, PSID: who.PSID, Name: name, Data: data, Version: s.Version, Life: life})
}

// session reads a session with what the turn has queued.
func (t *Turn) session(ctx context.Context, name string) (Session, error) {
	t.mu.Lock()
	who := t.person
	for _, set := range slices.Backward(t.sets) {
		for _, w := range slices.Backward(set.writes) {
			switch w := w.(type) {
			case SaveSession:
				if w.PageID == who.PageID && w.PSID == who.PSID && w.Name == name {
					t.mu.Unlock()
					return w.queued(), nil
				}
			case DeleteSession:
				if w.PageID == who.PageID && w.PSID == who.PSID && w.Name == name {
					t.mu.Unlock()
					return Session{}, ErrNotFound
				}
			}
		}
	}
	t.mu.Unlock()
	return t.store.Session(ctx, who.PageID, who.PSID, name)
}

// queued is the session as the turn shows it until it commits.
func (w SaveSession) queued() Session {
	s := Session{PageID: w.PageID, PSID: w.PSID, Name: w.Name, Data: w.Data, Version: w.Version + 1, Expires: w.Expires}
	if w.Life > 0 {
		s.Expires = time.Time{}
	}
	return s
}

// WithPerson returns a context for tests of code that calls [PersonFrom].
func WithPerson(ctx context.Context, person Person) context.Context {
	return NewTurn(nil, person).Begin("").Context(ctx)
}
