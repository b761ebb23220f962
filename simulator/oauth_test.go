package simulator_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// debug asks about a token.
func (p platform) debug(t *testing.T, bearer, token string) (data struct {
	AppID   string `json:"app_id"`
	Type    string
	Valid   bool   `json:"is_valid"`
	Profile string `json:"profile_id"`
	Scopes  []string
	Error   struct{ Code, Subcode int }
	Expires int64 `json:"expires_at"`
}) {
	t.Helper()
	a := p.with(t, bearer, "GET", "/v27.0/debug_token?input_token="+url.QueryEscape(token), "", "")
	require.Equal(t, 200, a.status, "%s", a.body)
	require.NoError(t, json.Unmarshal(a.body, &struct{ Data any }{&data}))
	return data
}

func TestDebugToken(t *testing.T) {
	t.Parallel()
	const other = "100000000000002"
	p := serve(t, simulator.Config{Pages: []simulator.Page{{ID: other, AppID: "2000000000000001", AppSecret: "s"}}})
	got := p.debug(t, appToken, "simulator-page-token")
	require.True(t, got.Valid)
	require.Equal(t, [3]string{"1000000000000001", "PAGE", page}, [3]string{got.AppID, got.Type, got.Profile})
	require.Contains(t, got.Scopes, "pages_messaging")
	require.Equal(t, "APP", p.debug(t, appToken, appToken).Type)
	require.Equal(t, "USER", p.debug(t, simulator.DefaultUserToken, simulator.DefaultUserToken).Type)
	p.RevokeToken(460)
	got = p.debug(t, appToken, "simulator-page-token")
	require.False(t, got.Valid)
	require.Equal(t, [2]int{190, 460}, [2]int{got.Error.Code, got.Error.Subcode})
	got = p.debug(t, appToken, "nonsense")
	require.False(t, got.Valid)
	require.Equal(t, 190, got.Error.Code)
	p.with(t, appToken, "GET", "/debug_token", "", "").is(t, 100, 0)
	p.with(t, appToken, "GET", "/debug_token?input_token=simulator-page-token-"+other, "", "").is(t, 100, 0, "of another app")
	p.with(t, "", "GET", "/debug_token?input_token=x", "", "").is(t, 104, 0)
	for _, r := range p.Requests() {
		require.NotContains(t, string(must(json.Marshal(r))), "simulator-page-token")
	}
}

func TestAccessTokens(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	type token struct {
		Access  string `json:"access_token"`
		Kind    string `json:"token_type"`
		Expires int    `json:"expires_in"`
	}
	get := func(query string) (got token) {
		a := p.with(t, "", "GET", "/v27.0/oauth/access_token?client_id=1000000000000001&client_secret=simulator-app-secret&"+query, "", "")
		require.Equal(t, 200, a.status, "%s", a.body)
		require.NoError(t, json.Unmarshal(a.body, &got))
		return got
	}
	require.Equal(t, token{appToken, "bearer", 0}, get("grant_type=client_credentials"))
	long := get("grant_type=fb_exchange_token&fb_exchange_token=" + simulator.DefaultUserToken)
	require.Equal(t, 60*24*3600, long.Expires)
	byCode := get("code=anything&redirect_uri=https://e.x/")
	require.NotEqual(t, long.Access, byCode.Access)
	for query, want := range map[string]int{
		"": 100, "client_id=1000000000000001": 100, "client_id=5&client_secret=x&grant_type=client_credentials": 101,
		"client_id=1000000000000001&client_secret=wrong&grant_type=client_credentials":                                   1,
		"client_id=1000000000000001&client_secret=simulator-app-secret":                                                  100,
		"client_id=1000000000000001&client_secret=simulator-app-secret&grant_type=password":                              100,
		"client_id=1000000000000001&client_secret=simulator-app-secret&code=x":                                           100,
		"client_id=1000000000000001&client_secret=simulator-app-secret&grant_type=fb_exchange_token&fb_exchange_token=x": 190,
	} {
		p.with(t, "", "POST", "/oauth/access_token", formBody, query).is(t, want, 0, query)
	}

	var accounts struct {
		Data []struct {
			ID, Name string
			Token    string `json:"access_token"`
			Tasks    []string
		}
	}
	require.NoError(t, json.Unmarshal(p.with(t, long.Access, "GET", "/me/accounts", "", "").body, &accounts))
	require.Len(t, accounts.Data, 1)
	require.Equal(t, [2]string{page, "simulator-page-token"}, [2]string{accounts.Data[0].ID, accounts.Data[0].Token})
	require.Contains(t, accounts.Data[0].Tasks, "MESSAGING")
	require.JSONEq(t, `{"id":"`+page+`","access_token":"simulator-page-token"}`, string(p.with(t, long.Access, "GET", "/"+page+"?fields=access_token", "", "").body))
	require.JSONEq(t, `{"id":"`+page+`"}`, string(p.do(t, "GET", "/me?fields=access_token", "").body), "a page's token does not tell it")
	p.with(t, long.Access, "GET", "/me", "", "").is(t, 0, 0)
	p.with(t, long.Access, "POST", "/"+page+"/messages", "", "").is(t, 210, 0, "a person is no page")
	p.do(t, "GET", "/me/accounts", "").is(t, 100, 0, "a page has no accounts")
	p.with(t, appToken, "GET", "/me/accounts", "", "").is(t, 2500, 0)
	for _, r := range p.Requests() {
		whole := string(must(json.Marshal(r)))
		for _, secret := range []string{"simulator-page-token", "simulator-app-secret", "simulator-user-token"} {
			require.NotContains(t, whole, secret)
		}
	}
}

// TestTokensDoNotPileUp: a caller in a loop gets a refusal in the end.
func TestTokensDoNotPileUp(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const query = "client_id=1000000000000001&client_secret=simulator-app-secret&code=x&redirect_uri=https://e.x"
	refused := 0
	for range 110 {
		if code, _ := p.with(t, "", "POST", "/oauth/access_token", formBody, query).code(t); code == 4 {
			refused++
		}
	}
	require.Equal(t, 10, refused)
}

// TestEchoesOfInstagramLogin: they have a field of their own; those of an account that a page is linked to do not.
func TestEchoesOfInstagramLogin(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Pages: []simulator.Page{
		{ID: account, Platform: simulator.PlatformInstagram, LinkedTo: page},
		{ID: "17841400000000002", Platform: simulator.PlatformInstagram, Token: "ig"},
	}})
	echoes := func(account, psid, token string) (fields []string) {
		_, err := p.AddPerson(simulator.Person{ID: psid, PageID: account, FirstName: "Ana"})
		require.NoError(t, err)
		_, err = p.Say(t.Context(), psid, "hi")
		require.NoError(t, err)
		p.with(t, token, "POST", "/me/messages", jsonBody, `{"recipient":{"id":"`+psid+`"},"message":{"text":"x"}}`).is(t, 0, 0)
		for _, d := range p.Deliveries() {
			if d.PSID == psid && strings.Contains(d.Body, `"is_echo":true`) {
				fields = append(fields, d.Field)
			}
		}
		return fields
	}
	require.Equal(t, []string{"messages"}, echoes(account, "7100000000000011", "simulator-page-token"))
	require.Empty(t, echoes("17841400000000002", "7100000000000012", "ig"), "not subscribed")
	p.with(t, "ig", "POST", "/me/subscribed_apps?subscribed_fields=messages,message_echoes", "", "").is(t, 0, 0)
	require.Equal(t, []string{"message_echoes"}, echoes("17841400000000002", "7100000000000013", "ig"))
	require.Error(t, p.Page(account).SetFields("message_echoes"))
}

// TestInstagramLogin: an account that is linked to no page has its own host, ids and token, which lasts 60 days.
func TestInstagramLogin(t *testing.T) {
	t.Parallel()
	const own = "17841400000000001"
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now, Pages: []simulator.Page{{ID: own, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, Token: "ig"}}})
	at := func(host, token, method, path string) answer { return p.at(t, host, token, method, path) }
	require.JSONEq(t, `{"id":"`+own+`","user_id":"`+own+`","username":"lamp.shop","account_type":"BUSINESS"}`,
		string(at("graph.instagram.com", "ig", "GET", "/v27.0/me?fields=user_id,username,account_type").body))
	at("graph.instagram.com:443", "ig", "GET", "/me/messenger_profile?fields=ice_breakers").is(t, 0, 0)
	at("graph.instagram.com", "simulator-page-token", "GET", "/me").is(t, 190, 0, "a page's token")
	at("graph.instagram.com", appToken, "GET", "/sticker_packs").is(t, 190, 0)
	at("graph.facebook.com", "ig", "GET", "/me").is(t, 190, 0, "a token of Instagram Login")
	at("graph.facebook.com", "simulator-page-token", "GET", "/me").is(t, 0, 0)
	at("", "ig", "GET", "/me").is(t, 0, 0, "localhost takes both")

	// Made again, a call goes to the host that it went to, and is answered as it was.
	for _, was := range p.Log() {
		if was.PageID != "" {
			list, err := p.Again(t.Context(), was.Seq, simulator.Repetition{})
			require.NoError(t, err)
			require.Equal(t, was.Status, list[0].Status, "%d %s", was.Seq, was.Name)
		}
	}

	const refresh = "/refresh_access_token?grant_type=ig_refresh_token"
	at("graph.instagram.com", "ig", "GET", refresh).is(t, 100, 0, "less than a day old")
	at("graph.instagram.com", "ig", "GET", "/refresh_access_token").is(t, 100, 0)
	at("", "simulator-page-token", "GET", refresh).is(t, 190, 0)
	require.Equal(t, c.now().Add(60*24*time.Hour).Unix(), p.debug(t, appToken, "ig").Expires)
	c.add(24 * time.Hour)
	const refreshed = "ig-refreshed-1"
	require.JSONEq(t, `{"access_token":"`+refreshed+`","token_type":"bearer","expires_in":5184000}`, string(at("graph.instagram.com", "ig", "GET", refresh).body))
	at("graph.instagram.com", refreshed, "GET", refresh).is(t, 100, 0, "less than a day old")
	at("graph.facebook.com", refreshed, "GET", "/me").is(t, 190, 0)
	require.Equal(t, c.now().Add(60*24*time.Hour).Unix(), p.debug(t, appToken, refreshed).Expires)
	c.add(59*24*time.Hour - time.Second)
	at("", "ig", "GET", "/me").is(t, 0, 0, "it is good until its own end")
	c.add(time.Second)
	at("", "ig", "GET", "/me").is(t, 190, 463)
	require.NoError(t, p.Restore(p.Snapshot()))
	c.add(24*time.Hour - time.Second)
	at("", refreshed, "GET", "/me").is(t, 0, 0)
	c.add(time.Second)
	at("", refreshed, "GET", "/me").is(t, 190, 463)
	p.Page(own).SetToken("new")
	at("", "new", "GET", "/me").is(t, 0, 0)
	at("", refreshed, "GET", "/me").is(t, 190, 0)
}
