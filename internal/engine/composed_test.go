package engine

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// turnWith is a turn whose second route has sent messages.
func turnWith(t *testing.T, at time.Time, messages ...sending.Message) *turn {
	t.Helper()
	conv := store.Conversation{PageID: "1", PSID: "2"}
	turn := &turn{
		w: &worker{lease: store.Lease{LeaseID: store.LeaseID{Conversation: conv}}}, ev: &receiving.Event{Object: receiving.ObjectInstagram},
		queued: store.QueuedEvent{Event: store.Event{Key: "event"}},
	}
	sends, err := turn.encode("second", messages, at)
	require.NoError(t, err)
	turn.routes = []routeResult{{name: "first"}, {name: "second", sends: sends, messages: messages, queuedAt: at}}
	return turn
}

// A message that was not decoded from the outbox is delivered like one that was.
func TestComposedSendIsWhatIsStored(t *testing.T) {
	t.Parallel()
	to := &sending.Recipient{ID: "2"}
	for _, at := range []time.Time{time.Now(), time.Date(2026, 11, 28, 6, 0, 0, 1001, time.UTC)} {
		messages := []sending.Message{
			sending.Text("<b> \u2028 & \"ä\" 💬").To(*to), {Recipient: to, StickerID: "369239263222822"}, sending.TypingOn.Message(),
			{
				Recipient: to, Text: "a", MessagingType: sending.MessagingTag, Tag: "HUMAN_AGENT", NotificationType: "NO_PUSH", PersonaID: "3",
				ReplyTo: "m_1", Metadata: "mine", Delay: time.Second, Key: "k",
			},
		}
		turn := turnWith(t, at, messages...)
		for _, send := range turn.routes[1].sends {
			want := newPlan(store.QueuedSend{Send: send})
			got := turn.composed(send)
			require.NotNil(t, got)
			require.True(t, want.delivery.CreatedAt.Equal(got.delivery.CreatedAt))
			want.delivery.CreatedAt = got.delivery.CreatedAt
			require.Equal(t, want, got)
		}
		require.Nil(t, turn.composed(store.Send{Key: "of another turn"}))
	}
	first := turnWith(t, time.Now(), sending.Message{Recipient: to, Text: "a"})
	planned := first.composed(first.routes[1].sends[0])
	to.ID = "of the next turn"
	require.Equal(t, "2", planned.delivery.Message.Recipient.ID, "the recipient is a copy")
}

// A message with parts that the program may still change is decoded from the outbox: each of its
// fields that is a pointer or a list, those of tomorrow too.
func TestComposedSendSharesNothing(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[sending.Message]()
	for i := range fields.NumField() {
		field := fields.Field(i)
		m := sending.Message{Text: "a"}
		value := reflect.ValueOf(&m).Elem().Field(i)
		switch field.Type.Kind() {
		case reflect.Pointer:
			value.Set(reflect.New(field.Type.Elem()))
		case reflect.Slice:
			value.Set(reflect.MakeSlice(field.Type, 0, 1))
		case reflect.String, reflect.Int64:
			require.True(t, standsAlone(&m), field.Name)
			continue
		default:
			require.Fail(t, "a new kind of field; see standsAlone", field.Name)
		}
		require.Equal(t, field.Name == "Recipient", standsAlone(&m), field.Name)
	}
	for field := range reflect.TypeFor[sending.Recipient]().Fields() {
		require.Equal(t, reflect.String, field.Type.Kind(), "composed copies a recipient's fields, not what they refer to")
	}
	turn := turnWith(t, time.Now(), sending.Text("a").WithQuickReplies(sending.QuickReply{Title: "b"}))
	require.Nil(t, turn.composed(turn.routes[1].sends[0]))
}

// Processes of all versions make the same key of the same parts, and no two lists of parts make the
// same one.
func TestSendKeyNeverChanges(t *testing.T) {
	t.Parallel()
	require.Equal(t, "oneepMnx9x_VqnxI9XqwVQ7K", sendKey("turn", "m_1", "echo", "0"))
	require.Equal(t, "K0xNdByXUprA5C4ws89FnrzD", sendKey("named", "1", "ä", ""))
	require.NotEqual(t, sendKey("a", "b:c"), sendKey("a:b", "c"))
	require.NotEqual(t, sendKey("1:a"), sendKey("", "a"))
}
