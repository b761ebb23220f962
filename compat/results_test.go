package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// outcomes are results in which one client does one thing well.
func outcomes(value string) *results {
	r := newResults()
	r.clients[0] = &clientResult{version: "1.0.0", calls: map[string]cell{}, faults: map[string]cell{}, preload: reached(1), proxy: works}
	for _, c := range calls {
		r.clients[0].calls[c.name] = cell{value: without}
	}
	r.clients[0].calls["text"] = cell{value: value}
	return r
}

// TestAChangedCellFails, for better and for worse; what stands around the tables stays.
func TestAChangedCellFails(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "compatibility.md")
	require.NoError(t, os.WriteFile(page, []byte("before\n"+tablesBegin+tablesEnd+"after\n"), 0o600))
	require.ErrorContains(t, outcomes(works).settle(page, false), "+ | text | yes |")
	require.NoError(t, outcomes(works).settle(page, true))
	require.NoError(t, outcomes(works).settle(page, false))
	require.ErrorContains(t, outcomes("refused 100").settle(page, false), "- | text | yes |\n")
	require.NoError(t, outcomes("refused 100").settle(page, true))
	require.ErrorContains(t, outcomes(works).settle(page, false), "- | text | refused 100 |\n")
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Regexp(t, `(?s)^before\n.*after\n$`, string(data))

	require.NoError(t, os.WriteFile(page, []byte("no tables"), 0o600))
	require.ErrorContains(t, outcomes(works).settle(page, false), "no lines between which the tables stand")
}

// TestACallThatNeverArrives is no success of the way by which the client should come.
func TestACallThatNeverArrives(t *testing.T) {
	t.Parallel()
	r := outcomes(fails)
	require.Contains(t, r.tables(), "| yes | yes |")
	r.clients[0].preload = reached(0)
	require.Contains(t, r.tables(), "| no | yes |")
}

// TestForeignCodeGetsNoSecrets of the environment, and a home of its own.
func TestForeignCodeGetsNoSecrets(t *testing.T) {
	for _, name := range []string{"MESSENGER_APP_SECRET", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "https_proxy", "NODE_OPTIONS", "HOME"} {
		t.Setenv(name, "of-this-machine")
	}
	t.Setenv("LANG", "C.UTF-8")
	env := (&kit{tmp: "/run", node: "/opt/node/bin/node"}).environment()
	require.NotContains(t, strings.Join(env, "\n"), "of-this-machine")
	require.Contains(t, env, "HOME=/run/home")
	require.Contains(t, env, "LANG=C.UTF-8")
	require.Contains(t, env, "PATH=/opt/node/bin:"+os.Getenv("PATH"))
}

// TestTheOutcomeOfACallHasBothSides: what the caller was told, and what the platform answered.
func TestTheOutcomeOfACallHasBothSides(t *testing.T) {
	t.Parallel()
	accepted := request{Status: 200, Answer: `{"message_id":"m"}`}
	refused := request{Status: 400, Answer: `{"error":{"code":10,"error_subcode":2018278}}`}
	unknown := request{Status: 400, Answer: `{"error":{"type":"NotSimulated","code":2500}}`}
	ok := outcome{OK: true, Value: json.RawMessage(`{}`)}
	var failed outcome
	failed.Error.Text = "TypeError: x"
	require.Equal(t, cell{value: works}, outcomeFor(ok, []request{accepted}))
	require.Equal(t, cell{value: fails, note: "it makes no call and reports success"}, outcomeFor(ok, nil))
	require.Equal(t, cell{value: fails, note: "TypeError: x"}, outcomeFor(failed, nil))
	require.Equal(t, cell{value: fails, note: "TypeError: x"}, outcomeFor(failed, []request{accepted}))
	require.Equal(t, cell{value: "refused 10/2018278"}, outcomeFor(failed, []request{refused}))
	require.Equal(t, cell{value: "refused 10/2018278", note: "the caller is not told"}, outcomeFor(ok, []request{refused}))
	require.Equal(t, cell{value: "refused not simulated"}, outcomeFor(failed, []request{unknown}))
}

// TestEventsAreComparedByWhatTheySay: some frameworks turn snake_case into camelCase, and all else counts.
func TestEventsAreComparedByWhatTheySay(t *testing.T) {
	t.Parallel()
	require.Equal(t, canonical(map[string]any{"is_echo": true, "traits": map[string]any{"wit$greetings": []any{1}}}),
		canonical(map[string]any{"isEcho": true, "traits": map[string]any{"witGreetings": []any{float64(1)}}}))
	require.NotEqual(t, canonical(map[string]any{"text": "a"}), canonical(map[string]any{"text": "A"}))
	require.NotEqual(t, canonical(map[string]any{"text": "a"}), canonical(map[string]any{"text": "a", "mid": "m"}))
}
