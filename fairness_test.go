package messenger_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// hotPage is one that many people write to.
const hotPage = "200000000000002"

// TestABusyPageDelaysNoOtherOnDatabases: no turn of the busy page ends before the other page's person is answered.
func TestABusyPageDelaysNoOtherOnDatabases(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (store.Store, error){
		"SQLite":     func(t *testing.T) (store.Store, error) { return sqlite.Open(filepath.Join(t.TempDir(), "bot.db")) },
		"PostgreSQL": func(t *testing.T) (store.Store, error) { return postgres.Open(testpostgres.DSN(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := open(t)
			require.NoError(t, err)
			platform := &sentTexts{texts: map[string]int{}}
			server := httptest.NewServer(platform)
			defer server.Close()
			release := make(chan struct{})
			bot, err := messenger.New(messenger.Config{
				Apps: []receiving.App{{ID: appID, Secrets: []secret.Value{secret.New(appSecret)}}}, VerifyToken: secret.New(verifyToken),
				Tokens: graph.PageToken(pageToken), GraphURL: server.URL, Store: st, Logger: slog.New(slog.DiscardHandler),
				TurnTimeout: 10 * time.Minute, Workers: 64,
				Policy: texts(route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
					if ev.PageID == hotPage {
						select {
						case <-release:
						case <-ctx.Done():
						}
					}
					return reply.Reply(ctx, sending.Text(ev.PSID))
				})),
			})
			require.NoError(t, err)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- bot.Run(ctx) }()
			require.Equal(t, http.StatusOK, postTo(bot, bubble.Crowd(hotPage, 130)).Code)
			require.Equal(t, http.StatusOK, postTo(bot, callback(pageID, ada, "m_ada", "hi")).Code)
			want := map[string]int{ada: 1}
			platform.eventually(t, want)
			close(release)
			for i := range 130 {
				want[fmt.Sprint(9000+i)] = 1
			}
			platform.eventually(t, want)
			stop()
			require.NoError(t, <-ended)
			require.NoError(t, st.Close())
		})
	}
}
