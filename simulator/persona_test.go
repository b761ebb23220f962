package simulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestPersonas(t *testing.T) {
	t.Parallel()
	const other = "100000000000002"
	p := serve(t, simulator.Config{Pages: []simulator.Page{{ID: other}}})
	for _, bad := range []string{
		`{}`, `{"name":"Eve"}`, `{"name":"","profile_picture_url":"https://e.x/a.png"}`, `{"name":"Eve","profile_picture_url":"a.png"}`,
		`{"name":"` + strings.Repeat("x", 51) + `","profile_picture_url":"https://e.x/a.png"}`, `{"name":1,"profile_picture_url":"https://e.x/a.png"}`,
	} {
		p.do(t, "POST", "/me/personas", bad).is(t, 100, 0, bad)
	}
	require.JSONEq(t, `{"data":[]}`, string(p.do(t, "GET", "/me/personas", "").body))
	id := idOf(t, p.do(t, "POST", "/me/personas", `{"name":"Eve","profile_picture_url":"https://e.x/a.png"}`))
	want := `{"id":"` + id + `","name":"Eve","profile_picture_url":"https://e.x/a.png"}`
	require.JSONEq(t, want, string(p.do(t, "GET", "/"+id, "").body))
	require.JSONEq(t, `{"id":"`+id+`","name":"Eve"}`, string(p.do(t, "GET", "/"+id+"?fields=name", "").body))
	require.Contains(t, string(p.do(t, "GET", "/"+page+"/personas", "").body), `"data":[`+`{"id":"`+id+`","name":"Eve"`)

	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	send := func() answer {
		return p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"},"persona_id":"`+id+`"}`)
	}
	send().is(t, 0, 0)
	require.Equal(t, id, p.Messages(ada)[1].PersonaID)
	require.Equal(t, &simulator.Persona{ID: id, Name: "Eve", PictureURL: "https://e.x/a.png"}, p.Messages(ada)[1].Persona)

	const theirs = "simulator-page-token-" + other
	p.with(t, theirs, "GET", "/"+id, "", "").is(t, 100, 33, "another page's")
	p.with(t, theirs, "DELETE", "/"+id, "", "").is(t, 100, 33)
	require.JSONEq(t, `{"success":true}`, string(p.do(t, "DELETE", "/"+id, "").body))
	p.do(t, "DELETE", "/"+id, "").is(t, 100, 33)
	send().is(t, 100, 0, "deleted")
	p.send(t, `{"recipient":{"id":"`+ada+`"},"sender_action":"typing_on","persona_id":"`+id+`"}`).is(t, 100, 0)
}
