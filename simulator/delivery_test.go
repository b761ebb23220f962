package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestRetryThenDelivered(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	var calls atomic.Int32
	b.status = func([]byte) int { return []int{500, 302, 204}[calls.Add(1)-1] }
	s := newSim(t, simulator.Config{WebhookURL: b.URL})
	_, err := s.Say(t.Context(), ada, "one")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	d := s.Deliveries()[0]
	require.Equal(t, simulator.Delivered, d.State)
	require.Len(t, d.Attempts, 3)
	require.Equal(t, []int{500, 302, 204}, []int{d.Attempts[0].Status, d.Attempts[1].Status, d.Attempts[2].Status})
	require.NotEmpty(t, d.Attempts[0].Error)
	require.Empty(t, d.Attempts[2].Error)
	got := b.got()
	require.Equal(t, got[0], got[2], "a retry is the same bytes")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := newBot(t)
	moved := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(moved.Close)
	s := newSim(t, simulator.Config{WebhookURL: moved.URL})
	_, err := s.Say(t.Context(), ada, "one")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, simulator.Failed, s.Deliveries()[0].State)
	require.Equal(t, 307, s.Deliveries()[0].Attempts[0].Status)
	require.Empty(t, elsewhere.got())
}

func TestGivesUpAndGoesOn(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	b.status = func(body []byte) int {
		if bytes.Contains(body, []byte("poison")) {
			return 500
		}
		return 200
	}
	s := newSim(t, simulator.Config{WebhookURL: b.URL})
	for _, text := range []string{"poison", "after"} {
		_, err := s.Say(t.Context(), ada, text)
		require.NoError(t, err)
	}
	require.NoError(t, s.Flush(t.Context()))
	list := s.Deliveries()
	require.Equal(t, simulator.Failed, list[0].State)
	require.Len(t, list[0].Attempts, 3)
	require.Equal(t, simulator.Delivered, list[1].State)
	require.Contains(t, string(b.got()[3]), "after", "it waited for its predecessor")
}

func TestNoWebhookAndNoListener(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	_, err := s.Say(t.Context(), ada, "hello?")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, simulator.Failed, s.Deliveries()[0].State)
	require.Contains(t, s.Deliveries()[0].Attempts[0].Error, "no webhook")

	// The port of a closed server may be another test's by now; port 1 is given to none.
	require.NoError(t, s.SetWebhook("http://127.0.0.1:1/webhook"))
	_, err = s.Say(t.Context(), ada, "hello?")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, simulator.Failed, s.Deliveries()[1].State)
	require.Len(t, s.Deliveries()[1].Attempts, 3)
	require.Contains(t, s.Deliveries()[1].Attempts[2].Error, "connection refused")
	require.Error(t, s.SetWebhook("/relative"))
}

// TestOrderAndIsolation writes as two people while the bot holds back every
// callback of the first.
func TestOrderAndIsolation(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	hold := make(chan struct{})
	var fails atomic.Int32
	b.status = func(body []byte) int {
		if bytes.Contains(body, []byte(`"sender":{"id":"`+ada)) {
			<-hold
			if fails.Add(1)%2 == 1 {
				return 500
			}
		}
		return 200
	}
	s := newSim(t, simulator.Config{WebhookURL: b.URL})
	for i := range 5 {
		for _, who := range []string{ada, lin} {
			_, err := s.Say(t.Context(), who, fmt.Sprintf("%s %d", who, i))
			require.NoError(t, err)
		}
	}
	delivered := func(who string) (n int) {
		for _, d := range s.Deliveries() {
			if d.PSID == who && d.State == simulator.Delivered {
				n++
			}
		}
		return n
	}
	require.Eventually(t, func() bool { return delivered(lin) == 5 }, time.Minute, time.Millisecond)
	require.Zero(t, delivered(ada))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Flush(ctx), context.Canceled)
	close(hold)
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, 5, delivered(ada))
	var texts []string
	for _, e := range b.events(t) {
		if e["sender"].(map[string]any)["id"] == ada {
			texts = append(texts, e["message"].(map[string]any)["text"].(string)[len(ada)+1:])
		}
	}
	require.Equal(t, "0 0 1 1 2 2 3 3 4 4", strings.Join(texts, " "), "each twice, in order")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestPausesGrowAndAnswersHaveFiveSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			at = append(at, time.Since(start))
			if len(at) == 1 {
				<-r.Context().Done() // no answer at all
				return nil, r.Context().Err()
			}
			return &http.Response{StatusCode: 503, Body: io.NopCloser(strings.NewReader(""))}, nil
		})}
		s, err := simulator.New(simulator.Config{WebhookURL: "http://bot.test/", Client: client})
		require.NoError(t, err)
		_, err = s.Say(t.Context(), ada, "x")
		require.NoError(t, err)
		require.NoError(t, s.Flush(t.Context()))
		require.Equal(t, []time.Duration{0, 5200 * time.Millisecond, 6200 * time.Millisecond, 11200 * time.Millisecond}, at)
		require.Contains(t, s.Deliveries()[0].Attempts[0].Error, "no answer within 5s")
		require.NoError(t, s.Close())
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // ends only when every goroutine has
		block := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		s, err := simulator.New(simulator.Config{WebhookURL: "http://bot.test/", Client: block, AnswerTimeout: time.Hour})
		require.NoError(t, err)
		for _, who := range []string{ada, lin, jose, ada} {
			_, err = s.Say(t.Context(), who, "x")
			require.NoError(t, err)
		}
		var waiting sync.WaitGroup
		waiting.Go(func() {
			_, err := s.Wait(t.Context(), ada, nil)
			require.ErrorIs(t, err, simulator.ErrClosed)
		})
		synctest.Wait()
		require.NoError(t, s.Close())
		require.NoError(t, s.Close())
		waiting.Wait()
		require.Equal(t, simulator.Failed, s.Deliveries()[3].State)
		_, err = s.Say(t.Context(), ada, "x")
		require.ErrorIs(t, err, simulator.ErrClosed)
		require.NoError(t, s.Flush(t.Context()), "nothing is under way")
	})
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{History: 4})
	for i := range 40 {
		_, err := s.Say(t.Context(), ada, fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.NoError(t, s.Flush(t.Context()))
	list, deliveries := s.Messages(ada), s.Deliveries()
	require.LessOrEqual(t, len(list), 6)
	require.LessOrEqual(t, len(deliveries), 6)
	require.Equal(t, "39", list[len(list)-1].Text)
	require.Equal(t, 40, deliveries[len(deliveries)-1].ID)
}

func TestVerify(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	s := newSim(t, simulator.Config{})
	require.Error(t, s.Verify(t.Context()), "no webhook")
	require.NoError(t, s.SetWebhook(b.URL+"/hook?keep=1"))
	require.NoError(t, s.Verify(t.Context()))

	wrong := newSim(t, simulator.Config{WebhookURL: b.URL, VerifyToken: "other"})
	require.ErrorContains(t, wrong.Verify(t.Context()), "the bot answered 403, not 200. The bot's verify token is not the simulator's")
}

// TestVerificationsThatFailAreExplained: what comes back is in the error, with what to change.
func TestVerificationsThatFailAreExplained(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, challenge string)
		want   string // empty: accepted
		log    string
	}{
		"as it should be": {answer: func(w http.ResponseWriter, challenge string) { fmt.Fprint(w, challenge) }},
		"a final newline": {func(w http.ResponseWriter, challenge string) { fmt.Fprintln(w, challenge) }, "", "white space around the challenge"},
		"spaces":          {func(w http.ResponseWriter, challenge string) { fmt.Fprint(w, "  ", challenge, "\r\n") }, "", "white space around the challenge"},
		"as JSON number": {func(w http.ResponseWriter, challenge string) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, challenge)
		}, "", "use the content type text/plain"},
		"as JSON string":    {func(w http.ResponseWriter, challenge string) { fmt.Fprintf(w, "%q", challenge) }, "came back in quotes", ""},
		"empty":             {func(http.ResponseWriter, string) {}, "0 bytes, not 18: \"\". The answer is empty", ""},
		"more":              {func(w http.ResponseWriter, challenge string) { fmt.Fprint(w, "challenge: ", challenge) }, "more in the answer than the challenge", ""},
		"a web page":        {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, "<html>", strings.Repeat("x", 100)) }, `not 18: "<html>` + strings.Repeat("x", 74) + `" …. The answer is a web page`, ""},
		"another word":      {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, "OK") }, `2 bytes, not 18: "OK". Write the value of the query parameter hub.challenge`, ""},
		"created":           {func(w http.ResponseWriter, challenge string) { w.WriteHeader(201); fmt.Fprint(w, challenge) }, "answered 201, not 200. Only 200 verifies", ""},
		"POST only":         {func(w http.ResponseWriter, _ string) { w.WriteHeader(405) }, "does not accept GET", ""},
		"parameters unread": {func(w http.ResponseWriter, _ string) { w.WriteHeader(400) }, "with dots in their names", ""},
		"crash":             {func(w http.ResponseWriter, _ string) { w.WriteHeader(500) }, "The bot failed while it answered", ""},
		"wrong path":        {func(w http.ResponseWriter, _ string) { w.WriteHeader(404) }, "Nothing listens at the path of http://bot.test/", ""},
		"redirect": {func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", "https://bot.test/")
			w.WriteHeader(301)
		}, "Set the webhook to https://bot.test/.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				rec := httptest.NewRecorder()
				c.answer(rec, r.URL.Query().Get("hub.challenge"))
				return rec.Result(), nil
			})}
			var log bytes.Buffer
			s := newSim(t, simulator.Config{WebhookURL: "http://bot.test/", Client: client, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			err := s.Verify(t.Context())
			if c.want == "" {
				require.NoError(t, err)
			} else {
				var failed *simulator.VerifyError
				require.ErrorAs(t, err, &failed)
				require.ErrorContains(t, err, c.want)
			}
			require.Contains(t, log.String(), c.log)
			require.Equal(t, c.log == "", log.Len() == 0)
		})
	}
}

// The chat page says whether the bot takes callbacks, also after a reload.
func TestTheStateSaysWhetherTheWebhookWorks(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	var status atomic.Int32
	b.status = func([]byte) int { return int(status.Load()) }
	p := serve(t, simulator.Config{WebhookURL: b.URL, RetryPauses: []time.Duration{}})
	var state struct {
		Webhook      string
		WebhookError string `json:"webhook_error"`
		Cursor       string
	}
	look := func() {
		t.Helper()
		require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/state", "").body, &state))
	}
	look()
	require.Empty(t, state.WebhookError, "not known yet")
	live := p.listen(t, state.Cursor, "")
	say := func() {
		t.Helper()
		_, err := p.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
		require.NoError(t, p.Flush(t.Context()))
		look()
	}
	heard := func() string {
		t.Helper()
		for {
			if kind, data := live.next(t); kind == "webhook" {
				return data
			}
		}
	}
	status.Store(503)
	say()
	require.Equal(t, "the bot answered 503", state.WebhookError)
	require.JSONEq(t, `{"url":"`+b.URL+`","error":"the bot answered 503","advice":"The bot says that it is busy. Callbacks are delivered `+
		`again; if that goes on for an hour, the platform unsubscribes the app."}`, heard())
	status.Store(200)
	say()
	require.Empty(t, state.WebhookError)
	require.JSONEq(t, `{"url":"`+b.URL+`","error":"","advice":""}`, heard())

	require.NoError(t, p.SetWebhook("http://127.0.0.1:1/webhook"))
	require.JSONEq(t, `{"url":"http://127.0.0.1:1/webhook","error":"","advice":""}`, heard())
	say()
	require.Contains(t, state.WebhookError, "connection refused")
	require.Contains(t, heard(), "connection refused")
	require.NoError(t, p.SetWebhook(b.URL))
	look()
	require.Empty(t, state.WebhookError, "what another address did says nothing of this one")
}

func TestAnswerOfAReplacedWebhookIsNotShown(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL, RetryPauses: []time.Duration{}})
	b.status = func([]byte) int {
		if err := p.SetWebhook("http://127.0.0.1:1/webhook"); err != nil {
			return http.StatusOK
		}
		return http.StatusServiceUnavailable
	}
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Equal(t, http.StatusServiceUnavailable, p.Deliveries()[0].Attempts[0].Status)
	var state map[string]any
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/state", "").body, &state))
	require.Equal(t, "http://127.0.0.1:1/webhook", state["webhook"])
	require.Empty(t, state["webhook_error"], "the new address has not been tried")
}
