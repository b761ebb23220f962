package simulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now})
	try := func(more string) [2]int {
		code, subcode := p.send(t, `{"recipient":{"id":"`+ada+`"}`+more+`}`).code(t)
		return [2]int{code, subcode}
	}
	const (
		hello   = `,"message":{"text":"x"}`
		human   = `,"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT"` + hello
		utility = `,"messaging_type":"UTILITY","message":{"template":{"name":"n","language":{"code":"en"}}}`
	)
	open, shut := [2]int{0, 0}, [2]int{10, 2018278}
	require.Equal(t, shut, try(hello), "never wrote")
	require.Equal(t, open, try(utility))
	mid, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	c.add(24 * time.Hour)
	require.Equal(t, open, try(hello))
	require.NoError(t, p.Read(t.Context(), ada))
	c.add(time.Millisecond)
	require.Equal(t, shut, try(hello), "reading opens nothing")
	require.Equal(t, shut, try(`,"sender_action":"typing_on"`))
	require.Equal(t, shut, try(`,"messaging_type":"UPDATE"`+hello))
	require.Equal(t, open, try(human))
	require.Equal(t, open, try(utility))
	require.NoError(t, p.React(t.Context(), ada, mid, "❤️"))
	require.Equal(t, open, try(hello), "a reaction opens it")
	c.add(7 * 24 * time.Hour)
	require.Equal(t, open, try(human))
	c.add(time.Millisecond)
	require.Equal(t, shut, try(human))
	for name, act := range map[string]func() error{
		"link":  func() error { return p.FollowLink(t.Context(), ada, "r") },
		"optin": func() error { return p.OptIn(t.Context(), ada, "r") },
		"event": func() error {
			return p.Post(t.Context(), json.RawMessage(`{"sender":{"id":"`+ada+`"},"recipient":{"id":"`+page+`"},"x":1}`))
		},
	} {
		c.add(25 * time.Hour)
		require.Equal(t, shut, try(hello), name)
		require.NoError(t, act())
		require.Equal(t, open, try(hello), name)
	}
}

func TestStrangersAreWrittenTo(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Strangers: true})
	to := func(id string) int {
		code, _ := p.send(t, `{"recipient":{"id":"`+id+`"},"message":{"text":"hello"}}`).code(t)
		return code
	}
	require.Zero(t, to(ada), "has never written")
	require.Zero(t, to("by-hand_1"), "a person was not added")
	require.Equal(t, 100, to("not an id"))
	require.Equal(t, 100, to(page))
	require.Equal(t, "hello", p.Messages("by-hand_1")[0].Text)
	last := p.People()[len(p.People())-1]
	require.Equal(t, "by-hand_1", last.ID)
	require.NotEmpty(t, last.FirstName)
}

func TestBlockedAndUnblocked(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Block(ada))
	code, subcode := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, [2]int{551, 1545041}, [2]int{code, subcode})
	require.NoError(t, p.Unblock(ada))
	p.sendText(t, ada, "x")
	require.ErrorIs(t, p.Block("1"), simulator.ErrNoPerson)
}

func TestEncodingsOfACall(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	form := url.Values{
		"recipient": {`{"id":"` + ada + `"}`}, "message": {`{"text":"form"}`}, "messaging_type": {"RESPONSE"},
		"access_token": {"simulator-page-token"},
	}
	a, err := p.try(t.Context(), "POST", "/v27.0/"+page+"/messages", "application/x-www-form-urlencoded", []byte(form.Encode()))
	require.NoError(t, err)
	require.Equal(t, 200, a.status, "%s", a.body)
	a, err = p.try(t.Context(), "POST", "/me/messages?"+form.Encode(), "", nil)
	require.NoError(t, err)
	require.Equal(t, 200, a.status, "%s", a.body)
	a = p.send(t, `{"access_token":"simulator-page-token","recipient":"{\"id\":\"`+ada+`\"}","message":{"text":"json"}}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	list := p.Messages(ada)
	require.Equal(t, []string{"hi", "form", "form", "json"}, []string{list[0].Text, list[1].Text, list[2].Text, list[3].Text})
	require.Equal(t, simulator.FromPage, list[1].From)
	require.JSONEq(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"form"},"messaging_type":"RESPONSE"}`, string(list[1].Raw))
	require.JSONEq(t, string(a.body), string(list[3].Answer))
	for _, bad := range []struct{ kind, body string }{
		{"application/json", `[1]`}, {"application/json", `{`}, {"application/json", `null`},
		{"text/plain", `{}`}, {"", `{}`}, {"multipart/form-data; boundary=x", "nonsense"}, {"application/x-www-form-urlencoded", "%zz"},
	} {
		a, err := p.try(t.Context(), "POST", "/me/messages", bad.kind, []byte(bad.body))
		require.NoError(t, err)
		code, _ := a.code(t)
		require.Equal(t, 100, code, bad)
	}
	for _, r := range p.Requests() {
		whole, err := json.Marshal(r)
		require.NoError(t, err)
		require.NotContains(t, string(whole), "simulator-page-token")
	}
	require.Contains(t, p.Requests()[0].Headers, "Authorization")
}

func TestTokenAndProof(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	get := func(token, query string) (int, [2]int) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/v27.0/me?fields=id"+query, nil)
		require.NoError(t, err)
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		var e struct {
			Error struct {
				Code    int
				Subcode int `json:"error_subcode"`
			}
		}
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&e))
		return resp.StatusCode, [2]int{e.Error.Code, e.Error.Subcode}
	}
	is := func(status, code, subcode int, token, query string) {
		t.Helper()
		gotStatus, got := get(token, query)
		require.Equal(t, status, gotStatus)
		require.Equal(t, [2]int{code, subcode}, got)
	}
	const good = "simulator-page-token"
	is(200, 0, 0, good, "")
	is(400, 2500, 0, "", "")
	is(400, 190, 0, "wrong", "")
	is(200, 0, 0, "", "&access_token="+good)
	// hmac-sha256("simulator-app-secret", "simulator-page-token"), made with openssl
	const proof = "17cdf618dc31cd4a745c7a68f54aa33ad4df0b6fc9c78f4577f5c47d85b677ed"
	is(200, 0, 0, good, "&appsecret_proof="+proof)
	is(400, 100, 0, good, "&appsecret_proof="+strings.Replace(proof, proof[:1], "g", 1))
	is(400, 100, 0, good, "&appsecret_time=1&appsecret_proof="+proof)
	timed := func(at time.Time) string {
		stamp := strconv.FormatInt(at.Unix(), 10)
		h := hmac.New(sha256.New, []byte("simulator-app-secret"))
		h.Write([]byte(good + "|" + stamp))
		return "&appsecret_time=" + stamp + "&appsecret_proof=" + hex.EncodeToString(h.Sum(nil))
	}
	is(200, 0, 0, good, timed(time.Now()))
	is(400, 100, 0, good, timed(time.Now().Add(-6*time.Minute)))
	p.RevokeToken(0)
	is(400, 190, 463, good, "")
	p.RevokeToken(460)
	is(400, 190, 460, good, "")
	p.RevokeToken(2069032)
	is(400, 190, 2069032, good, "")
	p.RefuseToken(simulator.RefusalNamed("token missing").GraphError())
	is(400, 104, 0, good, "")
	p.SetPageToken("new")
	is(400, 190, 0, good, "")
	is(200, 0, 0, "new", "")

	strict := serve(t, simulator.Config{RequireProof: true})
	code, _ := strict.do(t, "GET", "/me", "").code(t)
	require.Equal(t, 100, code)
	require.Equal(t, 200, strict.do(t, "GET", "/me?appsecret_proof="+proof, "").status)
}

func TestWhatIsNotSimulatedSaysSo(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, c := range [][2]string{
		{"GET", "/me/nothing"}, {"GET", "/me/messages/more"}, {"POST", "/12345"}, {"GET", "/search"},
		{"POST", "/act_1/message_campaign"}, {"GET", "/me/insights/a/b"}, {"POST", "/"}, {"GET", "/sticker_packs/1/stickers/2"},
	} {
		method, path := c[0], c[1]
		a := p.do(t, method, "/v27.0"+path, "")
		code, _ := a.code(t)
		require.Equal(t, 2500, code, path)
		require.Equal(t, 400, a.status, path)
		require.Contains(t, string(a.body), `"message":"The simulator does not simulate `+method+" "+path+`. This is not`)
		require.Contains(t, string(a.body), `"type":"NotSimulated"`)
	}
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for path, method := range map[string]string{
		"/v27.0/12345": "GET", "/v27.0/12345/messages": "POST", "/v27.0/12345/messenger_profile": "GET",
		"/v27.0/me/messages": "GET", "/v27.0/?ids=1,2": "GET", "/12345/label": "DELETE", "/t_1": "GET", "/m_1": "GET",
		"/t_1/messages": "GET", "/12345/custom_labels": "GET", "/100000000000001_9": "GET", "/12346": "DELETE",
	} {
		a := p.do(t, method, path, "")
		code, _ := a.code(t)
		require.Equal(t, 100, code, path)
		require.NotContains(t, string(a.body), "imulat", path)
	}
	require.Equal(t, "application/json; charset=UTF-8", p.do(t, "GET", "/v27.0/me", "").header.Get("Content-Type"))
}

func TestThreadControlIsKept(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	send := func(control string) answer {
		return p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}`+control+`}`)
	}
	for control, want := range map[string]*simulator.ThreadControl{
		``:                       nil,
		`,"thread_control":null`: nil,
		`,"thread_control":{"control_type":"pass","app_id":"263902037430900"}`: {ControlType: "pass", AppID: "263902037430900"},
		`,"thread_control":{"control_type":"pass","app_id":263902037430900}`:   {ControlType: "pass", AppID: "263902037430900"},
		`,"thread_control":{"control_type":"release"}`:                         {ControlType: "release"},
		`,"thread_control":{}`: {ControlType: "release"},
	} {
		require.Equal(t, 200, send(control).status, control)
		list := p.Messages(ada)
		require.Equal(t, want, list[len(list)-1].ThreadControl, control)
	}
	for _, control := range []string{
		`{"control_type":"take"}`, `{"control_type":"pass"}`, `{"control_type":"pass","app":"1"}`, `"pass"`, `[]`,
	} {
		code, _ := send(`,"thread_control":` + control).code(t)
		require.Equal(t, 100, code, control)
	}
}

func TestEchoesAndReceipts(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	c := newClock()
	p := serve(t, simulator.Config{WebhookURL: b.URL, Now: c.now, Fields: append(simulator.DefaultFields(), "message_echoes", "message_deliveries", "message_reads")})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	mid := p.sendMessage(t, ada, `{"text":"né","metadata":"{\"k\":\"é/\"}","quick_replies":[{"content_type":"text","title":"t","payload":"p"}]}`)
	p.sendMessage(t, ada, template(`{"template_type":"button","text":"t","buttons":[`+webURL+`]}`))
	require.Equal(t, 200, p.send(t, `{"recipient":{"id":"`+ada+`"},"sender_action":"typing_on"}`).status)
	require.Equal(t, 200, p.send(t, `{"recipient":{"user_ref":"ref"},"message":{"text":"x"}}`).status)
	require.NoError(t, p.Read(t.Context(), ada))
	require.NoError(t, p.Flush(t.Context()))
	events := b.events(t)
	require.Len(t, events, 6)
	js := func(i int) string { return string(must(json.Marshal(events[i]))) }
	require.JSONEq(t, `{"sender":{"id":"100000000000001"},"recipient":{"id":"7100000000000001"},"timestamp":1458692752478,
		"message":{"is_echo":true,"app_id":1000000000000001,"metadata":"{\"k\":\"é/\"}","mid":"`+mid+`","text":"né"}}`, js(1))
	require.JSONEq(t, `{"sender":{"id":"7100000000000001"},"recipient":{"id":"100000000000001"},
		"delivery":{"mids":["`+mid+`"],"watermark":1458692752478}}`, js(2))
	require.Contains(t, js(3), `"attachments":[{"payload":{"buttons":`)
	require.JSONEq(t, `{"sender":{"id":"7100000000000001"},"recipient":{"id":"100000000000001"},"timestamp":1458692752478,
		"read":{"watermark":1458692752478}}`, js(5))
	require.Zero(t, b.badSig)

	quiet := serve(t, simulator.Config{WebhookURL: b.URL})
	_, err = quiet.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	quiet.sendText(t, ada, "x")
	require.NoError(t, quiet.Read(t.Context(), ada))
	require.Len(t, quiet.Deliveries(), 1, "not subscribed")
}

func TestRecipientsThatAreNoPerson(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL, Fields: []string{"feed", "messaging_optins"}})
	require.NoError(t, p.OptInUserRef(t.Context(), "ref-1", "offer"))
	require.NoError(t, p.Flush(t.Context())) // callbacks of different people are in no order
	a := p.send(t, `{"recipient":{"user_ref":"ref-1"},"message":{"text":"welcome"}}`)
	require.Equal(t, 200, a.status)
	require.NotContains(t, string(a.body), "recipient_id")
	require.Equal(t, "welcome", p.Messages("ref-1")[0].Text)

	comment, err := p.Comment(t.Context(), lin, "How much?")
	require.NoError(t, err)
	private := `{"recipient":{"comment_id":"` + comment + `"},"message":{"text":"5"}}`
	code, _ := p.send(t, strings.Replace(private, `"text":"5"`, `"txet":"5"`, 1)).code(t)
	require.Equal(t, 100, code)
	a = p.send(t, private)
	require.Contains(t, string(a.body), `"recipient_id":"`+lin+`"`)
	require.Equal(t, "5", p.Messages(lin)[0].Text)
	code, _ = p.send(t, private).code(t)
	require.Equal(t, 10900, code, "one reply only")
	require.NoError(t, p.Flush(t.Context()))
	require.Contains(t, string(b.got()[0]), `"messaging":[{"recipient":{"id":"100000000000001"},"timestamp"`)
	require.Contains(t, string(b.got()[0]), `"optin":{"ref":"offer","user_ref":"ref-1"}`)
	require.Contains(t, string(b.got()[1]), `"changes":[{"field":"feed","value":{"from":{"id":"7100000000000002"`)
}

func TestWait(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "answer 2")
	require.NoError(t, err)
	p.sendText(t, ada, "answer 1")
	got := make(chan simulator.Message)
	go func() {
		m, _ := p.Wait(t.Context(), ada, func(m simulator.Message) bool { return strings.HasSuffix(m.Text, "2") })
		got <- m
	}()
	mid := p.sendText(t, ada, "answer 2")
	require.Equal(t, mid, (<-got).ID)
	m, err := p.Wait(t.Context(), ada, nil)
	require.NoError(t, err)
	require.Equal(t, "answer 1", m.Text)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.Wait(ctx, lin, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestActionsAndReactionsOfThePage(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	mid, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	to := `{"recipient":{"id":"` + ada + `"},`
	a := p.send(t, to+`"sender_action":"mark_seen"}`)
	require.JSONEq(t, `{"recipient_id":"`+ada+`"}`, string(a.body))
	p.send(t, to+`"sender_action":"typing_on"}`)
	p.send(t, to+`"sender_action":"react","payload":{"message_id":"`+mid+`","reaction":"😊"}}`)
	actions := p.Actions(ada)
	require.Len(t, actions, 2)
	require.Equal(t, "mark_seen", actions[0].Name)
	require.Equal(t, mid, actions[1].After)
	require.Len(t, p.Messages(ada), 1)
	require.Equal(t, "😊", p.Messages(ada)[0].PageReaction)
	p.send(t, to+`"sender_action":"unreact","payload":{"message_id":"`+mid+`"}}`)
	require.Empty(t, p.Messages(ada)[0].PageReaction)
}
