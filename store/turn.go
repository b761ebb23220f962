package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
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
	read   map[string]readSession // by name
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

// WithPerson returns a context for tests of code that calls [PersonFrom].
func WithPerson(ctx context.Context, person Person) context.Context {
	return NewTurn(nil, person).Begin("").Context(ctx)
}
