package engine_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/sqlite"
)

// outage is a store that cannot be reached until a time.
type outage struct {
	store.Store
	store.Replicas

	until atomic.Pointer[time.Time]
	// readable says that claims and reads work meanwhile.
	readable bool
	// loses, if it is not 0, is how long the store is away after it has taken the next commit,
	// whose answer is lost.
	loses atomic.Int64
}

func newOutage(t *testing.T, st store.Store) *outage {
	t.Helper()
	return &outage{Store: st, Replicas: bubble.As[store.Replicas](t, st)}
}

var errStoreAway = errors.New("the store is away")

func (o *outage) Unwrap() store.Store { return o.Store }

// begin makes the store go away for a time.
func (o *outage) begin(d time.Duration) {
	until := time.Now().Add(d)
	o.until.Store(&until)
}

func (o *outage) err() error {
	if until := o.until.Load(); until != nil && time.Now().Before(*until) {
		return errStoreAway
	}
	return nil
}

func (o *outage) Put(ctx context.Context, events ...store.Event) error {
	return skipped(o.err(), func() error { return o.Store.Put(ctx, events...) })
}

func (o *outage) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if err := o.err(); err != nil && !o.readable {
		return nil, err
	}
	return o.Store.Claim(ctx, claim)
}

func (o *outage) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Renew(ctx, ttl, leases...)
}

func (o *outage) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	due, err := o.Store.Commit(ctx, out)
	if d := time.Duration(o.loses.Swap(0)); err == nil && d > 0 {
		o.begin(d)
		return nil, errStoreAway
	}
	return due, err
}

func (o *outage) Apply(ctx context.Context, writes ...store.Write) error {
	return skipped(o.err(), func() error { return o.Store.Apply(ctx, writes...) })
}

func (o *outage) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if err := o.err(); err != nil {
		return store.Person{}, err
	}
	return o.Store.Person(ctx, pageID, psid)
}

func (o *outage) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Sent(ctx, pageID, psid, limit)
}

func (o *outage) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Replicas.Heartbeat(ctx, replica)
}

func (o *outage) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	if err := o.err(); err != nil {
		return time.Time{}, err
	}
	return o.Replicas.EchoedAt(ctx, pageID)
}

// skipped returns an error, or else what the function returns.
func skipped(err error, run func() error) error {
	if err != nil {
		return err
	}
	return run()
}

// once calls a function after the first message with a text was delivered.
func once(text string, call func()) sending.Middleware {
	var called atomic.Bool
	return func(next sending.DeliverFunc) sending.DeliverFunc {
		return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			result, err := next(ctx, d)
			if err == nil && d.Message.Text == text && called.CompareAndSwap(false, true) {
				call()
			}
			return result, err
		}
	}
}

// TestConfirmedMessageOutlivesAnOutageOfTheStore: what the platform has confirmed is kept until the
// store is back, however long that takes. Nothing is sent twice, and nothing counts as failed.
func TestConfirmedMessageOutlivesAnOutageOfTheStore(t *testing.T) {
	t.Parallel()
	for _, away := range []time.Duration{5 * time.Second, 20 * time.Second, 10 * time.Minute} {
		for _, c := range []struct {
			atMostOnce bool
			replicas   int
			// longer is for how much longer the store is away for the replica that has sent.
			longer time.Duration
			sqlite bool
		}{
			{replicas: 1}, {replicas: 2}, {replicas: 2, longer: 3 * time.Second},
			{atMostOnce: true, replicas: 1}, {atMostOnce: true, replicas: 2}, {atMostOnce: true, replicas: 2, longer: 3 * time.Second},
			{replicas: 1, sqlite: true}, {atMostOnce: true, replicas: 1, sqlite: true},
		} {
			t.Run(fmt.Sprintf("%v/%+v", away, c), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var st store.Store = memory.New(memory.Config{})
					if c.sqlite {
						file, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
						require.NoError(t, err)
						defer func() { require.NoError(t, file.Close()) }()
						st = file
					}
					var stores []*outage
					for range c.replicas {
						stores = append(stores, newOutage(t, st))
					}
					var failed atomic.Int32
					begin := func(sender int) {
						for i, o := range stores {
							if i == sender {
								o.begin(away + c.longer)
							} else {
								o.begin(away)
							}
						}
					}
					cfg := func(i int) config {
						return config{
							Policy: texts(three), AtMostOnce: c.atMostOnce, Store: stores[i],
							SendMiddleware: []sending.Middleware{once("1", func() { begin(i) })},
							OnSendFailed:   func(context.Context, sending.Failure) { failed.Add(1) },
						}
					}
					w := newWorld(t, simulator.Config{}, cfg(0))
					stops := []func(){w.Stop}
					for i := 1; i < c.replicas; i++ {
						w.cfg, w.Store = cfg(i), stores[i]
						w.start()
						stops = append(stops, w.Stop)
					}
					w.Says(ada, "go")
					after(away + c.longer - time.Second)
					require.Equal(t, []string{"1"}, w.Texts(ada))
					after(time.Minute)
					require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
					require.Equal(t, []store.SentOutcome{"sent", "sent", "sent"}, outcomes(t, st, ada))
					require.Zero(t, failed.Load())
					require.NoError(t, w.Close())
					for _, stop := range stops {
						stop()
					}
				})
			})
		}
	}
}

// TestKnownOutcomesOutliveAnOutageOfTheStore: not only what was confirmed is known, but also what
// the platform has refused for a time, and that a message was started and not sent. With AtMostOnce
// none of it counts as unknown.
func TestKnownOutcomesOutliveAnOutageOfTheStore(t *testing.T) {
	t.Parallel()
	const away = 20 * time.Second // longer than a lease
	for name, c := range map[string]struct {
		readable bool
		// begin starts the outage, before the first request or after the first delivery.
		begin, delivered func(w *world, o *outage)
		outcomes         []store.SentOutcome
	}{
		"a throttled message": {
			begin: func(w *world, o *outage) {
				w.Fault(simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}})
				o.begin(away)
			},
			outcomes: []store.SentOutcome{"retry", "sent", "sent", "sent"},
		},
		"a throttled message, while conversations can be claimed": {
			readable: true,
			begin: func(w *world, o *outage) {
				w.Fault(simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}})
				o.begin(away)
			},
			outcomes: []store.SentOutcome{"retry", "sent", "sent", "sent"},
		},
		"a delivered message, while conversations can be claimed": {
			readable:  true,
			delivered: func(_ *world, o *outage) { o.begin(away) },
			outcomes:  []store.SentOutcome{"sent", "sent", "sent"},
		},
		"a message that was started and not sent": {
			delivered: func(_ *world, o *outage) { o.loses.Store(int64(away)) },
			outcomes:  []store.SentOutcome{"sent", "sent", "sent"},
		},
	} {
		for _, atMostOnce := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/at most once %v", name, atMostOnce), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					o := newOutage(t, memory.New(memory.Config{}))
					o.readable = c.readable
					var w *world
					var begun atomic.Bool
					before := func(next sending.DeliverFunc) sending.DeliverFunc {
						return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
							if c.begin != nil && begun.CompareAndSwap(false, true) {
								c.begin(w, o)
							}
							return next(ctx, d)
						}
					}
					after1 := once("1", func() {
						if c.delivered != nil {
							c.delivered(w, o)
						}
					})
					var failed atomic.Int32
					w = newWorld(t, simulator.Config{}, config{
						Policy: texts(three), AtMostOnce: atMostOnce, Store: o, SendMiddleware: []sending.Middleware{before, after1},
						OnSendFailed: func(context.Context, sending.Failure) { failed.Add(1) },
					})
					w.Says(ada, "go")
					after(5 * time.Minute)
					require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
					require.Equal(t, c.outcomes, outcomes(t, o, ada))
					require.Zero(t, failed.Load())
					require.NoError(t, w.Close())
					w.Stop()
				})
			})
		}
	}
}

// TestShutdownSavesWhatIsKnown: a bot that stops during an outage waits for the store within its
// grace period. What it cannot save then is unknown, as after a crash.
func TestShutdownSavesWhatIsKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		away       time.Duration
		atMostOnce bool
		want       []string
		failed     int32
	}{
		"the store is back in time":               {away: 18 * time.Second, want: []string{"1", "2", "3"}},
		"the store is back in time, at most once": {away: 18 * time.Second, atMostOnce: true, want: []string{"1", "2", "3"}},
		"the store stays away":                    {away: time.Hour, want: []string{"1", "1", "2", "3"}},
		"the store stays away, and at most once":  {away: time.Hour, atMostOnce: true, want: []string{"1", "2", "3"}, failed: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutage(t, memory.New(memory.Config{}))
			var failed atomic.Int32
			cfg := config{
				Policy: texts(three), AtMostOnce: c.atMostOnce, Store: o, GracePeriod: 20 * time.Second,
				SendMiddleware: []sending.Middleware{once("1", func() { o.begin(c.away) })},
				OnSendFailed:   func(context.Context, sending.Failure) { failed.Add(1) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "go")
				after(time.Second)
				begun := time.Now()
				w.Stop()
				require.LessOrEqual(t, time.Since(begun), 25*time.Second)
				require.Equal(t, []string{"1"}, w.Texts(ada))
				after(c.away)
				w.start()
				after(time.Minute)
				require.Equal(t, c.want, w.Texts(ada))
				require.Equal(t, c.failed, failed.Load())
			})
		})
	}
}

// TestRecordThatTheStoreRefusesDoublesNothing: a record is worth less than the result that it
// belongs to.
func TestRecordThatTheStoreRefusesDoublesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: texts(three), Store: &noRecords{Store: memory.New(memory.Config{})}}, func(w *world) {
		w.Says(ada, "go")
		after(10 * time.Minute)
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
		require.Empty(t, outcomes(t, w.Store, ada))
	})
}

// noRecords is a store that refuses the records of sent messages.
type noRecords struct{ store.Store }

func (n *noRecords) Unwrap() store.Store { return n.Store }

func (n *noRecords) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	for _, w := range out.Writes {
		if _, ok := w.(store.SaveSent); ok {
			return nil, errStoreAway
		}
	}
	return n.Store.Commit(ctx, out)
}

// TestRecordOfADirectMessageOutlivesAnOutage: a typing indicator is sent past the outbox; its
// record waits for the store.
func TestRecordOfADirectMessageOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	o := newOutage(t, memory.New(memory.Config{}))
	var took time.Duration
	policy := texts(route("typing", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		o.begin(5 * time.Second)
		begun := time.Now()
		defer func() { took = time.Since(begun) }()
		return reply.Now(ctx, sending.TypingOn)
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy, Store: o}, func(w *world) {
		w.Says(ada, "go")
		after(time.Minute)
		require.Len(t, w.Actions(ada), 1)
		require.Equal(t, []store.SentOutcome{"sent"}, outcomes(t, w.Store, ada))
		require.Less(t, took, time.Second, "the handler does not wait for the store")
	})
}

// TestPersonIsReadAnewAfterALostAnswer: the store has taken the turn of a person who was
// unavailable and wrote again, and its answer is lost. What is sent after that must not go by what
// was known before.
func TestPersonIsReadAnewAfterALostAnswer(t *testing.T) {
	t.Parallel()
	o := newOutage(t, memory.New(memory.Config{}))
	inBubble(t, simulator.Config{}, config{Policy: texts(three), Store: o}, func(w *world) {
		require.NoError(t, w.Block(ada))
		w.Says(ada, "go")
		after(time.Second)
		require.False(t, w.Person(ada).UnavailableSince.IsZero())
		require.NoError(t, w.Unblock(ada))
		o.loses.Store(int64(time.Millisecond))
		w.Says(ada, "go")
		after(time.Minute)
		require.Zero(t, o.loses.Load(), "an answer was lost")
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
	})
}

// flaky is a store that is away now and then.
type flaky struct {
	store.Store
	down atomic.Bool
}

func (f *flaky) Unwrap() store.Store { return f.Store }

var errAway = errors.New("connection refused")

func (f *flaky) Claim(ctx context.Context, c store.Claim) ([]store.Lease, error) {
	if f.down.Load() {
		return nil, errAway
	}
	return f.Store.Claim(ctx, c)
}

func (f *flaky) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if f.down.Load() {
		return nil, errAway
	}
	return f.Store.Commit(ctx, out)
}

func TestStoreThatGoesAwayAndComesBackCostsNothing(t *testing.T) {
	t.Parallel()
	st := &flaky{Store: memory.New(memory.Config{})}
	var runs atomic.Int32
	policy := texts(route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) == 1 {
			st.down.Store(true) // before the commit
		}
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(w *world) {
		w.Says(ada, "one")
		after(10 * time.Second)
		require.Empty(t, w.Texts(ada))
		st.down.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"you said one"}, w.Texts(ada))
		require.EqualValues(t, 1, runs.Load(), "the commit was tried again, not the handler")

		st.down.Store(true)
		w.Says(ada, "two")
		after(time.Hour)
		st.down.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
		stats := w.engine.Counts()
		require.Zero(t, w.queue().Dead+int(stats.Retried))
	})
}
