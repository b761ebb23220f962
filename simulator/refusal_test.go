package simulator_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestRefusalsAreAnsweredAsTheyAre(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	seen := map[string]bool{}
	for _, r := range simulator.Refusals() {
		require.False(t, seen[r.Name], r.Name)
		seen[r.Name] = true
		p.Fault(simulator.Fault{Error: simulator.RefusalNamed(r.Name).GraphError()})
		a := p.do(t, http.MethodPost, "/v27.0/me/messages", `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`)
		require.Equal(t, r.Status, a.status, r.Name)
		var got struct {
			Error struct {
				Message     string `json:"message"`
				Type        string `json:"type"`
				Code        int    `json:"code"`
				Subcode     int    `json:"error_subcode"`
				IsTransient bool   `json:"is_transient"`
				TraceID     string `json:"fbtrace_id"`
			} `json:"error"`
		}
		require.NoError(t, json.Unmarshal(a.body, &got), r.Name)
		require.Equal(t, r.Message, got.Error.Message, r.Name)
		require.Equal(t, r.Type, got.Error.Type, r.Name)
		require.Equal(t, [2]int{r.Code, r.Subcode}, [2]int{got.Error.Code, got.Error.Subcode}, r.Name)
		require.Equal(t, r.IsTransient, got.Error.IsTransient, r.Name)
		require.NotEmpty(t, got.Error.TraceID, r.Name)
	}
	require.Empty(t, p.Messages(ada))
	require.PanicsWithValue(t, `simulator: no refusal is named "tea"`, func() { simulator.RefusalNamed("tea") })
}

func TestRefusalsCannotBeChanged(t *testing.T) {
	t.Parallel()
	all := simulator.Refusals()
	name := all[0].Name
	all[0].Name = "changed"
	first := simulator.RefusalNamed(name).GraphError()
	first.Code = 1
	require.Equal(t, 190, simulator.RefusalNamed(name).GraphError().Code)
}

// Without a token there is no me, and no other object either.
func TestCallsWithoutAToken(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for path, code := range map[string]int{"/v27.0/me": 2500, "/v27.0/" + page: 104, "/v27.0/" + ada: 104} {
		response, err := http.Get(p.url + path)
		require.NoError(t, err)
		var got struct{ Error struct{ Code int } }
		require.NoError(t, json.NewDecoder(response.Body).Decode(&got))
		require.NoError(t, response.Body.Close())
		require.Equal(t, code, got.Error.Code, path)
	}
}
