package engine_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// working is a route that works for a while, and shows it.
func working(d time.Duration, end func(ctx context.Context, reply *sending.Replier) error) routing.Route {
	return routing.Route{Name: "work", Typing: true, Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return ctx.Err()
		}
		return end(ctx, reply)
	})}
}

func say(text string) func(ctx context.Context, reply *sending.Replier) error {
	return func(ctx context.Context, reply *sending.Replier) error { return reply.Reply(ctx, sending.Text(text)) }
}

// marks are the sender actions that a person has seen: what, and when, since they began to look.
func (w *world) marks(psid string, start time.Time) []string {
	var marks []string
	for _, a := range w.Actions(psid) {
		marks = append(marks, fmt.Sprintf("%s %s", a.Name, a.Time.Sub(start).Round(time.Second)))
	}
	return marks
}

func TestTypingMarkOfARouteThatWorks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		route routing.Route
		marks []string
		texts []string
	}{
		"quick":         {working(900*time.Millisecond, say("done")), nil, []string{"done"}},
		"not quick":     {working(5*time.Second, say("done")), []string{"typing_on 1s"}, []string{"done"}},
		"longer":        {working(40*time.Second, say("done")), []string{"typing_on 1s", "typing_on 16s", "typing_on 31s"}, []string{"done"}},
		"says nothing":  {working(5*time.Second, func(context.Context, *sending.Replier) error { return nil }), []string{"typing_on 1s", "typing_off 5s"}, nil},
		"not its event": {working(5*time.Second, func(context.Context, *sending.Replier) error { return handling.Skip }), []string{"typing_on 1s", "typing_off 5s"}, nil},
		"answers later": {working(5*time.Second, func(ctx context.Context, reply *sending.Replier) error {
			return reply.Send(ctx, sending.After(time.Minute, sending.Text("late")))
		}), []string{"typing_on 1s", "typing_off 5s"}, []string{"late"}},
		"fails":           {working(5*time.Second, func(context.Context, *sending.Replier) error { return handling.Permanent(errors.New("broken")) }), []string{"typing_on 1s", "typing_off 5s"}, nil},
		"panics":          {working(5*time.Second, func(context.Context, *sending.Replier) error { panic("broken") }), []string{"typing_on 1s", "typing_off 5s"}, nil},
		"ends goroutine":  {working(5*time.Second, func(context.Context, *sending.Replier) error { runtime.Goexit(); return nil }), []string{"typing_on 1s", "typing_off 5s"}, nil},
		"has no Typing":   {routing.Route{Handler: working(5*time.Second, say("done")).Handler}, nil, []string{"done"}},
		"ignores the end": {routing.Route{Typing: true, Timeout: 3 * time.Second, Handler: stubborn(20 * time.Second)}, []string{"typing_on 1s", "typing_off 4s"}, nil},
		"ignores the end of the turn": {
			routing.Route{Typing: true, Handler: stubborn(2 * time.Minute)},
			[]string{"typing_on 1s", "typing_on 16s", "typing_on 31s", "typing_on 46s", "typing_off 51s"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(c.route), TurnTimeout: 50 * time.Second, Retry: handling.Retry{Tries: 1}}, func(w *world) {
				start := time.Now()
				w.Says(ada, "hi")
				after(3 * time.Minute)
				require.Equal(t, c.marks, w.marks(ada, start))
				require.Equal(t, c.texts, w.Texts(ada))
				require.EqualValues(t, len(c.marks), w.engine.Counts().Typing)
				sent, err := w.Store.Sent(w.T.Context(), pageID, ada, 10)
				require.NoError(t, err)
				require.Len(t, sent, len(c.texts), "typing marks are not recorded")
			})
		})
	}
}

// stubborn is a handler that ignores the end of its context.
func stubborn(d time.Duration) handling.Handler {
	return handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { <-time.After(d); return nil })
}

// TestTypingMarkThatFails is counted, and changes nothing else.
func TestTypingMarkThatFails(t *testing.T) {
	t.Parallel()
	var failed []sending.Failure
	cfg := config{Policy: texts(working(20*time.Second, say("done"))), OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f) }}
	for name, c := range map[string]struct {
		fault simulator.Fault
		tries int64 // typing_on is refused once and for all, or tried again
	}{
		"refused":     {simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 10, Message: "no permission"}, Times: 1}, 1},
		"rate limit":  {simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}, Times: 2}, 2},
		"no answer":   {simulator.Fault{Drop: simulator.DropBefore, Times: 1}, 1},
		"never comes": {simulator.Fault{Delay: time.Hour, Times: 1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Fault(c.fault)
				w.Says(ada, "hi")
				after(time.Minute)
				require.Equal(t, []string{"done"}, w.Texts(ada))
				require.Equal(t, c.tries, w.engine.Counts().TypingFailed)
				require.Equal(t, map[store.SentOutcome]int64{store.OutcomeSent: 1}, w.engine.Counts().Sends)
			})
		})
	}
	t.Cleanup(func() { require.Empty(t, failed, "the program is not told") })
}

// TestTypingMarkShowsOnlyWhereTheRouteMayAnswer: not on Instagram, not in silence, not for what has no person, and not outside of
// the window.
func TestTypingMarkShowsOnlyWhereTheRouteMayAnswer(t *testing.T) {
	t.Parallel()
	route := working(5*time.Second, func(context.Context, *sending.Replier) error { return nil })
	silent := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			return next(handling.WithSilence(ctx, handling.Silence{Why: "closed"}), ev)
		}
	}
	for name, c := range map[string]struct {
		cfg   config
		event func(w *world)
		shown int64
	}{
		"a text":        {config{}, func(w *world) { w.Says(ada, "hi") }, 2},
		"on Instagram":  {config{}, func(w *world) { w.Posts(onInstagram(ada, "hi")) }, 0},
		"in silence":    {config{TurnMiddleware: []handling.Middleware{silent}}, func(w *world) { w.Says(ada, "hi") }, 0},
		"an echo":       {config{}, func(w *world) { w.Posts(echoOf(ada, "1", "", "hi")) }, 0},
		"of no person":  {config{}, func(w *world) { _, err := w.VisitorPost(w.T.Context(), ada, "hi"); require.NoError(w.T, err) }, 0},
		"a late signal": {config{}, func(w *world) { w.late(25 * time.Hour) }, 0},
		"a signal":      {config{}, func(w *world) { w.late(time.Hour) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.cfg.Policy = routing.Policy{receiving.TypeDefault: {route}, receiving.TypeSignal: {{Name: "signal", Typing: true, Handler: route.Handler}}}
			inBubble(t, simulator.Config{}, c.cfg, func(w *world) {
				c.event(w)
				after(time.Minute)
				require.Equal(t, c.shown, w.engine.Counts().Typing)
				require.Zero(t, w.engine.Counts().TypingFailed)
			})
		})
	}
}

// late raises a signal for a person who wrote so long ago. The engine is a new one.
func (w *world) late(ago time.Duration) {
	w.T.Helper()
	conv := store.Conversation{PageID: pageID, PSID: ada}
	e := receiving.Envelope{PageID: pageID, PSID: ada, Thread: ada, Object: receiving.ObjectPage, Signal: &receiving.Signal{Key: "k"}}
	body, err := e.MarshalBinary()
	require.NoError(w.T, err)
	w.Says(ada, "hi")
	after(time.Minute)
	w.Stop()
	after(ago)
	w.start()
	require.NoError(w.T, w.Store.Apply(w.T.Context(), store.Raise{Conversation: conv, Key: "k", Body: body}))
}

// onInstagram is a callback with a text of a person on Instagram.
func onInstagram(psid, text string) string {
	return fmt.Sprintf(`{"object":"instagram","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
		`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"message":{"mid":"m_ig_%[4]s","text":"%[4]s"}}]}]}`, pageID, psid, time.Now().UnixMilli(), text)
}
