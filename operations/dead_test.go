package operations_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func TestDeadLetters(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		ids := w.bury("order 1", "order 2", "order 3")
		all := get[list[letter]](w, "GET", "/dead", "")
		require.Len(w, all.Items, 3)
		require.Empty(w, all.Next)
		first := all.Items[0]
		require.Equal(w, ids[0], first.ID)
		require.Equal(w, []string{w.page, w.ada, "SIMPLE_TEXT", "order 1"}, []string{first.Page, first.Person, first.Type, first.Text})
		require.Equal(w, []store.Failure{{Route: "order", Error: errBroken.Error()}}, first.Failures)
		require.Empty(w, first.Event)

		two := get[list[letter]](w, "GET", "/dead?limit=2", "")
		require.Equal(w, all.Items[:2], two.Items)
		rest := get[list[letter]](w, "GET", "/dead?limit=2&after="+two.Next, "")
		require.Equal(w, all.Items[2:], rest.Items)
		require.Empty(w, rest.Next)

		for query, want := range map[string]int{
			"page=" + w.page: 3, "page=1": 0, "page=" + w.page + "&person=" + w.ada: 3, "page=" + w.page + "&person=1": 0, "type=simple_text": 3,
			"type=POSTBACK": 0, "route=order": 3, "route=greet": 0, "reason=WAREHOUSE": 3, "reason=disk": 0, "route=greet&reason=warehouse": 0,
			"since=2020-01-01T00:00:00Z": 3, "until=2020-01-01T00:00:00Z": 0, "since=2120-01-01T00:00:00%2B02:00": 0,
		} {
			require.Len(w, get[list[letter]](w, "GET", "/dead?"+query, "").Items, want, query)
		}

		one := fmt.Sprint("/dead/", ids[0])
		require.Contains(w, string(get[letter](w, "GET", one, "").Event), "order 1")
		require.Equal(w, ids[0], get[letter](w, "GET", one+"?page="+w.page, "").ID)
		why := get[list[struct {
			Route string
			Fires bool
			Why   string
		}]](w, "GET", one+"/explanation", "")
		require.NotEmpty(w, why.Items)

		// A letter of another page is none.
		for _, c := range [][2]string{{"GET", one}, {"DELETE", one}, {"POST", one + "/replay"}, {"GET", one + "/explanation"}} {
			w.refused(w.do(c[0], c[1]+"?page=4711", ""), 404, "no_such_letter")
		}

		w.broken.Store(false)
		require.Equal(w, map[string]any{"id": float64(ids[0]), "replayed": true}, get[map[string]any](w, "POST", one+"/replay", ""))
		require.Equal(w, "order 1", next(w, w.handled))
		w.refused(w.do("POST", one+"/replay", ""), 404, "no_such_letter")
		w.refused(w.do("DELETE", one, ""), 404, "no_such_letter")
		dropped := fmt.Sprint("/dead/", ids[1])
		require.Equal(w, 200, w.do("DELETE", dropped, "").status)
		w.refused(w.do("DELETE", dropped, ""), 404, "no_such_letter")
		require.Len(w, get[list[letter]](w, "GET", "/dead", "").Items, 1)
	})
}

type progress struct {
	Done int
	Gone []int64
	Next string
}

func TestManyDeadLetters(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		ids := w.bury("order 1", "order 2", "order 3", "order 4", "order 5", "order 6")
		p := get[progress](w, "POST", "/dead/replay?page=4711", fmt.Sprintf(`{"ids":[%d]}`, ids[0]))
		require.Equal(w, progress{Gone: ids[:1]}, p, "it is of another page")
		p = get[progress](w, "POST", "/dead/drop", fmt.Sprintf(`{"ids":[%d,%d,%d]}`, ids[0], ids[0], 1<<40))
		require.Equal(w, progress{Done: 1, Gone: []int64{ids[0], 1 << 40}}, p)

		// All that a filter selects, in steps. Those that fail again are letters again, and are not taken a second time.
		p = get[progress](w, "POST", "/dead/replay?route=order", `{"all":true,"limit":2}`)
		done := p.Done
		require.Equal(w, 2, p.Done)
		for p.Next != "" {
			for range p.Done {
				next(w, w.letters)
			}
			p = get[progress](w, "POST", "/dead/replay?route=order", fmt.Sprintf(`{"all":true,"limit":2,"after":%q}`, p.Next))
			done += p.Done
		}
		require.Equal(w, 5, done)
		for range p.Done {
			next(w, w.letters)
		}
		require.Len(w, get[list[letter]](w, "GET", "/dead", "").Items, 5)

		require.Equal(w, progress{Gone: []int64{}}, get[progress](w, "POST", "/dead/drop?reason=disk", `{"all":true}`))
		require.Equal(w, progress{Done: 5, Gone: []int64{}}, get[progress](w, "POST", "/dead/drop", `{"all":true}`))
		require.Empty(w, get[list[letter]](w, "GET", "/dead", "").Items)
	})
}

// TestTwoOperatorsAtOnce: each letter is replayed once, whoever is faster.
func TestTwoOperatorsAtOnce(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		ids := w.bury("order 1", "order 2", "order 3", "order 4")
		w.broken.Store(false)
		statuses := make(chan answer, 3*len(ids))
		var all sync.WaitGroup
		for range 3 {
			for _, id := range ids {
				all.Go(func() { statuses <- w.do("POST", fmt.Sprintf("/dead/%d/replay", id), "") })
			}
		}
		all.Wait()
		close(statuses)
		done := 0
		for a := range statuses {
			if a.status == 200 {
				done++
				continue
			}
			w.refused(a, 404, "no_such_letter")
		}
		require.Equal(w, len(ids), done)
		seen := map[string]bool{}
		for range ids {
			seen[next(w, w.handled)] = true
		}
		require.Len(w, seen, len(ids))
		require.Empty(w, w.handled)
	})
}

// TestAReplayThatRuns: its letter is gone, and cannot be replayed or dropped under it.
func TestAReplayThatRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Tokens: []secret.Value{secret.New(token)}})
	id := w.bury("order 1")[0]
	w.broken.Store(false)
	w.gate.Store(true)
	one := fmt.Sprint("/dead/", id)
	require.Equal(t, 200, w.do("POST", one+"/replay", "").status)
	next(w, w.entered)
	w.refused(w.do("POST", one+"/replay", ""), 404, "no_such_letter")
	w.refused(w.do("DELETE", one, ""), 404, "no_such_letter")
	close(w.open)
	require.Equal(t, "order 1", next(w, w.handled))
}

// away is a store whose reads fail, with a text that names what nobody should see.
type away struct {
	*memory.Store

	err error
}

func (a *away) Dead(ctx context.Context, q store.DeadQuery) ([]store.DeadLetter, error) {
	if a.err != nil {
		return nil, a.err
	}
	return a.Store.Dead(ctx, q)
}

func (a *away) Forget(ctx context.Context, conv store.Conversation) error {
	if a.err != nil {
		return a.err
	}
	return a.Store.Forget(ctx, conv)
}

func (a *away) Stats(ctx context.Context) (store.Stats, error) {
	if a.err != nil {
		return store.Stats{}, a.err
	}
	return a.Store.Stats(ctx)
}

func TestTheStoreIsAway(t *testing.T) {
	t.Parallel()
	st := &away{Store: memory.New(memory.Config{})}
	w := newWorld(t, st, operations.Config{Tokens: []secret.Value{secret.New(token)}})
	st.err = errors.New("dial tcp 10.0.0.7:5432: user=bot password=hunter2")
	for _, c := range [][2]string{{"GET", "/stats"}, {"GET", "/held"}, {"GET", "/dead"}, {"POST", "/dead/1/replay"}, {"DELETE", w.person()}} {
		a := w.do(c[0], c[1], "")
		w.refused(a, 503, "store_failed")
		require.NotContains(t, a.body, "hunter2")
		require.NotContains(t, a.body, "10.0.0.7")
		require.Contains(t, w.log.String(), a.header.Get("X-Request-ID"))
	}
	st.err = context.DeadlineExceeded
	w.refused(w.do("GET", "/stats", ""), 504, "timeout")
	st.err = nil
}

// bare hides all capabilities of a store.
type bare struct{ store.Store }

func TestAStoreThatCanDoLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, bare{memory.New(memory.Config{})}, operations.Config{Tokens: []secret.Value{secret.New(token)}})
	for _, path := range []string{"/stats", "/held", "/blocked", "/replicas", "/dead", "/dead/1", "/broadcasts", w.person() + "/timers"} {
		w.refused(w.do("GET", path, ""), 501, "unsupported")
	}
	w.greeted()
	x := get[struct{ Incomplete []string }](w, "GET", w.person()+"/export", "")
	require.Equal(t, []string{"sessions", "waiting.sends", "broadcasts", "timers", "waiting.events", "dead"}, x.Incomplete)
}

// dropsTwo is a store that drops two dead letters, and then fails.
type dropsTwo struct {
	*memory.Store

	dropped int
	third   func() error
}

func (d *dropsTwo) Drop(ctx context.Context, id int64) error {
	if d.dropped == 2 && d.third != nil {
		return d.third()
	}
	d.dropped++
	return d.Store.Drop(ctx, id)
}

// TestFailureInTheMiddle: what was done stays done, is said, and is logged, also if the caller has gone away.
func TestFailureInTheMiddle(t *testing.T) {
	t.Parallel()
	st := &dropsTwo{Store: memory.New(memory.Config{}), third: func() error { return errors.New("disk full") }}
	w := newWorld(t, st, operations.Config{Tokens: []secret.Value{secret.New(token)}})
	w.bury("order 1", "order 2", "order 3", "order 4")
	a := w.do("POST", "/dead/drop", `{"all":true}`)
	w.refused(a, 503, "store_failed")
	var p progress
	require.NoError(t, json.Unmarshal([]byte(a.body), &p))
	require.Equal(t, 2, p.Done)
	require.Contains(t, w.log.String(), `an operator's change failed" action=dropMany`)
	require.Contains(t, w.log.String(), "done=2")

	st.third = nil
	rest := get[progress](w, "POST", "/dead/drop", fmt.Sprintf(`{"all":true,"limit":1,"after":%q}`, p.Next))
	require.Equal(t, 1, rest.Done, "it goes on with the letter at which it failed")

	st.dropped = 2
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	st.third = func() error {
		leave()
		<-left
		return errors.New("the caller is away")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/dead/drop", strings.NewReader(`{"all":true}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, context.Canceled)
	close(left)
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), "the caller is away") }, patience, 5*time.Millisecond)
}

// slow is a connection whose body does not arrive before the deadline that is set.
type slow struct {
	*httptest.ResponseRecorder

	deadline time.Time
}

func (s *slow) SetReadDeadline(at time.Time) error {
	s.deadline = at
	return nil
}

func (s *slow) Read([]byte) (int, error) {
	if s.deadline.IsZero() {
		return 0, errors.New("it would wait without end")
	}
	return 0, os.ErrDeadlineExceeded
}

// TestABodyThatDoesNotArrive is waited for as long as a request may take.
func TestABodyThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	bot, err := newBot(memory.New(memory.Config{}))
	require.NoError(t, err)
	handler, err := operations.Handler(bot, operations.Config{Tokens: []secret.Value{secret.New(token)}, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	connection := &slow{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequest(http.MethodPost, "/dead/drop", connection)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	earliest := time.Now().Add(operations.Timeout)
	handler.ServeHTTP(connection, r)
	latest := time.Now().Add(operations.Timeout)
	require.Equal(t, http.StatusRequestTimeout, connection.Code, connection.Body)
	require.False(t, connection.deadline.Before(earliest) || connection.deadline.After(latest), connection.deadline)
}
