package sending_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
)

// logged makes an attempt inside of a Log and returns the line, without the time of it.
func logged(t *testing.T, l sending.Log, d sending.Delivery, next sending.DeliverFunc) map[string]any {
	t.Helper()
	var out bytes.Buffer
	l.Logger = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	func() {
		defer func() { _ = recover() }()
		_, _ = l.Wrap(next)(t.Context(), d)
	}()
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
	require.IsType(t, float64(0), line["duration"])
	delete(line, "time")
	delete(line, "duration")
	return line
}

func TestLogOfASend(t *testing.T) {
	t.Parallel()
	d := sending.Delivery{PageID: "1", PSID: "42", Key: "k", Attempt: 2, Message: sending.Text("my secret")}
	sent := func(context.Context, sending.Delivery) (graph.SendResult, error) {
		return graph.SendResult{MID: "m"}, nil
	}
	require.Equal(t, map[string]any{
		"level": "INFO", "msg": "send", "page": "1", "person": "42", "send": "k", "kind": "text", "attempt": 2.0, "outcome": "sent", "mid": "m",
	}, logged(t, sending.Log{}, d, sent), "no text of the message")
	reply := sending.Delivery{PageID: "1", Attempt: 1, Message: sending.Text("hi")}
	require.Equal(t, map[string]any{
		"level": "DEBUG", "msg": "send", "page": "1", "send": "", "kind": "text", "attempt": 1.0, "outcome": "sent", "mid": "m", "text": "hi",
	}, logged(t, sending.Log{Level: slog.LevelDebug, Text: true}, reply, sent))

	for outcome, err := range map[string]error{
		"uncertain": errors.New("no class"), "refused": sending.Refuse(errors.New("no")),
	} {
		line := logged(t, sending.Log{Failed: slog.LevelError}, d, func(context.Context, sending.Delivery) (graph.SendResult, error) {
			return graph.SendResult{}, err
		})
		require.Equal(t, map[string]any{
			"level": "ERROR", "msg": "send", "page": "1", "person": "42", "send": "k", "kind": "text", "attempt": 2.0, "outcome": outcome,
			"error": err.Error(),
		}, line)
	}
	line := logged(t, sending.Log{}, d, func(context.Context, sending.Delivery) (graph.SendResult, error) {
		return graph.SendResult{}, fmt.Errorf("wrapped: %w", &graph.Error{Code: 10, Subcode: 2018278, HTTPStatus: 400})
	})
	require.Equal(t, []any{"WARN", "refused", 400.0, 10.0, 2018278.0}, []any{line["level"], line["outcome"], line["status"], line["code"], line["subcode"]})
	require.NotEmpty(t, line["meaning"])
	line = logged(t, sending.Log{}, d, func(context.Context, sending.Delivery) (graph.SendResult, error) {
		return graph.SendResult{}, &graph.Error{Code: 613, HTTPStatus: 400}
	})
	require.Equal(t, []any{"retry", 613.0, nil}, []any{line["outcome"], line["code"], line["subcode"]})
	line = logged(t, sending.Log{}, d, func(context.Context, sending.Delivery) (graph.SendResult, error) { panic("x") })
	require.Equal(t, []any{"WARN", "uncertain", "sending: the attempt panicked, or ended its goroutine"},
		[]any{line["level"], line["outcome"], line["error"]})
}
