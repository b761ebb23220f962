package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestProfileRoundTrip(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{ProfileCalls: -1})
	const path = "/v27.0/me/messenger_profile"
	require.JSONEq(t, `{"data":[]}`, string(p.do(t, "GET", path+"?fields=greeting,get_started", "").body))
	menu := `[{"locale":"default","composer_input_disabled":false,"call_to_actions":[{"type":"postback","title":"T","payload":"P"}]}]`
	_, sub := p.do(t, "POST", path, `{"persistent_menu":`+menu+`}`).code(t)
	require.Equal(t, 2018145, sub)
	a := p.do(t, "POST", path, `{"get_started":{"payload":"S"},"persistent_menu":`+menu+`,"greeting":[{"locale":"default","text":"Hi {{user_first_name}}"}]}`)
	require.JSONEq(t, `{"result":"success"}`, string(a.body))
	require.JSONEq(t, `{"data":[{"get_started":{"payload":"S"},"persistent_menu":`+menu+`}]}`,
		string(p.do(t, "GET", "/"+page+`/messenger_profile?fields=["get_started","persistent_menu","commands"]`, "").body))
	_, sub = p.do(t, "DELETE", path, `{"fields":["get_started"]}`).code(t)
	require.Equal(t, 2018145, sub)
	require.Equal(t, 200, p.do(t, "DELETE", path, `{"fields":["get_started","persistent_menu"]}`).status)
	require.Equal(t, 200, p.do(t, "DELETE", path+"?fields=greeting", "").status)
	require.Empty(t, p.Profile())
	for _, call := range [][2]string{{"GET", path}, {"GET", path + "?fields=home_url"}, {"DELETE", path}, {"DELETE", path + "?fields=x"}, {"PUT", path}} {
		code, _ := p.do(t, call[0], call[1], "").code(t)
		require.Equal(t, 100, code, call)
	}
	code, _ := p.do(t, "POST", path, `{}`).code(t)
	require.Equal(t, 100, code)
}

func TestProfileLimits(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{ProfileCalls: -1})
	const path = "/me/messenger_profile"
	require.Equal(t, 200, p.do(t, "POST", path, `{"get_started":{"payload":"S"}}`).status)
	menu := func(items string) string {
		return `"persistent_menu":[{"locale":"default","call_to_actions":` + items + `}]`
	}
	item := `{"type":"postback","title":"t#","payload":"p"}`
	commands := func(items string) string {
		return `"commands":[{"locale":"default","commands":` + items + `}]`
	}
	command := func(name, description int) string {
		return commands(`[{"name":"` + repeat(name) + `","description":"` + repeat(description) + `"}]`)
	}
	ice := func(n int) string {
		return `"ice_breakers":[{"locale":"default","call_to_actions":` + many(n, `{"question":"q#","payload":"p"}`) + `}]`
	}
	flat := func(n int) string { return `"ice_breakers":` + many(n, `{"question":"q#","payload":"p"}`) }
	domains := func(n int) string { return `"whitelisted_domains":` + many(n, `"https://d#.example.com"`) }
	for _, test := range []struct{ name, fits, breaks string }{
		{"get_started", `"get_started":{"payload":"` + repeat(1000) + `"}`, `"get_started":{"payload":"` + repeat(1001) + `"}`},
		{"get_started empty", `"get_started":{"payload":"S"}`, `"get_started":{}`},
		{"greeting", `"greeting":[{"locale":"default","text":"` + repeat(160) + `"}]`, `"greeting":[{"locale":"default","text":"` + repeat(161) + `"}]`},
		{"default locale", `"greeting":[{"locale":"default","text":"x"},{"locale":"zh_TW","text":"x"}]`, `"greeting":[{"locale":"zh_TW","text":"x"}]`},
		{"one per locale", `"greeting":[{"locale":"default","text":"x"}]`, `"greeting":[{"locale":"default","text":"x"},{"locale":"default","text":"y"}]`},
		{"locale", `"greeting":[{"locale":"default","text":"x"}]`, `"greeting":[{"locale":"default","text":"x"},{"locale":"zh-TW","text":"y"}]`},
		{"menu", menu(many(20, item)), menu(many(21, item))},
		{"menu title", menu(`[{"type":"postback","title":"` + repeat(30) + `","payload":"p"}]`), menu(`[{"type":"postback","title":"` + repeat(31) + `","payload":"p"}]`)},
		{"nested menu", menu(many(1, item)), menu(`[{"type":"nested","title":"t","call_to_actions":[]}]`)},
		{"menu phone", menu(many(1, item)), menu(`[{"type":"phone_number","title":"t","payload":"+15555550101"}]`)},
		{"ice breakers", ice(4), ice(5)},
		{"ice breakers without locales", flat(4), flat(5)},
		{"ice breaker payload", `"ice_breakers":[{"question":"q","payload":"p"}]`, `"ice_breakers":[{"question":"q"}]`},
		{"commands", commands(many(100, `{"name":"n#","description":"d"}`)), commands(many(101, `{"name":"n#","description":"d"}`))},
		{"command name", command(32, 1), command(33, 1)},
		{"command description", command(1, 64), command(1, 65)},
		{"domains", domains(50), domains(51)},
		{"domain", domains(1), `"whitelisted_domains":["http://example.com"]`},
		{"account linking", `"account_linking_url":"https://example.com/login"`, `"account_linking_url":"http://example.com/login"`},
		{"read only", domains(1), `"subject_to_new_eu_privacy_rules":true`},
	} {
		a := p.do(t, "POST", path, "{"+test.fits+"}")
		require.Equal(t, 200, a.status, "%s: %s", test.name, a.body)
		before := fmt.Sprint(p.Profile())
		code, _ := p.do(t, "POST", path, "{"+test.breaks+"}").code(t)
		require.Equal(t, 100, code, test.name)
		require.Equal(t, before, fmt.Sprint(p.Profile()), "a refused call changes nothing")
	}
}

func TestPersonAndPageNodes(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{PageName: "Café"})
	is := func(path, want string) {
		t.Helper()
		require.JSONEq(t, want, string(p.do(t, "GET", path, "").body))
	}
	is("/v27.0/me?fields=id,name", `{"id":"`+page+`","name":"Café"}`)
	is("/v27.0/"+lin+"?fields=first_name,locale,timezone", `{"id":"`+lin+`","first_name":"小美","locale":"zh_TW","timezone":8}`)
	picture := p.url + "/simulator/pictures/" + ada
	is("/v27.0/"+ada, `{"id":"`+ada+`","first_name":"Ada","last_name":"Byron","profile_pic":"`+picture+`"}`)
	a := p.do(t, "GET", strings.TrimPrefix(picture, p.url), "")
	require.Equal(t, "image/svg+xml", a.header.Get("Content-Type"))
	bare, err := p.AddPerson(simulator.Person{FirstName: "X"})
	require.NoError(t, err)
	is("/"+bare.ID+"?fields=first_name,last_name,locale,gender,timezone", `{"id":"`+bare.ID+`","first_name":"X"}`)
	code, sub := p.do(t, "GET", "/v27.0/999", "").code(t)
	require.Equal(t, [2]int{100, 33}, [2]int{code, sub})
	code, _ = p.do(t, "GET", "/v27.0/"+ada+"?fields=birthday", "").code(t)
	require.Equal(t, 100, code)
	code, _ = p.do(t, "POST", "/v27.0/"+ada, "").code(t)
	require.Equal(t, 2500, code, "not simulated")
}

func TestSubscribedApps(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Fields: []string{"messages"}})
	const path = "/v27.0/me/subscribed_apps"
	require.JSONEq(t, `{"data":[{"id":"1000000000000001","subscribed_fields":["messages"]}]}`, string(p.do(t, "GET", path, "").body))
	require.JSONEq(t, `{"success":true}`, string(p.do(t, "POST", path+"?subscribed_fields=messaging_postbacks,message_reads", "").body))
	_, err := p.Say(t.Context(), ada, "x")
	require.NoError(t, err)
	require.Empty(t, p.Deliveries())
	require.NoError(t, p.Read(t.Context(), ada))
	require.Len(t, p.Deliveries(), 1)
	for _, query := range []string{"", "?subscribed_fields=message"} {
		code, _ := p.do(t, "POST", path+query, "").code(t)
		require.Equal(t, 100, code)
	}
	p.do(t, "DELETE", path, "")
	require.JSONEq(t, `{"data":[]}`, string(p.do(t, "GET", path, "").body))
}
