package messenger_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
)

// TestHandoversOfABotWithoutAnAppID: control that is passed comes to the bot, since the platform reports that to the app that
// gets it, and control that is taken goes to another.
func TestHandoversOfABotWithoutAnAppID(t *testing.T) {
	t.Parallel()
	const otherPage, otherApp = "100000000000099", "2000000000000002"
	control := func(action, owner string) string { return fmt.Sprintf(`"%s":{"new_owner_app_id":"%s"}`, action, owner) }
	cfg := messenger.Config{
		Policy: texts(echo), Quiet: handling.Quiet{OtherApp: true}, PagesAtRunTime: true,
		Pages: []messenger.Page{{ID: otherPage, Secrets: []secret.Value{secret.New("its own")}}},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		event := func(rest string) string {
			body := fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,%s}]}]}`,
				otherPage, ada, otherPage, time.Now().UnixMilli(), rest)
			require.Equal(t, http.StatusOK, bubble.PostSigned(w.bot, "its own", body).Code)
			after(time.Second)
			person, err := w.Store.Person(t.Context(), otherPage, ada)
			require.NoError(t, err)
			return person.ThreadOwner
		}
		require.Equal(t, otherApp, event(control("take_thread_control", otherApp)))
		require.Empty(t, event(control("pass_thread_control", "3000000000000003")))
	})
}
