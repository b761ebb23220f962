package simulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestSettingsOfOnePerson(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now})
	const path = "/v27.0/me/custom_user_settings"
	menu := func(title string) string {
		return `[{"locale":"default","composer_input_disabled":false,"call_to_actions":[{"type":"postback","title":"` + title + `","payload":"P"}]}]`
	}
	set := func() answer { return p.do(t, "POST", path, `{"psid":"`+ada+`","persistent_menu":`+menu("Mine")+`}`) }
	for _, bad := range []string{`{}`, `{"psid":"` + ada + `"}`, `{"psid":"` + ada + `","persistent_menu":[]}`, `{"psid":{},"persistent_menu":` + menu("x") + `}`} {
		p.do(t, "POST", path, bad).is(t, 100, 0, bad)
	}
	p.do(t, "DELETE", path+"?psid="+ada, "").is(t, 100, 0)
	p.do(t, "DELETE", path+"?psid="+ada+`&params=["greeting"]`, "").is(t, 100, 0)
	p.do(t, "GET", path+"?psid=123", "").is(t, 100, 2018001)
	set().is(t, 100, 2018145, "no Get Started button")
	p.do(t, "POST", "/me/messenger_profile", `{"get_started":{"payload":"G"},"persistent_menu":`+menu("Page")+`}`).is(t, 0, 0)
	require.JSONEq(t, `{"result":"success"}`, string(set().body))
	_, err := p.TapMenu(t.Context(), ada, "Page")
	require.Error(t, err)
	_, err = p.TapMenu(t.Context(), ada, "Mine")
	require.NoError(t, err)
	_, err = p.TapMenu(t.Context(), lin, "Page")
	require.NoError(t, err)
	require.JSONEq(t, `{"data":[{"user_level_persistent_menu":`+menu("Mine")+`,"page_level_persistent_menu":`+menu("Page")+`}]}`,
		string(p.do(t, "GET", path+"?psid="+ada, "").body))
	require.JSONEq(t, `{"result":"success"}`, string(p.do(t, "DELETE", path+"?psid="+ada+`&params=["persistent_menu"]`, "").body))
	require.JSONEq(t, `{"data":[{"page_level_persistent_menu":`+menu("Page")+`}]}`, string(p.do(t, "GET", path+"?psid="+ada, "").body))
	_, err = p.TapMenu(t.Context(), ada, "Page")
	require.NoError(t, err)

	for range 5 { // 5 calls were made, the refused one among them
		set().is(t, 0, 0)
	}
	set().is(t, 613, 0)
	p.do(t, "GET", path+"?psid="+lin, "").is(t, 0, 0, "the limit is each person's own")
	c.add(10*time.Minute - time.Second)
	set().is(t, 613, 0)
	c.add(time.Second)
	set().is(t, 0, 0)
}
