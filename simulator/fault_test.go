package simulator_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	hello := []byte(`{"recipient":{"id":"` + ada + `"},"message":{"text":"x"}}`)
	whole := simulator.GraphError{Message: "(#613) Calls to this api have exceeded the rate limit.", Code: 613, IsTransient: true}
	for _, test := range []struct {
		name   string
		fault  simulator.Fault
		broken bool // the connection
		status int
		body   string // contained in the answer
		effect bool   // the message arrived
	}{
		{"error", simulator.Fault{Error: &whole}, false, 400, `"code":613,"is_transient":true,"fbtrace_id":"A`, false},
		{"error and status", simulator.Fault{Status: 429, Error: &whole}, false, 429, `"type":"OAuthException"`, false},
		{"no JSON", simulator.Fault{Body: "<html>Bad Gateway"}, false, 500, "<html>Bad Gateway", false},
		{"status alone", simulator.Fault{Status: 502}, false, 502, "", false},
		{"refused with effect", simulator.Fault{Error: &simulator.GraphError{Code: 1, Subcode: 1357046}, Effect: true}, false, 400, `"error_subcode":1357046`, true},
		{"slow", simulator.Fault{Delay: time.Millisecond}, false, 200, `"message_id":"m_`, true},
		{"dropped before", simulator.Fault{Drop: simulator.DropBefore}, true, 0, "", false},
		{"dropped after", simulator.Fault{Drop: simulator.DropAfter}, true, 0, "", true},
		{"dropped in half", simulator.Fault{Drop: simulator.DropHalf}, true, 200, `{"recipient_id":"`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, calls := len(p.Messages(ada)), len(p.Requests())
			p.Fault(test.fault)
			require.Equal(t, 200, p.do(t, "GET", "/me", "").status, "only messages are hit")
			a, err := p.try(t.Context(), "POST", "/v27.0/me/messages", "application/json", hello)
			if test.broken {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, test.status, a.status)
			require.Contains(t, string(a.body), test.body)
			arrived := 0
			if test.effect {
				arrived = 1
			}
			require.Len(t, p.Messages(ada), before+arrived)
			records := p.Requests()[calls:]
			require.Len(t, records, 2)
			require.True(t, records[1].Fault)
			require.Equal(t, test.fault.Drop == simulator.DropBefore, records[1].Body == "", "whether the body was read")
			p.sendText(t, ada, "right again")
		})
	}
}

func TestFaultsAreCountedInOrder(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	status := func() int { return p.do(t, "GET", "/v27.0/me", "").status }
	mine := func(method, path string) bool { return method == http.MethodGet && path == "/me" }
	p.Fault(simulator.Fault{Match: mine, Status: 501, Times: 2, Header: http.Header{"Retry-After": {"7"}}})
	p.Fault(simulator.Fault{Match: mine, Status: 502, Times: -1})
	a := p.do(t, "GET", "/v27.0/me", "")
	require.Equal(t, "7", a.header.Get("Retry-After"))
	require.Equal(t, []int{501, 501, 502, 502, 502}, []int{a.status, status(), status(), status(), status()})
	p.ClearFaults()
	require.Equal(t, 200, status())
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	p.Fault(simulator.Fault{Delay: time.Hour, Match: func(string, string) bool { cancel(); return true }})
	_, err := p.try(ctx, "GET", "/me", "", nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestUsageHeader(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	require.Empty(t, p.do(t, "GET", "/me", "").header.Values("X-Business-Use-Case-Usage"))
	p.SetUsage(`{"1":[{"type":"messenger","call_count":99}]}`)
	require.Equal(t, `{"1":[{"type":"messenger","call_count":99}]}`, p.do(t, "GET", "/me", "").header.Get("X-Business-Use-Case-Usage"))
}

func TestFaultsThatNoCallCouldHaveAreRefused(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for want, f := range map[string]simulator.Fault{
		`simulator: Fault.Drop: unknown kind "after_effect"; use DropBefore, DropAfter or DropHalf`: {Drop: "after_effect"},
		"simulator: Fault.Status: 199 is not the status of an answer":                               {Status: 199},
		"simulator: Fault.Status: -1 is not the status of an answer":                                {Status: -1},
		"simulator: Fault.Status: 1000 is not the status of an answer":                              {Status: 1000},
		"simulator: Fault.Delay: must not be negative: -1s":                                         {Delay: -time.Second},
	} {
		require.PanicsWithValue(t, want, func() { p.Fault(f) })
	}
}

// TestFaultsByPreset: the presets of scenarios are those of the API.
func TestFaultsByPreset(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, name := range simulator.FaultPresets() {
		p.ok(t, "POST", "/simulator/faults", `{"preset":"`+name+`"}`)
		require.Contains(t, p.ok(t, "GET", "/simulator/faults", ""), `"preset":"`+name+`"`)
		p.ok(t, "DELETE", "/simulator/faults", "")
	}
	p.ok(t, "POST", "/simulator/faults", `{"preset":"rate_limit","times":2}`)
	p.ok(t, "POST", "/simulator/faults", `{"preset":"html_502","body":"busy"}`)
	p.ok(t, "POST", "/simulator/faults", `{"preset":"rate_limit","code":190}`)
	require.NoError(t, p.Restore(p.Snapshot()))
	for _, want := range []string{`"code":613`, `"code":613`, "busy", `"code":190`} {
		require.Contains(t, string(p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`).body), want)
	}
	for body, want := range map[string]string{
		`{"preset":"rate_limt"}`:                     `there is no preset \"rate_limt\"; the nearest is rate_limit; there are blocked,`,
		`{"refusal":"token expird"}`:                 `no refusal is named \"token expird\"; the nearest is token expired`,
		`{"code":999}`:                               `no refusal has the code 999`,
		`{"status":500,"path":"me/messages"}`:        `the path \"me/messages\" has to begin with /`,
		`{"status":500,"path":"/v27.0/me/messages"}`: `has to be without the version`,
		`{"status":500,"method":"PSOT"}`:             `the method is GET, POST, DELETE, not \"PSOT\"`,
		`{"presett":"rate_limit"}`:                   `there is no field \"presett\"; the nearest is preset`,
		`{"error":{"cod":1}}`:                        `there is no field \"cod\"; the nearest is code`,
		`{"xyzzy":1}`:                                `there is no field \"xyzzy\"; there are preset, refusal,`,
	} {
		a := p.do(t, "POST", "/simulator/faults", body)
		require.Equal(t, 400, a.status, body)
		require.Contains(t, string(a.body), want, body)
	}
	require.PanicsWithValue(t, `simulator: no refusal is named "token expird"; the nearest is token expired`, func() { simulator.RefusalNamed("token expird") })
}
