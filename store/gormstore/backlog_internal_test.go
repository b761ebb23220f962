package gormstore

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

var errCount = errors.New("cannot count")

// fakeSnapshot calls functions of a test.
type fakeSnapshot struct {
	taken   func(n int) error
	counted func(ctx context.Context) (map[string]int, error)

	n, closed int
}

func (s *fakeSnapshot) open(context.Context) (snapshot, error) { return s, nil }
func (s *fakeSnapshot) close()                                 { s.closed++ }

func (s *fakeSnapshot) take(context.Context) error {
	s.n++
	if s.taken == nil {
		return nil
	}
	return s.taken(s.n)
}

func (s *fakeSnapshot) count(ctx context.Context) (map[string]int, error) { return s.counted(ctx) }

// commit is a transaction of this process.
func commit(b *backlog, delta map[string]int) {
	b.begin()
	b.end(delta)
}

// A count that takes long, as when handlers have all connections, delays no transaction.
func TestACountDelaysNoTransaction(t *testing.T) {
	t.Parallel()
	for name, delays := range map[string]func(s *fakeSnapshot, wait func(context.Context) error) func(context.Context) (snapshot, error){
		"without a connection": func(s *fakeSnapshot, wait func(context.Context) error) func(context.Context) (snapshot, error) {
			return func(ctx context.Context) (snapshot, error) { return s, wait(ctx) }
		},
		"that does not begin": func(s *fakeSnapshot, wait func(context.Context) error) func(context.Context) (snapshot, error) {
			s.taken = func(int) error { return wait(context.Background()) }
			return s.open
		},
		"that does not end": func(s *fakeSnapshot, wait func(context.Context) error) func(context.Context) (snapshot, error) {
			s.counted = func(ctx context.Context) (map[string]int, error) { return map[string]int{"page": 4}, wait(ctx) }
			return s.open
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun, over := make(chan struct{}), make(chan struct{})
				wait := func(context.Context) error {
					begun <- struct{}{}
					<-over
					return errCount
				}
				f := &fakeDatabase{}
				w := f.writer(t, database.Database{})
				w.backlog.open = delays(&fakeSnapshot{}, wait)
				w.backlog.doubt()
				require.NoError(t, w.do(t.Context(), putTo(t, "page")))
				<-begun
				for range 3 {
					require.NoError(t, w.do(t.Context(), putTo(t, "page")))
				}
				require.Equal(t, 4, w.backlog.waiting("page"))
				close(over)
			})
		})
	}
}

func TestCountsBesideTransactions(t *testing.T) {
	t.Parallel()
	counts := map[string]int{"a": 2, "b": 1}
	for name, test := range map[string]struct {
		shared bool
		// play goes on while the snapshot is counted, and taking while it is taken.
		play   func(b *backlog)
		taking func(b *backlog, n int)
		taken  int // snapshots
		want   map[string]int
		// again is how long it is to the next count; 0 is never.
		again time.Duration
	}{
		"of a database of one process only if it is in doubt": {taken: 1, want: counts},
		"of a shared database every second":                   {shared: true, taken: 1, want: counts, again: time.Second},
		"that take long are rare": {
			shared: true, play: func(*backlog) { time.Sleep(time.Minute) }, taken: 1, want: counts, again: 100 * time.Minute,
		},
		"add what has committed since": {
			play: func(b *backlog) {
				commit(b, map[string]int{"a": 1, "b": -1})
				commit(b, map[string]int{"a": 1, "c": 1})
			},
			taken: 1, want: map[string]int{"a": 4, "c": 1},
		},
		"take another snapshot if a transaction has committed meanwhile": {
			taking: func(b *backlog, n int) {
				if n <= 3 {
					commit(b, map[string]int{"a": 1})
				}
			},
			taken: 4, want: counts,
		},
		"take another snapshot if a transaction has begun to commit": {
			taking: func(b *backlog, n int) {
				if n == 1 {
					b.begin()
					time.AfterFunc(time.Millisecond, func() { b.end(map[string]int{"a": 1}) })
				}
			},
			taken: 2, want: counts,
		},
		"that are not exact are repeated": {
			taking: func(b *backlog, _ int) { commit(b, map[string]int{"a": 1}) }, taken: snapshots, want: counts, again: time.Second,
		},
		"wait for a transaction that commits, but not for long, and are soon repeated": {
			taking: func(b *backlog, n int) {
				if n == 1 {
					b.begin()
				}
			},
			shared: true, taken: snapshots, want: counts, again: time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &fakeSnapshot{}
				b := newBacklog(s.open, test.shared)
				s.taken = func(n int) error {
					if test.taking != nil {
						test.taking(b, n)
					}
					return nil
				}
				s.counted = func(context.Context) (map[string]int, error) {
					if test.play != nil {
						test.play(b)
					}
					return map[string]int{"a": 2, "b": 1}, nil
				}
				require.NoError(t, b.count(t.Context()))
				require.Equal(t, test.taken, s.n)
				require.Equal(t, 1, s.closed)
				require.Equal(t, test.want, b.pages)
				require.Nil(t, b.refresh())
				if test.again == 0 {
					time.Sleep(24 * time.Hour)
					require.Nil(t, b.refresh())
					return
				}
				time.Sleep(test.again - time.Nanosecond)
				require.Nil(t, b.refresh())
				time.Sleep(time.Nanosecond)
				require.NotNil(t, b.refresh())
				require.Nil(t, b.refresh(), "it runs")
			})
		})
	}
}

// A count that fails leaves the numbers as they are, and another follows.
func TestACountThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSnapshot{}
		b := newBacklog(s.open, false)
		s.counted = func(context.Context) (map[string]int, error) {
			commit(b, map[string]int{"a": 1})
			return nil, errCount
		}
		commit(b, map[string]int{"a": 1})
		b.doubt()
		count := b.refresh()
		require.NotNil(t, count)
		require.ErrorIs(t, count(t.Context()), errCount)
		require.Equal(t, map[string]int{"a": 2}, b.pages)
		require.Nil(t, b.refresh(), "not immediately")
		time.Sleep(time.Second)
		require.NotNil(t, b.refresh())
	})
}

// A Put that is refused while a count runs waits for its end; others do not.
func TestWaitsForACount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSnapshot{counted: func(context.Context) (map[string]int, error) {
			time.Sleep(time.Second)
			return map[string]int{}, nil
		}}
		b := newBacklog(s.open, true)
		before := b.counted()
		require.False(t, b.recounted(t.Context(), before), "none runs")
		count := b.refresh()
		go func() { _ = count(context.Background()) }()
		began := time.Now()
		brief, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.False(t, b.recounted(brief, before))
		require.True(t, b.recounted(t.Context(), before))
		require.Equal(t, time.Second, time.Since(began))
		require.True(t, b.recounted(t.Context(), before), "it has ended meanwhile")
		require.False(t, b.recounted(t.Context(), b.counted()))
	})
}

// A Put that an old count refuses waits for the count that runs, and is refused by the new one only.
func TestARefusalIsChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		counted map[string]int
		refused bool
	}{
		"others have made room":       {counted: map[string]int{}},
		"there is no room":            {counted: map[string]int{"page": 3}, refused: true},
		"the count has failed":        {refused: true},
		"others have filled the page": {counted: map[string]int{"page": 30}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				counting := make(chan struct{})
				s := &fakeSnapshot{counted: func(context.Context) (map[string]int, error) {
					<-counting
					if test.counted == nil {
						return nil, errCount
					}
					return test.counted, nil
				}}
				f := &fakeDatabase{}
				w := f.writer(t, database.Database{})
				w.machine.Bound = 3
				w.backlog.open = s.open
				w.backlog.pages = map[string]int{"page": 3}
				w.backlog.doubt()
				st := &Store{writer: w, operations: queue.NewOperations(w.do, api, nil)}
				var err error
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					err = st.Put(context.Background(), store.Event{Conversation: store.Conversation{PageID: "page", PSID: "p"}, Key: "k"})
				}()
				synctest.Wait()
				select {
				case <-ended:
					t.Fatal("it was refused by the old count: ", err)
				default:
				}
				close(counting)
				<-ended
				var full *store.BacklogError
				require.Equal(t, test.refused, errors.As(err, &full), err)
			})
		})
	}
}

// No count outlives its store.
func TestACountEndsWithItsStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun, over := make(chan struct{}), false
		s := &fakeSnapshot{counted: func(ctx context.Context) (map[string]int, error) {
			close(begun)
			<-ctx.Done()
			time.Sleep(time.Second) // a driver that takes its time
			over = true
			return nil, ctx.Err()
		}}
		f := &fakeDatabase{}
		w := newWriter(&database.Database{Connect: func(context.Context) (database.Conn, error) { return &fakeConn{f: f}, nil }},
			nil, newConfig(nil), func() {})
		w.backlog.open = s.open
		w.backlog.doubt()
		w.start()
		require.NoError(t, w.do(t.Context(), putTo(t, "page")))
		<-begun
		w.close()
		require.True(t, over)
	})
}
