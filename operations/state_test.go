package operations_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func TestState(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.bury("order 1")
		w.greeted()
		require.Equal(w, map[string]any{"name": "messenger operations", "api": 1.0}, get[map[string]any](w, "GET", "/", ""))
		require.Contains(w, w.do("GET", "/openapi.yaml", "").body, "openapi: 3.1.0")
		require.Equal(w, map[string]any{"healthy": true}, get[map[string]any](w, "GET", "/health", ""))
		s := get[struct {
			Queue   struct{ Dead int }
			Process struct {
				Dead    int
				Sends   map[string]int
				Webhook struct{ Callbacks int }
			}
		}](w, "GET", "/stats", "")
		require.Equal(w, 1, s.Queue.Dead)
		require.Equal(w, 1, s.Process.Dead)
		require.Equal(w, map[string]int{"sent": 1}, s.Process.Sends)
		require.Equal(w, 2, s.Process.Webhook.Callbacks)
		require.Empty(w, get[list[struct{}]](w, "GET", "/held", "").Items)
		require.Eventually(w, func() bool {
			replicas := get[list[struct{ Owner string }]](w, "GET", "/replicas", "").Items
			return len(replicas) == 1 // the API announces none
		}, patience, 10*time.Millisecond)
		require.Len(w, get[list[struct{ Owner string }]](w, "GET", "/replicas", "").Items, 1)
	})
}

func TestBlockedConversations(t *testing.T) {
	t.Parallel()
	for name, open := range opens {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const count = 12
			w := newIdleWorld(t, open(t))
			for i := range count {
				w.blocks(store.Conversation{PageID: "555", PSID: fmt.Sprintf("p%02d", i)})
			}
			var people []string
			for after := ""; ; {
				one := get[list[struct {
					Page, Person string
					Attempts     int
				}]](w, "GET", "/blocked?limit=5&page=555&after="+after, "")
				for _, b := range one.Items {
					require.Equal(t, 1, b.Attempts)
					people = append(people, b.Person)
				}
				if after = one.Next; after == "" {
					break
				}
			}
			require.Len(t, people, count)
			require.Equal(t, people, slices.Sorted(slices.Values(people)), "the first that waited is first")
			require.Empty(t, get[list[struct{}]](w, "GET", "/blocked?page=1", "").Items)
		})
	}
}

func TestABotThatDoesNotRun(t *testing.T) {
	t.Parallel()
	w := newIdleWorld(t, memory.New(memory.Config{}))
	a := w.do("GET", "/health", "")
	require.Equal(t, 503, a.status)
	require.Contains(t, a.body, `"healthy":false`)
}

// TestMountedAnywhere: below a router that strips the prefix, and below one that leaves it in the path.
func TestMountedAnywhere(t *testing.T) {
	t.Parallel()
	bot, err := newBot(memory.New(memory.Config{}))
	require.NoError(t, err)
	plain, err := operations.Handler(bot, operations.Config{Tokens: []secret.Value{secret.New(token)}})
	require.NoError(t, err)
	prefixed, err := operations.Handler(bot, operations.Config{Tokens: []secret.Value{secret.New(token)}, Prefix: "/any/where"})
	require.NoError(t, err)
	for _, c := range []struct {
		handler http.Handler
		path    string
		status  int
	}{
		{plain, "/stats", 200},
		{plain, "/", 200},
		{plain, "/any/where/stats", 404},
		{http.StripPrefix("/any/where", plain), "/any/where/stats", 200},
		{prefixed, "/any/where/stats", 200},
		{prefixed, "/any/where", 200},
		{prefixed, "/any/where/", 200},
		{prefixed, "/stats", 200},
		{prefixed, "/any/wherever", 404},
		{prefixed, "/any/where/pages/1/people/feed%2F1_2/timers", 200},
		{http.StripPrefix("/any/where", prefixed), "/any/where/stats", 200},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		got := httptest.NewRecorder()
		c.handler.ServeHTTP(got, r)
		require.Equal(t, c.status, got.Code, "%s: %s", c.path, got.Body)
	}
}

// TestHeldPages: a page whose token the platform refuses is named with the reason.
func TestHeldPages(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.platform.RefuseToken(&simulator.GraphError{Code: 190, Subcode: 463, Message: "expired"})
		_, err := w.platform.Say(w.Context(), w.ada, "hi")
		require.NoError(w, err)
		type held struct {
			Page, Reason string
			Since        time.Time
			Waiting      struct{ Sends int }
		}
		require.Eventually(w, func() bool {
			items := get[list[held]](w, "GET", "/held", "").Items
			return len(items) == 1 && items[0].Page == w.page && items[0].Reason == "token_refused" && items[0].Waiting.Sends == 1 && !items[0].Since.IsZero()
		}, patience, 10*time.Millisecond)
		require.Len(w, get[struct{ Held []held }](w, "GET", "/stats", "").Held, 1)
		waits := get[struct{ Sends []struct{ Text string } }](w, "GET", w.person()+"/waiting", "")
		require.Equal(w, "Hello!", waits.Sends[0].Text)
	})
}

// TestWhyAConversationIsBlocked: the event, the route that failed, the error and the next try, in the list and in the statistics.
func TestWhyAConversationIsBlocked(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.away.Store(true)
		_, err := w.platform.Say(w.Context(), w.ada, "order 1")
		require.NoError(w, err)
		type why struct {
			Page, Person, Type, Key string
			Attempts                int
			Since                   time.Time
			Next                    time.Time `json:"next_at"`
			Failures                []store.Failure
		}
		var list []why
		require.Eventually(w, func() bool {
			list = get[struct{ Items []why }](w, "GET", "/blocked", "").Items
			return len(list) == 1 && !list[0].Next.IsZero()
		}, patience, 5*time.Millisecond)
		b := list[0]
		require.Equal(w, []string{w.page, w.ada, "SIMPLE_TEXT"}, []string{b.Page, b.Person, b.Type})
		require.Equal(w, []store.Failure{{Route: "order", Error: errBroken.Error()}}, b.Failures)
		require.True(w, b.Next.After(b.Since))
		require.NotEmpty(w, get[struct{ Items []any }](w, "GET", w.person()+"/waiting/"+url.PathEscape(b.Key)+"/explanation", "").Items)
		blocked := get[struct{ Queue struct{ Blocked []why } }](w, "GET", "/stats", "").Queue.Blocked
		require.Len(w, blocked, 1)
		require.Equal(w, b.Failures, blocked[0].Failures)
		w.away.Store(false)
		w.broken.Store(false)
		require.Equal(w, "order 1", next(w, w.handled))
		require.Eventually(w, func() bool { return len(get[struct{ Items []why }](w, "GET", "/blocked", "").Items) == 0 }, patience, 5*time.Millisecond)
	})
}
