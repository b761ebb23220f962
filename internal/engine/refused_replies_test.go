package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// replyWay is a way in which a route replies, and what must come of it.
type replyWay struct {
	name string
	// do replies once, and returns what the handler returns; nil for a route that answers by a
	// sender.
	do func(ctx context.Context, reply *sending.Replier) error
	// sender answers after a handler that does nothing.
	sender sending.Sender
	// refused is why it is refused, or nil.
	refused error
	// dead reports that the route becomes a dead letter, and dropped that its writes do not take
	// effect.
	dead, dropped bool
	// sends reports that the message goes out.
	sends bool
}

// replyWays are all the ways in which a reply can be refused, for an event that can be answered in
// those ways. On events with a private reply the first way has used it up.
func replyWays(ways []sending.Way, own bool) []replyWay {
	text := sending.Text
	long := func(name string) sending.Message { return sending.Text(name + strings.Repeat(" x", 2000)) }
	mine := handling.Permanent(errors.New("mine"))
	var limit *sending.FieldError
	first, again := sending.ErrNotAnswerable, sending.ErrNotAnswerable
	public, action := sending.ErrNotAnswerable, sending.ErrNotAnswerable
	if len(ways) > 0 {
		first, again = nil, nil
		if ways[0] == sending.ByPrivateReply {
			again = sending.ErrAlreadyReplied
		}
		if ways[0] == sending.ByMessage {
			action = nil
		}
	}
	if slices.Contains(ways, sending.ByPublicReply) {
		public = nil
	}
	is := func(err error) bool { return err != nil }
	table := []replyWay{
		{name: "plain", do: func(ctx context.Context, reply *sending.Replier) error {
			_ = reply.Reply(ctx, text("plain"))
			return nil
		}, refused: first, sends: !is(first)},
		{name: "returned", do: func(ctx context.Context, reply *sending.Replier) error {
			return reply.Reply(ctx, text("returned"))
		}, refused: again, sends: !is(again)},
		{name: "wrapped", do: func(ctx context.Context, reply *sending.Replier) error {
			if err := reply.Reply(ctx, text("wrapped")); err != nil {
				return fmt.Errorf("cannot greet: %w", errors.Join(err, fmt.Errorf("again: %w", err)))
			}
			return nil
		}, refused: again, sends: !is(again)},
		{name: "permanent", do: func(ctx context.Context, reply *sending.Replier) error {
			return handling.Permanent(reply.Reply(ctx, text("permanent")))
		}, refused: again, sends: !is(again), dead: is(again), dropped: is(again)},
		{name: "failure-joined", do: func(ctx context.Context, reply *sending.Replier) error {
			return errors.Join(reply.Reply(ctx, text("failure-joined")), mine)
		}, refused: again, dead: true, dropped: true},
		{name: "failure-wrapped", do: func(ctx context.Context, reply *sending.Replier) error {
			if err := reply.Reply(ctx, text("failure-wrapped")); err != nil {
				return fmt.Errorf("%w, and then %w", err, mine)
			}
			return mine
		}, refused: again, dead: true, dropped: true},
		{name: "fails-later", do: func(ctx context.Context, reply *sending.Replier) error {
			_ = reply.Reply(ctx, text("fails-later"))
			return mine
		}, refused: again, dead: true, dropped: true},
		{name: "skipped", do: func(ctx context.Context, reply *sending.Replier) error {
			_ = reply.Reply(ctx, text("skipped"))
			return handling.Skip
		}, refused: again, dropped: true},
		{name: "skip-joined", do: func(ctx context.Context, reply *sending.Replier) error {
			return errors.Join(reply.Reply(ctx, text("skip-joined")), handling.Skip)
		}, refused: again, dropped: true},
		{name: "skip-and-failure", do: func(ctx context.Context, reply *sending.Replier) error {
			return errors.Join(reply.Reply(ctx, text("skip-and-failure")), handling.Skip, mine)
		}, refused: again, dead: true, dropped: true},
		{name: "public", do: func(ctx context.Context, reply *sending.Replier) error {
			return reply.Reply(ctx, text("public").Publicly())
		}, refused: public, sends: !is(public)},
		{name: "action", do: func(ctx context.Context, reply *sending.Replier) error {
			return reply.Now(ctx, sending.TypingOn)
		}, refused: action, sends: !is(action)},
		{name: "bad-action", do: func(ctx context.Context, reply *sending.Replier) error {
			_ = reply.Now(ctx, "dance")
			return nil
		}, refused: limit},
		{name: "long", do: func(ctx context.Context, reply *sending.Replier) error {
			_ = reply.Reply(ctx, long("long"))
			return nil
		}, refused: limit},
		{name: "long-returned", do: func(ctx context.Context, reply *sending.Replier) error {
			return reply.Reply(ctx, long("long-returned"))
		}, refused: limit, dead: true, dropped: true},
	}
	if own && len(ways) == 0 {
		return table // Validate refuses senders there
	}
	sender, bad := replyWay{name: "sender", sender: says(text("sender"))}, replyWay{name: "bad-sender", sender: says(long("bad-sender"))}
	if len(ways) > 0 {
		sender.refused, sender.sends = again, !is(again)
		bad.refused, bad.dead, bad.dropped = limit, true, true
	}
	return append(table, sender, bad)
}

// says makes a sender whose messages nothing can check before it composes them.
func says(m sending.Message) sending.Sender {
	return sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) { return []sending.Message{m}, nil })
}

// TestRefusedRepliesAreVisible goes through all receiving types, by a route under the type and one
// under DEFAULT, and all ways in which a reply can be refused. Each refusal is in the log with its
// route, recorded, counted and reported, whatever the handler makes of it; and the handler's result
// alone decides about its writes.
func TestRefusedRepliesAreVisible(t *testing.T) {
	t.Parallel()
	for _, typ := range receiving.Types() {
		if typ == receiving.TypeSignal {
			continue // the platform sends none
		}
		body, err := os.ReadFile(filepath.Join("..", "..", "receiving", "testdata", "events", strings.ToLower(string(typ))+".json"))
		require.NoError(t, err)
		for old, without := range answerable[typ] {
			body = []byte(strings.Replace(string(body), old, without, 1))
		}
		for _, under := range []receiving.Type{typ, receiving.TypeDefault} {
			ways := sending.TypeWays(typ)
			if under == receiving.TypeDefault && (!isAct(t, body) || !slices.Contains(ways, sending.ByMessage)) {
				ways = nil
			}
			t.Run(string(typ)+"/"+string(under), func(t *testing.T) {
				t.Parallel()
				testRefusals(t, string(body), under, replyWays(ways, under == typ))
			})
		}
	}
}

func isAct(t *testing.T, body []byte) bool {
	t.Helper()
	callback, err := receiving.Split(body)
	require.NoError(t, err)
	ev, _ := callback.Envelopes[0].Event()
	return ev.IsAct()
}

// TestRefusedRepliesOnStandby: what another app answers takes no reply of any kind.
func TestRefusedRepliesOnStandby(t *testing.T) {
	t.Parallel()
	body := strings.Replace(callback(pageID, ada, "m_1", "hi"), `"messaging"`, `"standby"`, 1)
	testRefusals(t, body, receiving.TypeDefault, replyWays(nil, false))
}

// TestRefusedRepliesToAnOwnEcho: the bot never answers itself, and the senders of a route for
// echoes stay silent then.
func TestRefusedRepliesToAnOwnEcho(t *testing.T) {
	t.Parallel()
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},
		"timestamp":1,"message":{"mid":"m_1","is_echo":true,"app_id":%s,"text":"hi"}}]}]}`, pageID, pageID, ada, appID)
	testRefusals(t, body, receiving.TypeEcho, replyWays(nil, false))
}

// TestRefusedSendersOfAnEventThatLacksSomething: a route that was made to answer comments cannot
// answer one without an id. That is a refusal like that of a handler's reply.
func TestRefusedSendersOfAnEventThatLacksSomething(t *testing.T) {
	t.Parallel()
	body := `{"object":"page","entry":[{"id":"` + pageID + `","time":1,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","from":{"id":"7"}}}]}]}`
	table := replyWays(nil, true)
	table = append(table, replyWay{name: "sender", sender: says(sending.Text("sender")), refused: sending.ErrNotAnswerable})
	testRefusals(t, body, receiving.TypeComment, table)
}

func testRefusals(t *testing.T, body string, under receiving.Type, table []replyWay) {
	t.Helper()
	var routes []routing.Route
	for _, way := range table {
		r := routing.Route{Name: way.name, Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: way.name}); err != nil || way.do == nil {
				return err
			}
			return way.do(ctx, reply)
		})}
		if way.sender != nil {
			r.Senders = sending.List(way.sender)
		}
		routes = append(routes, r)
	}
	reported := map[string]error{}
	total := 0
	var log bytes.Buffer
	platform := &bubble.Taker{}
	cfg := config{
		Policy:     routing.Policy{under: routes},
		HTTPClient: &http.Client{Transport: platform},
		Logger:     slog.New(slog.NewTextHandler(&log, nil)),
		OnSendFailed: func(_ context.Context, f sending.Failure) {
			total++
			name, _, _ := strings.Cut(f.Message.Text, " ")
			switch f.Message.SenderAction {
			case "":
			case sending.TypingOn:
				name = "action"
			default:
				name = "bad-action"
			}
			reported[name] = f.Err
		},
	}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		require.Equal(t, 200, w.Posts(body).Code)
		after(time.Minute)
		var sent, refusals int
		dead := map[string]bool{}
		for _, letter := range w.Letters() {
			for _, f := range letter.Failures {
				dead[f.Route] = true
			}
		}
		page := pageOf(t, body)
		for _, way := range table {
			if way.sends {
				sent++
			}
			person, err := w.Store.Person(t.Context(), page, way.name)
			require.Equal(t, way.dropped, errors.Is(err, store.ErrNotFound), "%s: the writes: %v", way.name, err)
			if !way.dropped {
				require.Equal(t, 1, person.ThumbUps, "%s: the writes", way.name)
			}
			require.Equal(t, way.dead, dead[way.name], "%s: a dead letter", way.name)
			line := lineWith(log.String(), "was not sent", " route="+way.name+" ")
			var limit *sending.FieldError
			switch refused := way.refused.(type) { //nolint:errorlint // the table has the very values
			case nil:
				require.NotContains(t, reported, way.name)
				require.Empty(t, line, way.name)
				continue
			case *sending.FieldError:
				require.ErrorAs(t, reported[way.name], &limit, way.name)
			default:
				require.ErrorIs(t, reported[way.name], refused, way.name)
			}
			refusals++
			require.Contains(t, line, "level=ERROR", way.name)
			require.Contains(t, line, strconv.Quote(reported[way.name].Error()), way.name)
		}
		require.Equal(t, refusals, total, "each is reported once: %v", reported)
		require.Len(t, platform.Taken(), sent)
		stats := w.engine.Counts()
		require.EqualValues(t, refusals, stats.Sends[store.OutcomeRefused])
	})
}

func pageOf(t *testing.T, body string) string {
	t.Helper()
	callback, err := receiving.Split([]byte(body))
	require.NoError(t, err)
	return callback.Envelopes[0].PageID
}

// lineWith returns the first line of a log that contains all of the words, or "".
func lineWith(log string, words ...string) string {
	for line := range strings.Lines(log) {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) }) {
			return line
		}
	}
	return ""
}

// TestLateRepliesAreVisible: a reply of a goroutine that the handler has left behind is refused,
// and the log names it.
func TestLateRepliesAreVisible(t *testing.T) {
	t.Parallel()
	var errs [3]error
	var log bytes.Buffer
	policy := texts(route("hasty", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		go func() {
			time.Sleep(time.Second)
			late := context.WithoutCancel(ctx)
			errs[0] = reply.Reply(late, sending.Text("late"))
			errs[1] = reply.Now(late, sending.TypingOn)
			errs[2] = reply.Reply(late, sending.Text(""))
		}()
		return nil
	}))
	cfg := config{Policy: policy, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.Empty(t, w.Texts(ada))
	})
	require.ErrorIs(t, errs[0], store.ErrTurnOver)
	require.ErrorIs(t, errs[1], store.ErrTurnOver)
	require.Error(t, errs[2])
	require.Equal(t, 3, strings.Count(log.String(), "its route had ended"))
	require.NotEmpty(t, lineWith(log.String(), "level=ERROR", "route=hasty", "kind=text"))
}

// TestRefusedActionIsVisible: what the platform says to an action that is sent at once is returned,
// logged and reported.
func TestRefusedActionIsVisible(t *testing.T) {
	t.Parallel()
	var got error
	var reported []sending.Failure
	var log bytes.Buffer
	policy := texts(route("types", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		got = reply.Now(ctx, sending.TypingOn)
		return nil
	}))
	cfg := config{
		Policy: policy, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		OnSendFailed: func(_ context.Context, f sending.Failure) { reported = append(reported, f) },
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Fault(simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 100, Message: "bad parameter"}})
		w.Says(ada, "hi")
		after(time.Minute)
		stats := w.engine.Counts()
		require.EqualValues(t, 1, stats.Sends[store.OutcomeRefused])
	})
	require.ErrorContains(t, got, "bad parameter")
	require.Len(t, reported, 1)
	require.Equal(t, got, reported[0].Err)
	require.NotEmpty(t, lineWith(log.String(), "level=ERROR", "was not sent", "route=types", "kind="))
}

// TestRefusalThatTheStoreCannotRecord fails its turn, and not those after it.
func TestRefusalThatTheStoreCannotRecord(t *testing.T) {
	t.Parallel()
	policy := texts(route("long", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.Text() != "long" {
			return reply.Reply(ctx, sending.Text("fine"))
		}
		_ = reply.Reply(ctx, sending.Text(""))
		return nil
	}))
	cfg := config{Policy: policy, Store: noRefusals{memory.New(memory.Config{})}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "long")
		w.Says(ada, "hi")
		after(5 * time.Minute)
		require.Len(t, w.Letters(), 1)
		require.Equal(t, []string{"fine"}, w.Texts(ada))
	})
}

// noRefusals is a store that cannot record a refused message.
type noRefusals struct{ store.Store }

func (s noRefusals) Unwrap() store.Store { return s.Store }

func (s noRefusals) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	for _, w := range out.Writes {
		if sent, ok := w.(store.SaveSent); ok && sent.Sent.Outcome == store.OutcomeRefused {
			return nil, errors.New("no")
		}
	}
	return s.Store.Commit(ctx, out)
}
