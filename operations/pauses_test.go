package operations_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store/memory"
)

// shownPause is a pause as the API lists it; in the list of held pages it has a reason and what waits.
type shownPause struct {
	Page, Note, Reason string
	Since              time.Time
	Waiting            struct{ Sends int }
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.greeted() // it answers once
		require.Empty(w, get[list[shownPause]](w, "GET", "/paused", "").Items)
		path := "/pages/" + w.page + "/pause"
		begin := time.Now().Add(-time.Hour) // the clock of a database may differ
		require.Equal(w, 200, w.do("PUT", path, `{"note":"wrong prices"}`).status)
		require.JSONEq(w, fmt.Sprintf(`{"page":%q,"paused":true}`, w.page), w.do("PUT", path, `{"note":"wrong prices"}`).body, "again")
		require.JSONEq(w, `{"page":"1","paused":true,"without_people":true}`, w.do("PUT", "/pages/1/pause", `{}`).body, "a page without people")
		require.Equal(w, 200, w.do("DELETE", "/pages/1/pause", "").status)
		require.NoError(w, w.bot.Send(w.Context(), w.page, w.ada, sending.Text("news")))

		for _, held := range [][]shownPause{
			get[list[shownPause]](w, "GET", "/held", "").Items,
			get[struct{ Held []shownPause }](w, "GET", "/stats", "").Held,
		} {
			require.Len(w, held, 1)
			require.Equal(w, [3]string{w.page, "paused", "wrong prices"}, [3]string{held[0].Page, held[0].Reason, held[0].Note})
			require.Equal(w, 1, held[0].Waiting.Sends)
			require.True(w, held[0].Since.After(begin) && held[0].Since.Before(time.Now().Add(time.Hour)), held[0].Since)
		}
		health := get[struct {
			Healthy bool
			Paused  []shownPause
		}](w, "GET", "/health", "")
		require.True(w, health.Healthy)
		require.Len(w, health.Paused, 1)
		require.Len(w, get[list[shownPause]](w, "GET", "/paused?page="+w.page, "").Items, 1)
		require.Empty(w, get[list[shownPause]](w, "GET", "/paused?page=1", "").Items)

		require.Equal(w, 200, w.do("PUT", "/pause", `{}`).status)
		all := get[list[shownPause]](w, "GET", "/held", "").Items
		require.Len(w, all, 2)
		require.Equal(w, messenger.AllPages, all[0].Page)
		require.Equal(w, 1, all[0].Waiting.Sends, "of all pages")
		require.Len(w, get[list[shownPause]](w, "GET", "/paused?page=1", "").Items, 1, "that of all pages holds it back too")
		require.Equal(w, 200, w.do("DELETE", "/pause", "").status)
		require.Equal(w, 200, w.do("DELETE", path, "").status)
		w.refused(w.do("DELETE", path, ""), 404, "not_paused")
		w.refused(w.do("DELETE", "/pause", ""), 404, "not_paused")
		require.Eventually(w, func() bool {
			sent, err := w.store.Sent(w.Context(), w.page, w.ada, 1)
			return err == nil && len(sent) == 1 && strings.Contains(string(sent[0].Body), "news")
		}, patience, 10*time.Millisecond)
	})
}

func TestPauseRefusals(t *testing.T) {
	t.Parallel()
	w := newIdleWorld(t, memory.New(memory.Config{}))
	w.refused(w.do("PUT", "/pause", `{"reason":"x"}`), 400, "bad_body")
	w.refused(w.do("PUT", "/pause", ``), 400, "bad_body")
	w.refused(w.do("PUT", "/pause", `{"note":"`+strings.Repeat("x", 201)+`"}`), 400, "bad_request")
	w.refused(w.do("PUT", "/pages/me/pause", `{}`), 400, "bad_request")
	w.refused(w.do("PUT", "/pages/*/pause", `{}`), 400, "bad_parameter")
	w.refused(w.do("DELETE", "/pages/%2A/pause", ``), 400, "bad_parameter")
	require.Empty(t, get[list[shownPause]](w, "GET", "/paused", "").Items)
}

// Who may pause one page may not pause all, by whatever path.
func TestPauseByOperatorsOfOnePage(t *testing.T) {
	t.Parallel()
	w := newIdleWorldWith(t, memory.New(memory.Config{}), operations.Config{
		Tokens: []secret.Value{secret.New(token)},
		Authorize: func(_ *http.Request, a operations.Action) error {
			if a.PageID != "1" || !a.Changes {
				return operations.ErrUnauthenticated
			}
			return nil
		},
	})
	require.Equal(t, 200, w.do("PUT", "/pages/1/pause", `{}`).status)
	w.refused(w.do("PUT", "/pages/2/pause", `{}`), 401, "unauthenticated")
	w.refused(w.do("PUT", "/pause", `{}`), 401, "unauthenticated")
	w.refused(w.do("PUT", "/pause?page=1", `{}`), 400, "unknown_parameter")
}
