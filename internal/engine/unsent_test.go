package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// unsentCallback is an element about the message m_secret, as the platform sends it.
func unsentCallback(object, element string) string {
	return fmt.Sprintf(`{"object":%q,"entry":[{"id":%q,"time":1764240000000,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},`+
		`"timestamp":1764240000000,%s}]}]}`, object, pageID, ada, pageID, element)
}

// What a person unsent is neither kept nor answered, whenever its deletion comes, and
// whichever event has it. The deletion itself is an event that handlers get.
func TestUnsentMessageIsErased(t *testing.T) {
	t.Parallel()
	const gone, goneAsText = `"message":{"mid":"m_secret","is_deleted":true}`, `"message":{"mid":"m_secret","is_deleted":"true"}`
	for name, c := range map[string]struct {
		deletion, event string
		typ             receiving.Type
	}{
		"text":     {gone, `"message":{"mid":"m_secret","text":"my card is 4111"}`, receiving.TypeSimpleText},
		"location": {goneAsText, `"message":{"mid":"m_secret","attachments":[{"type":"location","title":"4111","payload":{"coordinates":{"lat":1,"long":2}}}]}`, receiving.TypeLocation},
		"edit":     {gone, `"message_edit":{"mid":"m_secret","text":"my card is 4111","num_edit":1}`, receiving.TypeMessageEdit},
		"postback": {gone, `"postback":{"mid":"m_secret","title":"my card is 4111","payload":"P"}`, receiving.TypePostback},
	} {
		for when, order := range unsentOrders {
			for _, object := range []string{"instagram", "page"} {
				t.Run(name+" "+when+" on "+object, func(t *testing.T) {
					t.Parallel()
					playUnsent(t, order, unsentCallback(object, c.event), unsentCallback(object, c.deletion), c.typ)
				})
			}
		}
	}
}

// unsentOrder is one way in which an event and its deletion come.
type unsentOrder struct {
	fails    bool // the handler does
	play     func(w *world, event, deletion func(), running, resume chan struct{})
	runs     int // of the event's handler, before that of the deletion
	answered bool
}

var unsentOrders = map[string]unsentOrder{
	"after it was handled": {play: func(_ *world, event, deletion func(), _, _ chan struct{}) {
		event()
		deletion()
	}, runs: 1, answered: true},
	"before it arrives": {play: func(_ *world, event, deletion func(), _, _ chan struct{}) {
		deletion()
		event()
		event()
	}},
	"while it waits": {play: func(w *world, event, deletion func(), _, _ chan struct{}) {
		w.Stop()
		event()
		deletion()
		w.start()
	}},
	"while its turn runs": {play: func(_ *world, event, deletion func(), running, resume chan struct{}) {
		resume <- struct{}{} // the handler waits for one more
		event()
		<-running
		deletion()
		<-resume
	}, runs: 1},
	"between two tries": {fails: true, play: func(_ *world, event, deletion func(), _, _ chan struct{}) {
		event()
		deletion()
	}, runs: 1},
	"after it became a dead letter": {fails: true, play: func(w *world, event, deletion func(), _, _ chan struct{}) {
		event()
		after(time.Minute)
		letters := w.Letters()
		require.Len(w.T, letters, 1)
		deletion()
		require.ErrorIs(w.T, bubble.As[store.DeadLetters](w.T, w.Store).Replay(w.T.Context(), letters[0].ID), store.ErrNotFound)
	}, runs: 4},
}

func playUnsent(t *testing.T, order unsentOrder, event, deletion string, typ receiving.Type) {
	t.Helper()
	var handled []receiving.Type
	running, resume := make(chan struct{}), make(chan struct{}, 1)
	handler := handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		handled = append(handled, ev.Type)
		if ev.Type == receiving.TypeMessageDeleted {
			return nil
		}
		select {
		case <-resume:
			close(running)
			resume <- struct{}{}
			after(time.Second)
		default:
		}
		if order.fails {
			return errors.New("broken")
		}
		return reply.Reply(ctx, sending.Text("thank you"))
	})
	policy := routing.Policy{receiving.TypeDefault: {
		route("handler", handler), {Name: "message", Handler: handling.SaveMessage{}}, {Name: "location", Handler: handling.Location{}},
	}}
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
		post := func(body string) func() {
			return func() {
				require.Equal(t, 200, w.Posts(body).Code)
				after(10 * time.Millisecond)
			}
		}
		order.play(w, post(event), post(deletion), running, resume)
		after(time.Minute)
		require.Equal(t, append(slices.Repeat([]receiving.Type{typ}, order.runs), receiving.TypeMessageDeleted), handled)
		require.Equal(t, order.answered, len(w.Texts(ada)) == 1)
		received, err := w.Store.Received(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Len(t, received, 1, "the deletion")
		require.NotContains(t, string(received[0].Body), "4111")
		locations, err := w.Store.Locations(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Empty(t, locations)
		require.Empty(t, w.Letters())
	})
}

// A deletion between a message and its edits erases all of them, those that come later
// too, and nothing of another message.
func TestDeletionBetweenAMessageAndItsEdits(t *testing.T) {
	t.Parallel()
	for _, object := range []string{"instagram", "page"} {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			var handled []string
			policy := routing.Policy{receiving.TypeDefault: {
				route("handler", handling.Func(func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
					text := string(ev.Type)
					if edit, ok := ev.Payload.(*receiving.MessageEdit); ok {
						text = edit.Text
					}
					handled = append(handled, text)
					return nil
				})), {Name: "message", Handler: handling.SaveMessage{}},
			}}
			inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
				post := func(element string) {
					require.Equal(t, 200, w.Posts(unsentCallback(object, element)).Code)
					after(time.Second)
				}
				edit := func(mid, text string, n int) {
					post(fmt.Sprintf(`"message_edit":{"mid":%q,"text":%q,"num_edit":%d}`, mid, text, n))
				}
				post(`"message":{"mid":"m_secret","text":"zero"}`)
				edit("m_secret", "one", 1)
				edit("m_other", "other one", 1)
				post(`"message":{"mid":"m_secret","is_deleted":true}`)
				edit("m_secret", "two", 2)
				edit("m_secret", "one", 1)
				edit("m_other", "other two", 2)
				require.Equal(t, []string{"SIMPLE_TEXT", "one", "other one", "MESSAGE_DELETED", "other two"}, handled)
				received, err := w.Store.Received(t.Context(), pageID, ada, 10)
				require.NoError(t, err)
				require.Len(t, received, 3, "two of the other message, and the deletion")
				for _, r := range received {
					require.NotRegexp(t, `"(zero|one|two)"`, string(r.Body))
				}
			})
		})
	}
}

// losesAnswer is a store whose first commit of an event takes effect and fails.
type losesAnswer struct {
	store.Store
	lost bool
}

func (s *losesAnswer) Unwrap() store.Store { return s.Store }

func (s *losesAnswer) Commit(ctx context.Context, o store.Outcome) ([]store.QueuedSend, error) {
	due, err := s.Store.Commit(ctx, o)
	if o.Event != nil && err == nil && !s.lost {
		s.lost = true
		return nil, errors.New("the connection broke")
	}
	return due, err
}

// What a turn says of the person counts for the messages after it if it took effect:
// it did if only the answer to its commit was lost, and not if its message was unsent.
func TestPersonAfterATurnThatNoLongerWaits(t *testing.T) {
	t.Parallel()
	for name, unsent := range map[string]bool{"its answer was lost": false, "its message was unsent": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failures []error
			var w *world
			policy := routing.Policy{receiving.TypeSimpleText: {route("handler", handling.Func(
				func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
					require.NoError(t, reply.Reply(ctx, sending.Text("thank you"))) // so that the worker goes on
					if unsent {
						require.Equal(t, 200, w.Posts(unsentCallback("page", `"message":{"mid":"m_secret","is_deleted":true}`)).Code)
					}
					w.send(ada, sending.Text("news"))
					return nil
				}))}}
			cfg := config{Policy: policy, Store: &losesAnswer{Store: memory.New(memory.Config{}), lost: unsent}}
			cfg.OnSendFailed = func(_ context.Context, f sending.Failure) { failures = append(failures, f.Err) }
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(in *world) {
				w = in
				act := time.Now().Add(-25 * time.Hour)
				require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: act}))
				body := unsentCallback("page", `"message":{"mid":"m_secret","text":"hi"}`)
				require.Equal(t, 200, w.Posts(strings.ReplaceAll(body, "1764240000000", fmt.Sprint(time.Now().UnixMilli()))).Code)
				after(time.Minute)
				if !unsent {
					require.Empty(t, failures)
					require.ElementsMatch(t, []string{"news", "thank you"}, w.Texts(ada))
					return
				}
				require.Len(t, failures, 1)
				require.ErrorIs(t, failures[0], graph.ErrOutsideWindow)
				require.True(t, w.Person(ada).LastAct.Equal(act.Truncate(time.Microsecond)))
			})
		})
	}
}
