package messenger_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
)

// Statistics are logged as JSON; what has not happened has no time there.
func TestStatsHaveNoZeroTimesInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(messenger.Stats{Usage: map[string]graph.Usage{pageID: {}}})
	require.NoError(t, err)
	require.Contains(t, string(text), pageID)
	require.NotContains(t, string(text), "0001-01-01")
}
