package messenger_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

var errMine = errors.New("mine")

// TestOnDeadLetterOnDatabases: the id is the one that the store replays and drops by.
func TestOnDeadLetterOnDatabases(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (store.Store, error){
		"memory": func(*testing.T) (store.Store, error) { return memory.New(memory.Config{}), nil },
		"sqlite": func(t *testing.T) (store.Store, error) {
			t.Helper()
			return sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
		},
		"postgres": func(t *testing.T) (store.Store, error) {
			t.Helper()
			return postgres.Open(testpostgres.DSN(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := open(t)
			require.NoError(t, err)
			var broken atomic.Bool
			broken.Store(true)
			told := make(chan messenger.DeadLetter, 10)
			done := make(chan struct{}, 10)
			bot, err := messenger.New(messenger.Config{
				Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken),
				Store: st, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
				Policy: texts(route("breaks", func(context.Context, *receiving.Event, *sending.Replier) error {
					if broken.Load() {
						return handling.Permanent(errMine)
					}
					done <- struct{}{}
					return nil
				})),
				OnDeadLetter: func(_ context.Context, letter messenger.DeadLetter) { told <- letter },
			})
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- bot.Run(ctx) }()
			t.Cleanup(func() {
				cancel()
				require.NoError(t, <-ended)
				require.NoError(t, st.Close())
			})

			require.Equal(t, 200, delivered(bot, callback(pageID, ada, "m_1", "hi")))
			first := <-told
			letters, err := bubble.As[store.DeadLetters](t, st).Dead(t.Context(), store.DeadQuery{})
			require.NoError(t, err)
			require.Equal(t, []store.DeadLetter{first.DeadLetter}, letters)
			require.NoError(t, st.Put(t.Context(), store.Event{
				Conversation: store.Conversation{PageID: pageID, PSID: lin}, Key: "k", Time: time.Now(), Body: []byte("{"),
			}))
			undecodable := <-told
			require.Nil(t, undecodable.Received)
			require.NotZero(t, undecodable.ID)
			require.NoError(t, bubble.As[store.DeadLetters](t, st).Drop(t.Context(), undecodable.ID))
			require.NoError(t, bubble.As[store.DeadLetters](t, st).Replay(t.Context(), first.ID))
			second := <-told
			require.Greater(t, second.ID, first.ID)
			broken.Store(false)
			require.NoError(t, bubble.As[store.DeadLetters](t, st).Replay(t.Context(), second.ID))
			<-done
		})
	}
}
