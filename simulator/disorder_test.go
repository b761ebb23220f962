package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// ear is a bot without a socket: it notes the texts of each POST, and when it came.
type ear struct {
	mu    sync.Mutex
	posts []string // texts, one POST a line: "1 2"
	at    []time.Time
	fails func(n int) bool // whether the nth POST is answered 500
	sim   *simulator.Simulator
}

func (e *ear) client() *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		var cb struct {
			Entry []struct {
				Messaging []struct{ Message struct{ Text string } }
			}
		}
		if err := json.Unmarshal(body, &cb); err != nil {
			return nil, err
		}
		var texts []string
		for _, one := range cb.Entry {
			texts = append(texts, one.Messaging[0].Message.Text)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.posts, e.at = append(e.posts, strings.Join(texts, " ")), append(e.at, e.sim.Now())
		status := 200
		if e.fails != nil && e.fails(len(e.posts)) {
			status = 500
		}
		return &http.Response{StatusCode: status, Body: http.NoBody}, nil
	})}
}

// failing replaces what the bot does not take.
func (e *ear) failing(fails func(n int) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fails = fails
}

// hears are the POSTs since the last call.
func (e *ear) hears() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() { e.posts, e.at = nil, nil }()
	return e.posts
}

func listening(t *testing.T, cfg simulator.Config) *ear {
	t.Helper()
	e := &ear{}
	cfg.WebhookURL, cfg.Client = "http://bot.test/", e.client()
	var err error
	e.sim, err = simulator.New(cfg)
	require.NoError(t, err)
	return e
}

func (e *ear) says(t *testing.T, who string, texts ...any) {
	t.Helper()
	for _, text := range texts {
		_, err := e.sim.Say(t.Context(), who, fmt.Sprint(text))
		require.NoError(t, err)
	}
}

// TestDisorderIsRepeatable: the same acts with one seed, however fast they come.
func TestDisorderIsRepeatable(t *testing.T) {
	t.Parallel()
	run := func(seed uint64, pause time.Duration) (heard []string) {
		synctest.Test(t, func(t *testing.T) {
			e := listening(t, simulator.Config{})
			require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Duplicate: 0.3, Reorder: 0.3, Seed: seed}))
			for i := range 40 {
				e.says(t, ada, i)
				time.Sleep(pause) // of the bubble
			}
			require.NoError(t, e.sim.Flush(t.Context()))
			heard = e.hears()
			require.NoError(t, e.sim.Close())
		})
		return heard
	}
	first := run(7, 0)
	require.Equal(t, first, run(7, 0))
	require.Equal(t, first, run(7, 10*time.Millisecond))
	require.NotEqual(t, first, run(8, 0))
	require.Greater(t, len(first), 42, "some came twice")
	require.Less(t, len(first), 65, "and most once")
	seen := map[string]bool{}
	swapped := 0
	for i, text := range first {
		if i > 0 && len(text) >= len(first[i-1]) && text < first[i-1] {
			swapped++
		}
		seen[text] = true
	}
	require.Len(t, seen, 40, "none is lost")
	require.Greater(t, swapped, 3)
}

// TestEveryCallbackTwice: and copies have no copies.
func TestEveryCallbackTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := listening(t, simulator.Config{})
		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Duplicate: 1}))
		e.says(t, ada, 1, 2)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Equal(t, []string{"1", "1", "2", "2"}, e.hears())
		list := e.sim.Deliveries()
		require.Equal(t, []int{0, 1, 0, 3}, []int{list[0].CopyOf, list[1].CopyOf, list[2].CopyOf, list[3].CopyOf})
		require.Equal(t, list[0].Body, list[1].Body)

		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Duplicate: 1, Reorder: 1}))
		e.says(t, ada, 1, 2)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.ElementsMatch(t, []string{"1", "1", "2", "2"}, e.hears())
		require.NoError(t, e.sim.Close())
	})
}

// TestReorder: a callback waits for the next one of its person, but no longer than a second.
func TestReorder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := listening(t, simulator.Config{})
		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Reorder: 1}))
		e.says(t, ada, 1, 2, 3, 4)
		e.says(t, lin, "lin")
		synctest.Wait()
		require.Equal(t, []string{"2", "1", "4", "3"}, e.hears())
		start := time.Now()
		synctest.Wait()
		require.Empty(t, e.hears(), "it waits for what does not come")
		time.Sleep(time.Second - time.Nanosecond)
		synctest.Wait()
		require.Empty(t, e.hears())
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		require.Equal(t, []string{"lin"}, e.hears())
		e.says(t, ada, "last")
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Equal(t, []string{"last"}, e.hears())
		require.Equal(t, time.Second, time.Since(start), "Flush waits for nothing")
		require.NoError(t, e.sim.Close())
	})
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := listening(t, simulator.Config{})
		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{MinDelay: 2 * time.Second, MaxDelay: 3 * time.Second, Seed: 1}))
		start := time.Now()
		for i := range 20 {
			e.says(t, ada, i)
		}
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Len(t, e.at, 20)
		for _, at := range e.at {
			require.GreaterOrEqual(t, at.Sub(start), 2*time.Second)
			require.LessOrEqual(t, at.Sub(start), 3*time.Second)
		}
		require.NotEqual(t, e.at[0], e.at[19])
		require.Equal(t, "0", e.hears()[0], "the order stays")
		require.NoError(t, e.sim.Close())
	})
}

// TestBatch: so many callbacks of a page go out together, those of one person in order, and none waits for long.
func TestBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := listening(t, simulator.Config{})
		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Batch: 3}))
		e.says(t, ada, 1, 2)
		e.says(t, lin, 3)
		synctest.Wait()
		require.Equal(t, []string{"1 2 3"}, e.hears())
		for _, d := range e.sim.Deliveries() {
			require.Equal(t, simulator.Delivered, d.State)
			require.Equal(t, 3, d.Attempts[0].Batch)
		}
		require.Len(t, e.sim.Log(), 1)
		require.Equal(t, 3, e.sim.Log()[0].Batch)
		e.says(t, ada, 4)
		synctest.Wait()
		require.Empty(t, e.hears())
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"4"}, e.hears())
		e.says(t, lin, 5, 6, 7, 8, 9, 10, 11)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Equal(t, []string{"5 6 7", "8 9 10", "11"}, e.hears())
		require.NoError(t, e.sim.Close())
	})
}

// TestABatchIsRetriedAsItWas: the same bytes.
func TestABatchIsRetriedAsItWas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := listening(t, simulator.Config{})
		e.fails = func(n int) bool { return n < 3 }
		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Batch: 2}))
		e.says(t, ada, 1)
		e.says(t, lin, 2)
		synctest.Wait()
		e.says(t, ada, 3)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Equal(t, []string{"1 2", "1 2", "1 2", "3"}, e.hears())
		require.NoError(t, e.sim.Close())
	})
}

func TestDisorderOverHTTP(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	var got struct {
		Seed    uint64
		Retries string
		Batch   int
	}
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/delivery", "")), &got))
	require.NotZero(t, got.Seed)
	require.Equal(t, "quick", got.Retries)
	require.JSONEq(t, `{"duplicate":0.5,"reorder":0.2,"delay_ms":[0,300],"batch":2,"seed":1,"retries":"platform","outages":[]}`,
		p.ok(t, "PUT", "/simulator/delivery", `{"duplicate":0.5,"reorder":0.2,"delay_ms":[0,300],"batch":2,"seed":1,"retries":"platform"}`))
	require.Equal(t, simulator.Disorder{Duplicate: 0.5, Reorder: 0.2, MaxDelay: 300 * time.Millisecond, Batch: 2, Seed: 1, Retries: "platform"}, p.Disorder())
	for body, field := range map[string]string{
		`{"duplicate":1.1}`: "duplicate", `{"duplicate":-0.1}`: "duplicate", `{"reorder":2}`: "reorder", `{"delay_ms":[300,0]}`: "delay_ms",
		`{"delay_ms":[0]}`: "delay_ms", `{"delay_ms":[0,1,2]}`: "delay_ms", `{"delay_ms":[0,60001]}`: "delay_ms", `{"delay_ms":[-1,0]}`: "delay_ms",
		`{"delay_ms":[0,9223372036854775807]}`: "delay_ms", `{"batch":1001}`: "batch", `{"batch":-1}`: "batch", `{"retries":"often"}`: "retries",
	} {
		a := p.do(t, "PUT", "/simulator/delivery", body)
		require.Equal(t, 400, a.status, body)
		require.Contains(t, string(a.body), `"field":"`+field+`"`, body)
	}
	require.InDelta(t, 0.5, p.Disorder().Duplicate, 0, "what is refused changes nothing")
}
