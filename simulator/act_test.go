package simulator_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestActs compares what each act puts under the sender, recipient and timestamp
// of its event with Meta's examples.
func TestIceBreakersWithoutLocalesCanBeTapped(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	require.Equal(t, 200, p.do(t, "POST", "/me/messenger_profile", `{"ice_breakers":[{"question":"Open?","payload":"OPEN"}]}`).status)
	_, err := p.TapIceBreaker(t.Context(), ada, "Open?")
	require.NoError(t, err)
	_, err = p.TapIceBreaker(t.Context(), ada, "x")
	require.ErrorContains(t, err, `no ice breaker "x"`)
}

func TestActs(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL, Now: newClock().now})
	ctx := t.Context()
	p.do(t, "POST", "/me/messenger_profile", `{"get_started":{"payload":"START"},
		"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"Help","payload":"HELP"},{"type":"web_url","title":"Shop","url":"https://example.com"}]},
			{"locale":"zh_TW","call_to_actions":[{"type":"postback","title":"幫助","payload":"HELP_ZH"}]}],
		"ice_breakers":[{"locale":"default","call_to_actions":[{"question":"Open?","payload":"OPEN"}]}],
		"commands":[{"locale":"default","commands":[{"name":"flights","description":"d"}]}]}`)
	said, err := p.Say(ctx, ada, "hi")
	require.NoError(t, err)
	buttons := p.sendMessage(t, ada, template(`{"template_type":"button","text":"t","buttons":[`+many1(tapIt)+`,`+webURL[:len(webURL)-1]+`}]}`))
	p.sendMessage(t, ada, `{"text":"?","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"},{"content_type":"user_email"}]}`)
	require.NoError(t, p.Flush(ctx))
	no := func(err error) (string, error) { return "", err }
	for _, test := range []struct {
		name string
		act  func() (string, error)
		want string
	}{
		{"reply", func() (string, error) { return p.Reply(ctx, ada, said, "re") }, `"message":{"mid":"MID","text":"re","reply_to":{"mid":"` + said + `","is_self_reply":true}}`},
		{"button", func() (string, error) { return p.TapButton(ctx, ada, "t") }, `"postback":{"mid":"MID","title":"t","payload":"p"}`},
		{"get started", func() (string, error) { return p.GetStarted(ctx, ada) }, `"postback":{"mid":"MID","title":"Get Started","payload":"START"}`},
		{"menu", func() (string, error) { return p.TapMenu(ctx, ada, "Help") }, `"postback":{"mid":"MID","title":"Help","payload":"HELP"}`},
		{"ice breaker", func() (string, error) { return p.TapIceBreaker(ctx, ada, "Open?") }, `"postback":{"mid":"MID","title":"Open?","payload":"OPEN"}`},
		{"command", func() (string, error) { return p.Say(ctx, ada, "/flights to Rome") }, `"message":{"mid":"MID","text":"/flights to Rome","commands":[{"name":"flights"}]}`},
		{"sticker", func() (string, error) { return p.SendSticker(ctx, ada, simulator.ThumbSmall) }, `"message":{"mid":"MID","attachments":[{"type":"sticker","payload":{"url":"https://scontent.xx.fbcdn.net/v/t39.1997-6/369239263222822.png","sticker_id":369239263222822}}]}`},
		{"image", func() (string, error) { return p.SendImage(ctx, ada, "https://example.com/a.png") }, `"message":{"mid":"MID","attachments":[{"type":"image","payload":{"url":"https://example.com/a.png"}}]}`},
		{"file", func() (string, error) { return p.SendAttachment(ctx, ada, "file", "https://example.com/a.pdf") }, `"message":{"mid":"MID","attachments":[{"type":"file","payload":{"url":"https://example.com/a.pdf"}}]}`},
		{"location", func() (string, error) { return p.SendLocation(ctx, ada, 25.03, 121.5, "Taipei") }, `"message":{"mid":"MID","attachments":[{"title":"Taipei","url":"https://www.facebook.com/l.php?u=https%3A%2F%2Fwww.bing.com%2Fmaps%2Fdefault.aspx%3Fwhere1%3D25.03%2C121.5","type":"location","payload":{"coordinates":{"lat":25.03,"long":121.5}}}]}`},
		{"react", func() (string, error) { return no(p.React(ctx, ada, buttons, "❤️")) }, `"reaction":{"reaction":"love","emoji":"❤️","action":"react","mid":"` + buttons + `"}`},
		{"react otherwise", func() (string, error) { return no(p.React(ctx, ada, buttons, "🦆")) }, `"reaction":{"reaction":"other","emoji":"🦆","action":"react","mid":"` + buttons + `"}`},
		{"unreact", func() (string, error) { return no(p.Unreact(ctx, ada, buttons)) }, `"reaction":{"reaction":"other","emoji":"🦆","action":"unreact","mid":"` + buttons + `"}`},
		{"edit", func() (string, error) { return no(p.Edit(ctx, ada, said, "hi!")) }, `"message_edit":{"mid":"` + said + `","text":"hi!","num_edit":1}`},
		{"link", func() (string, error) { return no(p.FollowLink(ctx, ada, "r")) }, `"referral":{"ref":"r","source":"SHORTLINK","type":"OPEN_THREAD"}`},
		{"optin", func() (string, error) { return no(p.OptIn(ctx, ada, "r")) }, `"optin":{"ref":"r"}`},
		{"link account", func() (string, error) { return no(p.LinkAccount(ctx, ada, "c")) }, `"account_linking":{"status":"linked","authorization_code":"c"}`},
		{"unlink account", func() (string, error) { return no(p.UnlinkAccount(ctx, ada)) }, `"account_linking":{"status":"unlinked"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "reply" { // while the chips are there
				_, err := p.TapQuickReply(ctx, ada, "Blue")
				require.Error(t, err)
				mid, err := p.TapQuickReply(ctx, ada, "RED")
				require.NoError(t, err)
				require.NoError(t, p.Flush(ctx))
				events := b.events(t)
				require.JSONEq(t, `{"mid":"`+mid+`","text":"Red","quick_reply":{"payload":"RED"}}`, string(must(json.Marshal(events[len(events)-1]["message"]))))
				_, err = p.TapQuickReply(ctx, ada, "Red")
				require.Error(t, err, "chips vanish after a tap")
			}
			mid, err := test.act()
			require.NoError(t, err)
			require.NoError(t, p.Flush(ctx))
			events := b.events(t)
			want := `{"sender":{"id":"` + ada + `"},"recipient":{"id":"` + page + `"},"timestamp":1458692752478,` + test.want + `}`
			var wanted map[string]any
			require.NoError(t, json.Unmarshal([]byte(want), &wanted))
			if mid != "" {
				for _, key := range []string{"message", "postback"} {
					if body, ok := wanted[key].(map[string]any); ok {
						body["mid"] = mid
					}
				}
			}
			require.Equal(t, wanted, events[len(events)-1])
		})
	}

	_, err = p.TapMenu(ctx, lin, "幫助")
	require.NoError(t, err, "the menu of her locale")
	_, err = p.TapMenu(ctx, lin, "Help")
	require.Error(t, err)
	_, err = p.TapMenu(ctx, jose, "Shop")
	require.ErrorIs(t, err, simulator.ErrOpensLink)
}

func TestQuickReplyWithContact(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	p.sendMessage(t, ada, `{"text":"?","quick_replies":[{"content_type":"user_email"}]}`)
	_, err = p.TapQuickReply(t.Context(), ada, "user_email")
	require.NoError(t, err)
	list := p.Messages(ada)
	require.Equal(t, "ada@example.com", list[2].Payload)
	p.sendMessage(t, ada, `{"text":"?","quick_replies":`+many(1, chip)+`}`)
	p.sendText(t, ada, "newer")
	_, err = p.TapQuickReply(t.Context(), ada, "t0")
	require.Error(t, err, "chips vanish under a newer message")
}

func TestButtonsOfOneTitleAreToldApartByPayload(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	ctx := t.Context()
	_, err := p.Say(ctx, ada, "hi")
	require.NoError(t, err)
	buy := func(payload string) string {
		return `{"title":"c","buttons":[{"type":"postback","title":"Buy","payload":"` + payload + `"}]}`
	}
	p.sendMessage(t, ada, template(`{"template_type":"generic","elements":[`+buy("shirt")+`,`+buy("shoes")+`]}`))
	before := len(p.Messages(ada))
	_, err = p.TapButton(ctx, ada, "Buy")
	require.ErrorIs(t, err, simulator.ErrAmbiguous)
	require.ErrorContains(t, err, `"Buy", with the payloads "shirt", "shoes"`)
	_, err = p.TapButton(ctx, ada, "")
	require.Error(t, err)
	_, err = p.TapButtonPayload(ctx, ada, "hat")
	require.Error(t, err)
	require.Len(t, p.Messages(ada), before)

	_, err = p.TapButtonPayload(ctx, ada, "shoes")
	require.NoError(t, err)
	_, err = p.Do(ctx, ada, simulator.Act{Type: simulator.ActButton, Title: "Buy", Payload: "shirt"})
	require.NoError(t, err)
	list := p.Messages(ada)[before:]
	require.Equal(t, "shoes", list[0].Payload)
	require.Equal(t, "shirt", list[1].Payload)

	p.sendMessage(t, ada, template(`{"template_type":"generic","elements":[`+buy("hat")+`,`+buy("hat")+`]}`))
	_, err = p.TapButton(ctx, ada, "Buy")
	require.NoError(t, err, "both do the same")
}

func TestChipsAndMenuItemsByPayload(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	ctx := t.Context()
	p.do(t, "POST", "/me/messenger_profile", `{"get_started":{"payload":"START"},
		"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"web_url","title":"Shop","url":"https://example.com"},{"type":"postback","title":"Help","payload":"HELP"}]}]}`)
	_, err := p.Say(ctx, ada, "hi")
	require.NoError(t, err)
	p.sendMessage(t, ada, `{"text":"?","quick_replies":[{"content_type":"text","title":"A","payload":"B"},{"content_type":"text","title":"B","payload":"A"}]}`)
	_, err = p.TapQuickReplyPayload(ctx, ada, "")
	require.Error(t, err)
	_, err = p.Do(ctx, ada, simulator.Act{Type: simulator.ActQuickReply, Payload: "B"})
	require.NoError(t, err)
	_, err = p.TapMenuPayload(ctx, ada, "")
	require.Error(t, err)
	_, err = p.Do(ctx, ada, simulator.Act{Type: simulator.ActMenu, Payload: "HELP"})
	require.NoError(t, err)
	list := p.Messages(ada)
	require.Equal(t, "A", list[len(list)-2].Text, "not the one whose title is B")
	require.Equal(t, "Help", list[len(list)-1].Text)
}

// TestTapsOnWhatWasOfferedEarlier: the bot gets the event of a tap, though the conversation has no such offer.
func TestTapsOnWhatWasOfferedEarlier(t *testing.T) {
	t.Parallel()
	const old = `{"size": "L", "payload_class": "shop.payloads.SizePayload"}`
	for name, test := range map[string]struct {
		act  simulator.Act
		want string // of the event, where %s is the mid
	}{
		"button":      {simulator.Act{Type: simulator.ActOldButton, Title: "Large", Payload: old}, `"postback":{"mid":"%s","title":"Large","payload":%q}`},
		"quick reply": {simulator.Act{Type: simulator.ActOldQuickReply, Title: "Large", Payload: old}, `"message":{"mid":"%s","text":"Large","quick_reply":{"payload":%q}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBot(t)
			p := serve(t, simulator.Config{WebhookURL: b.URL})
			mid, err := p.Do(t.Context(), ada, test.act)
			require.NoError(t, err)
			require.NoError(t, p.Flush(t.Context()))
			events := b.events(t)
			require.Len(t, events, 1)
			delete(events[0], "sender")
			delete(events[0], "recipient")
			delete(events[0], "timestamp")
			require.JSONEq(t, "{"+fmt.Sprintf(test.want, mid, old)+"}", string(must(json.Marshal(events[0]))))
			last := p.Messages(ada)
			require.Equal(t, old, last[len(last)-1].Payload)
		})
	}
	s := newSim(t, simulator.Config{})
	for _, act := range []simulator.Act{
		{Type: simulator.ActOldButton, Title: "Large"},
		{Type: simulator.ActOldButton, Payload: old},
		{Type: simulator.ActOldQuickReply, Title: "Large"},
		{Type: simulator.ActOldQuickReply, Payload: old},
	} {
		_, err := s.Do(t.Context(), ada, act)
		require.ErrorContains(t, err, "both a title and a payload", act.Type)
	}
	_, err := s.TapOldButton(t.Context(), "1", "Large", old)
	require.ErrorIs(t, err, simulator.ErrNoPerson)
	require.Empty(t, s.Messages(ada))
}

func TestActsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	ctx := t.Context()
	mid, err := s.Say(ctx, ada, "hi")
	require.NoError(t, err)
	for range 5 {
		require.NoError(t, s.Edit(ctx, ada, mid, "hi!"))
	}
	first := func(_ string, err error) error { return err }
	for name, err := range map[string]error{
		"no such person": first(s.Say(ctx, "1", "x")),
		"nothing":        first(s.Say(ctx, ada, "")),
		"sixth edit":     s.Edit(ctx, ada, mid, "hi!"),
		"no message":     s.React(ctx, ada, "m_x", "👍"),
		"other's":        s.React(ctx, lin, mid, "👍"),
		"no reaction":    s.Unreact(ctx, ada, mid),
		"no emoji":       s.React(ctx, ada, mid, ""),
		"no button":      first(s.TapButton(ctx, ada, "x")),
		"no menu":        first(s.TapMenu(ctx, ada, "x")),
		"no start":       first(s.GetStarted(ctx, ada)),
		"no question":    first(s.TapIceBreaker(ctx, ada, "x")),
		"no sticker":     first(s.SendSticker(ctx, ada, "x")),
		"no kind":        first(s.SendAttachment(ctx, ada, "template", "https://example.com")),
		"relative URL":   first(s.SendImage(ctx, ada, "/a.png")),
		"nowhere":        first(s.SendLocation(ctx, ada, 91, 0, "")),
		"no act":         first(s.Do(ctx, ada, simulator.Act{Type: "dance"})),
	} {
		require.Error(t, err, name)
	}
	require.Len(t, s.Messages(ada), 1)
	_, err = s.AddPerson(simulator.Person{ID: ada, FirstName: "Twin"})
	require.Error(t, err)
	_, err = s.AddPerson(simulator.Person{ID: "x", FirstName: "X"})
	require.Error(t, err)
	_, err = s.AddPerson(simulator.Person{})
	require.Error(t, err)
	p, err := s.AddPerson(simulator.Person{FirstName: "Zoë"})
	require.NoError(t, err)
	require.Regexp(t, `^7\d{15}$`, p.ID)
	require.Equal(t, p, s.People()[3])
}

func TestConfigNamesEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := simulator.New(simulator.Config{
		AppID: "x", PageID: "y", Fields: []string{"mesages"}, WebhookURL: "localhost", AnswerTimeout: -1, History: -1,
	})
	for _, field := range []string{"AppID", "PageID", `"mesages"`, "WebhookURL", "AnswerTimeout", "History"} {
		require.ErrorContains(t, err, field)
	}
}
