package receiving_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
)

// special are the types that a postback's payload can stand for.
var special = map[string]receiving.Type{
	payload.PersistentMenuOne:   receiving.TypePersistentMenuOne,
	payload.PersistentMenuTwo:   receiving.TypePersistentMenuTwo,
	payload.PersistentMenuThree: receiving.TypePersistentMenuThree,
	payload.PersistentMenuFour:  receiving.TypePersistentMenuFour,
	payload.PersistentMenuFive:  receiving.TypePersistentMenuFive,
	payload.GetStartedButton:    receiving.TypeGetStartedButton,
}

// foreignPayloads are what other bots and dashboards have put into buttons, and what a
// hostile one might.
var foreignPayloads = []string{
	"YES", "GET_STARTED", "GET_STARTED_PAYLOAD", "<postback_payload>", "get_started_button", "PERSISTENT_MENU_SIX", " PERSISTENT_MENU_ONE", "1", "true", "null",
	"{}", "[]", "{", `{"kind":"shop.never_made"}`, `{"kind":7}`, `{"payload_class":"shop.payloads.SizePayload","inches":14}`,
	`{"payload_class":"os.system","command":"rm -rf /"}`, `{"payload_class":"djmessenger.payload.PersistentMenuSixPayload"}`,
	`{"payload_class":"builtins.eval"}`, `{"payload_class":["djmessenger.payload.GetStartedPayload"]}`, `{"py/object":"os.system"}`,
	`{"a":1,"a":2}`, `{"kind":"a","data":1e999999}`, `{"type":"legacy_reply_to_message_action","message":"hi"}`,
	"你好 👋🏽", "a\u202eb", "\x00\x01", "\ufeff{}", "payload with \"quotes\" and \\", strings.Repeat("x", 100_000),
	strings.Repeat("[", 50_000), strings.Repeat(`{"kind":`, 20_000), "action=buy&id=7", "a.b.c:d/e?f", "%{first_name}", "<script>",
}

func taps(t testing.TB, text string) (postback, quickReply *receiving.Event) {
	t.Helper()
	raw, err := json.Marshal(text)
	require.NoError(t, err)
	postback, told := event(t, `{"sender":{"id":"7"},"timestamp":1,"postback":{"mid":"m","title":"Tap","payload":`+string(raw)+`}}`)
	require.Empty(t, told)
	quickReply, told = event(t, `{"sender":{"id":"7"},"timestamp":1,"message":{"mid":"m","text":"Tap","quick_reply":{"payload":`+string(raw)+`}}}`)
	require.Empty(t, told)
	return postback, quickReply
}

// TestForeignPayloadIsAPlainTap: a payload of no known kind is a plain POSTBACK or
// QUICK_REPLY with its raw payload, never an error, and never lost.
func TestForeignPayloadIsAPlainTap(t *testing.T) {
	t.Parallel()
	for _, text := range foreignPayloads {
		post, quick := taps(t, text)
		require.Equal(t, receiving.TypePostback, post.Type, "%.80q", text)
		require.Equal(t, receiving.TypeQuickReply, quick.Type, "%.80q", text)
		for _, ev := range []*receiving.Event{post, quick} {
			require.Equal(t, text, ev.PayloadText())
			require.Equal(t, "7", ev.PSID)
			require.True(t, ev.IsAct())
		}
	}
}

// TestPayloadOfTheWrongJSONType: the platform documents a string. Anything else is
// reported, and the tap stays.
func TestPayloadOfTheWrongJSONType(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"kind":"x"}`, `["x"]`, `7`, `true`} {
		ev, told := event(t, `{"sender":{"id":"7"},"postback":{"title":"Tap","payload":`+raw+`}}`)
		require.Equal(t, receiving.TypePostback, ev.Type, raw)
		require.Empty(t, ev.PayloadText(), raw)
		require.Contains(t, string(ev.Raw), raw)
		require.Len(t, told, 1, raw)
	}
	for _, element := range []string{`{"sender":{"id":"7"},"postback":{"payload":null}}`, `{"sender":{"id":"7"},"postback":{}}`} {
		ev, told := event(t, element)
		require.Equal(t, receiving.TypePostback, ev.Type)
		require.Empty(t, told)
	}
}

// TestOldPayloadsHaveTheirSpecialTypes: buttons of djmessenger stay in chats for years.
// On a quick reply they stay a quick reply.
func TestOldPayloadsHaveTheirSpecialTypes(t *testing.T) {
	t.Parallel()
	classes := map[string]string{
		payload.PersistentMenuOne: "PersistentMenuOnePayload", payload.PersistentMenuTwo: "PersistentMenuTwoPayload",
		payload.PersistentMenuThree: "PersistentMenuThreePayload", payload.PersistentMenuFour: "PersistentMenuFourPayload",
		payload.PersistentMenuFive: "PersistentMenuFivePayload", payload.GetStartedButton: "GetStartedPayload",
	}
	for name, want := range special {
		for _, text := range []string{
			name, `{"kind":"` + name + `"}`, `{"payload_class":"djmessenger.payload.` + classes[name] + `"}`,
			`{"payload_class":"` + classes[name] + `"}`, `{ "title": "x", "payload_class": "djmessenger.payload.` + classes[name] + `" }`,
		} {
			post, quick := taps(t, text)
			require.Equal(t, want, post.Type, text)
			require.Equal(t, text, post.PayloadText())
			require.Equal(t, receiving.TypeQuickReply, quick.Type, text)
		}
	}
}

// FuzzTap: any string in a payload makes a tap with that string, whose type its kind
// decides and nothing else.
func FuzzTap(f *testing.F) {
	for _, text := range foreignPayloads {
		f.Add(text)
	}
	for name := range special {
		f.Add(`{"payload_class":"djmessenger.payload.` + name + `"}`)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || text == "" {
			t.Skip()
		}
		post, quick := taps(t, text)
		require.Equal(t, text, post.PayloadText())
		require.Equal(t, text, quick.PayloadText())
		require.Equal(t, receiving.TypeQuickReply, quick.Type)
		name, _ := payload.KindOf(text)
		if want, ok := special[name]; ok {
			require.Equal(t, want, post.Type)
		} else {
			require.Equal(t, receiving.TypePostback, post.Type)
		}
	})
}
