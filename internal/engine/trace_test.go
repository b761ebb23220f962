package engine_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// TestDebugLogOfATurn: which routes matched and why not, and what they send, without a word of what
// the person wrote or the bot says.
func TestDebugLogOfATurn(t *testing.T) {
	t.Parallel()
	const secretText = "my card number"
	two := sending.List(sending.Text(secretText), sending.Image("https://example.com/a.png"))
	policy := routing.Policy{
		receiving.TypeDefault: {{Name: "writes", Handler: handling.Func(thumb)}},
		receiving.TypeSimpleText: {
			{Name: "condition", When: routing.If("German", func(context.Context, *receiving.Event) bool { return false }), Senders: two},
			{Name: "should", Handler: handling.SimpleText{Pattern: "bye"}},
			{Name: "skips", Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Skip })},
			{Name: "fails", Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
				return handling.Permanent(errors.New("mine"))
			})},
			{Name: "answers", Handler: handling.SimpleText{Pattern: "my .*"}, Senders: two, Final: true},
			{Name: "otherwise", Handler: handling.Dummy{}, Otherwise: true},
		},
		receiving.TypeRead: {},
	}
	var log bytes.Buffer
	inBubble(t, simulator.Config{}, config{Policy: policy, Logger: bubble.DebugLog(&log)}, func(w *world) {
		w.Says(ada, secretText)
		after(time.Minute)
		require.Len(t, w.Messages(ada), 3)
	})
	require.NotContains(t, log.String(), secretText)
	records := bubble.TracesIn(t, log.Bytes())
	require.Equal(t, "a turn tries the routes of its event", records[0].Message)
	var got []bubble.Traced
	for _, r := range records[1:] {
		require.Equal(t, "SIMPLE_TEXT", r.Type)
		require.Equal(t, records[0].Event, r.Event)
		got = append(got, bubble.Traced{Message: r.Message, Route: r.Route, Why: r.Why, Error: r.Error, Sends: r.Sends, Writes: r.Writes})
	}
	require.Equal(t, []bubble.Traced{
		{Message: "a route handled the event", Route: "writes", Why: "handling.Func.ShouldHandle says yes", Sends: []string{}, Writes: 1},
		{Message: "a route did not match the event", Route: "condition", Why: `When If "German" does not match`},
		{Message: "a route did not match the event", Route: "should", Why: "handling.SimpleText.ShouldHandle says no"},
		{Message: "a route skipped the event", Route: "skips", Why: "handling.Func.ShouldHandle says yes"},
		{Message: "a route failed", Route: "fails", Why: "handling.Func.ShouldHandle says yes", Error: "mine"},
		{Message: "a route handled the event", Route: "answers", Why: "handling.SimpleText.ShouldHandle says yes", Sends: []string{"text", "image"}},
		{Message: "a route did not run", Route: "otherwise", Why: "a final route before it handles the event"},
	}, got)
}

// TestDebugLogOfStandbyAndSilence: why routes under the type are not tried, and why none is.
func TestDebugLogOfStandbyAndSilence(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	silence := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			if ev.Text() == "quiet" {
				return nil
			}
			return next(ctx, ev)
		}
	}
	policy := routing.Policy{
		receiving.TypeDefault:    {{Name: "default", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("a"))}},
		receiving.TypeSimpleText: {{Name: "own", Handler: handling.Dummy{}}},
	}
	cfg := config{Policy: policy, Logger: bubble.DebugLog(&log), TurnMiddleware: []handling.Middleware{silence}}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		require.Equal(t, 200, w.Posts(strings.Replace(callback(pageID, ada, "m_1", "hi"), `"messaging"`, `"standby"`, 1)).Code)
		after(time.Second)
		require.Equal(t, 200, w.Posts(callback(pageID, ada, "m_2", "quiet")).Code)
		after(time.Second)
	})
	records := bubble.TracesIn(t, log.Bytes())
	require.Len(t, records, 3)
	require.True(t, records[0].Standby)
	require.Equal(t, "default", records[1].Route)
	require.Contains(t, records[1].Why, "its senders stay silent")
	require.Equal(t, "no route was tried: a middleware ended the turn", records[2].Message)
}

// TestDebugLogOfAConditionWithoutText: a String method that panics costs the reason and not the
// turn.
func TestDebugLogOfAConditionWithoutText(t *testing.T) {
	t.Parallel()
	policy := texts(routing.Route{Name: "r", When: textless{}, Senders: sending.List(sending.Text("fine"))})
	var log bytes.Buffer
	inBubble(t, simulator.Config{}, config{Policy: policy, Logger: bubble.DebugLog(&log)}, func(w *world) {
		w.Says(ada, "hi")
		after(5 * time.Minute)
		require.Equal(t, []string{"fine"}, w.Texts(ada))
		require.Empty(t, w.Letters())
	})
	records := bubble.TracesIn(t, log.Bytes())
	require.Equal(t, "a route handled the event", records[len(records)-1].Message)
	require.Contains(t, records[len(records)-1].Why, "no text")
}

// textless is a condition whose String method panics.
type textless struct{}

func (textless) Match(context.Context, *receiving.Event) bool { return true }
func (textless) String() string                               { panic("no text") }

// TestDebugLogCostsNothingWhenItIsOff: the logger is asked once in a turn, and nothing is
// formatted.
func TestDebugLogCostsNothingWhenItIsOff(t *testing.T) {
	t.Parallel()
	var formatted atomic.Int32
	asked := &countsEnabled{}
	names := spells{&formatted}
	policy := texts(
		routing.Route{Name: "matches", When: names, Senders: sending.List(sending.Text("a"))},
		routing.Route{Name: "other", When: routing.Not{Condition: names}, Senders: sending.List(sending.Text("b"))},
	)
	inBubble(t, simulator.Config{}, config{Policy: policy, Logger: slog.New(asked)}, func(w *world) {
		after(time.Second)
		formatted.Store(0) // by Validate
		for range 5 {
			w.Says(ada, "hi")
			after(time.Second)
		}
		require.Equal(t, []string{"a", "a", "a", "a", "a"}, w.Texts(ada))
	})
	require.Zero(t, formatted.Load())
	require.EqualValues(t, 5, asked.debug.Load())
}

// spells is a condition that counts how often it is spelt.
type spells struct{ times *atomic.Int32 }

func (spells) Match(context.Context, *receiving.Event) bool { return true }

func (s spells) String() string {
	s.times.Add(1)
	return "spells"
}

// countsEnabled is a handler that counts how often it is asked for the debug level, which is off.
type countsEnabled struct{ debug atomic.Int32 }

func (c *countsEnabled) Enabled(_ context.Context, level slog.Level) bool {
	if level == slog.LevelDebug {
		c.debug.Add(1)
	}
	return level > slog.LevelDebug
}

func (c *countsEnabled) Handle(context.Context, slog.Record) error { return nil }
func (c *countsEnabled) WithAttrs([]slog.Attr) slog.Handler        { return c }
func (c *countsEnabled) WithGroup(string) slog.Handler             { return c }
