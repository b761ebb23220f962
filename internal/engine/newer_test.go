package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// model answers what it is asked after a while, unless its context ends.
type model struct {
	takes  time.Duration
	end    func(ctx context.Context) error // what to do when the context ends
	mu     sync.Mutex
	begun  []string
	causes []error
	after  []time.Duration
}

func (m *model) ask(ctx context.Context, text string, reply *sending.Replier) error {
	start := time.Now()
	m.mu.Lock()
	m.begun = append(m.begun, text)
	m.mu.Unlock()
	if err := reply.Reply(ctx, sending.Text("about "+text)); err != nil {
		return err
	}
	if ctx.Err() == nil {
		select {
		case <-time.After(m.takes):
			return nil
		case <-ctx.Done():
		}
	}
	m.mu.Lock()
	m.causes, m.after = append(m.causes, context.Cause(ctx)), append(m.after, time.Since(start))
	m.mu.Unlock()
	if m.end != nil {
		return m.end(ctx)
	}
	return ctx.Err()
}

func (m *model) route() routing.Route {
	return routing.Route{Name: "model", CancelOnNewer: true, Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		return m.ask(ctx, ev.Text(), reply)
	})}
}

func (m *model) gather() handling.Gather {
	return handling.Gather{Name: "talk", Handler: func(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
		var all []string
		for _, ev := range burst {
			all = append(all, ev.Text())
		}
		return m.ask(ctx, strings.Join(all, "+"), reply)
	}}
}

// TestANewerMessageCancelsTheWork: within a second, and nothing of it takes effect; other routes of its turn are not affected.
func TestANewerMessageCancelsTheWork(t *testing.T) {
	t.Parallel()
	m := &model{takes: 20 * time.Second}
	inBubble(t, simulator.Config{}, config{Policy: texts(route("thumb", thumb), m.route())}, func(w *world) {
		w.Says(ada, "1")
		w.Says(lin, "other")
		after(5 * time.Second)
		w.Says(ada, "2")
		after(time.Second)
		require.Equal(t, []error{handling.ErrNewer}, m.causes)
		require.LessOrEqual(t, m.after[0], 6*time.Second)
		after(time.Minute)
		require.Equal(t, []string{"about 2"}, w.Texts(ada))
		require.Equal(t, []string{"about other"}, w.Texts(lin))
		require.Equal(t, 2, w.Person(ada).ThumbUps, "of both turns")
		require.Empty(t, w.Letters())
		require.ElementsMatch(t, []string{"1", "other", "2"}, m.begun, "none is retried")
		require.EqualValues(t, 1, w.engine.Counts().Superseded)
	})
}

// TestHowTheWorkEndsThatANewerMessageCancels: an error alone supersedes it.
func TestHowTheWorkEndsThatANewerMessageCancels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end     func(ctx context.Context) error
		texts   []string
		letters int
	}{
		"it returns nil":         {func(context.Context) error { return nil }, []string{"about 1", "about 2"}, 0},
		"it returns an error":    {func(context.Context) error { return errors.New("aborted") }, []string{"about 2"}, 0},
		"it has nothing to do":   {func(context.Context) error { return handling.Skip }, []string{"about 2"}, 0},
		"it fails for ever":      {func(context.Context) error { return handling.Permanent(errors.New("aborted")) }, []string{"about 2"}, 0},
		"it panics":              {func(context.Context) error { panic("aborted") }, []string{"about 2"}, 1},
		"it ignores its context": {func(context.Context) error { <-time.After(time.Minute); return nil }, []string{"about 2"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &model{takes: 20 * time.Second, end: c.end}
			inBubble(t, simulator.Config{}, config{Policy: texts(m.route()), Retry: handling.Retry{Tries: 1}, TurnTimeout: 2 * time.Minute}, func(w *world) {
				w.Says(ada, "1")
				after(5 * time.Second)
				w.Says(ada, "2")
				after(5 * time.Minute)
				require.Equal(t, c.texts, w.Texts(ada))
				require.Len(t, w.Letters(), c.letters)
			})
		})
	}
}

// TestWhatCancelsTheWork: a message or a tap of the same person, and nothing else.
func TestWhatCancelsTheWork(t *testing.T) {
	t.Parallel()
	element := func(format string) func(w *world) {
		return func(w *world) {
			require.Equal(w.T, 200, w.Posts(fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
				`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,`+format+`}]}]}`, pageID, ada, time.Now().UnixMilli())).Code)
		}
	}
	for name, c := range map[string]struct {
		event   func(w *world)
		cancels bool
	}{
		"an image":               {element(`"message":{"mid":"i","attachments":[{"type":"image","payload":{"url":"https://x.example/1.png"}}]}`), true},
		"a tap":                  {element(`"postback":{"mid":"p","title":"Stop","payload":"STOP"}`), true},
		"a quick reply":          {element(`"message":{"mid":"q","text":"Stop","quick_reply":{"payload":"STOP"}}`), true},
		"a reaction":             {element(`"reaction":{"mid":"x","action":"react","emoji":"👍"}`), false},
		"a receipt":              {element(`"read":{"watermark":1}`), false},
		"a message of the page":  {func(w *world) { w.Posts(echoOf(ada, "77", "", "hello")) }, false},
		"another person":         {func(w *world) { w.Says(lin, "hello") }, false},
		"a signal":               {func(w *world) { w.raise() }, false},
		"an event without sense": {func(w *world) { w.putNonsense() }, false},
		"many receipts, and a text": {func(w *world) {
			for i := range 100 {
				element(fmt.Sprintf(`"read":{"watermark":%d}`, i+1))(w)
			}
			w.Says(ada, "2")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &model{takes: 20 * time.Second}
			inBubble(t, simulator.Config{}, config{Policy: texts(m.route())}, func(w *world) {
				w.Says(ada, "1")
				after(5 * time.Second)
				c.event(w)
				after(2 * time.Second)
				require.Equal(t, c.cancels, len(m.causes) > 0)
				after(time.Minute)
			})
		})
	}
}

// raise raises a signal for ada.
func (w *world) raise() {
	w.T.Helper()
	e := receiving.Envelope{PageID: pageID, PSID: ada, Thread: ada, Signal: &receiving.Signal{Key: "k"}}
	body, err := e.MarshalBinary()
	require.NoError(w.T, err)
	require.NoError(w.T, w.Store.Apply(w.T.Context(), store.Raise{Conversation: store.Conversation{PageID: pageID, PSID: ada}, Key: "k", Body: body}))
}

func (w *world) putNonsense() {
	w.T.Helper()
	ev := store.Event{Conversation: store.Conversation{PageID: pageID, PSID: ada}, Key: "nonsense", Time: time.Now(), Body: []byte("{")}
	require.NoError(w.T, w.Store.Put(w.T.Context(), ev))
}

// TestWorkThatIsObsoleteBeforeItBegins: the bot was away, and only the last message is of interest. A store that cannot say what
// waits still hands out what has waited.
func TestWorkThatIsObsoleteBeforeItBegins(t *testing.T) {
	t.Parallel()
	for name, st := range map[string]func() store.Store{
		"a store":              func() store.Store { return nil },
		"one that cannot peek": func() store.Store { return struct{ store.Store }{memory.New(memory.Config{})} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &model{takes: time.Second}
			inBubble(t, simulator.Config{}, config{Policy: texts(m.route()), Store: st()}, func(w *world) {
				w.Stop()
				for i := range 10 {
					w.Says(ada, fmt.Sprint(i+1))
				}
				w.start()
				after(time.Minute)
				require.Equal(t, []string{"about 10"}, w.Texts(ada))
				require.Len(t, m.begun, 10)
			})
		})
	}
}

// TestAReplayIsNotCancelled by what the person has written since.
func TestAReplayIsNotCancelled(t *testing.T) {
	t.Parallel()
	broken := true
	m := &model{takes: 20 * time.Second}
	slow := m.route()
	slow.Handler = handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if broken {
			return handling.Permanent(errors.New("broken"))
		}
		return m.ask(ctx, ev.Text(), reply)
	})
	inBubble(t, simulator.Config{}, config{Policy: texts(slow)}, func(w *world) {
		w.Says(ada, "1")
		after(time.Second)
		broken = false
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(w.T.Context(), w.Letters()[0].ID))
		after(5 * time.Second)
		w.Says(ada, "2")
		after(time.Minute)
		require.Equal(t, []string{"about 1", "about 2"}, w.Texts(ada))
	})
}

// TestABurstWhoseWorkIsCancelledGoesOn: the newer message joins it.
func TestABurstWhoseWorkIsCancelledGoesOn(t *testing.T) {
	t.Parallel()
	policyOf := func(m *model) routing.Policy {
		return routing.Policy{receiving.TypeSimpleText: {{Name: "talk", CancelOnNewer: true, Handler: m.gather()}}, receiving.TypeReaction: {bubble.Echo}}
	}
	t.Run("with the newer message", func(t *testing.T) {
		t.Parallel()
		m := &model{takes: 10 * time.Second}
		inBubble(t, simulator.Config{}, config{Policy: policyOf(m)}, func(w *world) {
			w.Says(ada, "1")
			w.Says(ada, "2")
			after(8 * time.Second)
			w.Says(ada, "3")
			after(2 * time.Second)
			w.Stop()
			w.start()
			after(time.Minute)
			require.Equal(t, []string{"1+2", "1+2+3"}, m.begun)
			require.Equal(t, []string{"about 1+2+3"}, w.Texts(ada))
			require.Empty(t, w.Letters())
			require.Zero(t, w.queue().Timers)
		})
	})
	t.Run("after a tap", func(t *testing.T) {
		t.Parallel()
		m := &model{takes: 10 * time.Second}
		policy := policyOf(m)
		policy[receiving.TypePostback] = []routing.Route{{Name: "tap", Senders: sending.List(sending.Text("tapped")), Handler: handling.Dummy{}}}
		inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
			w.Says(ada, "1")
			after(8 * time.Second)
			w.Posts(fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
				`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"postback":{"mid":"p","title":"Stop","payload":"STOP"}}]}]}`, pageID, ada, time.Now().UnixMilli()))
			after(time.Minute)
			require.Equal(t, []string{"tapped", "about 1"}, w.Texts(ada))
		})
	})
	t.Run("without end", func(t *testing.T) {
		t.Parallel()
		m := &model{takes: 10 * time.Second}
		inBubble(t, simulator.Config{}, config{Policy: policyOf(m)}, func(w *world) {
			for i := range 10 { // each comes while the model works
				w.Says(ada, fmt.Sprint(i))
				after(6 * time.Second)
			}
			require.NotEmpty(t, w.Texts(ada), "a burst of 30 s is not cancelled any more")
			after(time.Minute)
			require.Equal(t, "0+1+2+3+4+5+6+7+8+9", strings.ReplaceAll(strings.Join(w.Texts(ada), "+"), "about ", ""), "none is lost")
		})
	})
	t.Run("unless it has gathered for long", func(t *testing.T) {
		t.Parallel()
		m := &model{takes: 10 * time.Second}
		inBubble(t, simulator.Config{}, config{Policy: policyOf(m)}, func(w *world) {
			for i := range 15 {
				w.Says(ada, fmt.Sprint(i))
				after(2 * time.Second)
			}
			after(2 * time.Second) // it works since 30 s after the first one
			w.Says(ada, "late")
			after(time.Minute)
			require.Equal(t, []string{"about 0+1+2+3+4+5+6+7+8+9+10+11+12+13+14", "about late"}, w.Texts(ada))
			require.Empty(t, m.causes)
		})
	})
	t.Run("if its handler panics", func(t *testing.T) {
		t.Parallel()
		m := &model{takes: 10 * time.Second, end: func(context.Context) error { panic("aborted") }}
		inBubble(t, simulator.Config{}, config{Policy: policyOf(m), Retry: handling.Retry{Tries: 1}}, func(w *world) {
			w.Says(ada, "1")
			after(8 * time.Second)
			w.Says(ada, "2")
			after(time.Minute)
			require.Equal(t, []string{"about 2"}, w.Texts(ada))
			require.Len(t, w.Letters(), 1, "it is not lost without a trace")
		})
	})
}
