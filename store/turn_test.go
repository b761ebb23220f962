package store_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var someone = store.Person{PageID: "1", PSID: "42", ThumbUps: 3}

func thumb() store.Write { return store.AddThumbUp{PageID: "1", PSID: "42"} }

func TestPersonShowsWhatTheTurnHasQueued(t *testing.T) {
	t.Parallel()
	turn := store.NewTurn(nil, someone)
	first := turn.Begin("profile")
	ctx := first.Context(t.Context())
	at := time.Now()
	require.NoError(t, store.Queue(ctx, store.SaveProfile{PageID: "1", PSID: "42", At: at, Profile: store.Profile{FirstName: "Ada"}}))
	first.End()

	second := turn.Begin("thumb")
	ctx = second.Context(t.Context())
	require.Equal(t, "Ada", store.PersonFrom(ctx).Profile.FirstName, "a route sees what one before it has queued")
	require.NoError(t, store.Queue(ctx, thumb(), thumb()))
	require.Equal(t, 5, store.PersonFrom(ctx).ThumbUps)
	require.NoError(t, store.Queue(ctx, store.AddThumbUp{PageID: "1", PSID: "another"}))
	require.Equal(t, 5, store.PersonFrom(ctx).ThumbUps)

	second.Discard()
	require.Equal(t, 3, turn.Person().ThumbUps, "a route that failed leaves no trace")
	require.Equal(t, "Ada", turn.Person().Profile.FirstName)
}

func TestPersonApply(t *testing.T) {
	t.Parallel()
	at := time.Now()
	known := store.Person{
		PageID: "1", PSID: "42", Profile: store.Profile{FirstName: "Ada"}, ProfileAt: at, LastAct: at, UnavailableSince: at,
	}
	after := func(w store.Write) store.Person {
		turn := store.NewTurn(nil, known)
		require.NoError(t, store.Queue(turn.Begin("").Context(t.Context()), w))
		changed := known
		changed.Apply(w)
		require.Equal(t, changed, turn.Person(), "a turn shows what the commit will store")
		return changed
	}
	later, earlier := at.Add(time.Hour), at.Add(-time.Hour)
	require.Equal(t, later, after(store.TouchPerson{PageID: "1", PSID: "42", At: later}).LastAct)
	require.Equal(t, at, after(store.TouchPerson{PageID: "1", PSID: "42", At: earlier}).LastAct, "the last act never goes back")
	require.Zero(t, after(store.TouchPerson{PageID: "1", PSID: "42", At: earlier}).UnavailableSince)
	require.Equal(t, later, after(store.MarkUnavailable{PageID: "1", PSID: "42", At: later}).UnavailableSince)
	refused := after(store.SaveProfile{PageID: "1", PSID: "42", At: later, Refused: true})
	require.True(t, refused.ProfileRefused)
	require.Equal(t, "Ada", refused.Profile.FirstName, "a refusal keeps what was known")
	old := after(store.SaveProfile{PageID: "1", PSID: "42", At: earlier, Profile: store.Profile{FirstName: "Old"}})
	require.Equal(t, "Ada", old.Profile.FirstName, "an older profile takes no effect")
	require.Equal(t, 1, after(store.AddThumbUp{PageID: "1", PSID: "42"}).ThumbUps)
	require.Equal(t, later, after(store.NoteHuman{PageID: "1", PSID: "42", At: later}).HumanAt)
	given := after(store.NoteThread{PageID: "1", PSID: "42", Owner: "app", Standby: true, At: at})
	require.Equal(t, []any{"app", at, true}, []any{given.ThreadOwner, given.ThreadAt, given.ThreadStandby})
	require.Equal(t, later, after(store.EndSilence{PageID: "1", PSID: "42", At: later}).ResumedAt)
	for _, w := range []store.Write{
		store.AddThumbUp{PageID: "2", PSID: "42"}, store.TouchPerson{PageID: "1", PSID: "4", At: later}, store.DeleteSession{PageID: "1", PSID: "42"},
	} {
		require.Equal(t, known, after(w), "it is about another person, or about none")
	}
}

// TestTruncateTimes: stores compare times as they keep them.
func TestTruncateTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 13, 0, 0, 1_999, time.FixedZone("", 3600))
	kept := time.Date(2026, 3, 1, 12, 0, 0, 1_000, time.UTC)
	for _, test := range [][2]store.Write{
		{store.SaveProfile{PSID: "42", At: at}, store.SaveProfile{PSID: "42", At: kept}},
		{store.TouchPerson{At: at}, store.TouchPerson{At: kept}},
		{store.MarkUnavailable{At: at}, store.MarkUnavailable{At: kept}},
		{store.NoteHuman{At: at}, store.NoteHuman{At: kept}},
		{store.NoteThread{At: at}, store.NoteThread{At: kept}},
		{store.EndSilence{At: at}, store.EndSilence{At: kept}},
		{store.AddLocation{Location: store.Location{At: at}}, store.AddLocation{Location: store.Location{At: kept}}},
		{store.SaveMessage{Received: store.Received{At: at}}, store.SaveMessage{Received: store.Received{At: kept}}},
		{store.SaveSent{Sent: store.Sent{At: at}}, store.SaveSent{Sent: store.Sent{At: kept}}},
		{store.SaveSession{Expires: at}, store.SaveSession{Expires: kept}},
		{store.SaveAttachment{Expires: at}, store.SaveAttachment{Expires: kept}},
		{store.AddThumbUp{PSID: "42"}, store.AddThumbUp{PSID: "42"}},
		{store.TouchPerson{}, store.TouchPerson{}},
	} {
		require.Equal(t, test[1], store.TruncateTimes(test[0]))
	}
}

func TestQueueOutsideOfATurn(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, store.Queue(t.Context(), thumb()), store.ErrNoTurn)
	require.Zero(t, store.PersonFrom(t.Context()))
	require.Nil(t, store.From(t.Context()))
	require.Equal(t, someone, store.PersonFrom(store.WithPerson(t.Context(), someone)))
}

func TestQueueAfterTheRouteIsOver(t *testing.T) {
	t.Parallel()
	turn := store.NewTurn(memory.New(memory.Config{}), someone)
	set := turn.Begin("route")
	ctx := set.Context(t.Context())
	require.NoError(t, store.Queue(ctx, thumb()))
	require.Equal(t, []store.Write{thumb()}, set.End())
	require.ErrorIs(t, store.Queue(ctx, thumb()), store.ErrTurnOver)
	require.Equal(t, []store.Write{thumb()}, set.End())
	require.NotNil(t, store.From(ctx))
}

// caller is a store that runs calls of one API.
type caller struct{ store.Reader }

func (caller) RunsCalls(api string) bool { return api == "sql" }

func TestCallsAreTakenOnlyByStoresThatRunThem(t *testing.T) {
	t.Parallel()
	call := store.Call{API: "sql", Run: func(any) error { return nil }}
	none := store.NewTurn(memory.New(memory.Config{}), someone).Begin("route")
	require.ErrorIs(t, store.Queue(none.Context(t.Context()), thumb(), call), errors.ErrUnsupported)
	require.Empty(t, none.End(), "all or none")

	sql := store.NewTurn(caller{memory.New(memory.Config{})}, someone).Begin("route")
	ctx := sql.Context(t.Context())
	require.NoError(t, store.Queue(ctx, call))
	require.ErrorIs(t, store.Queue(ctx, store.Call{API: "other"}), errors.ErrUnsupported)
	require.Error(t, store.Queue(ctx, nil))
	writes := sql.End()
	require.Len(t, writes, 1)
	require.Equal(t, "route", writes[0].(store.Call).Route, "the call knows its route, to fail it alone")
}

func TestTurnIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	turn := store.NewTurn(memory.New(memory.Config{}), store.Person{PageID: "1", PSID: "42"})
	set := turn.Begin("route")
	ctx := set.Context(t.Context())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				_ = store.Queue(ctx, thumb())
				_ = store.PersonFrom(ctx)
			}
		})
	}
	all.Wait()
	require.Equal(t, 800, turn.Person().ThumbUps)
}

func TestSessionsOfATurn(t *testing.T) {
	t.Parallel()
	type order struct{ Items []string }
	st := memory.New(memory.Config{})
	who := store.Person{PageID: "1", PSID: "42"}
	run := func(steps ...func(ctx context.Context)) []store.Write {
		turn := store.NewTurn(st, who)
		var writes []store.Write
		for _, step := range steps {
			set := turn.Begin("route")
			step(set.Context(t.Context()))
			writes = append(writes, set.End()...)
		}
		return writes
	}
	add := func(item string) func(context.Context) {
		return func(ctx context.Context) {
			var o order
			_, err := store.LoadSession(ctx, "order", &o)
			require.NoError(t, err)
			o.Items = append(o.Items, item)
			require.NoError(t, store.KeepSession(ctx, "order", o, time.Hour))
		}
	}
	has := func(want ...string) func(context.Context) {
		return func(ctx context.Context) {
			var o order
			found, err := store.LoadSession(ctx, "order", &o)
			require.NoError(t, err)
			require.Equal(t, want != nil, found)
			require.Equal(t, want, o.Items)
		}
	}
	require.NoError(t, st.Apply(t.Context(), run(has(), add("tea"), add("milk"), has("tea", "milk"))...),
		"two routes that keep the same session do not conflict")
	require.NoError(t, st.Apply(t.Context(), run(has("tea", "milk"), add("sugar"))...))
	stale := run(add("stale"))
	require.NoError(t, st.Apply(t.Context(), run(has("tea", "milk", "sugar"), func(ctx context.Context) {
		require.NoError(t, store.Queue(ctx, store.DeleteSession{PageID: "1", PSID: "42", Name: "order"}))
	}, has(), add("anew"), has("anew"))...))
	var conflict *store.ConflictError
	require.ErrorAs(t, st.Apply(t.Context(), stale...), &conflict)
	require.Equal(t, "order", conflict.Name)

	kept := run(func(ctx context.Context) {
		require.NoError(t, store.KeepSession(ctx, "cart", 1, time.Hour))
		s, err := store.SessionFrom(ctx, "cart")
		require.NoError(t, err)
		require.Zero(t, s.Expires, "the commit decides it")
		expires := time.Now().Add(time.Minute)
		require.NoError(t, store.Queue(ctx, store.SaveSession{PageID: "1", PSID: "42", Name: "cart", Version: 1, Expires: expires}))
		s, err = store.SessionFrom(ctx, "cart")
		require.NoError(t, err)
		require.Equal(t, expires, s.Expires)
		require.Equal(t, int64(2), s.Version)
		require.NoError(t, store.KeepSession(ctx, "cart", 1, -1), "without limit")
		both := store.SaveSession{PageID: "1", PSID: "42", Name: "cart", Version: 3, Life: time.Hour, Expires: expires}
		require.NoError(t, store.Queue(ctx, both))
		s, err = store.SessionFrom(ctx, "cart")
		require.NoError(t, err)
		require.Zero(t, s.Expires, "Expires does not count beside a Life")
	})
	require.Equal(t, []any{time.Hour, time.Duration(-1)}, []any{kept[0].(store.SaveSession).Life, kept[2].(store.SaveSession).Life})
	require.Zero(t, kept[0].(store.SaveSession).Expires, "the process's clock does not count")

	_, err := store.SessionFrom(t.Context(), "order")
	require.ErrorIs(t, err, store.ErrNoTurn)
	require.ErrorIs(t, store.KeepSession(t.Context(), "order", 1, 0), store.ErrNoTurn)
	run(func(ctx context.Context) {
		require.Error(t, store.KeepSession(ctx, "order", make(chan int), 0), "cannot be encoded")
		var wrong int
		_, err := store.LoadSession(ctx, "order", &wrong)
		require.ErrorContains(t, err, `session "order"`)
	})
}

func TestWritesAreValues(t *testing.T) {
	t.Parallel()
	set := store.NewTurn(memory.New(memory.Config{}), someone).Begin("route")
	ctx := set.Context(t.Context())
	var none *store.AddThumbUp
	for _, w := range []store.Write{&store.AddThumbUp{}, none, &store.Call{}, nil} {
		require.Error(t, store.Queue(ctx, w))
	}
	nowhere := store.AddLocation{Location: store.Location{Latitude: math.NaN()}}
	require.Error(t, store.Queue(ctx, nowhere), "what no store can keep fails its route, not the commit")
	require.Empty(t, set.End())
}

// A write whose times are in order already is returned as it is.
//
//nolint:paralleltest // the allocations of others would be counted
func TestTruncateTimesKeepsWhatIsInOrder(t *testing.T) {
	at := time.Date(2026, 11, 28, 6, 0, 0, 1000, time.UTC)
	for _, w := range []store.Write{
		store.SaveSent{Sent: store.Sent{At: at}}, store.TouchPerson{At: at}, store.SaveProfile{At: at}, store.SaveMessage{Received: store.Received{At: at}},
	} {
		require.Zero(t, testing.AllocsPerRun(100, func() { w = store.TruncateTimes(w) }), "%T", w)
	}
}
