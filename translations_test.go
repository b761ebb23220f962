package messenger_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/secret"
)

func TestNewLogsWhatIsNotTranslated(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{
		"de": {"Small": "Klein"}, "fr": {"Large": "Grand"}, "es": {"Small": "Pequeño", "Large": "Grande"},
	})
	require.NoError(t, err)
	var log bytes.Buffer
	_, err = messenger.New(messenger.Config{
		Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"), Catalog: catalog,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	require.Contains(t, log.String(), `language=de count=1 first="[Large: is not translated]"`)
	require.Contains(t, log.String(), `language=fr count=1 first="[Small: is not translated]"`)
	require.NotContains(t, log.String(), "language=es")
}
