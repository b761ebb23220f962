package messenger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/threadsettings"
)

// The tests in this file go through djmessenger's documented behavior line by line, as
// a person who moves from it would: what it did is done, and what it did wrong is not.
// Each runs a whole bot on a simulated platform.

// element is an event of Ada's as the platform writes it, in a callback of its own.
var elements = map[receiving.Type]string{
	receiving.TypeSimpleText:          `"message":{"mid":"m1","text":"hi"}`,
	receiving.TypeQuickReply:          `"message":{"mid":"m2","text":"Large","quick_reply":{"payload":"L"}}`,
	receiving.TypeImage:               `"message":{"mid":"m3","attachments":[{"type":"image","payload":{"url":"https://x.example/i.png"}},{"type":"video","payload":{"url":"https://x.example/v.mp4"}}]}`,
	receiving.TypeAudio:               `"message":{"mid":"m4","attachments":[{"type":"audio","payload":{"url":"https://x.example/a.mp3"}}]}`,
	receiving.TypeVideo:               `"message":{"mid":"m5","attachments":[{"type":"video","payload":{"url":"https://x.example/v.mp4"}}]}`,
	receiving.TypeFile:                `"message":{"mid":"m6","attachments":[{"type":"file","payload":{"url":"https://x.example/f.pdf"}}]}`,
	receiving.TypeLocation:            `"message":{"mid":"m7","attachments":[{"type":"location","title":"Here","payload":{"coordinates":{"lat":25.03,"long":121.56}}}]}`,
	receiving.TypeSticker:             `"message":{"mid":"m8","sticker_id":369239263222822,"attachments":[{"type":"image","payload":{"url":"https://x.example/t.png","sticker_id":369239263222822}}]}`,
	receiving.TypePostback:            `"postback":{"mid":"m9","title":"Buy","payload":"BUY"}`,
	receiving.TypeAuthentication:      `"optin":{"ref":"shop"}`,
	receiving.TypeAccountLinking:      `"account_linking":{"status":"linked","authorization_code":"c"}`,
	receiving.TypeDelivered:           `"delivery":{"mids":["m10"],"watermark":1}`,
	receiving.TypeRead:                `"read":{"watermark":1700000000000}`,
	receiving.TypeEcho:                `"message":{"mid":"m11","is_echo":true,"app_id":1,"attachments":[{"type":"image","payload":{"url":"https://x.example/i.png"}}]}`,
	receiving.TypePersistentMenuOne:   `"postback":{"mid":"m12","payload":"{\"payload_class\":\"djmessenger.payload.PersistentMenuOnePayload\"}"}`,
	receiving.TypePersistentMenuTwo:   `"postback":{"mid":"m13","payload":"{\"payload_class\":\"djmessenger.payload.PersistentMenuTwoPayload\"}"}`,
	receiving.TypePersistentMenuThree: `"postback":{"mid":"m14","payload":"{\"payload_class\":\"djmessenger.payload.PersistentMenuThreePayload\"}"}`,
	receiving.TypePersistentMenuFour:  `"postback":{"mid":"m15","payload":"{\"payload_class\":\"djmessenger.payload.PersistentMenuFourPayload\"}"}`,
	receiving.TypePersistentMenuFive:  `"postback":{"mid":"m16","payload":"{\"payload_class\":\"djmessenger.payload.PersistentMenuFivePayload\"}"}`,
	receiving.TypeGetStartedButton:    `"postback":{"mid":"m17","payload":"{\"payload_class\":\"djmessenger.payload.GetStartedPayload\"}"}`,
}

// happens gives events of a person to the bot, in one callback, and waits until they are
// handled.
func (w *world) happens(psid string, events ...string) {
	w.T.Helper()
	for i, event := range events {
		from, to := psid, pageID
		if strings.Contains(event, `"is_echo":true`) {
			from, to = to, from
		}
		events[i] = fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,%s}`, from, to, time.Now().UnixMilli()+int64(i), event)
	}
	if len(events) == 1 { // the platform knows of it, and so opens the window
		require.NoError(w.T, w.Post(w.T.Context(), json.RawMessage(events[0])))
	} else {
		body := fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1,"messaging":[%s]}]}`, pageID, strings.Join(events, ","))
		require.Equal(w.T, http.StatusOK, w.Posts(body).Code)
	}
	after(time.Second)
}

// seen notes what handlers are given.
type seen struct {
	mu sync.Mutex
	is []string
}

func (s *seen) add(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is = append(s.is, what)
}

func (s *seen) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.is
	s.is = nil
	return is
}

// notes is a handler that notes the type of its event.
func (s *seen) notes(what string) handling.Handler {
	return handling.Func(func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
		s.add(what + string(ev.Type))
		return nil
	})
}

func TestDjmessengerReceivingTypes(t *testing.T) {
	t.Parallel()
	var got seen
	policy := routing.Policy{}
	for typ := range elements {
		policy[typ] = []routing.Route{{Handler: got.notes("")}}
	}
	policy[receiving.TypeAttachment] = []routing.Route{{Handler: got.notes("")}}
	policy[receiving.TypeUnsupported] = []routing.Route{{Handler: got.notes("")}}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		require.Len(t, elements, 20, "all but DEFAULT, and MENU counted as five")
		for typ, element := range elements {
			w.happens(ada, element)
			require.Equal(t, []string{string(typ)}, got.take(), "%s", element)
		}
		for element, want := range map[string][]string{
			`"message":{"mid":"n1","text":"a","is_echo":true,"quick_reply":{"payload":"L"}}`: {"ECHO"},
			`"message":{"mid":"n2","sticker_id":1,"quick_reply":{"payload":"L"}}`:            {"QUICK_REPLY"},
			`"message":{"mid":"n3","attachments":[{"type":"sticker","payload":{}}]}`:         {"STICKER"},
			`"message":{"mid":"n4","text":"a","attachments":[{"type":"image"}]}`:             {"IMAGE"},
			`"message":{"mid":"n5","attachments":[{"type":"hologram"}]}`:                     {"ATTACHMENT"},
			`"message":{"mid":"n6","attachments":null}`:                                      {"UNSUPPORTED"},
			`"postback":{"mid":"n7","payload":"{\"payload_class\":\"shop.payloads.Size\"}"}`: {"POSTBACK"},
		} {
			w.happens(ada, element)
			require.Equal(t, want, got.take(), "%s", element)
		}
		// A nested null, and an unknown kind of event, cost no other event of the callback.
		w.happens(ada, `"message":null`, `"optin":null`, `"never_heard_of":{"a":1}`, `"message":{"mid":"n8","text":"b"}`)
		require.Contains(t, got.take(), "SIMPLE_TEXT")
		require.Empty(t, w.Letters())
	})
}

// profileHandler shows which handler is first under DEFAULT.
type profileHandler struct {
	handling.UserProfile
	seen *seen
}

func (h profileHandler) Handle(context.Context, *receiving.Event, *sending.Replier) error {
	h.seen.add("profile")
	return nil
}

func TestDjmessengerRoutingPolicy(t *testing.T) {
	t.Parallel()
	var got seen
	say := func(texts ...string) []sending.Sender {
		var senders []sending.Sender
		for _, text := range texts {
			senders = append(senders, sending.SimpleMessage{Text: text})
		}
		return senders
	}
	policy := routing.Policy{
		receiving.TypeDefault: {
			{Handler: got.notes("default 1 "), Senders: say("default")},
			{Handler: got.notes("default 2 ")},
			{Handler: profileHandler{seen: &got}},
		},
		receiving.TypeSimpleText: {
			{Handler: got.notes("own 1 "), Senders: say("one", "two", "three")},
			{Handler: handling.SimpleText{Pattern: "never"}, Senders: say("should not handle")},
			{Handler: handling.Func(func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
				if ev.Text() == "boom" {
					return handling.Permanent(errors.New("boom"))
				}
				return nil
			}), Senders: say("handled")},
			{Handler: got.notes("own 2 ")},
		},
	}
	fields := append(simulator.DefaultFields(), "message_echoes", "message_deliveries", "message_reads")
	inBubble(t, simulator.Config{Fields: fields}, messenger.Config{Policy: policy}, func(w *world) {
		w.happens(ada, `"message":{"mid":"a","text":"hi"}`)
		got.is = got.is[:min(5, len(got.is))] // the rest are receipts
		require.Equal(t, []string{"profile", "default 1 SIMPLE_TEXT", "default 2 SIMPLE_TEXT", "own 1 SIMPLE_TEXT", "own 2 SIMPLE_TEXT"}, got.take())
		require.Equal(t, []string{"default", "one", "two", "three", "handled"}, w.Texts(ada), "in order, and only after a yes and a success")

		// A type without routes gets those of DEFAULT only.
		w.happens(ada, elements[receiving.TypeAudio])
		require.Subset(t, got.take(), []string{"profile", "default 1 AUDIO", "default 2 AUDIO"})
		require.Equal(t, "default", w.Texts(ada)[5])

		// What is no act of a person triggers no sender under DEFAULT, and no profile.
		sent := len(w.Texts(ada))
		got.take()
		w.happens(ada, elements[receiving.TypeDelivered])
		w.happens(ada, elements[receiving.TypeRead])
		w.happens(ada, elements[receiving.TypeEcho])
		require.Len(t, w.Texts(ada), sent)
		require.Equal(t, []string{
			"default 1 DELIVERED", "default 2 DELIVERED", "default 1 READ", "default 2 READ", "default 1 ECHO", "default 2 ECHO",
		}, got.take())

		// A failed handler costs no other message of the callback, nor another route.
		w.happens(ada, `"message":{"mid":"b","text":"boom"}`, `"message":{"mid":"c","text":"still here"}`)
		require.Equal(t, []string{"default", "one", "two", "three", "default", "one", "two", "three", "handled"}, w.Texts(ada)[sent:])
		require.Len(t, w.Letters(), 1)
	})

	// Every mistake is reported at once, each with its place, and nothing starts.
	_, err := messenger.New(messenger.Config{Policy: routing.Policy{
		"SIMPLE_TEKST":         {{Handler: handling.Dummy{}}},
		receiving.TypeRead:     {{Handler: handling.SimpleText{}}},
		receiving.TypePostback: {{}},
	}})
	require.ErrorContains(t, err, "SIMPLE_TEKST: no such receiving type; the nearest is SIMPLE_TEXT")
	require.ErrorContains(t, err, "READ/0: its handler handling.SimpleText never handles")
	require.ErrorContains(t, err, "POSTBACK/0")
}

func TestDjmessengerTables(t *testing.T) {
	t.Parallel()
	half := 5.5
	policy := routing.Policy{receiving.TypeDefault: {{Handler: handling.UserProfile{}}}}
	people := []simulator.Person{
		{ID: ada, FirstName: "Ada", LastName: "Lovelace", Locale: "en_GB", Timezone: half, Gender: "female", ProfilePic: "https://x.example/a.png"},
		{ID: lin, FirstName: "Lin"},
	}
	inBubble(t, simulator.Config{People: people}, messenger.Config{Policy: policy}, func(w *world) {
		before := time.Now()
		w.happens(ada, `"message":{"mid":"a","text":"hi"}`)
		person := w.Person(ada)
		require.Equal(t, store.Profile{
			FirstName: "Ada", LastName: "Lovelace", ProfilePic: "https://x.example/a.png", Locale: "en_GB", Timezone: &half, Gender: "female",
		}, person.Profile)
		require.False(t, person.FirstSeen.Before(before), "date_joined")
		require.True(t, person.UnavailableSince.IsZero(), "is_active")
		require.Zero(t, person.ThumbUps)

		// One database serves many pages: the same id on another page is another person.
		_, err := w.Store.Person(t.Context(), "100000000000002", ada)
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestDjmessengerThreadSettings(t *testing.T) {
	t.Parallel()
	settings := threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		Greeting:   threadsettings.GreetingOf("Welcome"),
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Help"}, threadsettings.MenuItem{Title: "Site", URL: "https://x.example"}, threadsettings.MenuItem{Title: "Buy"},
		),
	}
	var got seen
	policy := routing.Policy{
		receiving.TypeGetStartedButton:    {{Handler: got.notes("")}},
		receiving.TypePersistentMenuOne:   {{Handler: got.notes("")}},
		receiving.TypePersistentMenuThree: {{Handler: got.notes("")}},
	}
	cfg := messenger.Config{Policy: policy, ThreadSettings: map[string]threadsettings.Settings{graph.Me: settings}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		after(time.Second) // applied when the bot starts
		profile := w.Profile()
		require.JSONEq(t, `{"payload":"GET_STARTED_BUTTON"}`, string(profile["get_started"]))
		require.JSONEq(t, `[{"locale":"default","text":"Welcome"}]`, string(profile["greeting"]))
		require.JSONEq(t, `[{"locale":"default","composer_input_disabled":false,"call_to_actions":[
			{"type":"postback","title":"Help","payload":"PERSISTENT_MENU_ONE"},{"type":"web_url","title":"Site","url":"https://x.example"},
			{"type":"postback","title":"Buy","payload":"PERSISTENT_MENU_THREE"}]}]`, string(profile["persistent_menu"]))
		_, err := w.GetStarted(t.Context(), ada)
		require.NoError(t, err)
		for _, title := range []string{"Help", "Buy"} {
			_, err := w.TapMenu(t.Context(), ada, title)
			require.NoError(t, err)
		}
		after(time.Second)
		require.Equal(t, []string{"GET_STARTED_BUTTON", "PERSISTENT_MENU_ONE", "PERSISTENT_MENU_THREE"}, got.take())
	})
}

func TestDjmessengerLanguages(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"zh_TW": {"Hello": "哈囉"}, "zh_CN": {"Hello": "你好"}, "de_DE": {"Bye": "Tschüss"}})
	require.NoError(t, err)
	people := []simulator.Person{
		{ID: "71", FirstName: "A", Locale: "zh_TW"}, {ID: "72", FirstName: "B", Locale: "zh_CN"}, {ID: "73", FirstName: "C", Locale: "de_DE"},
		{ID: "74", FirstName: "D", Locale: "xx_YY"}, {ID: "75", FirstName: "E"},
	}
	cfg := messenger.Config{Catalog: catalog, Policy: routing.Policy{
		receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.SimpleMessage{Text: "Hello"})}},
	}}
	inBubble(t, simulator.Config{People: people}, cfg, func(w *world) {
		for range 3 {
			for _, p := range people {
				w.Says(p.ID, "hi")
			}
		}
		after(time.Minute)
		for psid, want := range map[string]string{"71": "哈囉", "72": "你好", "73": "Hello", "74": "Hello", "75": "Hello"} {
			require.Equal(t, []string{want, want, want}, w.Texts(psid), "the raw text where there is no other, and no other person's language")
		}
	})
}
