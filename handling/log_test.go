package handling_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// logged runs a turn inside of a Log and returns the line, without the time of it.
func logged(t *testing.T, l handling.Log, turn handling.Turn, ev *receiving.Event, next handling.TurnFunc) map[string]any {
	t.Helper()
	var out bytes.Buffer
	l.Logger = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	func() {
		defer func() { _ = recover() }()
		_ = l.Wrap(next)(handling.WithTurn(t.Context(), turn), ev)
	}()
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
	require.IsType(t, float64(0), line["duration"])
	delete(line, "time")
	delete(line, "duration")
	return line
}

func TestLogOfATurn(t *testing.T) {
	t.Parallel()
	secretly := text("my secret")
	fine := func(context.Context, *receiving.Event) error { return nil }
	turn := handling.Turn{Attempt: 2, Progress: func() handling.Progress {
		return handling.Progress{Routes: []handling.RouteResult{{Name: "a", Messages: 2}, {Name: "b", Messages: 1, Refused: 3}}}
	}}
	require.Equal(t, map[string]any{
		"level": "INFO", "msg": "turn", "page": "1", "person": "42", "event": "k", "type": "SIMPLE_TEXT", "attempt": 2.0,
		"routes": []any{"a", "b"}, "messages": 3.0, "refused": 3.0,
	}, logged(t, handling.Log{}, turn, secretly, fine), "no text of the message")

	standby := &receiving.Event{Key: "k", Type: receiving.TypeComment, PageID: "1", Standby: true, Payload: &receiving.FeedChange{}}
	silent := handling.Turn{Attempt: 1, Progress: func() handling.Progress {
		return handling.Progress{Silence: &handling.Silence{Why: "closed", Until: time.Unix(0, 0)}}
	}}
	require.Equal(t, map[string]any{
		"level": "DEBUG", "msg": "turn", "page": "1", "event": "k", "type": "COMMENT", "attempt": 1.0, "routes": []any{}, "messages": 0.0,
		"standby": true, "silence": "silent: closed, until 1970-01-01T00:00:00Z", "text": "",
	}, logged(t, handling.Log{Level: slog.LevelDebug, Text: true}, silent, standby, fine))

	bare := map[string]any{
		"level": "WARN", "msg": "turn", "page": "1", "person": "42", "event": "k", "type": "SIMPLE_TEXT", "attempt": 0.0, "routes": []any{},
		"messages": 0.0, "error": "no",
	}
	fails := func(context.Context, *receiving.Event) error { return errors.New("no") }
	require.Equal(t, bare, logged(t, handling.Log{}, handling.Turn{}, secretly, fails))
	bare["level"], bare["text"] = "ERROR", "my secret"
	require.Equal(t, bare, logged(t, handling.Log{Failed: slog.LevelError, Text: true}, handling.Turn{}, secretly, fails))
	delete(bare, "text")
	bare["level"], bare["error"] = "WARN", "handling: the turn panicked, or ended its goroutine"
	require.Equal(t, bare, logged(t, handling.Log{}, handling.Turn{}, secretly, func(context.Context, *receiving.Event) error { panic("x") }))
}

// A level that the logger does not take costs nothing: neither the routes are asked for, nor is the line made.
func TestLogOfATurnThatIsNotEnabled(t *testing.T) {
	t.Parallel()
	turn := handling.Turn{Progress: func() handling.Progress { panic("asked") }}
	l := handling.Log{Level: slog.LevelDebug, Logger: slog.New(slog.NewJSONHandler(&bytes.Buffer{}, nil))}
	run := l.Wrap(func(context.Context, *receiving.Event) error { return nil })
	require.NoError(t, run(handling.WithTurn(t.Context(), turn), text("hi")))
}

func TestLogPassesOnWhatTheTurnReturns(t *testing.T) {
	t.Parallel()
	no := errors.New("no")
	l := handling.Log{Logger: slog.New(slog.DiscardHandler)}
	ev := text("hi")
	require.ErrorIs(t, l.Wrap(func(_ context.Context, got *receiving.Event) error {
		require.Same(t, ev, got)
		return no
	})(t.Context(), ev), no)
}
