package engine_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var _ handling.DialogHandler = (*telling)(nil)

// telling is a dialog whose second part says when something has failed.
type telling struct {
	asks   func() bool // whether it handles an act; nil is yes
	handle func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error
	resume func(ctx context.Context) error // what the second part does when nothing has failed
	says   func(ctx context.Context, after handling.Resumption) error

	mu    sync.Mutex
	after []handling.Resumption
}

func (d *telling) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Text() == "go" && (d.asks == nil || d.asks())
}

func (d *telling) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	if d.handle == nil {
		return reply.Reply(ctx, sending.Text("answered"))
	}
	return d.handle(ctx, ev, reply)
}

func (d *telling) Resume(ctx context.Context, ev *receiving.Event, reply *sending.Replier, after handling.Resumption) error {
	switch {
	case ev.Text() != "go":
		return handling.Skip
	case after.Failed == nil && d.resume == nil:
		return handling.Skip
	case after.Failed == nil:
		return d.resume(ctx)
	}
	d.mu.Lock()
	d.after = append(d.after, after)
	d.mu.Unlock()
	if d.says != nil {
		if err := d.says(ctx, after); err != nil {
			return err
		}
	}
	return reply.Reply(ctx, sending.Text("failed"))
}

func (d *telling) Prepare() handling.DialogHandler { return d }

func (*telling) TakesSignal(*receiving.Event) bool { return false }
func (*telling) DialogNames() []string             { return []string{"telling"} }
func (*telling) Waits(context.Context) (handling.DialogState, bool) {
	return handling.DialogState{}, false
}
func (d *telling) told() []handling.Resumption { d.mu.Lock(); defer d.mu.Unlock(); return d.after }
func takesTime(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
	<-ctx.Done()
	return ctx.Err()
}

var errBroken = errors.New("broken")

// turnOf wraps what a middleware does.
func turnOf(f func(ctx context.Context, next func() error) error) []handling.Middleware {
	return []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			if ev.Text() != "go" {
				return next(ctx, ev)
			}
			return f(ctx, func() error { return next(ctx, ev) })
		}
	}}
}

// badCondition panics.
type badCondition struct{}

func (badCondition) Match(_ context.Context, ev *receiving.Event) bool {
	if ev.Text() == "go" {
		panic("broken")
	}
	return true
}

func (badCondition) String() string { return "panics" }

// TestEveryTurnThatFailsForTheLastTimeTellsThePerson: in whichever way a turn fails, a dialog says so once, and there is one dead letter.
func TestEveryTurnThatFailsForTheLastTimeTellsThePerson(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	hangs := func(context.Context, *receiving.Event, *sending.Replier) error { <-release; return nil }
	menu := route("menu", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("menu"))
	})
	first := func(f func(context.Context, *receiving.Event, *sending.Replier) error) func(*config) {
		return func(c *config) {
			c.Policy[receiving.TypeDefault] = []routing.Route{route("first", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				if ev.Text() != "go" {
					return handling.Skip
				}
				return f(ctx, ev, reply)
			})}
		}
	}
	limited := func(c *config) { c.Policy[receiving.TypeDialog][0].Timeout = time.Second }
	passing := func(c *config) { c.Policy[receiving.TypeSimpleText] = []routing.Route{menu} }
	middleware := func(f func(ctx context.Context, next func() error) error) func(*config) {
		return func(c *config) { c.TurnMiddleware = turnOf(f) }
	}
	no := func() bool { return false }
	stranger := store.Raise{Conversation: store.Conversation{PageID: pageID, PSID: "4711"}, Key: "k", Known: true}
	refuseNow := 2
	for name, c := range map[string]struct {
		dialog  *telling
		set     func(*config)
		says    []string // what it says besides
		resumed bool
		more    bool // it is told more than once, but what it says takes effect once
	}{
		"a permanent error":                    {dialog: &telling{handle: func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Permanent(errBroken) }}},
		"the last try":                         {dialog: &telling{handle: func(context.Context, *receiving.Event, *sending.Replier) error { return errBroken }}},
		"a panic":                              {dialog: &telling{handle: func(context.Context, *receiving.Event, *sending.Replier) error { panic(errBroken) }}},
		"the end of its goroutine":             {dialog: &telling{handle: func(context.Context, *receiving.Event, *sending.Replier) error { runtime.Goexit(); return nil }}},
		"a condition that panics":              {set: func(c *config) { c.Policy[receiving.TypeDialog][0].When = badCondition{} }},
		"the time of its route":                {dialog: &telling{handle: takesTime}, set: limited},
		"the time of its route, ignored":       {dialog: &telling{handle: hangs}, set: limited},
		"the time of the turn":                 {dialog: &telling{handle: takesTime}},
		"the time of the turn, ignored":        {dialog: &telling{handle: hangs}},
		"a route before it takes the time":     {set: first(takesTime)},
		"a route before it ignores the end":    {set: first(hangs)},
		"a route before it ends its goroutine": {set: first(func(context.Context, *receiving.Event, *sending.Replier) error { runtime.Goexit(); return nil })},
		"the second part fails": {
			dialog: &telling{asks: no, resume: func(context.Context) error { return handling.Permanent(errBroken) }}, set: passing, says: []string{"menu"}, resumed: true,
		},
		"the second part panics": {
			dialog: &telling{asks: no, resume: func(context.Context) error { panic(errBroken) }}, set: passing, says: []string{"menu"}, resumed: true,
		},
		"the second part takes the time": {
			dialog: &telling{asks: no, resume: func(ctx context.Context) error { return takesTime(ctx, nil, nil) }}, set: passing, says: []string{"menu"}, resumed: true,
		},
		"the second part ignores the end": {
			dialog: &telling{asks: no, resume: func(ctx context.Context) error { return hangs(ctx, nil, nil) }}, set: passing, says: []string{"menu"}, resumed: true,
		},
		"the second part ends its goroutine": {
			dialog: &telling{asks: no, resume: func(context.Context) error { runtime.Goexit(); return nil }}, set: passing, says: []string{"menu"}, resumed: true,
		},
		"what it raises for a stranger": {dialog: &telling{handle: func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return errors.Join(store.Queue(ctx, stranger), reply.Reply(ctx, sending.Text("answered")))
		}}},
		"one raise too many": {dialog: &telling{handle: func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			for i := range store.MaxRaised + 1 {
				if err := store.Queue(ctx, store.Raise{Conversation: store.Conversation{PageID: pageID, PSID: ev.PSID}, Key: fmt.Sprint(i), Body: []byte("{}"), Delay: time.Hour}); err != nil {
					return err
				}
			}
			return nil
		}}},
		"what the second part raises for a stranger": {
			dialog: &telling{asks: no, resume: func(ctx context.Context) error { return store.Queue(ctx, stranger) }},
			set:    passing, says: []string{"menu"}, resumed: true,
		},
		"a session that is changed meanwhile": {dialog: &telling{handle: func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			st := store.From(ctx).(store.Store)
			other := store.SaveSession{PageID: pageID, PSID: ev.PSID, Name: "s", Data: []byte("2")}
			if stored, err := st.Session(ctx, pageID, ev.PSID, "s"); err == nil {
				other.Version = stored.Version
			}
			return errors.Join(store.KeepSession(ctx, "s", 1, 0), st.Apply(ctx, other))
		}}},
		"what it says is refused twice": {
			dialog: &telling{
				handle: func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Permanent(errBroken) },
				says: func(ctx context.Context, _ handling.Resumption) error {
					if refuseNow--; refuseNow < 0 {
						return nil
					}
					return store.Queue(ctx, stranger)
				},
			}, more: true,
		},
		"an outcome that the store refuses": {
			dialog: &telling{handle: func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
				return store.Queue(ctx, store.AddThumbUp{PageID: pageID, PSID: ev.PSID})
			}},
			set: func(c *config) {
				c.Store = picky{memory.New(memory.Config{})}
			},
		},
		"a middleware that fails":          {set: middleware(func(context.Context, func() error) error { return errBroken })},
		"a middleware that fails after":    {set: middleware(func(_ context.Context, next func() error) error { return errors.Join(next(), errBroken) })},
		"a middleware that panics":         {set: middleware(func(context.Context, func() error) error { panic(errBroken) })},
		"a middleware that takes the time": {set: middleware(func(ctx context.Context, _ func() error) error { return takesTime(ctx, nil, nil) })},
		"a middleware that hangs after":    {set: middleware(func(ctx context.Context, next func() error) error { _ = next(); return hangs(ctx, nil, nil) })},
		"a middleware that hangs before":   {set: middleware(func(ctx context.Context, next func() error) error { return hangs(ctx, nil, nil) })},
		"a middleware that drops what was said": {
			dialog: &telling{handle: func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Permanent(errBroken) }},
			set:    middleware(func(_ context.Context, next func() error) error { _ = next(); return handling.Permanent(errBroken) }), more: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := c.dialog
			if d == nil {
				d = &telling{}
			}
			cfg := config{Policy: routing.Policy{receiving.TypeDialog: {{Name: "telling", Handler: d}}, receiving.TypeSimpleText: {echo}}}
			if c.set != nil {
				c.set(&cfg)
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				release = make(chan struct{})
				w.Says(ada, "go")
				after(10 * time.Minute)
				require.ElementsMatch(t, append(c.says, "failed"), w.Texts(ada))
				require.Len(t, w.Letters(), 1)
				told := d.told()
				if !c.more {
					require.Len(t, told, 1)
				}
				require.Equal(t, c.resumed, told[0].Resumed)
				w.Says(ada, "hi")
				after(time.Second)
				require.Len(t, w.Texts(ada), len(c.says)+2, "the conversation goes on")
				close(release)
				after(time.Second)
			})
		})
	}
}

// TestWhatIsNotTold: a turn that is tried again, one during a silence, and one of an event that ended its process tell nothing.
func TestWhatIsNotTold(t *testing.T) {
	t.Parallel()
	fails := func(context.Context, *receiving.Event, *sending.Replier) error { return errBroken }
	t.Run("before the last try", func(t *testing.T) {
		t.Parallel()
		tries := 0
		d := &telling{handle: func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if tries++; tries < 4 {
				return takesTime(ctx, ev, reply)
			}
			return reply.Reply(ctx, sending.Text("answered"))
		}}
		inBubble(t, simulator.Config{}, config{Policy: routing.Policy{receiving.TypeDialog: {{Name: "telling", Handler: d}}}}, func(w *world) {
			w.Says(ada, "go")
			after(10 * time.Minute)
			require.Equal(t, []string{"answered"}, w.Texts(ada))
			require.Empty(t, d.told())
		})
	})
	t.Run("while the bot keeps silent", func(t *testing.T) {
		t.Parallel()
		d := &telling{handle: fails}
		cfg := config{
			Policy:         routing.Policy{receiving.TypeDialog: {{Name: "telling", Handler: d}}},
			TurnMiddleware: turnOf(func(context.Context, func() error) error { return handling.Permanent(errBroken) }),
			Quiet:          handling.Quiet{AfterHuman: time.Hour},
		}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			require.NoError(t, w.Store.Apply(t.Context(), store.NoteHuman{PageID: pageID, PSID: ada, At: time.Now()}))
			w.Says(ada, "go")
			after(time.Minute)
			require.Len(t, w.Letters(), 1)
			require.Empty(t, w.Texts(ada))
			require.Empty(t, d.told())
		})
	})
	t.Run("when the store refuses it each time", func(t *testing.T) {
		t.Parallel()
		d := &telling{
			handle: func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Permanent(errBroken) },
			says: func(ctx context.Context, _ handling.Resumption) error {
				return store.Queue(ctx, store.AddThumbUp{PageID: pageID, PSID: ada})
			},
		}
		cfg := config{Policy: routing.Policy{receiving.TypeDialog: {{Name: "telling", Handler: d}}}, Store: picky{memory.New(memory.Config{})}}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			w.Says(ada, "go")
			after(10 * time.Minute)
			require.Len(t, w.Letters(), 1, "the event ends all the same")
			require.Empty(t, w.Texts(ada))
		})
	})
	t.Run("when it hangs itself", func(t *testing.T) {
		t.Parallel()
		release := make(chan struct{})
		d := &telling{
			handle: takesTime,
			says:   func(context.Context, handling.Resumption) error { <-release; return nil },
		}
		inBubble(t, simulator.Config{}, config{Policy: routing.Policy{receiving.TypeDialog: {{Name: "telling", Handler: d}}}}, func(w *world) {
			release = make(chan struct{})
			w.Says(ada, "go")
			after(10 * time.Minute)
			require.Len(t, w.Letters(), 1, "the event ends all the same")
			require.Empty(t, w.Texts(ada))
			require.Len(t, d.told(), 1)
			close(release)
			after(time.Second)
		})
	})
}
