package simulator_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

const (
	account = "17841400000000001"
	ana     = "1784500000000001"
)

// onInstagram is a page with a linked Instagram account, to which Ana can write.
func onInstagram(t *testing.T, cfg simulator.Config, fields ...string) (platform, *bot, *clock) {
	t.Helper()
	b, c := newBot(t), newClock()
	cfg.WebhookURL, cfg.Now = b.URL, c.now
	cfg.Pages = []simulator.Page{{
		ID: account, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, LinkedTo: page,
		Fields: append(simulator.DefaultInstagramFields(), fields...), DefaultApp: cfg.DefaultApp,
	}}
	cfg.People = append(simulator.DefaultPeople(), simulator.Person{ID: ana, PageID: account, FirstName: "Ana", LastName: "Cruz", Username: "ana.cruz"})
	return serve(t, cfg), b, c
}

// bodies are the callbacks since the last call, with mids and drawn ids left out.
func bodies(t *testing.T, p platform, b *bot) []string {
	t.Helper()
	require.NoError(t, p.Flush(t.Context()))
	var list []string
	for _, body := range b.got() {
		list = append(list, drawn.ReplaceAllString(string(body), `"$1":"…"`))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Zero(t, b.badSig)
	b.bodies = nil
	return list
}

// drawn are the ids that are drawn.
var drawn = regexp.MustCompile(`"(mid|id|parent_id)":"(?:aWdf[A-Za-z0-9]+|179[0-9]{14,17}|m_[A-Za-z0-9]+)"`)

// instagramEntry is the callback with one element of the account, at the time of the test's clock.
func instagramEntry(list, element string) string {
	return `{"object":"instagram","entry":[{"id":"` + account + `","time":1458692752478,"` + list + `":[` + element + `]}]}`
}

func fromAna(event string) string {
	return instagramEntry("messaging", `{"sender":{"id":"`+ana+`"},"recipient":{"id":"`+account+`"},"timestamp":1458692752478,`+event+`}`)
}

func fromAccount(event string) string {
	return instagramEntry("messaging", `{"sender":{"id":"`+account+`"},"recipient":{"id":"`+ana+`"},"timestamp":1458692752478,`+event+`}`)
}

// What people of Instagram do, in the shape of Instagram's callbacks.
func TestInstagramEvents(t *testing.T) {
	t.Parallel()
	p, b, _ := onInstagram(t, simulator.Config{}, "messaging_seen")
	ctx := t.Context()
	check := func(want string, err error) {
		t.Helper()
		require.NoError(t, err)
		require.Equal(t, []string{strings.ReplaceAll(want, "/", `\/`)}, bodies(t, p, b))
	}
	mid, err := p.Say(ctx, ana, "hi")
	require.Regexp(t, `^aWdf`, mid)
	check(fromAna(`"message":{"mid":"…","text":"hi"}`), err)
	_, err = p.Reply(ctx, ana, mid, "me again")
	check(fromAna(`"message":{"mid":"…","text":"me again","reply_to":{"mid":"…"}}`), err)
	check(fromAna(`"message_edit":{"mid":"…","text":"hey","num_edit":1}`), p.Edit(ctx, ana, mid, "hey"))
	_, err = p.ReplyToStory(ctx, ana, "https://e.x/story", "wow")
	check(fromAna(`"message":{"mid":"…","text":"wow","reply_to":{"story":{"url":"https://e.x/story","id":"…"}}}`), err)
	_, err = p.MentionInStory(ctx, ana, "https://e.x/mine")
	check(fromAna(`"message":{"mid":"…","attachments":[{"type":"story_mention","payload":{"url":"https://e.x/mine"}}]}`), err)
	_, err = p.SendImage(ctx, ana, "https://e.x/a.png")
	check(fromAna(`"message":{"mid":"…","attachments":[{"type":"image","payload":{"url":"https://e.x/a.png"}}]}`), err)
	check(fromAna(`"message":{"mid":"…","is_deleted":true}`), p.Unsend(ctx, ana, mid))
	require.Error(t, p.Unsend(ctx, ana, mid), "once")
	check(fromAna(`"referral":{"ref":"spring","source":"SHORTLINK","type":"OPEN_THREAD"}`), p.FollowLink(ctx, ana, "spring"))

	sent := p.sendToAna(t, `{"text":"Which?","quick_replies":[{"content_type":"text","title":"Red","payload":"R"}]}`)
	check(fromAccount(`"message":{"is_echo":true,"app_id":`+botApp+`,"mid":"…","text":"Which?"}`), nil)
	check(fromAna(`"reaction":{"reaction":"laugh","emoji":"\ud83d\ude06","action":"react","mid":"…"}`), p.React(ctx, ana, sent, "😆"))
	check(fromAna(`"reaction":{"reaction":"other","emoji":"\ud83d\udc4e","action":"react","mid":"…"}`), p.React(ctx, ana, sent, "👎"))
	check(fromAna(`"read":{"mid":"…"}`), p.Read(ctx, ana))
	require.Equal(t, "messaging_seen", p.Deliveries()[len(p.Deliveries())-1].Field)
	_, err = p.TapQuickReply(ctx, ana, "Red")
	check(fromAna(`"message":{"mid":"…","text":"Red","quick_reply":{"payload":"R"}}`), err)
	p.sendToAna(t, `{"attachment":{"type":"template","payload":{"template_type":"button","text":"T","buttons":[{"type":"postback","title":"Buy","payload":"BUY"}]}}}`)
	bodies(t, p, b)
	_, err = p.TapButton(ctx, ana, "Buy")
	check(fromAna(`"postback":{"mid":"…","title":"Buy","payload":"BUY"}`), err)

	_, err = p.SendSticker(ctx, ana, "1")
	require.NoError(t, err)
	require.Empty(t, bodies(t, p, b), "of stickers there is no callback")
}

// Acts that Instagram lacks are refused there, and those that only Instagram has are refused on a page.
func TestActsThatAPlatformLacksAreRefused(t *testing.T) {
	t.Parallel()
	p, b, _ := onInstagram(t, simulator.Config{})
	ctx := t.Context()
	_, location := p.SendLocation(ctx, ana, 1, 2, "here")
	_, post := p.VisitorPost(ctx, ana, "hi")
	for name, err := range map[string]error{
		"location": location, "post": post, "plugin": p.OptIn(ctx, ana, "r"), "linking": p.LinkAccount(ctx, ana, "c"),
		"unlinking": p.UnlinkAccount(ctx, ana), "checkbox": p.Page(account).OptInUserRef(ctx, "u", "r"),
	} {
		require.ErrorIs(t, err, simulator.ErrNotOnInstagram, name)
	}
	_, fallback := p.SendAttachment(ctx, ana, "fallback", "https://e.x/")
	_, story := p.ReplyToStory(ctx, ada, "https://e.x/", "x")
	_, mention := p.MentionInStory(ctx, ada, "https://e.x/")
	mid, err := p.Say(ctx, ada, "x")
	require.NoError(t, err)
	_, share := p.SendAttachment(ctx, ada, "share", "https://e.x/")
	for name, err := range map[string]error{
		"fallback": fallback, "story": story, "mention": mention, "unsend": p.Unsend(ctx, ada, mid), "share": share,
		"read": p.Read(ctx, ana), "no URL": errOf(p.ReplyToStory(ctx, ana, "x", "x")), "no text": errOf(p.ReplyToStory(ctx, ana, "https://e.x/", "")),
		"no message": p.Unsend(ctx, ana, "m_9"),
	} {
		require.Error(t, err, name)
	}
	require.Empty(t, p.Messages(ana))
	require.Len(t, bodies(t, p, b), 1, "ada's only")
}

func errOf(_ string, err error) error { return err }

// The page's token is the account's too: the person decides.
func TestLinkedAccountOnTheGraphSide(t *testing.T) {
	t.Parallel()
	p, _, clock := onInstagram(t, simulator.Config{})
	ctx := t.Context()
	_, sub := p.send(t, `{"recipient":{"id":"`+ana+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2534022, sub, "she has not written")
	code, _ := p.do(t, "GET", "/"+ana+"?fields=name", "").code(t)
	require.Equal(t, 230, code, "nor consented")
	for _, psid := range []string{ana, ada} {
		_, err := p.Say(ctx, psid, "hi")
		require.NoError(t, err)
	}
	require.JSONEq(t, `{"id":"`+ana+`","name":"Ana Cruz","username":"ana.cruz"}`, string(p.do(t, "GET", "/"+ana+"?fields=name,username", "").body))
	code, _ = p.do(t, "GET", "/"+ana+"?fields=first_name", "").code(t)
	require.Equal(t, 100, code)
	for _, node := range []string{"me", page, account} {
		a := p.do(t, "POST", "/v27.0/"+node+"/messages", `{"recipient":{"id":"`+ana+`"},"message":{"text":"`+node+`"}}`)
		require.Equal(t, 200, a.status, "%s: %s", node, a.body)
		require.Contains(t, string(a.body), `"recipient_id":"`+ana+`","message_id":"aWdf`)
	}
	require.Equal(t, account, p.Requests()[len(p.Requests())-1].PageID)
	p.sendText(t, ada, "the page's people are reached as before")
	require.Equal(t, page, p.Requests()[len(p.Requests())-1].PageID)

	a := p.do(t, "POST", "/me/messenger_profile?platform=instagram", `{"ice_breakers":[{"question":"Q?","payload":"Q"}],"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"T","payload":"P"}]}]}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	require.Empty(t, p.Profile())
	_, err := p.TapMenu(ctx, ana, "T")
	require.NoError(t, err)
	_, err = p.TapIceBreaker(ctx, ana, "Q?")
	require.NoError(t, err)
	require.Contains(t, string(p.do(t, "GET", "/me/messenger_profile?fields=ice_breakers&platform=instagram", "").body), "Q?")
	for _, body := range []string{
		`{"get_started":{"payload":"P"}}`, `{"greeting":[{"locale":"default","text":"x"}]}`,
		`{"persistent_menu":[{"locale":"default","composer_input_disabled":true,"call_to_actions":[{"type":"postback","title":"T","payload":"P"}]}]}`,
	} {
		code, _ = p.do(t, "POST", "/me/messenger_profile?platform=instagram", body).code(t)
		require.Equal(t, 100, code, body)
	}
	_, sub = p.as(t, "none", "GET", "/me", "").code(t)
	require.Zero(t, sub)

	require.NoError(t, p.Block(ana))
	_, sub = p.send(t, `{"recipient":{"id":"`+ana+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2534029, sub)
	require.NoError(t, p.Unblock(ana))
	clock.add(25 * time.Hour)
	_, sub = p.send(t, `{"recipient":{"id":"`+ana+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2534022, sub)
	require.Equal(t, 200, p.send(t, `{"recipient":{"id":"`+ana+`"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"x"}}`).status)

	p.Page(account).RevokeToken(460)
	_, sub = p.do(t, "GET", "/me", "").code(t)
	require.Equal(t, 460, sub, "it is the page's")
	p.Page(account).SetToken("fresh")
	require.Equal(t, "fresh", p.Pages()[1].Token)
	require.NoError(t, p.RemovePage(page))
	require.Empty(t, p.Pages(), "the account goes with its page")
}

// An account without a page has a token of its own.
func TestAccountOfItsOwn(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Pages: []simulator.Page{{ID: account, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, Token: "ig"}}})
	_, err := p.AddPerson(simulator.Person{ID: ana, PageID: account, FirstName: "Ana"})
	require.NoError(t, err)
	_, err = p.Say(t.Context(), ana, "hi")
	require.NoError(t, err)
	require.Equal(t, 200, p.as(t, "ig", "POST", "/me/messages", `{"recipient":{"id":"`+ana+`"},"message":{"text":"x"}}`).status)
	require.JSONEq(t, `{"id":"`+account+`","username":"lamp.shop"}`, string(p.as(t, "ig", "GET", "/me", "").body))
	_, sub := p.as(t, "ig", "POST", "/me/messages", `{"recipient":{"id":"9"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2534014, sub)
	_, sub = p.send(t, `{"recipient":{"id":"`+ana+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2018001, sub, "the page has no account")
	_, sub = p.do(t, "GET", "/me/messenger_profile?fields=ice_breakers&platform=instagram", "").code(t)
	require.Equal(t, 2534013, sub)
	require.Equal(t, 200, p.as(t, "ig", "POST", "/me/subscribed_apps?subscribed_fields=messages,comments", "").status)
	code, _ := p.as(t, "ig", "POST", "/me/subscribed_apps?subscribed_fields=message_reads", "").code(t)
	require.Equal(t, 100, code)
	require.Equal(t, []string{"messages", "comments"}, p.Pages()[1].Fields)
}

// Instagram refuses what Messenger takes, and takes what Messenger refuses.
func TestInstagramLimits(t *testing.T) {
	t.Parallel()
	p, _, _ := onInstagram(t, simulator.Config{})
	for _, psid := range []string{ana, ada} {
		_, err := p.Say(t.Context(), psid, "hi")
		require.NoError(t, err)
	}
	images := func(n int) string {
		return `"message":{"attachments":[` + strings.TrimSuffix(strings.Repeat(`{"type":"image","payload":{"url":"https://e.x/a.png"}},`, n), ",") + `]}`
	}
	button := func(b string) string {
		return `"message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"T","buttons":[` + b + `]}}}`
	}
	persona := idOf(t, p.do(t, "POST", "/me/personas", `{"name":"Eve","profile_picture_url":"https://e.x/a.png"}`))
	for body, want := range map[string][2]int{ // codes on Messenger and on Instagram
		`"message":{"text":"` + strings.Repeat("x", 1000) + `"}`: {0, 0},
		`"message":{"text":"` + strings.Repeat("x", 1001) + `"}`: {0, 100},
		`"message":{"text":"` + strings.Repeat("é", 501) + `"}`:  {0, 100},
		images(10): {0, 0},
		images(11): {0, 100},
		`"message":{"text":"x","quick_replies":[{"content_type":"user_email"}]}`:                                                       {0, 100},
		`"message":{"text":"x","quick_replies":[{"content_type":"user_phone_number"}]}`:                                                {0, 100},
		`"message":{"text":"x","quick_replies":[{"content_type":"text","title":"T","payload":"P"}]}`:                                   {0, 0},
		`"message":{"sticker_id":369239263222822}`:                                                                                     {0, 100},
		`"message":{"attachment":{"type":"like_heart"}}`:                                                                               {100, 0},
		`"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"17900000000000001"}}}`:                                         {100, 0},
		`"message":{"attachment":{"type":"MEDIA_SHARE","payload":{}}}`:                                                                 {100, 100},
		button(`{"type":"web_url","title":"T","url":"https://e.x/"}`):                                                                  {0, 0},
		button(`{"type":"phone_number","title":"T","payload":"+15555550100"}`):                                                         {0, 100},
		`"message":{"attachment":{"type":"template","payload":{"template_type":"coupon","title":"T","coupon_code":"C"}}}`:              {0, 100},
		`"message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"T","subtitle":"S"}]}}}`: {0, 0},
		`"messaging_type":"UTILITY","message":{"template":{"name":"n","language":{"code":"en"}}}`:                                      {0, 100},
		`"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"x"}`:                                                    {0, 0},
		`"messaging_type":"MESSAGE_TAG","tag":"NON_PROMOTIONAL_SUBSCRIPTION","message":{"text":"x"}`:                                   {0, 100},
		`"persona_id":"` + persona + `","message":{"text":"x"}`:                                                                        {0, 100},
		`"sender_action":"typing_on"`: {0, 0},
		`"sender_action":"mark_seen"`: {0, 0},
	} {
		for i, psid := range []string{ada, ana} {
			code, _ := p.send(t, `{"recipient":{"id":"`+psid+`"},`+body+`}`).code(t)
			require.Equal(t, want[i], code, "%s: %.100s", psid, body)
		}
	}
	code, _ := p.do(t, "POST", "/me/messages?platform=instagram", `{"recipient":{"user_ref":"u"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 100, code)
	require.Equal(t, 200, p.do(t, "POST", "/me/message_attachments?platform=instagram", `{"message":{"attachment":{"type":"image","payload":{"url":"https://e.x/a.png","is_reusable":true}}}}`).status)
	code, _ = p.do(t, "POST", "/me/message_attachments?platform=instagram", `{"message":{"attachment":{"type":"like_heart"}}}`).code(t)
	require.Equal(t, 100, code)
}

// Comments on the account's media, their public answers and the one private answer.
func TestInstagramComments(t *testing.T) {
	t.Parallel()
	p, b, clock := onInstagram(t, simulator.Config{})
	ctx := t.Context()
	id, err := p.Comment(ctx, ana, "How much?")
	require.NoError(t, err)
	require.Regexp(t, `^179[0-9]{14}$`, id)
	comment := func(from, username, parent, text string) string {
		return `{"object":"instagram","entry":[{"id":"` + account + `","time":1458692752,"changes":[{"field":"comments","value":{"from":{"id":"` + from +
			`","username":"` + username + `"},"media":{"id":"…","media_product_type":"FEED"},"id":"…"` + parent + `,"text":"` + text + `"}}]}]}`
	}
	require.Equal(t, []string{comment(ana, "ana.cruz", "", "How much?")}, bodies(t, p, b))

	a := p.do(t, "POST", "/"+id+"/replies", `{"message":"29 euros"}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	require.Equal(t, []string{comment(account, "lamp.shop", `,"parent_id":"…"`, "29 euros")}, bodies(t, p, b), "of its own comments the account is told too")
	var list struct {
		Data []struct {
			ID, Text string
			User     struct{ ID string }
		}
	}
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/"+id+"/replies?fields=id,text,from,user,timestamp", "").body, &list))
	require.Len(t, list.Data, 1)
	require.Equal(t, [2]string{"29 euros", account}, [2]string{list.Data[0].Text, list.Data[0].User.ID})
	require.Equal(t, p.Comments(id)[0].ID, list.Data[0].ID)
	require.Len(t, p.PublicReplies(ana), 1)
	code, _ := p.do(t, "POST", "/"+id+"/replies", `{"message":"`+strings.Repeat("x", 2201)+`"}`).code(t)
	require.Equal(t, 100, code)
	_, sub := p.do(t, "POST", "/"+id+"/comments", `{"message":"x"}`).code(t)
	require.Equal(t, 33, sub, "of a page's comments")

	private := `{"recipient":{"comment_id":"` + id + `"},"message":{"text":"29 euros"}}`
	a = p.send(t, private)
	require.Equal(t, 200, a.status, "%s", a.body)
	require.Contains(t, string(a.body), `"recipient_id":"`+ana+`"`)
	_, sub = p.send(t, private).code(t)
	require.Equal(t, 2534025, sub, "there is one private reply")
	late, err := p.Comment(ctx, ana, "And now?")
	require.NoError(t, err)
	clock.add(8 * 24 * time.Hour)
	_, sub = p.send(t, `{"recipient":{"comment_id":"`+late+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2534025, sub, "for a week")
}

// Conversation Routing on Instagram has its own inbox, refusal and field.
func TestInstagramInbox(t *testing.T) {
	t.Parallel()
	p, b, _ := onInstagram(t, simulator.Config{DefaultApp: botApp}, "standby", "messaging_handover")
	ctx := t.Context()
	_, err := p.Say(ctx, ana, "hi")
	require.NoError(t, err)
	bodies(t, p, b)
	_, err = p.Inbox().Say(ctx, ana, "Eve here")
	require.NoError(t, err)
	require.Equal(t, []string{
		fromAna(`"take_thread_control":{"previous_owner_app_id":"` + botApp + `","new_owner_app_id":"1217981644879628","metadata":""}`),
		instagramEntry("standby", `{"sender":{"id":"`+account+`"},"recipient":{"id":"`+ana+`"},"timestamp":1458692752478,"message":{"is_echo":true,"app_id":1217981644879628,"mid":"…","text":"Eve here"}}`),
	}, bodies(t, p, b))
	_, sub := p.send(t, `{"recipient":{"id":"`+ana+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 2534037, sub)
	require.Contains(t, string(p.do(t, "GET", "/me/thread_owner?recipient="+ana, "").body), "1217981644879628")
	require.Equal(t, 200, p.do(t, "POST", "/me/take_thread_control", `{"recipient":{"id":"`+ana+`"}}`).status)
	_, sub = p.do(t, "POST", "/me/pass_thread_control", `{"recipient":{"id":"`+ana+`"},"target_app_id":"`+simulator.InboxApp+`"}`).code(t)
	require.Equal(t, 2018164, sub, "the page's inbox")
}

func TestInstagramActsForOtherLanguages(t *testing.T) {
	t.Parallel()
	p, _, _ := onInstagram(t, simulator.Config{})
	path := "/simulator/people/" + ana + "/acts"
	a := p.do(t, "POST", path, `{"type":"story_reply","url":"https://e.x/story","text":"wow"}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	said := p.Messages(ana)[0]
	require.Equal(t, [2]string{"https://e.x/story", "wow"}, [2]string{said.Story, said.Text})
	require.Equal(t, 200, p.do(t, "POST", path, `{"type":"unsend","mid":"`+said.ID+`"}`).status)
	require.True(t, p.Messages(ana)[0].Unsent)
	require.Empty(t, p.Messages(ana)[0].Text)
	require.Equal(t, 200, p.do(t, "POST", path, `{"type":"attachment","kind":"story_mention","url":"https://e.x/mine"}`).status)
	require.Equal(t, 400, p.do(t, "POST", path, `{"type":"location","latitude":1,"longitude":2}`).status)
}

func TestAccountsThatCannotWork(t *testing.T) {
	t.Parallel()
	linked := simulator.Page{ID: account, Platform: simulator.PlatformInstagram, LinkedTo: page}
	for want, c := range map[string]simulator.Page{
		`Platform is "telegram"`:                 {Platform: "telegram"},
		"LinkedTo is for Instagram accounts":     {LinkedTo: page},
		"there is no page 9":                     {Platform: simulator.PlatformInstagram, LinkedTo: "9"},
		"there is no page " + account:            {Platform: simulator.PlatformInstagram, LinkedTo: account},
		"has an Instagram account already":       {Platform: simulator.PlatformInstagram, LinkedTo: page},
		"Token must be empty":                    {Platform: simulator.PlatformInstagram, LinkedTo: shop, Token: "own"},
		"AppID must be that of page":             {Platform: simulator.PlatformInstagram, LinkedTo: shop, AppID: "7"},
		`"message_reads" is no webhook field of`: {Platform: simulator.PlatformInstagram, Fields: []string{"message_reads"}},
		`"comments" is no webhook field of`:      {Fields: []string{"comments"}},
	} {
		s := newSim(t, simulator.Config{Pages: []simulator.Page{linked, {ID: shop}}})
		_, err := s.AddPage(c)
		require.ErrorContains(t, err, want)
		require.Len(t, s.Pages(), 3)
	}
}

// sendToAna sends a message that must be taken, and returns its mid.
func (p platform) sendToAna(t *testing.T, message string) string {
	t.Helper()
	a := p.send(t, `{"recipient":{"id":"`+ana+`"},"message":`+message+`}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	var sent struct {
		Message string `json:"message_id"`
	}
	require.NoError(t, json.Unmarshal(a.body, &sent))
	return sent.Message
}
