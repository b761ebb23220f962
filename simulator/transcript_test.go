package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// converse plays a conversation with nearly everything in it.
func (p platform) converse(t *testing.T, psid string) {
	t.Helper()
	ctx := t.Context()
	file := `{"recipient":{"id":"` + psid + `"},"message":{"attachment":{"type":"image","payload":{"url":"http://localhost:9090/simulator/files/ab12/logo.png","is_reusable":true}}}}`
	p.ok(t, "POST", "/me/messenger_profile", `{"get_started":{"payload":"GO"}}`)
	must(p.GetStarted(ctx, psid))
	hello := p.sendMessage(t, psid, `{"text":"Hello <b>Ada</b>, you are `+psid+`.","quick_replies":[{"content_type":"text","title":"Red","payload":"RED-`+psid+`"}]}`)
	p.send(t, `{"recipient":{"id":"`+psid+`"},"sender_action":"typing_on"}`)
	must(p.TapQuickReply(ctx, psid, "Red"))
	p.sendMessage(t, psid, `{"attachment":{"type":"template","payload":{"template_type":"button","text":"Buy?","buttons":[{"type":"postback","title":"Yes","payload":"YES"},{"type":"web_url","title":"See","url":"http://127.0.0.1:4711/see"}]}}}`)
	must(p.TapButton(ctx, psid, "Yes"))
	require.NoError(t, p.React(ctx, psid, hello, "😀"))
	said := must(p.Reply(ctx, psid, hello, "thanks"))
	require.Equal(t, 200, p.send(t, file).status)
	p.ok(t, "POST", "/me/messages", `{"recipient":{"id":"`+psid+`"},"sender_action":"react","payload":{"message_id":"`+said+`","reaction":"❤"}}`)
	require.NoError(t, p.Edit(ctx, psid, said, "thank you"))
	must(p.Inbox().Say(ctx, psid, "I am Eve."))
	require.NoError(t, p.Block(psid))
	require.Equal(t, 400, p.send(t, `{"recipient":{"id":"`+psid+`"},"message":{"text":"refused"}}`).status)
	require.NoError(t, p.Block(psid))
	require.NoError(t, p.Unblock(psid))
	require.NoError(t, p.Post(ctx, json.RawMessage(`{"sender":{"id":"`+psid+`"},"recipient":{"id":"`+page+`"},"timestamp":1700000000000,"game_play":{"game_id":"1"}}`)))
	must(p.Comment(ctx, psid, "price?"))
}

// TestATranscript: the same conversation of two people of two simulators gives the same bytes, without an id, a time or an address.
func TestATranscript(t *testing.T) {
	t.Parallel()
	one, other := serve(t, simulator.Config{Seed: 1}), serve(t, simulator.Config{Seed: 2, Now: newClock().now})
	one.converse(t, ada)
	again := simulator.DefaultPeople()[0]
	again.ID = ""
	psid := must(other.AddPerson(again)).ID
	other.converse(t, psid)
	got := string(must(one.Transcript(ada)).Encode())
	require.Equal(t, got, string(must(other.Transcript(psid)).Encode()))
	require.JSONEq(t, got, one.ok(t, "GET", "/simulator/people/"+ada+"/transcript", ""))
	for _, secret := range []string{ada, page, `"m_`, "17000000", "localhost:", "4711", "ab12"} {
		require.NotContains(t, got, secret)
	}
	for _, want := range []string{
		`"text": "Hello <b>Ada</b>, you are {{person}}."`, `"payload": "RED-{{person}}"`, `"url": "{{local}}/see"`, `"url": "{{local}}/simulator/files/{{file}}/logo.png"`,
		`"sender_action": "typing_on"`, `"message_id": "{{message 6}}"`, `"by": "263902037430900"`, `"game_id": "1"`,
	} {
		require.Contains(t, got, want)
	}
	var kinds []string
	for _, e := range must(one.Transcript(ada)).Entries {
		switch {
		case e.Act != nil:
			kinds = append(kinds, e.Act.Type)
		case e.Posted != "":
			kinds = append(kinds, "posted "+e.Posted)
		case e.Blocked != nil:
			kinds = append(kinds, fmt.Sprint("blocked ", *e.Blocked))
		case e.By != "":
			kinds = append(kinds, "agent")
		default:
			kinds = append(kinds, "call")
		}
	}
	require.Equal(t, []string{
		"get_started", "call", "call", "quick_reply", "call", "button", "react", "reply", "call", "call", "edit", "agent", "blocked true", "blocked false", "posted event", "comment",
	}, kinds)
}

// TestEveryActIsInTheTranscript, so that it can be done again from there.
func TestEveryActIsInTheTranscript(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	insta := serve(t, simulator.Config{})
	account := must(insta.AddPage(simulator.Page{ID: "17841400000000009", Name: "Shop", Platform: simulator.PlatformInstagram}))
	fan := must(insta.AddPerson(simulator.Person{FirstName: "Zoe", PageID: account.ID})).ID
	p.ok(t, "POST", "/me/messenger_profile", `{"get_started":{"payload":"GO"},"ice_breakers":[{"locale":"default","call_to_actions":[{"question":"Open?","payload":"OPEN"}]}],`+
		`"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"Help","payload":"HELP"}]}]}`)
	said := must(p.Say(t.Context(), ada, "hi"))
	template := func(payload string) string {
		return p.sendMessage(t, ada, `{"attachment":{"type":"template","payload":`+payload+`}}`)
	}
	coupon := template(`{"template_type":"coupon","title":"Off","coupon_code":"X10","payload":"C"}`)
	feedback := template(`{"template_type":"customer_feedback","title":"Rate","subtitle":"us","button_title":"Rate","feedback_screens":[{"questions":[{"id":"q1","type":"csat"}]}],"business_privacy":{"url":"https://example.com"}}`)
	form := template(`{"template_type":"customer_information","countries":["US"],"business_privacy":{"url":"https://example.com"},"expires_in_days":1}`)
	request := template(`{"template_type":"notification_messages","title":"News","payload":"N"}`)
	button := template(`{"template_type":"button","text":"Buy?","buttons":[{"type":"postback","title":"Yes","payload":"YES"}]}`)
	p.sendMessage(t, ada, `{"text":"Which?","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"}]}`)
	var done []string
	do := func(p platform, psid string, a simulator.Act) string {
		mid, err := p.Do(t.Context(), psid, a)
		require.NoError(t, err, a.Type)
		entries := must(p.Transcript(psid)).Entries
		got := entries[len(entries)-1].Act
		require.NotNil(t, got, a.Type)
		if a.MID != "" {
			require.Regexp(t, `^{{message \d+}}$`, got.MID, a.Type)
			got.MID = a.MID
		}
		if a.Type == simulator.ActAd || a.Type == simulator.ActStoryMention { // with what they stand for
			a.AdID, got.AdID = "", ""
			got.Type, a.Kind, got.Kind = a.Type, "", ""
		}
		require.Equal(t, a, *got)
		done = append(done, a.Type)
		return mid
	}
	for _, a := range []simulator.Act{
		{Type: simulator.ActQuickReply, Title: "Red"}, {Type: simulator.ActSay, Text: "hi"}, {Type: simulator.ActReply, MID: said, Text: "hi"}, {Type: simulator.ActEdit, MID: said, Text: "ho"},
		{Type: simulator.ActButton, MID: button, Title: "Yes", Payload: "YES"}, {Type: simulator.ActOldQuickReply, Title: "A", Payload: "B"}, {Type: simulator.ActOldButton, Title: "A", Payload: "B"},
		{Type: simulator.ActMenu, Payload: "HELP"}, {Type: simulator.ActIceBreaker, Title: "Open?"}, {Type: simulator.ActGetStarted}, {Type: simulator.ActSticker, StickerID: "1"},
		{Type: simulator.ActAttachment, Kind: "image", URLs: []string{"https://example.com/1.png", "https://example.com/2.png"}}, {Type: simulator.ActLocation, Title: "here"},
		{Type: simulator.ActReact, MID: said, Emoji: "😀"}, {Type: simulator.ActUnreact, MID: said}, {Type: simulator.ActRead}, {Type: simulator.ActLink, Ref: "r"}, {Type: simulator.ActOptIn, Ref: "r"},
		{Type: simulator.ActAccountLinking, Code: "c"}, {Type: simulator.ActComment, Text: "c"}, {Type: simulator.ActPost, Text: "p"}, {Type: simulator.ActAd, Ref: "r"}, {Type: simulator.ActCoupon, MID: coupon},
		{Type: simulator.ActFeedback, MID: feedback, Answer: "4"}, {Type: simulator.ActInformation, MID: form, Answers: map[string]string{"zip": "1"}},
		{Type: simulator.ActNotificationOptIn, MID: request}, {Type: simulator.ActNotificationStop}, {Type: simulator.ActNotificationResume},
	} {
		do(p, ada, a)
	}
	mid := do(insta, fan, simulator.Act{Type: simulator.ActStoryReply, URL: "https://example.com/s", Text: "wow"})
	do(insta, fan, simulator.Act{Type: simulator.ActUnsend, MID: mid})
	do(insta, fan, simulator.Act{Type: simulator.ActStoryMention, URL: "https://example.com/s"})
	require.ElementsMatch(t, simulator.ActTypes(), done)
}

// TestATranscriptBeginsAnew with a conversation that is forgotten, and survives a snapshot.
func TestATranscriptBeginsAnew(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	must(p.Say(t.Context(), ada, "hi"))
	p.sendText(t, ada, "ho")
	require.NoError(t, p.Flush(t.Context()))
	before := must(p.Transcript(ada)).Encode()
	other := serve(t, simulator.Config{})
	require.NoError(t, other.Restore(p.Snapshot()))
	require.Equal(t, string(before), string(must(other.Transcript(ada)).Encode()))
	require.NoError(t, p.ForgetConversation(ada))
	require.Empty(t, must(p.Transcript(ada)).Entries)
	must(p.Say(t.Context(), ada, "hi"))
	require.Equal(t, "{{message 1}}", must(p.Transcript(ada)).Entries[0].Message)
}

// TestATranscriptIsWholeOrNone: of a conversation that is longer than what is kept there is none.
func TestATranscriptIsWholeOrNone(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{History: 4})
	for range 10 {
		must(p.Say(t.Context(), ada, "hi"))
	}
	_, err := p.Transcript(ada)
	require.ErrorIs(t, err, simulator.ErrForgotten)
	requireRefused(t, p.do(t, "GET", "/simulator/people/"+ada+"/transcript", ""), http.StatusConflict, "forgotten", "long")
	require.NoError(t, p.Post(t.Context(), json.RawMessage(`{"sender":{"id":"`+lin+`"},"optin":{"ref":"`+strings.Repeat("x", 70<<10)+`"}}`)))
	_, err = p.Transcript(lin)
	require.ErrorIs(t, err, simulator.ErrForgotten)
	_, err = p.Transcript("4711")
	require.ErrorIs(t, err, simulator.ErrNoPerson)
	requireRefused(t, p.do(t, "GET", "/simulator/people/4711/transcript", ""), 404, "no_such_person", "an unknown id")
	requireRefused(t, p.do(t, "GET", "/simulator/people/"+ada+"/transcript?format=xml", ""), 400, "bad_request", "xml")
	require.Empty(t, must(p.Transcript(jose)).Entries)
}

// TestFormsOfATranscript over HTTP.
func TestFormsOfATranscript(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	must(p.Say(t.Context(), ada, "hi"))
	p.sendText(t, ada, "ho")
	for form, want := range map[string][2]string{
		"json": {"application/json", `"transcript": 1`}, "text": {"text/plain; charset=utf-8", " page    ho\n"}, "scenario": {"application/yaml", "steps:\n  - ada says: hi\n  - ada sees: ho\n"},
	} {
		got := p.do(t, "GET", "/simulator/people/"+ada+"/transcript?format="+form, "")
		require.Equal(t, 200, got.status)
		require.Equal(t, want[0], got.header.Get("Content-Type"))
		require.Contains(t, string(got.body), want[1])
	}
}
