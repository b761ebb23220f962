package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// Two versions of one cart, as two deployments know them.
type (
	cartV0 struct{ Item string }
	cartV1 struct{ Items []string }
)

var (
	oldCart = store.SessionOf[cartV0]{Name: "cart"}
	newCart = store.SessionOf[cartV1]{Name: "cart", Version: 1, Life: time.Hour, Upgrade: upgradeCart}
)

func upgradeCart(version int, data []byte) (cartV1, error) {
	var old cartV0
	if err := json.Unmarshal(data, &old); err != nil || version != 0 {
		return cartV1{}, errors.Join(err, store.ErrNotFound)
	}
	return cartV1{Items: []string{old.Item}}, nil
}

// sessions is a store whose sessions the tests read and keep, in turns that commit.
type sessions struct {
	*memory.Store
	t     *testing.T
	ahead atomic.Int64
	reads atomic.Int32
}

func newSessions(t *testing.T) *sessions {
	t.Helper()
	s := &sessions{t: t}
	s.Store = memory.New(memory.Config{Now: func() time.Time {
		return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(s.ahead.Load()))
	}})
	return s
}

func (s *sessions) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	s.reads.Add(1)
	return s.Store.Session(ctx, pageID, psid, name)
}

// run is a turn with one route. It returns what the turn would commit.
func (s *sessions) run(do func(ctx context.Context)) []store.Write {
	set := store.NewTurn(s, someone).Begin("route")
	do(set.Context(s.t.Context()))
	return set.End()
}

// commit is a turn that commits.
func (s *sessions) commit(do func(ctx context.Context)) {
	s.t.Helper()
	require.NoError(s.t, s.Apply(s.t.Context(), s.run(do)...))
}

// put stores data as it is.
func (s *sessions) put(data string) {
	s.t.Helper()
	require.NoError(s.t, s.Apply(s.t.Context(),
		store.DeleteSession{PageID: "1", PSID: "42", Name: "cart"},
		store.SaveSession{PageID: "1", PSID: "42", Name: "cart", Data: []byte(data)}))
}

func (s *sessions) stored() string {
	got, err := s.Store.Session(s.t.Context(), "1", "42", "cart")
	if errors.Is(err, store.ErrNotFound) {
		return ""
	}
	require.NoError(s.t, err)
	return string(got.Data)
}

func TestSessionOf(t *testing.T) {
	t.Parallel()
	s := newSessions(t)
	tea := cartV1{[]string{"tea"}}
	s.commit(func(ctx context.Context) {
		_, found, err := newCart.Load(ctx)
		require.NoError(t, err)
		require.False(t, found)
		require.NoError(t, newCart.Keep(ctx, tea))
		got, found, err := newCart.Load(ctx)
		require.NoError(t, err)
		require.True(t, found, "what the turn has kept")
		require.Equal(t, tea, got)
		require.NoError(t, newCart.Keep(ctx, cartV1{[]string{"tea", "milk"}}), "twice in one turn")
	})
	require.Equal(t, `{"$v":1,"d":{"Items":["tea","milk"]}}`, s.stored())
	outside, err := s.Store.Session(t.Context(), "1", "42", "cart")
	require.NoError(t, err)
	decoded, found, err := newCart.Decode(outside)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, cartV1{[]string{"tea", "milk"}}, decoded)

	s.commit(func(ctx context.Context) {
		require.NoError(t, newCart.Drop(ctx))
		_, found, err := newCart.Load(ctx)
		require.NoError(t, err)
		require.False(t, found, "what the turn has dropped")
		require.NoError(t, newCart.Drop(ctx), "of none")
	})
	require.Empty(t, s.stored())
}

// The life counts from each Keep, by the store's clock.
func TestSessionOfExpires(t *testing.T) {
	t.Parallel()
	s := newSessions(t)
	keep := func(ctx context.Context) { require.NoError(t, newCart.Keep(ctx, cartV1{})) }
	s.commit(keep)
	s.ahead.Add(int64(time.Hour - time.Microsecond))
	s.commit(keep)
	s.ahead.Add(int64(time.Hour - time.Microsecond))
	require.NotEmpty(t, s.stored())
	late := s.run(keep)
	s.ahead.Add(int64(time.Microsecond))
	require.Empty(t, s.stored())
	require.ErrorIs(t, s.Apply(t.Context(), late...), store.ErrConflict, "it expired during the turn: the retry begins anew")
	s.commit(keep)

	s.commit(func(ctx context.Context) { require.NoError(t, oldCart.Drop(ctx)) })
	s.commit(func(ctx context.Context) { require.NoError(t, oldCart.Keep(ctx, cartV0{})) })
	s.ahead.Add(int64(10 * 366 * 24 * time.Hour))
	require.NotEmpty(t, s.stored(), "no Life is no limit")
}

// A turn sees one version of a session. What it keeps follows from that one, or conflicts.
func TestSessionOfIsReadOnce(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]func(ctx context.Context) error{
		"SessionOf":   func(ctx context.Context) error { return newCart.Keep(ctx, cartV1{}) },
		"KeepSession": func(ctx context.Context) error { return store.KeepSession(ctx, "cart", 1, 0) },
	} {
		for _, before := range []string{"", `{"Item":"tea"}`} {
			s := newSessions(t)
			if before != "" {
				s.put(before)
			}
			version := int64(min(len(before), 1))
			writes := s.run(func(ctx context.Context) {
				first, found, err := newCart.Load(ctx)
				require.NoError(t, err)
				require.Equal(t, before != "", found)
				require.NoError(t, s.Apply(t.Context(), store.SaveSession{
					PageID: "1", PSID: "42", Name: "cart", Data: []byte(`{"Item":"milk"}`), Version: version,
				}))
				again, _, err := newCart.Load(ctx)
				require.NoError(t, err)
				require.Equal(t, first, again, "two loads agree")
				require.NoError(t, keep(ctx))
			})
			var conflict *store.ConflictError
			require.ErrorAs(t, s.Apply(t.Context(), writes...), &conflict, name)
			require.Equal(t, `{"Item":"milk"}`, s.stored(), "the change of the other one is not lost")
			require.EqualValues(t, 1, s.reads.Load(), "the store is asked once")
		}
	}
}

// What a caller does to the data of a session stays with the caller.
func TestSessionFromIsACopy(t *testing.T) {
	t.Parallel()
	s := newSessions(t)
	s.put(`{"Item":"tea"}`)
	s.run(func(ctx context.Context) {
		first, err := store.SessionFrom(ctx, "cart")
		require.NoError(t, err)
		clear(first.Data)
		again, err := store.SessionFrom(ctx, "cart")
		require.NoError(t, err)
		require.JSONEq(t, `{"Item":"tea"}`, string(again.Data))
	})
}

// After a deployment the data of the version before is read, also what KeepSession kept.
func TestSessionOfUpgrades(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	upgrade := func(err error) func(int, []byte) (cartV1, error) {
		return func(int, []byte) (cartV1, error) { return cartV1{[]string{"half"}}, err }
	}
	for name, test := range map[string]struct {
		stored string
		cart   store.SessionOf[cartV1]
		want   []string
		err    error
	}{
		"of KeepSession":      {`{"Item":"tea"}`, newCart, []string{"tea"}, nil},
		"of the version":      {`{"$v":1,"d":{"Items":["tea"]}}`, newCart, []string{"tea"}, nil},
		"formatted anew":      {" {\n\"d\": {\"Items\": [\"tea\"]}, \"$v\": 1\n}", newCart, []string{"tea"}, nil},
		"of a version before": {`{"$v":1,"d":{"Items":["tea"]}}`, store.SessionOf[cartV1]{Name: "cart", Version: 2, Upgrade: upgrade(nil)}, []string{"half"}, nil},
		"without an Upgrade":  {`{"Item":"tea"}`, store.SessionOf[cartV1]{Name: "cart", Version: 1}, nil, nil},
		"not worth keeping":   {`{"Item":"tea"}`, store.SessionOf[cartV1]{Name: "cart", Version: 1, Upgrade: upgrade(store.ErrNotFound)}, nil, nil},
		"that fails":          {`{"Item":"tea"}`, store.SessionOf[cartV1]{Name: "cart", Version: 1, Upgrade: upgrade(refused)}, nil, refused},
	} {
		s := newSessions(t)
		s.put(test.stored)
		s.commit(func(ctx context.Context) {
			got, found, err := test.cart.Load(ctx)
			require.ErrorIs(t, err, test.err, name)
			require.Equal(t, test.want != nil, found, name)
			require.Equal(t, test.want, got.Items, name)
		})
		require.Equal(t, test.stored, s.stored(), "reading changes nothing")
		s.commit(func(ctx context.Context) { require.NoError(t, test.cart.Keep(ctx, cartV1{})) })
		require.Contains(t, s.stored(), `"d":{"Items":null}`, name)
	}
}

// A replica of the version before, in a rolling deployment, neither misreads nor overwrites the newer data.
func TestSessionOfANewerVersion(t *testing.T) {
	t.Parallel()
	s := newSessions(t)
	s.commit(func(ctx context.Context) { require.NoError(t, newCart.Keep(ctx, cartV1{[]string{"tea"}})) })
	before := s.stored()
	for name, do := range map[string]func(ctx context.Context) error{
		"Load":        func(ctx context.Context) error { _, _, err := oldCart.Load(ctx); return err },
		"Keep":        func(ctx context.Context) error { return oldCart.Keep(ctx, cartV0{}) },
		"LoadSession": func(ctx context.Context) error { _, err := store.LoadSession(ctx, "cart", &cartV0{}); return err },
		"KeepSession": func(ctx context.Context) error { return store.KeepSession(ctx, "cart", cartV0{}, 0) },
	} {
		s.commit(func(ctx context.Context) {
			err := do(ctx)
			var newer *store.SessionVersionError
			require.ErrorAs(t, err, &newer, name)
			require.Equal(t, store.SessionVersionError{Name: "cart", Stored: 1}, *newer)
			require.False(t, permanent(err), "the retry may be on a newer replica")
		})
		require.Equal(t, before, s.stored(), name)
	}
	s.commit(func(ctx context.Context) {
		require.NoError(t, oldCart.Drop(ctx), "what is given up is given up by name")
	})
	require.Empty(t, s.stored())
}

// What does not decode is an error that no retry mends, until it is replaced or dropped.
func TestSessionOfCorruptData(t *testing.T) {
	t.Parallel()
	current := store.SessionOf[cartV1]{Name: "cart", Version: 1}
	plain := store.SessionOf[cartV1]{Name: "cart"}
	for _, test := range []struct {
		stored string
		cart   store.SessionOf[cartV1]
	}{
		{``, plain}, {`{`, plain}, {"\x00\xff", plain}, {`[1]`, plain}, {`{"$v":`, plain}, {`{"Items":["a"]} {}`, plain},
		{`{"$v":0,"d":[]}`, plain}, {`{"$v":1,"d":[]}`, current}, {`{"$v":1,"d":{"Items":7}}`, current},
	} {
		s := newSessions(t)
		s.put(test.stored)
		s.commit(func(ctx context.Context) {
			_, found, err := test.cart.Load(ctx)
			var broken *store.SessionError
			require.ErrorAs(t, err, &broken, test.stored)
			require.False(t, found)
			require.Equal(t, "cart", broken.Name)
			require.True(t, permanent(err))
			require.NoError(t, test.cart.Keep(ctx, cartV1{[]string{"tea"}}))
			got, _, err := test.cart.Load(ctx)
			require.NoError(t, err)
			require.Equal(t, []string{"tea"}, got.Items)
		})
	}
}

func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// Plain data that looks like a version of its own comes back as it was.
func TestSessionOfDataThatLooksVersioned(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`{"$v":3,"d":1}`, `{"$v":0,"d":null}`, `{"$v":-1,"d":1}`, `{"$v":1}`, `{"$v":1,"d":1,"e":1}`, `"$v"`, `null`} {
		plain := store.SessionOf[json.RawMessage]{Name: "cart"}
		for _, version := range []int{0, 2} {
			plain.Version = version
			s := newSessions(t)
			s.commit(func(ctx context.Context) { require.NoError(t, plain.Keep(ctx, json.RawMessage(value))) })
			s.commit(func(ctx context.Context) {
				got, found, err := plain.Load(ctx)
				require.NoError(t, err)
				require.True(t, found)
				require.Equal(t, value, string(got))
			})
		}
	}
}

// A value that cannot be kept fails its route, not the commit, and nothing of it is queued.
func TestSessionOfRefusesWhatCannotBeKept(t *testing.T) {
	t.Parallel()
	s := newSessions(t)
	writes := s.run(func(ctx context.Context) {
		text := store.SessionOf[string]{Name: "cart"}
		largest := strings.Repeat("a", store.MaxSession-len(`""`))
		for name, err := range map[string]error{
			"too large":        text.Keep(ctx, largest+"a"),
			"KeepSession":      store.KeepSession(ctx, "cart", largest+"a", 0),
			"no name":          store.SessionOf[int]{}.Keep(ctx, 1),
			"negative version": store.SessionOf[int]{Name: "cart", Version: -1}.Keep(ctx, 1),
			"no JSON":          store.SessionOf[float64]{Name: "cart"}.Keep(ctx, math.NaN()),
		} {
			var refused *store.SessionError
			require.ErrorAs(t, err, &refused, name)
			require.True(t, permanent(err), name)
			require.NotContains(t, err.Error(), "aaa")
		}
		_, found, err := text.Load(ctx)
		require.NoError(t, err)
		require.False(t, found)
		require.NoError(t, text.Keep(ctx, largest))
	})
	require.Len(t, writes, 1)
	require.NoError(t, s.Apply(t.Context(), writes...))
	require.Error(t, s.Apply(t.Context(), store.SaveSession{PageID: "1", PSID: "7", Name: "cart", Data: make([]byte, store.MaxSession+1)}))

	_, _, err := newCart.Load(t.Context())
	require.ErrorIs(t, err, store.ErrNoTurn)
	require.ErrorIs(t, newCart.Keep(t.Context(), cartV1{}), store.ErrNoTurn)
	require.ErrorIs(t, newCart.Drop(t.Context()), store.ErrNoTurn)
	set := store.NewTurn(s, someone).Begin("route")
	over := set.Context(t.Context())
	set.End()
	require.ErrorIs(t, newCart.Keep(over, cartV1{}), store.ErrTurnOver)
	require.ErrorIs(t, newCart.Drop(over), store.ErrTurnOver)
}

// away is a store that cannot be read the first time.
type away struct {
	*sessions
	failed atomic.Bool
}

func (a *away) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	if !a.failed.Swap(true) {
		return store.Session{}, context.DeadlineExceeded
	}
	return a.sessions.Session(ctx, pageID, psid, name)
}

// A store that is away is an error, not an empty session, and is asked again.
func TestSessionOfWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	s := newSessions(t)
	s.put(`{"Item":"tea"}`)
	ctx := store.NewTurn(&away{sessions: s}, someone).Begin("route").Context(t.Context())
	_, _, err := newCart.Load(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	got, found, err := newCart.Load(ctx)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, []string{"tea"}, got.Items)
}
