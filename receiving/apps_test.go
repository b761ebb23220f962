package receiving_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

// about is a callback with one message to each page.
func about(mid string, pages ...string) string {
	var entries []string
	for _, pageID := range pages {
		entries = append(entries, fmt.Sprintf(`{"id":%q,"time":1764000000250,"messaging":[{"sender":{"id":"6512"},"recipient":{"id":%q},`+
			`"timestamp":1764000000000,"message":{"mid":"m_%s_%s","text":"hello"}}]}`, pageID, pageID, mid, pageID))
	}
	return `{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`
}

func tenant(id, appSecret string, pages ...string) receiving.App {
	return receiving.App{ID: id, Secrets: []secret.Value{secret.New(appSecret)}, Pages: pages}
}

func (b *bundle) setApps(apps ...receiving.App) {
	b.t.Helper()
	require.NoError(b.t, b.webhook.SetApps(apps))
}

// gets expects the answer to a callback, and which of its pages' events are accepted.
func (b *bundle) gets(want int, key, body string, pages ...string) {
	b.t.Helper()
	b.mu.Lock()
	b.accepted = nil
	b.mu.Unlock()
	status, _ := b.post(body, sign(key, []byte(body)))
	require.Equal(b.t, want, status)
	var got []string
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.accepted {
		got = append(got, e.PageID)
	}
	require.Equal(b.t, pages, got)
}

func atRunTime(c *receiving.WebhookConfig) { c.Apps, c.PagesAtRunTime = nil, true }

func TestPagesAreBoundAtRunTime(t *testing.T) {
	t.Parallel()
	b := start(t, atRunTime)
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "10"))

	b.setApps(tenant("a", oldSecret, "10"))
	b.gets(http.StatusOK, oldSecret, about("1", "10"), "10")
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "11"))
	b.setApps(tenant("a", oldSecret, "10", "11"), tenant("b", otherSecret, "20"))
	b.gets(http.StatusOK, oldSecret, about("1", "10", "11"), "10", "11")

	// One tenant's secret signs for its pages only, also in a callback about several pages.
	b.gets(http.StatusUnauthorized, otherSecret, about("1", "10", "11"))
	b.gets(http.StatusOK, otherSecret, about("1", "10", "20"), "20")
	b.gets(http.StatusOK, oldSecret, about("1", "20", "10", "30"), "10")

	// A removed page costs the other pages of its app nothing.
	b.setApps(tenant("a", oldSecret, "11"), tenant("b", otherSecret, "20"))
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "10"))
	b.gets(http.StatusOK, oldSecret, about("1", "10", "11"), "11")
	b.setApps(tenant("a", oldSecret), tenant("b", otherSecret, "20"))
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "11"))
	b.setApps()
	b.gets(http.StatusUnauthorized, otherSecret, about("1", "20"))
}

func TestAppWithoutPagesIsBoundToNoneAtRunTime(t *testing.T) {
	t.Parallel()
	b := start(t, func(c *receiving.WebhookConfig) {
		c.Apps, c.PagesAtRunTime = []receiving.App{tenant("a", oldSecret), tenant("b", otherSecret)}, true
	})
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "10"))
	b = start(t, nil)
	b.gets(http.StatusOK, oldSecret, about("1", "10"), "10")
	b.setApps(tenant("a", oldSecret))
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "10"))
}

func TestSecretsAreRotatedAtRunTime(t *testing.T) {
	t.Parallel()
	b := start(t, atRunTime)
	b.setApps(tenant("a", oldSecret, "10", "11"))
	// One page's secret is changed before that of the other.
	b.setApps(tenant("a", oldSecret, "10", "11"), tenant("a", newSecret, "10"))
	b.gets(http.StatusOK, oldSecret, about("1", "10"), "10")
	b.gets(http.StatusOK, newSecret, about("1", "10", "11"), "10")
	b.setApps(tenant("a", newSecret, "10", "11"))
	b.gets(http.StatusUnauthorized, oldSecret, about("1", "10"))
	b.gets(http.StatusOK, newSecret, about("1", "10", "11"), "10", "11")
}

func TestSetAppsRefusesAllMistakesAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := start(t, atRunTime)
	b.setApps(tenant("a", oldSecret, "10"))
	err := b.webhook.SetApps([]receiving.App{
		tenant("a", newSecret, "10", "", "10"), tenant("a", newSecret, "10"), {ID: "c"}, tenant("d", ""),
	})
	require.Error(t, err)
	require.Equal(t, []string{
		"Apps[0].Pages[1]: is empty",
		"Apps[0].Pages[2]: is the same as Apps[0].Pages[0]",
		"Apps[1].Secrets[0]: is the same as Apps[0].Secrets[0]",
		"Apps[2].Secrets: is empty",
		"Apps[3].Secrets[0]: is empty",
	}, strings.Split(err.Error(), "\n"))
	b.gets(http.StatusOK, oldSecret, about("1", "10"), "10")
	b.gets(http.StatusUnauthorized, newSecret, about("1", "10"))
}

// What the caller does with its lists afterwards changes nothing.
func TestSetAppsCopies(t *testing.T) {
	t.Parallel()
	b := start(t, atRunTime)
	apps := []receiving.App{tenant("a", oldSecret, "10")}
	b.setApps(apps...)
	apps[0].Pages[0], apps[0].Secrets[0] = "20", secret.New(otherSecret)
	b.gets(http.StatusOK, oldSecret, about("1", "10"), "10")
	apps[0].ID = "b"
	b.setApps(apps...)
	b.gets(http.StatusOK, otherSecret, about("1", "20"), "20")
}

// A callback is checked against the apps of the moment when its body has arrived, and is accepted to the end.
func TestCallbackInFlightUsesOneBinding(t *testing.T) {
	t.Parallel()
	storing, stored := make(chan bool), make(chan bool)
	var accepted atomic.Int32
	b := start(t, func(c *receiving.WebhookConfig) {
		atRunTime(c)
		c.Accept = func(_ context.Context, envelopes []receiving.Envelope) error {
			storing <- true
			<-stored
			accepted.Add(int32(len(envelopes)))
			return nil
		}
	})
	b.setApps(tenant("a", oldSecret, "10"))
	body := about("1", "10")
	send := func(body io.Reader) <-chan int {
		r := b.request(http.MethodPost, "", body)
		r.Header.Set("X-Hub-Signature-256", sign(oldSecret, []byte(about("1", "10"))))
		answer := make(chan int, 1)
		go func() {
			response, err := b.server.Client().Do(r)
			if err != nil {
				answer <- 0
				return
			}
			answer <- response.StatusCode
			_ = response.Body.Close()
		}()
		return answer
	}
	answer := send(strings.NewReader(body))
	<-storing
	b.setApps()
	stored <- true
	require.Equal(t, http.StatusOK, <-answer)
	require.EqualValues(t, 1, accepted.Load())

	half, rest := io.Pipe()
	answer = send(half)
	_, err := io.WriteString(rest, body[:20])
	require.NoError(t, err)
	b.setApps(tenant("a", oldSecret, "10"))
	_, err = io.WriteString(rest, body[20:])
	require.NoError(t, err)
	require.NoError(t, rest.Close())
	<-storing
	stored <- true
	require.Equal(t, http.StatusOK, <-answer)
}

// While apps are replaced all the time, a callback is accepted whole or refused, and no tenant's secret signs for another.
func TestAppsChangeWhileCallbacksArrive(t *testing.T) {
	t.Parallel()
	b := start(t, atRunTime)
	with := []receiving.App{tenant("a", oldSecret, "10", "11"), tenant("b", otherSecret, "20")}
	without := []receiving.App{tenant("b", otherSecret, "20")}
	moved := []receiving.App{tenant("a", newSecret, "20"), tenant("b", otherSecret, "10", "11", "20")}
	b.setApps(with...)
	var callers, setters sync.WaitGroup
	over := make(chan bool)
	for _, apps := range [][]receiving.App{with, without, moved} {
		setters.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					if err := b.webhook.SetApps(apps); err != nil {
						panic(err)
					}
				}
			}
		})
	}
	const each = 200
	answers := map[string]*sync.Map{"a": {}, "b": {}}
	call := func(name, key string, pages ...string) {
		callers.Go(func() {
			for i := range each {
				body := about(fmt.Sprint(name, i), pages...)
				r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
				r.Header.Set("X-Hub-Signature-256", sign(key, []byte(body)))
				w := httptest.NewRecorder()
				b.webhook.ServeHTTP(w, r)
				answers[name].Store(i, w.Code)
			}
		})
	}
	call("a", oldSecret, "10", "11")
	call("b", otherSecret, "20")
	callers.Wait()
	close(over)
	setters.Wait()
	accepted := map[string]int{}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.accepted {
		accepted[e.PageID]++
	}
	taken := 0
	answers["a"].Range(func(_, status any) bool {
		if status == http.StatusOK {
			taken++
		} else {
			require.Equal(t, http.StatusUnauthorized, status)
		}
		return true
	})
	require.Equal(t, []int{taken, taken, each}, []int{accepted["10"], accepted["11"], accepted["20"]})
	answers["b"].Range(func(_, status any) bool {
		require.Equal(t, http.StatusOK, status, "it was bound all the time")
		return true
	})
}

// The path of a request may name the app: then no other secret is tried, and the body for an unknown app is not read.
func TestPathNamesTheApp(t *testing.T) {
	t.Parallel()
	b := start(t, atRunTime)
	b.setApps(tenant("a", oldSecret, "10"), tenant("b", otherSecret, "20"), tenant("", newSecret, "30"))
	mux := http.NewServeMux()
	mux.Handle("/webhook/{"+receiving.AppWildcard+"}", b.webhook)
	mux.Handle("/webhook", b.webhook)
	post := func(path, key string, body io.Reader) int {
		r := httptest.NewRequest(http.MethodPost, path, body)
		r.Header.Set("X-Hub-Signature-256", key)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code
	}
	for _, test := range []struct {
		path, key, page string
		want            int
	}{
		{"/webhook/a", oldSecret, "10", http.StatusOK},
		{"/webhook/b", otherSecret, "20", http.StatusOK},
		{"/webhook/a", otherSecret, "20", http.StatusUnauthorized},
		{"/webhook/b", oldSecret, "10", http.StatusUnauthorized},
		{"/webhook", otherSecret, "20", http.StatusOK},
		{"/webhook", newSecret, "30", http.StatusOK},
		{"/webhook/a", newSecret, "30", http.StatusUnauthorized},
	} {
		body := about("1", test.page)
		require.Equal(t, test.want, post(test.path, sign(test.key, []byte(body)), strings.NewReader(body)), "%+v", test)
	}
	unread := strings.NewReader(about("1", "10"))
	require.Equal(t, http.StatusUnauthorized, post("/webhook/c", sign(oldSecret, []byte(about("1", "10"))), unread))
	require.Equal(t, len(about("1", "10")), unread.Len())
}
