package command_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
)

// The transcripts of the guide are what the commands say to a simulator, in the order of the guide.
func TestTheGuideOfThePlatformIsRight(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Now: onDay, Seed: 1, Fields: []string{}, Pages: []simulator.Page{{ID: "100000000000002", Name: "Lamp Shop"}}})
	p = fronted(t, p, "Date", dayOfCheck.Format(http.TimeFormat))
	p.env["MESSENGER_USER_TOKEN"] = simulator.DefaultUserToken
	_, err := p.Say(t.Context(), person, "hi")
	require.NoError(t, err)
	url := p.operations(t)
	holdTranscripts(t, "../docs/platform-command.md", command.WithClient(command.WithNow(withEnv(p.env), onDay), p.bot), map[string]string{
		"policy.yaml": policyFile, "thread-settings.yaml": settingsFile,
		"https://bot.example/operations": url,
		"shop.env":                       filepath.Join(t.TempDir(), "shop.env"),
	})
}
