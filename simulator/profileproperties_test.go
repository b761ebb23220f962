package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestProfilePropertiesThatAreNone(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{ProfileCalls: -1})
	const path, button = "/me/messenger_profile", `"get_started":{"payload":"G"}`
	for _, bad := range []string{`"home_url":{"url":"https://e.x"}`, `"payment_settings":{}`, `"target_audience":{}`, `"nothing":1`, `"payload":"x"`} {
		p.do(t, "POST", path, `{`+button+`,`+bad+`}`).is(t, 100, 0, bad)
	}
	require.Empty(t, p.Profile(), "all or nothing")
	p.do(t, "POST", path, `{`+button+`,"ice_breakers":[{"question":"q","payload":"p"}]}`).is(t, 0, 0)
	p.do(t, "POST", path, `{"ice_breakers":[{"call_to_actions":[{"question":"q","payload":"p"}],"locale":"default"}]}`).is(t, 0, 0)
	p.do(t, "DELETE", path, `{"payload":["ice_breakers"]}`).is(t, 100, 0)
	p.do(t, "DELETE", path, `{"fields":["home_url"]}`).is(t, 100, 0)
	p.do(t, "DELETE", path, `{"fields":["ice_breakers"]}`).is(t, 0, 0, "by body")
	p.do(t, "DELETE", path+`?fields=["get_started"]`, "").is(t, 0, 0, "by query")
	require.Empty(t, p.Profile())
}
