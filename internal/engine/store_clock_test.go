package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

const day = 24 * time.Hour

// skewed is a bot whose process has the wrong time: the store's clock, and the platform's, differ
// from it.
type skewed struct {
	*world
	ahead *atomic.Int64
}

// now is the time by the store's and the platform's clock.
func (w skewed) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// pass lets time pass by the store's and the platform's clock, nearly none by the process's.
func (w skewed) pass(d time.Duration) {
	after(time.Second) // what is under way ends
	w.ahead.Add(int64(d - 3*time.Second))
	after(2 * time.Second) // the bot looks for work once a second
}

// eachSkew runs a test with a process whose clock is hours behind and hours ahead of the store's.
func eachSkew(t *testing.T, platform simulator.Config, cfg func() config, test func(w skewed)) {
	t.Helper()
	for _, ahead := range []time.Duration{-50 * time.Hour, -5 * time.Hour, 5 * time.Hour, 50 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			t.Parallel()
			w := skewed{ahead: new(atomic.Int64)}
			w.ahead.Store(int64(ahead))
			cfg := cfg()
			cfg.Store = memory.New(memory.Config{Now: w.now})
			platform := platform
			platform.Now = w.now
			inBubble(t, platform, cfg, func(inner *world) {
				w.world = inner
				test(w)
			})
		})
	}
}

// plain is a configuration that answers texts.
func plain() config { return config{Policy: texts(echo)} }

func TestWindowEndsByTheStoresClock(t *testing.T) {
	t.Parallel()
	eachSkew(t, simulator.Config{}, plain, func(w skewed) {
		w.Says(ada, "hi")
		w.pass(24*time.Hour - time.Minute)
		w.send(ada, sending.Text("just in time"))
		after(time.Second)
		require.Equal(t, []string{"you said hi", "just in time"}, w.Texts(ada))
		calls := len(w.Requests())
		w.pass(time.Minute)
		w.send(ada, sending.Text("too late"))
		after(time.Second)
		require.Len(t, w.Requests(), calls, "the bot refuses it without a call")
		sent, err := w.Store.Sent(t.Context(), pageID, ada, 1)
		require.NoError(t, err)
		require.Contains(t, sent[0].Error, graph.ErrOutsideWindow.Error())
	})
}

// The times that a bot writes are by the store's clock, whichever replica writes them.
func TestRecordsHaveTheStoresTime(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		cfg := config{Policy: byName}
		cfg.SendMiddleware = []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				d.Message.Text += " " + d.CreatedAt.UTC().Format(time.RFC3339)
				return next(ctx, d)
			}
		}}
		return cfg
	}
	eachSkew(t, simulator.Config{}, cfg, func(w skewed) {
		w.Says(ada, "hi")
		after(time.Second)
		at := w.now().Add(-time.Second)
		w.send(ada, sending.Text("later").After(time.Hour))
		w.pass(time.Hour)
		later := at.Add(time.Second)
		require.Equal(t, []string{"Ada " + at.UTC().Format(time.RFC3339), "later " + later.UTC().Format(time.RFC3339)}, w.Texts(ada))
		sent, err := w.Store.Sent(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.WithinDuration(t, later.Add(time.Hour), sent[0].At, time.Second)
		require.WithinDuration(t, at, sent[1].At, time.Second)
		require.WithinDuration(t, at, w.Person(ada).ProfileAt, time.Second)

		w.Fault(simulator.Fault{Error: &simulator.GraphError{Code: 551, Subcode: 1545041, Message: "This person isn't available right now."}})
		w.send(ada, sending.Text("gone"))
		after(time.Second)
		require.WithinDuration(t, w.now(), w.Person(ada).UnavailableSince, 2*time.Second)
	})
}

func TestProfileAgesByTheStoresClock(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		return config{Policy: routing.Policy{receiving.TypeDefault: {{Handler: handling.UserProfile{RefreshAfter: time.Hour}}}}}
	}
	eachSkew(t, simulator.Config{}, cfg, func(w skewed) {
		for _, c := range []struct {
			after time.Duration
			asked int
		}{{0, 1}, {59 * time.Minute, 1}, {2 * time.Minute, 2}, {30 * time.Minute, 2}} {
			w.pass(c.after)
			w.Says(ada, "hi")
			after(time.Second)
			require.Len(t, w.Requests(), c.asked, c.after)
		}
	})
}

func TestSessionExpiresByTheStoresClock(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		return config{Policy: texts(route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			n := 0
			found, err := store.LoadSession(ctx, "n", &n)
			if err != nil || !found && ev.Text() != "start" {
				return errors.Join(err, reply.Reply(ctx, sending.Text("expired")))
			}
			return errors.Join(store.KeepSession(ctx, "n", n+1, time.Hour), reply.Reply(ctx, sending.Text("kept")))
		}))}
	}
	eachSkew(t, simulator.Config{}, cfg, func(w skewed) {
		w.Says(ada, "start")
		w.pass(59 * time.Minute)
		w.Says(ada, "go on")
		w.pass(61 * time.Minute)
		w.Says(ada, "go on")
		after(time.Second)
		require.Equal(t, []string{"kept", "kept", "expired"}, w.Texts(ada))
	})
}

func TestSilenceEndsByTheStoresClock(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		broken := true
		return config{Quiet: anHour(), Policy: texts(route("answer", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			if broken {
				broken = false
				return handling.Permanent(errors.New("broken"))
			}
			return reply.Reply(ctx, sending.Text("hello"))
		}))}
	}
	eachSkew(t, beside(), cfg, func(w skewed) {
		replay := func() {
			letters := w.Letters()
			require.Len(t, letters, 1)
			require.WithinDuration(t, w.now(), letters[0].At, 2*time.Hour)
			require.NoError(t, bubble.As[store.DeadLetters](t, w.Store).Replay(t.Context(), letters[0].ID))
			after(time.Second)
		}
		w.Says(ada, "hi")
		w.humanSays(ada, "Eve here")
		w.Says(ada, "thanks")
		w.pass(58 * time.Minute)
		w.Says(ada, "and?")
		replay()
		require.Equal(t, []string{"Eve here"}, w.Texts(ada))
		w.pass(2 * time.Minute)
		replay()
		w.Says(ada, "anyone?")
		after(time.Second)
		require.Equal(t, []string{"Eve here", "hello", "hello"}, w.Texts(ada))
	})
}

// A message that only meets temporary refusals is given up a day after it was to be sent, by the
// store's clock.
func TestSendIsGivenUpByTheStoresClock(t *testing.T) {
	t.Parallel()
	eachSkew(t, simulator.Config{Strangers: true}, plain, func(w skewed) {
		w.Fault(simulator.Fault{Times: -1, Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}})
		w.send(lin, sending.Text("news").After(time.Hour))
		waiting := func() int {
			return w.queue().Sends
		}
		w.pass(time.Hour)
		after(10 * time.Minute) // some attempts
		require.Equal(t, 1, waiting())
		w.pass(23 * time.Hour)
		after(10 * time.Minute) // the longest backoff is 5 minutes and a quarter
		require.Equal(t, 1, waiting(), "it is less than a day since it was to be sent")
		w.pass(time.Hour)
		after(10 * time.Minute)
		require.Zero(t, waiting())
	})
}

func TestEchoesAreExpectedByTheStoresClock(t *testing.T) {
	t.Parallel()
	eachSkew(t, simulator.Config{Strangers: true}, plain, func(w skewed) {
		require.Equal(t, 200, w.Posts(echoOf(lin, appID, wire(t, "earlier"), "earlier")).Code)
		w.pass(23 * time.Hour)
		w.Stop()
		w.diesSending(ada, sending.Text("news"))
		w.start()
		after(28 * time.Second)
		require.Empty(t, w.Texts(ada), "its echo may come yet")
		after(5 * time.Second)
		require.Equal(t, []string{"news"}, w.Texts(ada))
		w.pass(2 * time.Hour)
		w.Stop()
		w.diesSending(ada, sending.Text("more"))
		w.start()
		after(2 * time.Second)
		require.Equal(t, []string{"news", "more"}, w.Texts(ada), "there was no echo for a day")
	})
}

// A typed text counts as a tap on what was sent before the person wrote it, and not on what the bot
// has sent since.
func TestTypedTapsByTheStoresClock(t *testing.T) {
	t.Parallel()
	size := payload.New[string]("size")
	took := handling.OnPayload(size, func(ctx context.Context, ev *receiving.Event, s string, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text(string(ev.Type)+" "+s))
	})
	asks := func(pattern, question, title, answer string) routing.Route {
		return routing.Route{
			Handler: handling.SimpleText{Pattern: pattern}, Final: true,
			Senders: sending.List(sending.QuickReplies{Text: question}.WithReply(title, size.MustEncode(answer))),
		}
	}
	policy := routing.Policy{
		receiving.TypeTap: {{Name: "tap", Handler: took, TypedTaps: true}},
		receiving.TypeSimpleText: {
			asks("sizes", "Which size?", "Small", "S"), asks("heights", "Which height?", "Tall", "T"),
			{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("text"))},
		},
	}
	eachSkew(t, simulator.Config{}, func() config { return config{Policy: policy} }, func(w skewed) {
		w.Says(ada, "sizes")
		after(time.Second)
		w.Says(ada, "small")
		after(time.Second)
		require.Equal(t, []string{"Which size?", "QUICK_REPLY S"}, w.Texts(ada))
		w.Stop()
		w.Says(ada, "heights")
		w.Says(ada, "tall")
		w.start()
		after(time.Second)
		require.Equal(t, []string{"Which height?", "text"}, w.Texts(ada)[2:], "the question was not there yet")
	})
}

func TestHandlersReadTheStoresClock(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		return config{Policy: texts(route("now", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			<-time.After(10 * time.Second)
			return reply.Reply(ctx, sending.Text(handling.Now(ctx).UTC().Format(time.RFC3339)))
		}))}
	}
	eachSkew(t, simulator.Config{}, cfg, func(w skewed) {
		w.Says(ada, "hi")
		after(10 * time.Second)
		require.Equal(t, []string{w.now().UTC().Format(time.RFC3339)}, w.Texts(ada))
	})
}

func TestUploadsExpireByTheStoresClock(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		return config{Policy: texts(route("logo", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			_, err := handling.UploadURL(ctx, ev.PageID, attachment.Image, "https://cdn.example/logo.png")
			return err
		}))}
	}
	eachSkew(t, simulator.Config{}, cfg, func(w skewed) {
		for _, c := range []struct {
			after   time.Duration
			uploads int
		}{{0, 1}, {89*day - time.Hour, 1}, {2 * time.Hour, 2}} {
			w.pass(c.after)
			w.Says(ada, "hi")
			after(time.Second)
			require.Len(t, w.Requests(), c.uploads, c.after)
		}
	})
}

// Records are purged by the store's clock: also at the start of a process that has not had a lease
// yet.
func TestRecordsArePurgedByTheStoresClock(t *testing.T) {
	t.Parallel()
	cfg := func() config {
		return config{Policy: texts(echo), Retention: engine.Retention{People: day, Sent: day, Received: day}}
	}
	eachSkew(t, simulator.Config{}, cfg, func(w skewed) {
		w.Says(ada, "hi")
		for _, c := range []struct {
			after time.Duration
			kept  bool
		}{{23 * time.Hour, true}, {2 * time.Hour, false}} {
			w.pass(c.after)
			w.Stop()
			w.start() // purges
			after(time.Second)
			sent, err := w.Store.Sent(t.Context(), pageID, ada, 1)
			require.NoError(t, err)
			require.Equal(t, c.kept, len(sent) == 1, c.after)
			require.Equal(t, c.kept, !w.Person(ada).FirstSeen.IsZero(), c.after)
		}
	})
}
