package messenger_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// Handlers of a program's own, as djmessenger's subclasses were.
type (
	onMultimedia struct {
		handling.MultimediaBase
		seen *seen
	}
	onOptIn struct {
		handling.AuthenticationBase
		seen *seen
	}
	onLinking struct {
		handling.AccountLinkingBase
		seen *seen
	}
	onDelivery struct {
		handling.DeliveryBase
		seen *seen
	}
	onRead struct {
		handling.ReadBase
		seen *seen
	}
	onEcho struct {
		handling.EchoBase
		seen *seen
	}
	onQuickReply struct {
		handling.QuickReplyBase[payload.None]
		seen *seen
	}
	onButton struct {
		handling.PostbackBase[payload.None]
		seen *seen
	}
)

func (h onMultimedia) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add(h.Attachments(ev)[0].Payload.URL)
	return nil
}

func (h onOptIn) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add(h.OptIn(ev).Ref)
	return nil
}

func (h onLinking) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add(h.AccountLinking(ev).AuthorizationCode)
	return nil
}

func (h onDelivery) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add(h.Delivery(ev).MIDs[0])
	return nil
}

func (h onRead) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add(fmt.Sprint(h.Read(ev).Watermark.UnixMilli()))
	return nil
}

func (h onEcho) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add(h.Echo(ev).MID)
	return nil
}

func (h onQuickReply) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add("quick reply " + h.Kind.Name())
	return nil
}

func (h onButton) Handle(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
	h.seen.add("button " + h.Kind.Name())
	return nil
}

func TestDjmessengerHandlers(t *testing.T) {
	t.Parallel()
	var got seen
	button := func(name string) handling.Handler {
		return onButton{handling.PostbackBase[payload.None]{Kind: payload.New[payload.None](name)}, &got}
	}
	policy := routing.Policy{
		receiving.TypeDefault: {{Handler: handling.SaveMessage{}}, {Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {
			{Handler: handling.SimpleText{Pattern: `order (?P<number>\d+)`, Exact: true}, Senders: sending.List(sending.SimpleMessage{Text: "%{number}!"})},
			{Handler: handling.SimpleText{Pattern: "nothing matches"}, Senders: sending.List(sending.Text("wrong"))},
		},
		receiving.TypeSticker:           {{Handler: handling.ThumbUp{}, Senders: sending.List(sending.SimpleMessage{Text: "%{thumb_ups}"})}},
		receiving.TypeLocation:          {{Handler: handling.Location{}}},
		receiving.TypeQuickReply:        {{Handler: onQuickReply{handling.QuickReplyBase[payload.None]{Kind: payload.New[payload.None]("L")}, &got}}},
		receiving.TypePostback:          {{Handler: button("BUY")}},
		receiving.TypePersistentMenuOne: {{Handler: button(payload.PersistentMenuOne)}},
		receiving.TypeGetStartedButton:  {{Handler: button(payload.GetStartedButton)}, {Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Welcome"))}},
		receiving.TypeAuthentication:    {{Handler: onOptIn{seen: &got}}},
		receiving.TypeAccountLinking:    {{Handler: onLinking{seen: &got}}},
		receiving.TypeDelivered:         {{Handler: onDelivery{seen: &got}}},
		receiving.TypeRead:              {{Handler: onRead{seen: &got}}},
		receiving.TypeEcho:              {{Handler: onEcho{seen: &got}}},
	}
	for _, typ := range []receiving.Type{receiving.TypeImage, receiving.TypeAudio, receiving.TypeVideo, receiving.TypeFile} {
		policy[typ] = []routing.Route{{Handler: onMultimedia{seen: &got}}}
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		for typ, want := range map[receiving.Type]string{
			receiving.TypeImage: "https://x.example/i.png", receiving.TypeAudio: "https://x.example/a.mp3", receiving.TypeVideo: "https://x.example/v.mp4",
			receiving.TypeFile: "https://x.example/f.pdf", receiving.TypeAuthentication: "shop", receiving.TypeAccountLinking: "c",
			receiving.TypeDelivered: "m10", receiving.TypeRead: "1700000000000", receiving.TypeEcho: "m11", receiving.TypeQuickReply: "quick reply L",
			receiving.TypePostback: "button BUY", receiving.TypePersistentMenuOne: "button PERSISTENT_MENU_ONE",
			receiving.TypeGetStartedButton: "button GET_STARTED_BUTTON",
		} {
			w.happens(ada, elements[typ])
			require.Equal(t, []string{want}, got.take(), typ)
		}
		require.Equal(t, []string{"Welcome"}, w.Texts(ada), "the handler that does nothing routes to its senders")

		// SimpleText: the whole text, in this letter case; named groups reach the senders.
		for i, text := range []string{"order 4711", "Order 4711", "my order 4711", "order 4711 ", "order 4711\\n"} {
			w.happens(ada, fmt.Sprintf(`"message":{"mid":"s%d","text":"%s"}`, i, text))
		}
		require.Equal(t, []string{"Welcome", "4711!"}, w.Texts(ada))

		// ThumbUp: the three thumbs, counted; other stickers are none.
		for i, id := range []string{"369239263222822", "369239343222814", "369239383222810", "126361874215276810", "126361884215276822"} {
			w.happens(ada, fmt.Sprintf(`"message":{"mid":"t%d","attachments":[{"type":"sticker","payload":{"sticker_id":%s}}]}`, i, id))
		}
		require.Equal(t, []string{"Welcome", "4711!", "1", "2", "3"}, w.Texts(ada))

		// Location: one row for each location of the message.
		place := `{"type":"location","payload":{"coordinates":{"lat":25.03,"long":121.56}}}`
		w.happens(ada, `"message":{"mid":"l1","attachments":[`+place+`,`+place+`]}`)
		places, err := w.Store.Locations(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Len(t, places, 2)

		// SaveMessage: every event, with type and body.
		kept, err := w.Store.Received(t.Context(), pageID, ada, 100)
		require.NoError(t, err)
		require.Equal(t, 13+5+5+1, len(kept)) //nolint:testifylint // require.Len would print all of them
		require.Equal(t, "LOCATION", kept[0].Type)
		require.Contains(t, string(kept[0].Body), `"l1"`)

		// UserProfile: fetched for a new person, never for a page that an echo is from.
		require.Equal(t, "Ada", w.Person(ada).Profile.FirstName)
		_, err = w.Store.Person(t.Context(), pageID, pageID)
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestDjmessengerSenders(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{
		"zh_TW": {"Hello": "哈囉", "Sorry": "抱歉", "Bot:": "機器人：", "Small": "小"}, "zh_CN": {"Hello": "你好"},
	})
	require.NoError(t, err)
	url := "https://x.example/f"
	many := sending.QuickReplies{Text: "Hello"}
	for i := range 13 {
		many = many.WithReply(fmt.Sprint("Small", strings.Repeat(" ", min(i, 1)), i), "P")
	}
	many.Replies[0].Title = "Small"
	senders := []sending.Sender{
		sending.SimpleMessage{Text: "Hello"}, sending.Default{},
		sending.SenderAction{Action: sending.MarkSeen}, sending.SenderAction{Action: sending.TypingOn}, sending.SenderAction{Action: sending.TypingOff},
		sending.SenderAction{Action: sending.React, Emoji: "😍"}, sending.SenderAction{Action: sending.Unreact},
		sending.Multimedia{Type: attachment.Image, URL: url}, sending.Multimedia{Type: attachment.Audio, URL: url},
		sending.Multimedia{Type: attachment.Video, URL: url}, sending.Multimedia{Type: attachment.File, URL: url},
		many,
		sending.Buttons{Text: "Hello"}.WithURL("Site", url).WithPostback("Buy", "P").WithButtons(sending.PhoneButton("Call", "+15105551234")),
		sending.GenericTemplate{}.WithElements(sending.Element{Title: "Hello", Subtitle: "s"}),
	}
	cfg := messenger.Config{
		Catalog: catalog, Prefix: "Bot:", DefaultText: "Sorry", Policy: routing.Policy{
			receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
			receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: senders}},
		},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(lin, "hi")
		after(time.Minute)
		rows, err := w.Store.Sent(t.Context(), pageID, lin, 100)
		require.NoError(t, err)
		slices.Reverse(rows)
		var types []string
		for _, row := range rows {
			types = append(types, row.Type)
			require.Equal(t, store.OutcomeSent, row.Outcome, row.Error)
			require.Equal(t, 200, row.Status)
			require.Contains(t, string(row.Body), `"recipient":{"id":"`+lin+`"}`)
			require.NotEmpty(t, row.Response)
			require.False(t, row.At.IsZero())
		}
		require.Len(t, rows, len(senders), "a row for each: %q", types)
		require.Equal(t, []string{"機器人：哈囉", "機器人：抱歉"}, w.Texts(lin)[:2])
		require.Contains(t, string(rows[11].Body), `"title":"小"`)
		require.Equal(t, 13, strings.Count(string(rows[11].Body), `"title"`))

		// A failure has its row too.
		w.Fault(simulator.Fault{Error: &simulator.GraphError{Code: 100, Message: "no"}, Times: 1})
		w.Says(lin, "again")
		after(time.Minute)
		rows, err = w.Store.Sent(t.Context(), pageID, lin, len(senders))
		require.NoError(t, err)
		first := rows[len(rows)-1]
		require.Equal(t, store.OutcomeRefused, first.Outcome)
		require.Equal(t, 400, first.Status)
		require.Contains(t, first.Response+first.Error, "no")
	})
	for what, wrong := range map[string]sending.Sender{
		"an action":       sending.SenderAction{Action: "dance"},
		"a fourth button": sending.Buttons{Text: "a"}.WithPostback("1", "P").WithPostback("2", "P").WithPostback("3", "P").WithPostback("4", "P"),
		"a 14th reply":    many.WithReply("14", "P"),
	} {
		err := routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(wrong)}}}.Validate()
		require.Error(t, err, what)
	}
}
