package simulator_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestTheGoFormOfATranscript: messengertest/recorded_test.go is a longer one, which is compiled and passes.
func TestTheGoFormOfATranscript(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	psid := must(p.AddPerson(simulator.Person{FirstName: "Nil", Locale: "en_US"})).ID
	must(p.Say(t.Context(), psid, `say "hi"`))
	p.sendMessage(t, psid, `{"text":"hi","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"}]}`)
	must(p.TapQuickReply(t.Context(), psid, "Red"))
	p.sendMessage(t, psid, `{"text":"You are `+psid+`"}`)
	const want = "package main\n\nimport (\n\t\"testing\"\n\n\t\"github.com/djmessenger/messenger\"\n\t\"github.com/djmessenger/messenger/messengertest\"\n" +
		"\t\"github.com/djmessenger/messenger/routing\"\n)\n\n// The configuration of your bot takes the place of messenger.Config{…}.\n" +
		"func TestConversationOfPerson(t *testing.T) {\n\tchat := messengertest.Start(t, messenger.Config{Policy: routing.BuiltIn()})\n" +
		"\tperson := chat.Person(\"Nil\", \"en_US\")\n\tperson.Says(`say \"hi\"`)\n\tperson.IsAsked(\"hi\", \"Red\")\n\tperson.Taps(\"Red\")\n\tperson.Next()\n" +
		"\tperson.SeesNothing()\n}\n"
	require.Equal(t, want, p.ok(t, "GET", "/simulator/people/"+psid+"/transcript?format=go", ""))
}

// TestConversationsWithoutAGoForm say which part has none.
func TestConversationsWithoutAGoForm(t *testing.T) {
	t.Parallel()
	for want, converse := range map[string]func(p platform, psid string){
		"entries[0] is an event that was posted": func(p platform, psid string) {
			require.NoError(t, p.Post(t.Context(), json.RawMessage(`{"sender":{"id":"`+psid+`"},"recipient":{"id":"`+page+`"},"timestamp":1,"game_play":{}}`)))
		},
		"entries[1] is a message of another app": func(p platform, psid string) {
			must(p.Say(t.Context(), psid, "hi"))
			must(p.Inbox().Say(t.Context(), psid, "I am Eve."))
		},
		"entries[3] is about a message that is not the newest of the page": func(p platform, psid string) {
			must(p.Say(t.Context(), psid, "hi"))
			first := p.sendMessage(t, psid, `{"text":"one"}`)
			p.sendMessage(t, psid, `{"text":"two"}`)
			must(p.Reply(t.Context(), psid, first, "this"))
		},
		"entries[2] is about a message that is not the newest of the person": func(p platform, psid string) {
			first := must(p.Say(t.Context(), psid, "hi"))
			must(p.Say(t.Context(), psid, "ho"))
			require.NoError(t, p.Edit(t.Context(), psid, first, "hey"))
		},
	} {
		p := serve(t, simulator.Config{})
		psid := must(p.AddPerson(simulator.Person{FirstName: "Ada"})).ID
		converse(p, psid)
		_, err := must(p.Transcript(psid)).GoTest()
		require.ErrorIs(t, err, simulator.ErrNoGoForm)
		require.ErrorContains(t, err, want)
		a := p.do(t, "GET", "/simulator/people/"+psid+"/transcript?format=go", "")
		require.Equal(t, 400, a.status)
		require.Contains(t, message(t, a), want)
	}
	p := serve(t, simulator.Config{Pages: []simulator.Page{{ID: shop}}})
	sue := must(p.AddPerson(simulator.Person{FirstName: "Sue", PageID: shop}))
	_, err := must(p.Transcript(sue.ID)).GoTest()
	require.ErrorContains(t, err, "it is with another page")
}
