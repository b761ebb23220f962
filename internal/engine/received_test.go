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

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// TestEventsAroundOneMessage: eight events name one message id. Delivered twice, each time in one
// callback and the last event first, each is handled once, in the order in which they happened. The
// deletion comes last: it would erase what waits.
func TestEventsAroundOneMessage(t *testing.T) {
	t.Parallel()
	var got []string
	keep := handling.Func(func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
		text := ev.Text()
		switch p := ev.Payload.(type) {
		case *receiving.MessageEdit:
			text = p.Text
		case *receiving.Reaction:
			text = p.Action
		}
		got = append(got, strings.TrimSpace(fmt.Sprint(ev.Object, " ", ev.Type, " ", text)))
		return nil
	})
	policy := routing.Policy{receiving.TypeDefault: {route("keep", keep)}}
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
		w.Stop()
		at := time.Now().UnixMilli()
		var elements []string
		add := func(from, to, event string) {
			at++
			elements = append(elements, fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,%s}`, from, to, at, event))
		}
		add(ada, pageID, `"message":{"mid":"m","text":"helo"}`)
		add(ada, pageID, `"message_edit":{"mid":"m","text":"hell","num_edit":1}`)
		add(ada, pageID, `"message_edit":{"mid":"m","text":"hello","num_edit":2}`)
		add(pageID, ada, `"message":{"mid":"m","text":"hello","is_echo":true}`)
		add(ada, pageID, `"read":{"mid":"m"}`)
		add(ada, pageID, `"reaction":{"mid":"m","action":"react","reaction":"love"}`)
		add(ada, pageID, `"reaction":{"mid":"m","action":"unreact"}`)
		slices.Reverse(elements)
		callback := func() string {
			return `{"object":"instagram","entry":[{"id":"` + pageID + `","time":1,"messaging":[` + strings.Join(elements, ",") + `]}]}`
		}
		body := callback()
		require.Equal(t, 200, w.Posts(body).Code)
		require.Equal(t, 200, w.Posts(body).Code)
		w.start()
		after(time.Second)
		elements = nil
		add(ada, pageID, `"message":{"mid":"m","is_deleted":true}`)
		require.Equal(t, 200, w.Posts(callback()).Code, "what was handled by then was handled")
		require.Equal(t, 200, w.Posts(body).Code, "and once more, when all is over")
		after(time.Second)
		require.Equal(t, []string{
			"instagram SIMPLE_TEXT helo",
			"instagram MESSAGE_EDIT hell",
			"instagram MESSAGE_EDIT hello",
			"instagram ECHO",
			"instagram READ",
			"instagram REACTION react",
			"instagram REACTION unreact",
			"instagram MESSAGE_DELETED",
		}, got)
	})
}

// TestStandbyIsKnownAndNotAnswered: what a person says while another app controls the conversation
// reaches DEFAULT's handlers, and nobody answers it. The same message, told again once the app is
// in control, is no second event.
func TestStandbyIsKnownAndNotAnswered(t *testing.T) {
	t.Parallel()
	var standby, refused []bool
	policy := routing.Policy{
		receiving.TypeDefault: {route("answers all", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			err := reply.Reply(ctx, sending.Text("from DEFAULT"))
			standby, refused = append(standby, ev.Standby), append(refused, errors.Is(err, sending.ErrNotAnswerable))
			return nil
		})},
		receiving.TypeSimpleText: {route("answers text", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text("from SIMPLE_TEXT"))
		})},
	}
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
		body := callback(pageID, ada, "m_1", "hi")
		require.Equal(t, 200, w.Posts(strings.Replace(body, `"messaging"`, `"standby"`, 1)).Code)
		after(time.Second)
		require.Equal(t, []bool{true}, standby)
		require.Equal(t, 200, w.Posts(body).Code)
		require.Equal(t, 200, w.Posts(callback(pageID, ada, "m_2", "hi")).Code)
		after(time.Second)
		require.Equal(t, []bool{true, false}, standby)
		require.Equal(t, standby, refused)
		require.Equal(t, []string{"from DEFAULT", "from SIMPLE_TEXT"}, w.Texts(ada))
	})
}
