package simulator_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// with makes a call with another token in its header, none if it is empty.
func (p platform) with(t *testing.T, token, method, path, kind, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	require.NoError(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	return readAnswer(t, resp)
}

// at makes a call that names a host.
func (p platform) at(t *testing.T, host, token, method, path string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, nil)
	require.NoError(t, err)
	req.Host = host
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	return readAnswer(t, resp)
}

const (
	jsonBody = "application/json"
	formBody = "application/x-www-form-urlencoded"
	appToken = "1000000000000001|simulator-app-secret"
)

// idOf is the id that a call answered.
func idOf(t *testing.T, a answer) string {
	t.Helper()
	var got struct{ ID string }
	require.NoError(t, json.Unmarshal(a.body, &got))
	require.NotEmpty(t, got.ID, "%s", a.body)
	return got.ID
}

// is checks code and subcode of an answer, 0 for success.
func (a answer) is(t *testing.T, code, subcode int, about ...any) {
	t.Helper()
	gotCode, gotSubcode := a.code(t)
	require.Equal(t, [2]int{code, subcode}, [2]int{gotCode, gotSubcode}, append([]any{string(a.body)}, about...)...)
}

// TestOrderOfChecks: a call that is wrong in every way is told of the first thing in the platform's order.
func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{RequireProof: true})
	const bad = `{"nonsense":1}`
	p.with(t, "wrong", "POST", "/v27.0/me/nothing", jsonBody, bad).is(t, 2500, 0, "not simulated")
	p.with(t, "", "POST", "/v27.0/me/messages", jsonBody, bad).is(t, 2500, 0, "no token, about me")
	p.with(t, "", "POST", "/v27.0/"+page+"/messages", jsonBody, bad).is(t, 104, 0, "no token")
	p.with(t, "wrong", "POST", "/v27.0/me/messages", jsonBody, `{`).is(t, 190, 0, "a token that is no token comes before a body that is no JSON")
	p.with(t, "simulator-page-token", "POST", "/v27.0/me/messages", jsonBody, bad).is(t, 100, 0)
	a := p.with(t, "simulator-page-token", "POST", "/v27.0/me/messages", jsonBody, bad)
	require.Contains(t, string(a.body), "appsecret_proof", "the proof comes before permission and parameters")
	for path, method := range map[string]string{"/" + page + "/subscriptions": "GET", "/sticker_packs": "GET", "/sticker_search": "GET"} {
		p.with(t, "simulator-page-token", method, path, "", "").is(t, 15, 0, "permission comes before parameters: ", path)
	}
	p.with(t, appToken, "POST", "/"+page+"/messages", jsonBody, bad).is(t, 210, 0, "an app is no page")
	p.with(t, appToken, "POST", "/me/messages", jsonBody, bad).is(t, 2500, 0)
}

func TestTokenStandsAnywhere(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const token, path = "simulator-page-token", "/v27.0/me/personas"
	const persona = `{"name":"A","profile_picture_url":"https://e.x/a.png"`
	for name, a := range map[string]answer{
		"header":    p.with(t, token, "POST", path, jsonBody, persona+`}`),
		"query":     p.with(t, "", "POST", path+"?access_token="+token, jsonBody, persona+`}`),
		"JSON":      p.with(t, "", "POST", path, jsonBody, persona+`,"access_token":"`+token+`"}`),
		"form":      p.with(t, "", "POST", path, formBody, "name=A&profile_picture_url=https://e.x/a.png&access_token="+token),
		"multipart": p.with(t, "", "POST", path, "multipart/form-data; boundary=x", multipartOf("access_token", token, "name", "A", "profile_picture_url", "https://e.x/a.png")),
		"no body":   p.with(t, "", "POST", path+"?name=A&profile_picture_url=https://e.x/a.png&access_token="+token, "", ""),
		"slash":     p.with(t, token, "POST", "/me/personas/", jsonBody, persona+`}`),
	} {
		require.Equal(t, 200, a.status, "%s: %s", name, a.body)
	}
	for _, r := range p.Requests() {
		require.NotContains(t, string(must(json.Marshal(r))), token)
	}
}

// multipartOf is a multipart body with the boundary x.
func multipartOf(fields ...string) string {
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		b.WriteString("--x\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n" + fields[i+1] + "\r\n")
	}
	return b.String() + "--x--\r\n"
}

func TestVersionsOfACall(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for path, want := range map[string]string{"/me": "v27.0", "/v19.0/me": "v19.0", "/v27.0/me/": "v27.0", "/v99.1/me": "v99.1"} {
		a := p.do(t, "GET", path, "")
		require.Equal(t, 200, a.status, path)
		require.Equal(t, want, a.header.Get("Facebook-Api-Version"), path)
	}
	for _, r := range p.Requests() {
		require.Equal(t, r.Path == "/v19.0/me", len(r.Warnings) == 1, "%s: %v", r.Path, r.Warnings)
	}
	for _, path := range []string{"/v27/me", "/v1/me", "/v2.7.1/me", "/v99999.0/me"} {
		a := p.do(t, "GET", path, "")
		a.is(t, 2500, 0, path)
		require.Contains(t, string(a.body), "Unknown path components: "+path)
	}
}

func TestMethodOverride(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	persona := idOf(t, p.do(t, "GET", "/me/personas?method=post&name=A&profile_picture_url=https://e.x/a.png", ""))
	require.Len(t, p.Requests()[0].Warnings, 1)
	require.Contains(t, p.Log()[0].Advice, "parameter method")
	p.do(t, "GET", "/"+persona+"?method=patch", "").is(t, 100, 0)
	p.with(t, "simulator-page-token", "POST", "/"+persona, formBody, "method=delete").is(t, 0, 0)
	p.do(t, "GET", "/"+persona, "").is(t, 100, 33, "deleted")

	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	p.do(t, "GET", `/me/messages?method=post&recipient={"id":"`+ada+`"}&message={"text":"x"}`, "").is(t, 0, 0, "it is no parameter of the message")
	p.Fault(simulator.Fault{Error: simulator.RefusalNamed("calls limit").GraphError()})
	p.do(t, "GET", "/me/messages?method=post", "").is(t, 613, 0, "a fault of POST hits it")
}

// TestMethodOverrideOfAnotherOrigin: a picture of another site is a GET, which must not send a message.
func TestMethodOverrideOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	for _, method := range []string{"post", "POST", "delete"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/me/messages?method="+method+"&access_token=simulator-page-token&recipient={\"id\":\""+ada+"\"}&message={\"text\":\"x\"}", nil)
		require.NoError(t, err)
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 403, resp.StatusCode)
	}
	require.Len(t, p.Messages(ada), 1)
}

func TestListsInParameters(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const all = `{"id":"` + page + `","name":"Simulated Page","category":"Product/Service"}`
	for _, query := range []string{
		"fields=name,category", `fields=["name","category"]`, "fields=name&fields=category", "fields[0]=name&fields[1]=category",
		"fields[]=name&fields[]=category", "fields=name,+category,", "fields=id,name,category",
	} {
		require.JSONEq(t, all, string(p.do(t, "GET", "/me?"+query, "").body), query)
	}
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	a := p.with(t, "simulator-page-token", "POST", "/me/messages", formBody,
		"recipient[id]="+ada+"&message[attachments][0][type]=image&message[attachments][0][payload][url]=https://e.x/a.png")
	require.Equal(t, 200, a.status, "%s", a.body)
	for _, bad := range []string{
		"fields=a{", "fields=a}", "fields={}", "fields=.limit(1)", "fields=a.limit", "fields=a.limit(1", "fields=a b", "fields=!",
		"fields=" + strings.Repeat("a{", 100) + strings.Repeat("}", 100), "fields=" + strings.Repeat("id,", 300), "fields[a]=b",
	} {
		p.do(t, "GET", "/me?"+strings.ReplaceAll(bad, " ", "%20"), "").is(t, 2500, 0, bad)
	}
	for _, bad := range []string{"fields=nothing", "fields[0]=a&fields[0][b]=c", "fields" + strings.Repeat("[a]", 9) + "=x"} {
		p.do(t, "GET", "/me?"+bad, "").is(t, 100, 0, bad)
	}
}

func TestUnknownParametersOfASend(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	send := func(more string) answer {
		return p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}`+more+`}`)
	}
	send(`,"mesaging_type":"RESPONSE"`).is(t, 100, 0)
	require.Contains(t, string(send(`,"quick_replies":[]`).body), "quick_replies")
	send(`,"persona_id":"1"`).is(t, 100, 0, "unknown")
	send(`,"notification_type":"REGULAR","locale":"en_US"`).is(t, 0, 0)
	require.Less(t, len(send(`,"`+strings.Repeat("x", 1<<20)+`":1`).body), 1000, "the answer does not repeat what is long")
}

func TestLenient(t *testing.T) {
	t.Parallel()
	const other = "100000000000002"
	p := serve(t, simulator.Config{Pages: []simulator.Page{{ID: other, Lenient: true}}})
	const theirs = "simulator-page-token-" + other
	p.do(t, "POST", "/me/nothing", "").is(t, 2500, 0)
	p.do(t, "POST", "/me/thread_settings", `{}`).is(t, 100, 0)
	a := p.with(t, theirs, "POST", "/me/nothing", "", "")
	require.JSONEq(t, `{"success":true}`, string(a.body))
	require.JSONEq(t, `{"success":true}`, string(p.with(t, theirs, "POST", "/me/thread_settings", "", "").body))
	p.with(t, theirs, "POST", "/me/messages", jsonBody, `{}`).is(t, 100, 0, "what is simulated is strict")
	requests := p.Requests()
	require.Equal(t, other, requests[2].PageID)
	require.Contains(t, requests[2].Warnings[0], "POST /me/nothing")
	require.Contains(t, requests[3].Warnings[0], "messenger_profile")
	require.Contains(t, p.Log()[1].Advice, "messenger_profile", "the refusal says what to call instead")
	require.True(t, p.Pages()[1].Lenient)
	p.Page(other).RevokeToken(0)
	p.with(t, theirs, "POST", "/me/nothing", "", "").is(t, 2500, 0)
	p.Page(page).SetLenient(true)
	p.do(t, "GET", "/search", "").is(t, 0, 0)

	every := serve(t, simulator.Config{Lenient: true})
	every.with(t, "", "DELETE", "/act_1/campaigns", "", "").is(t, 0, 0)
}

func TestUsageOfAPage(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Pages: []simulator.Page{{ID: "100000000000002"}}})
	usage := func(a answer) string { return a.header.Get("X-Business-Use-Case-Usage") }
	p.Page("100000000000002").SetUsage("theirs")
	require.Empty(t, usage(p.do(t, "GET", "/me", "")))
	require.Equal(t, "theirs", usage(p.with(t, "simulator-page-token-100000000000002", "POST", "/me/messages", "", "")), "errors too")
	p.SetUsage("all")
	require.Equal(t, "all", usage(p.do(t, "GET", "/me", "")))
	require.Equal(t, "theirs", usage(p.with(t, "simulator-page-token-100000000000002", "GET", "/me", "", "")))
}

// TestEndpointsAreDocumented: the page of the documentation names every call.
func TestEndpointsAreDocumented(t *testing.T) {
	t.Parallel()
	page := string(must(os.ReadFile("../docs/simulator-graph.md")))
	guide := string(must(os.ReadFile("doc.go")))
	var missing []string
	for _, path := range newSim(t, simulator.Config{}).Endpoints() {
		name := strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], "*")
		name = strings.TrimSuffix(name, "thread_control")
		if !strings.Contains(page, name) {
			missing = append(missing, "docs: "+path)
		}
		if !strings.Contains(guide, name) && !strings.HasPrefix(name, "notification_") && name != "private_replies" {
			missing = append(missing, "doc.go: "+path)
		}
	}
	require.Empty(t, missing)
}

// TestWhatCurlCanDoBehindTheGraph: account linking, labels, and the review of templates.
func TestWhatCurlCanDoBehindTheGraph(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	var got struct{ Token string }
	require.NoError(t, json.Unmarshal(p.do(t, "POST", "/simulator/people/"+ada+"/linking_token", `{}`).body, &got))
	require.Contains(t, string(p.do(t, "GET", "/me?fields=recipient&account_linking_token="+got.Token, "").body), ada)
	require.JSONEq(t, `[]`, string(p.do(t, "GET", "/simulator/people/"+ada+"/labels", "").body))
	label := idOf(t, p.do(t, "POST", "/me/custom_labels", `{"name":"VIP"}`))
	p.do(t, "POST", "/"+label+"/label", `{"user":"`+ada+`"}`).is(t, 0, 0)
	require.JSONEq(t, `["VIP"]`, string(p.do(t, "GET", "/simulator/people/"+ada+"/labels", "").body))
	p.do(t, "POST", "/me/message_templates", `{"name":"a","language":"en_US","category":"UTILITY","library_template_name":"order_shipped"}`).is(t, 0, 0)
	review := func(page, body string) int { return p.do(t, "PUT", "/simulator/pages/"+page+"/template", body).status }
	require.Equal(t, 200, review(page, `{"name":"a","language":"en_US","status":"REJECTED"}`))
	require.Contains(t, string(p.do(t, "GET", "/me/message_templates", "").body), "REJECTED")
	require.Equal(t, 400, review(page, `{"name":"a","language":"en_US","status":"FINE"}`))
	require.Equal(t, 404, review("5", `{"name":"a","language":"en_US","status":"REJECTED"}`))
	for method, path := range map[string]string{"POST": "/simulator/people/5/linking_token", "GET": "/simulator/people/5/labels"} {
		body := ""
		if method == "POST" {
			body = `{}`
		}
		require.Equal(t, 404, p.do(t, method, path, body).status)
	}
	p.do(t, "POST", "/me/moderate_conversations", `{"user_ids":[{"id":"`+ada+`"}],"actions":["block_user"]}`).is(t, 0, 0)
	a := p.do(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"hi"}`)
	require.Equal(t, 409, a.status)
	require.Contains(t, string(a.body), `"code":"barred"`)
	require.Equal(t, 200, p.do(t, "PATCH", "/simulator/pages/"+page, `{"lenient":true,"usage":"u"}`).status)
	require.Equal(t, "u", p.do(t, "GET", "/me", "").header.Get("X-Business-Use-Case-Usage"))
	p.do(t, "GET", "/me/nothing", "").is(t, 0, 0)
}
