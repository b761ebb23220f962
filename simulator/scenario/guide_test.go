package scenario_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator/scenario"
)

// TestTheGuideHasEveryVerb, and its files can be read.
func TestTheGuideHasEveryVerb(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/scenarios.md")
	require.NoError(t, err)
	guide := string(data)
	for _, verb := range scenario.Verbs() {
		require.Regexp(t, "(?m)^\\|.*`(ada )?"+verb+"( ada)?`", guide)
	}
	for _, word := range scenario.Words() {
		require.Regexp(t, "`[^`]*"+word, guide)
	}
	files := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(guide, -1)
	require.NotEmpty(t, files)
	for _, file := range files {
		_, err := scenario.Read("guide.yaml", []byte(file[1]))
		require.NoError(t, err)
	}
}
