package simulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

const (
	botApp    = "1000000000000001"
	secondApp = "2000000000000002"
)

// routed is a page whose app hears all that concerns hand-overs.
func routed(t *testing.T, cfg simulator.Config) (platform, *bot, *clock) {
	t.Helper()
	b, c := newBot(t), newClock()
	cfg.WebhookURL, cfg.Now = b.URL, c.now
	cfg.Fields = append(simulator.DefaultFields(), "message_echoes", "standby", "messaging_handovers")
	return serve(t, cfg), b, c
}

// heard lists what the bot was sent since the last call: the place in the entry, and what it is.
func heard(t *testing.T, p platform, b *bot) []string {
	t.Helper()
	require.NoError(t, p.Flush(t.Context()))
	var list []string
	for _, body := range b.got() {
		var c struct {
			Entry []struct{ Messaging, Standby []map[string]json.RawMessage }
		}
		require.NoError(t, json.Unmarshal(body, &c))
		for _, e := range c.Entry {
			for _, el := range e.Messaging {
				list = append(list, describe("messaging", el))
			}
			for _, el := range e.Standby {
				list = append(list, describe("standby", el))
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bodies = nil
	return list
}

// describe names an event and gives it without its mid.
func describe(place string, event map[string]json.RawMessage) string {
	for kind, raw := range event {
		if kind == "sender" || kind == "recipient" || kind == "timestamp" {
			continue
		}
		var fields map[string]any
		if json.Unmarshal(raw, &fields) == nil {
			delete(fields, "mid")
		}
		text, _ := json.Marshal(fields)
		return place + " " + kind + " " + string(text)
	}
	return place
}

func (p platform) tryText(t *testing.T, to string) (code, subcode int) {
	t.Helper()
	return p.send(t, `{"recipient":{"id":"`+to+`"},"message":{"text":"x"}}`).code(t)
}

// Without a default app, someone at work answers beside the bot: the bot sees the echo, and no one has the thread.
func TestHumanInTheInboxOfAPageWithoutRouting(t *testing.T) {
	t.Parallel()
	p, b, _ := routed(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	mid, err := p.Inbox().Say(t.Context(), ada, "Eve here")
	require.NoError(t, err)
	_, err = p.Say(t.Context(), ada, "hello Eve")
	require.NoError(t, err)
	require.Equal(t, []string{
		`messaging message {"text":"hi"}`,
		`messaging message {"app_id":263902037430900,"is_echo":true,"text":"Eve here"}`,
		`messaging message {"text":"hello Eve"}`,
	}, heard(t, p, b))
	p.sendText(t, ada, "I answer too")
	require.Equal(t, []string{`messaging message {"app_id":1000000000000001,"is_echo":true,"text":"I answer too"}`}, heard(t, p, b))
	said := p.Messages(ada)[1]
	require.Equal(t, []string{mid, "Eve here", simulator.FromPage, simulator.InboxApp}, []string{said.ID, said.Text, said.From, said.AppID})
	require.Empty(t, p.ThreadOf(ada).Owner)
	require.ErrorContains(t, p.OtherApp(secondApp).TakeThread(t.Context(), ada, ""), "set Config.DefaultApp")
}

// With routing, who answers in the inbox takes the conversation from the bot until 24 hours after the person's last act.
func TestHumanInTheInboxTakesTheThread(t *testing.T) {
	t.Parallel()
	p, b, clock := routed(t, simulator.Config{DefaultApp: botApp})
	ctx := t.Context()
	_, err := p.Say(ctx, ada, "hi")
	require.NoError(t, err)
	require.Equal(t, botApp, p.ThreadOf(ada).Owner)
	_, err = p.Inbox().Say(ctx, ada, "Eve here")
	require.NoError(t, err)
	_, err = p.Say(ctx, ada, "hello Eve")
	require.NoError(t, err)
	require.Equal(t, []string{
		`messaging message {"text":"hi"}`,
		`messaging take_thread_control {"metadata":"","new_owner_app_id":"263902037430900","previous_owner_app_id":"1000000000000001"}`,
		`standby message {"app_id":263902037430900,"is_echo":true,"text":"Eve here"}`,
		`standby message {"text":"hello Eve"}`,
	}, heard(t, p, b))

	code, sub := p.tryText(t, ada)
	require.Equal(t, [2]int{10, 2018300}, [2]int{code, sub})
	code, sub = p.send(t, `{"recipient":{"id":"`+ada+`"},"sender_action":"typing_on"}`).code(t)
	require.Equal(t, [2]int{10, 2018300}, [2]int{code, sub}, "an action is no exception")
	_, err = p.Say(ctx, lin, "hi")
	require.NoError(t, err)
	p.sendText(t, lin, "other people are not affected")
	heard(t, p, b)

	clock.add(23 * time.Hour)
	_, err = p.Say(ctx, ada, "still there?")
	require.NoError(t, err)
	clock.add(24*time.Hour - time.Second)
	require.Equal(t, simulator.InboxApp, p.ThreadOf(ada).Owner, "what the person writes prolongs it")
	clock.add(time.Second)
	require.Empty(t, p.ThreadOf(ada).Owner)
	_, err = p.Say(ctx, ada, "bot?")
	require.NoError(t, err)
	require.Equal(t, []string{`standby message {"text":"still there?"}`, `messaging message {"text":"bot?"}`}, heard(t, p, b))
	p.sendText(t, ada, "yes")
}

// The payload of a button is for the app that has the conversation.
func TestTapOnStandby(t *testing.T) {
	t.Parallel()
	p, b, _ := routed(t, simulator.Config{DefaultApp: botApp})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	p.sendMessage(t, ada, `{"attachment":{"type":"template","payload":{"template_type":"button","text":"T","buttons":[{"type":"postback","title":"Buy","payload":"BUY"}]}}}`)
	require.NoError(t, p.Inbox().TakeThread(t.Context(), ada, "why not"))
	_, err = p.TapButton(t.Context(), ada, "Buy")
	require.NoError(t, err)
	got := heard(t, p, b)
	require.Equal(t, []string{
		`messaging take_thread_control {"metadata":"why not","new_owner_app_id":"263902037430900","previous_owner_app_id":"1000000000000001"}`,
		`standby postback {"title":"Buy"}`,
	}, got[len(got)-2:])
	require.NoError(t, p.Inbox().PassThread(t.Context(), ada, "", "back"))
	_, err = p.TapButton(t.Context(), ada, "Buy")
	require.NoError(t, err)
	require.Equal(t, []string{
		`messaging pass_thread_control {"metadata":"back","new_owner_app_id":1000000000000001,"previous_owner_app_id":"263902037430900"}`,
		`messaging postback {"payload":"BUY","title":"Buy"}`,
	}, heard(t, p, b))
}

func TestOtherAppsPassRequestAndRelease(t *testing.T) {
	t.Parallel()
	p, b, _ := routed(t, simulator.Config{})
	ctx := t.Context()
	other := p.OtherApp(secondApp)
	_, err := p.Say(ctx, ada, "hi")
	require.NoError(t, err)
	heard(t, p, b)

	require.NoError(t, other.PassThread(ctx, ada, "", "yours"), "of an idle conversation")
	require.NoError(t, other.RequestThread(ctx, ada, "mine?"))
	require.Equal(t, []string{
		`messaging pass_thread_control {"metadata":"yours","new_owner_app_id":1000000000000001,"previous_owner_app_id":null}`,
		`messaging request_thread_control {"metadata":"mine?","requested_owner_app_id":2000000000000002}`,
	}, heard(t, p, b))
	_, err = other.Say(ctx, ada, "me")
	require.ErrorIs(t, err, simulator.ErrNotThreadOwner)
	require.ErrorIs(t, other.PassThread(ctx, ada, "", ""), simulator.ErrNotThreadOwner)
	require.ErrorIs(t, other.ReleaseThread(ctx, ada), simulator.ErrNotThreadOwner)
	require.Equal(t, 200, p.do(t, "POST", "/me/pass_thread_control", `{"recipient":{"id":"`+ada+`"},"target_app_id":"`+secondApp+`"}`).status)
	_, err = other.Say(ctx, ada, "me")
	require.NoError(t, err)
	require.Equal(t, []string{`standby message {"app_id":2000000000000002,"is_echo":true,"text":"me"}`}, heard(t, p, b))
	require.NoError(t, other.ReleaseThread(ctx, ada))
	_, err = p.Say(ctx, ada, "who is there?")
	require.NoError(t, err)
	require.Equal(t, []string{`messaging message {"text":"who is there?"}`}, heard(t, p, b), "no event of a release")
	require.NoError(t, other.RequestThread(ctx, ada, ""), "an idle conversation goes to who asks")
	require.Equal(t, secondApp, p.ThreadOf(ada).Owner)

	require.NoError(t, p.Page(page).AppRoles(ctx, map[string][]string{botApp: {"primary_receiver"}}))
	require.NoError(t, p.Flush(ctx))
	require.Contains(t, string(b.got()[0]), `"app_roles":{"1000000000000001":["primary_receiver"]}`)
	require.NotContains(t, string(b.got()[0]), "sender")
}

// Another app is the default app: the bot listens, and answers what was passed to it.
func TestAnotherDefaultApp(t *testing.T) {
	t.Parallel()
	p, b, _ := routed(t, simulator.Config{DefaultApp: secondApp})
	ctx := t.Context()
	_, err := p.Say(ctx, ada, "hi")
	require.NoError(t, err)
	_, sub := p.tryText(t, ada)
	require.Equal(t, 2018300, sub)
	require.NoError(t, p.OtherApp(secondApp).PassThread(ctx, ada, botApp, ""))
	require.ErrorContains(t, p.OtherApp(secondApp).RequestThread(ctx, ada, ""), "cannot ask")
	require.Equal(t, []string{
		`standby message {"text":"hi"}`,
		`messaging pass_thread_control {"metadata":"","new_owner_app_id":1000000000000001,"previous_owner_app_id":"2000000000000002"}`,
	}, heard(t, p, b))
	p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"done"},"thread_control":{"control_type":"release"}}`)
	_, err = p.Say(ctx, ada, "and now?")
	require.NoError(t, err)
	require.Equal(t, []string{
		`messaging message {"app_id":1000000000000001,"is_echo":true,"text":"done"}`, `standby message {"text":"and now?"}`,
	}, heard(t, p, b))
}

func TestCallsOfConversationRouting(t *testing.T) {
	t.Parallel()
	const to = `"recipient":{"id":"` + ada + `"}`
	p, b, clock := routed(t, simulator.Config{DefaultApp: botApp})
	plain, _, _ := routed(t, simulator.Config{})
	for _, s := range []platform{p, plain} {
		_, err := s.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
	}
	owner := func(s platform) string {
		return string(s.do(t, "GET", "/me/thread_owner?recipient="+ada, "").body)
	}
	expires := func(d time.Duration) string { return fmt.Sprint(clock.now().Add(d).Unix()) }
	require.JSONEq(t, `{"data":[{"thread_owner":{"app_id":"`+botApp+`","expiration":`+expires(24*time.Hour)+`}}]}`, owner(p))
	require.JSONEq(t, `{"data":[]}`, owner(plain))
	require.JSONEq(t, `{"success":true}`, string(p.do(t, "POST", "/me/extend_thread_control", `{`+to+`,"duration":604800}`).body))
	require.Contains(t, owner(p), expires(7*24*time.Hour))

	for _, c := range []struct {
		on   platform
		call string
		body string
		code int
		sub  int
	}{
		{p, "pass_thread_control", `{` + to + `}`, 100, 0},
		{p, "pass_thread_control", `{` + to + `,"target_app_id":"x"}`, 100, 2018164},
		{p, "pass_thread_control", `{` + to + `,"target_app_id":"` + botApp + `"}`, 100, 2018164},
		{p, "pass_thread_control", `{` + to + `,"target_app_id":"` + simulator.InstagramInboxApp + `"}`, 100, 2018164},
		{p, "pass_thread_control", `{"recipient":{"id":"9"},"target_app_id":"1"}`, 100, 2018001},
		{p, "pass_thread_control", `{"target_app_id":"1"}`, 100, 0},
		{p, "take_thread_control", `{` + to + `,"metadata":"` + strings.Repeat("x", 1001) + `"}`, 100, 0},
		{p, "extend_thread_control", `{` + to + `,"duration":604801}`, 100, 0},
		{p, "extend_thread_control", `{` + to + `,"duration":0}`, 100, 0},
		{p, "extend_thread_control", `{` + to + `,"duration":9223372036854775807}`, 100, 0},
		{p, "extend_thread_control", `{` + to + `}`, 100, 0},
		{p, "request_thread_control", `{` + to + `}`, 10, 0},
		{plain, "take_thread_control", `{` + to + `}`, 10, 0},
		{plain, "extend_thread_control", `{` + to + `,"duration":60}`, 10, 2018300},
	} {
		code, sub := c.on.do(t, "POST", "/me/"+c.call, c.body).code(t)
		require.Equal(t, [2]int{c.code, c.sub}, [2]int{code, sub}, "%s %s", c.call, c.body)
	}
	code, _ := p.do(t, "GET", "/me/take_thread_control", "").code(t)
	require.Equal(t, 100, code)
	code, _ = p.do(t, "GET", "/me/thread_owner", "").code(t)
	require.Equal(t, 100, code)

	require.Equal(t, 200, p.do(t, "POST", "/"+page+"/pass_thread_control", `{`+to+`,"target_app_id":`+simulator.InboxApp+`,"metadata":"m"}`).status)
	require.Equal(t, simulator.InboxApp, p.ThreadOf(ada).Owner)
	require.Contains(t, owner(p), `"app_id":"`+simulator.InboxApp+`"`, "the default app may know")
	for _, call := range []string{"release_thread_control", "pass_thread_control", "extend_thread_control"} {
		_, sub := p.do(t, "POST", "/me/"+call, `{`+to+`,"target_app_id":"3","duration":60}`).code(t)
		require.Equal(t, 2018300, sub, call)
	}
	heard(t, p, b)
	require.Equal(t, 200, p.do(t, "POST", "/me/take_thread_control", `{`+to+`}`).status, "the default app may take")
	require.Empty(t, heard(t, p, b), "an app is not told what it did itself")
	require.Equal(t, botApp, p.ThreadOf(ada).Owner)
	require.Equal(t, 200, p.do(t, "POST", "/me/release_thread_control", `{`+to+`}`).status)
	require.Empty(t, p.ThreadOf(ada).Owner)

	require.Equal(t, 200, plain.do(t, "POST", "/me/request_thread_control", `{`+to+`}`).status)
	require.Equal(t, botApp, plain.ThreadOf(ada).Owner)
	require.Equal(t, 200, plain.do(t, "POST", "/me/pass_thread_control", `{`+to+`,"target_app_id":"`+secondApp+`"}`).status)
	require.NotContains(t, owner(plain), "app_id", "another app's id is not for everyone")
	require.Contains(t, owner(plain), "expiration")
}

// thread_control of a message takes effect with a default app; elsewhere it is kept only.
func TestThreadControlOfAMessage(t *testing.T) {
	t.Parallel()
	for control, want := range map[string]string{
		`{"control_type":"pass","app_id":"263902037430900"}`: simulator.InboxApp,
		`{"control_type":"pass"}`:                            botApp,
		`{"control_type":"release"}`:                         "",
		`{}`:                                                 "",
	} {
		for _, defaultApp := range []string{botApp, ""} {
			p, _, _ := routed(t, simulator.Config{DefaultApp: defaultApp})
			_, err := p.Say(t.Context(), ada, "hi")
			require.NoError(t, err)
			before := p.ThreadOf(ada).Owner
			a := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"},"thread_control":`+control+`}`)
			if defaultApp == "" {
				require.Equal(t, before, p.ThreadOf(ada).Owner, control)
				continue
			}
			require.Equal(t, 200, a.status, control)
			require.Equal(t, want, p.ThreadOf(ada).Owner, control)
		}
	}
}

func TestThreadAPIForOtherLanguages(t *testing.T) {
	t.Parallel()
	p, _, _ := routed(t, simulator.Config{DefaultApp: botApp})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	path := "/simulator/people/" + ada
	a := p.do(t, "POST", path+"/agent", `{"message":{"text":"Hi, I am Eve"}}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	require.Contains(t, string(a.body), `"mid":"m_`)
	require.Contains(t, string(p.do(t, "GET", path+"/thread", "").body), `"owner":"`+simulator.InboxApp+`"`)
	require.Contains(t, string(p.do(t, "POST", path+"/thread", `{"do":"pass","to":"`+secondApp+`"}`).body), `"owner":"`+secondApp+`"`)
	require.Contains(t, string(p.do(t, "POST", path+"/thread", `{"do":"release","by":"`+secondApp+`"}`).body), `"owner":""`)
	for body, status := range map[string]int{
		`{"do":"release"}`: 409, `{"do":"give"}`: 400, `{"do":"take","by":"x"}`: 400, `{"do":"take","by":"` + botApp + `"}`: 400,
		`{"do":"request"}`: 400, `{"do":"pass","to":"x"}`: 400, `{"take":1}`: 400, `{"do":"expire"}`: 409, `{"do":"expire","by":"1"}`: 400,
	} {
		require.Equal(t, status, p.do(t, "POST", path+"/thread", body).status, body)
	}
	require.Equal(t, 404, p.do(t, "GET", "/simulator/people/9/thread", "").status)
	require.Equal(t, 404, p.do(t, "POST", "/simulator/people/9/thread", `{"do":"take"}`).status)
	require.Equal(t, 404, p.do(t, "POST", "/simulator/people/9/agent", `{"message":{"text":"x"}}`).status)
	require.Equal(t, 400, p.do(t, "POST", path+"/agent", `{}`).status)
	require.Panics(t, func() { p.OtherApp("") })
	_, err = p.OtherApp(botApp).Say(t.Context(), ada, "x")
	require.ErrorContains(t, err, "is the bot's own")
	require.Zero(t, p.ThreadOf("9"))
	require.NoError(t, p.Close())
	_, err = p.Inbox().Say(t.Context(), ada, "late")
	require.ErrorIs(t, err, simulator.ErrClosed)
	require.ErrorIs(t, p.Page(page).AppRoles(t.Context(), nil), simulator.ErrClosed)
}

// TestControlExpires: by an act, and by the clock, which the live stream shows.
func TestControlExpires(t *testing.T) {
	t.Parallel()
	p, _, _ := routed(t, simulator.Config{DefaultApp: botApp})
	thread := "/simulator/people/" + ada + "/thread"
	p.ok(t, "POST", thread, `{"do":"take"}`)
	require.Contains(t, p.ok(t, "POST", thread, `{"do":"expire"}`), `"owner":""`)

	p.ok(t, "POST", thread, `{"do":"take"}`)
	p.ok(t, "PUT", "/simulator/clock", `{"advance":"23h"}`)
	require.Contains(t, p.ok(t, "GET", thread, ""), `"owner":"`+simulator.InboxApp+`"`)
	published := p.Published("thread")
	p.ok(t, "PUT", "/simulator/clock", `{"advance":"2h"}`)
	require.Equal(t, published+1, p.Published("thread"))
	require.Contains(t, p.ok(t, "GET", thread, ""), `"owner":""`)
	p.ok(t, "PUT", "/simulator/clock", `{"advance":"2h"}`)
	require.Equal(t, published+1, p.Published("thread"), "once")
}
