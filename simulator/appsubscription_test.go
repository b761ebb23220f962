package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

const subscribed = "/v27.0/1000000000000001/subscriptions"

// subscribe posts a subscription of the app.
func (p platform) subscribe(t *testing.T, callback, token, more string) answer {
	t.Helper()
	body := `{"object":"page","fields":"messages,messaging_postbacks","include_values":true,"callback_url":"` + callback + `","verify_token":"` + token + `"` + more + `}`
	return p.with(t, appToken, "POST", subscribed, jsonBody, body)
}

func TestAppSubscribes(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{})
	require.JSONEq(t, `{"data":[]}`, string(p.with(t, appToken, "GET", subscribed, "", "").body))
	p.subscribe(t, b.URL, "simulator-verify-token", "").is(t, 0, 0)
	require.JSONEq(t, `{"data":[{"object":"page","active":true,"callback_url":"`+b.URL+`","fields":[{"name":"messages","version":"v27.0"},{"name":"messaging_postbacks","version":"v27.0"}]}]}`,
		string(p.with(t, appToken, "GET", "/app/subscriptions", "", "").body))
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.OptIn(t.Context(), ada, "ref"))
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, b.got(), 1, "the page has subscribed to opt-ins, and the app has not")

	p.with(t, appToken, "DELETE", subscribed+"?object=page&fields=messages", "", "").is(t, 0, 0)
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, b.got(), 1)
	p.subscribe(t, b.URL, "simulator-verify-token", "").is(t, 0, 0)
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, b.got(), 2)
	p.with(t, appToken, "DELETE", subscribed, "", "").is(t, 0, 0)
	require.JSONEq(t, `{"data":[]}`, string(p.with(t, appToken, "GET", subscribed, "", "").body))
}

// TestSubscriptionsThatAreRefused: what was there stays.
func TestSubscriptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	for name, body := range map[string]string{
		"no object":  `{"callback_url":"` + b.URL + `","verify_token":"simulator-verify-token","fields":"messages"}`,
		"no fields":  `{"object":"page","callback_url":"` + b.URL + `","verify_token":"simulator-verify-token"}`,
		"no URL":     `{"object":"page","verify_token":"simulator-verify-token","fields":"messages"}`,
		"no web URL": `{"object":"page","callback_url":"file:///etc/passwd","verify_token":"x","fields":"messages"}`,
		"no token":   `{"object":"page","callback_url":"` + b.URL + `","fields":"messages"}`,
		"a field":    `{"object":"page","callback_url":"` + b.URL + `","verify_token":"simulator-verify-token","fields":"mesages"}`,
		"a user":     `{"object":"user","callback_url":"` + b.URL + `","verify_token":"simulator-verify-token","fields":"messages"}`,
	} {
		p.with(t, appToken, "POST", subscribed, jsonBody, body).is(t, 100, 0, name)
	}
	deaf := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(deaf.Close)
	a := p.subscribe(t, b.URL, "wrong token", "")
	a.is(t, 2200, 0)
	require.Contains(t, string(a.body), "403")
	p.subscribe(t, deaf.URL, "simulator-verify-token", "").is(t, 2200, 0)
	p.with(t, appToken, "POST", "/2000000000000001/subscriptions", jsonBody, `{}`).is(t, 100, 33, "another app's")
	p.with(t, "1000000000000001|wrong", "GET", subscribed, "", "").is(t, 190, 0)
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, b.got(), 1)
	var list struct {
		Data []struct {
			Object string
			Fields []json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(p.with(t, appToken, "GET", subscribed, "", "").body, &list))
	require.Len(t, list.Data, 1)
	require.Len(t, list.Data[0].Fields, len(simulator.AllFields()), "what the simulator began with")
	for _, r := range p.Requests() {
		whole := string(must(json.Marshal(r)))
		require.NotContains(t, whole, "simulator-app-secret")
		require.NotContains(t, whole, "verify-token")
	}
}
