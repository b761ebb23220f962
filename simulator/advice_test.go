package simulator_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestFailedCallbacksAreExplained: each way in which a bot can fail has words for the bot's author.
func TestFailedCallbacksAreExplained(t *testing.T) {
	t.Parallel()
	answers := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
		}
	}
	for name, c := range map[string]struct {
		bot    http.HandlerFunc
		err    string
		advice string
	}{
		"signature refused":    {answers(403), "the bot answered 403", `The bot refused the signature. It was made with the app secret "simulator-app-secret" over the raw bytes`},
		"not authorised":       {answers(401), "the bot answered 401", "The bot refused the signature."},
		"wrong path":           {answers(404), "the bot answered 404", "Nothing listens at the path of http://"},
		"GET only":             {answers(405), "the bot answered 405", "does not accept POST"},
		"redirect":             {answers(302, "Location", "/hook/"), "the bot answered 302", "/hook/."},
		"redirect to nowhere":  {answers(307), "the bot answered 307", "Set the webhook to the URL that answers."},
		"redirect to nonsense": {answers(301, "Location", "http://a b"), "Location header", "that HTTP allows"},
		"small bodies":         {answers(413), "the bot answered 413", "allow at least 1 MiB"},
		"wrong type":           {answers(415), "the bot answered 415", "application/json"},
		"did not parse":        {answers(400), "the bot answered 400", "did not understand the callback"},
		"busy":                 {answers(503), "the bot answered 503", "unsubscribes the app"},
		"crashed":              {answers(500), "the bot answered 500", "The bot failed while it handled the callback."},
		"teapot":               {answers(418), "the bot answered 418", "only 200"},
		"connection cut":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "no answer: the connection ended (EOF)", "closed the connection before its answer was complete"},
		"half an answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		}, "reading the answer", "closed the connection before its answer was complete"},
		"no answer": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}, "no answer within 50ms", "Answer 200 first, work afterwards"},
		"an answer without end": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "I am thinking")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "no answer within 50ms", "Answer 200 first, work afterwards"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(c.bot)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			t.Cleanup(server.Close)
			config := simulator.Config{WebhookURL: server.URL + "/hook", RetryPauses: []time.Duration{}}
			if strings.HasPrefix(c.err, "no answer within") {
				config.AnswerTimeout = 50 * time.Millisecond
			}
			got := attemptOf(t, config)
			require.Contains(t, got.Error, c.err)
			require.NotContains(t, got.Error, "deadline")
			require.Contains(t, got.Advice, c.advice)
			require.NotContains(t, got.Advice, "No answer", "the error says so")
		})
	}
}

// TestUnreachableBotsAreExplained: nothing listens, or something that does not speak HTTP.
func TestUnreachableBotsAreExplained(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := listener.Addr().String()
	require.NoError(t, listener.Close())
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	encrypted := httptest.NewUnstartedServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0)
	encrypted.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	encrypted.StartTLS()
	t.Cleanup(encrypted.Close)
	chatter, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = chatter.Close() })
	go func() {
		for {
			conn, err := chatter.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "220 smtp.example ready\r\n")
			_ = conn.Close()
		}
	}()
	for name, c := range map[string]struct{ webhook, advice string }{
		"no webhook":        {"", "Tell the simulator where the bot listens"},
		"nothing listens":   {"http://" + closed + "/hook", "Nothing listens on " + closed + ". Start the bot"},
		"unknown name":      {"http://bot.invalid/hook", "The host name of bot.invalid is unknown"},
		"TLS to plain HTTP": {strings.Replace(plain.URL, "http", "https", 1), "does not speak TLS. Use http"},
		"own certificate":   {encrypted.URL, "is not trusted"},
		"another protocol":  {"http://" + chatter.Addr().String(), "Check that a web server listens there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, attemptOf(t, simulator.Config{WebhookURL: c.webhook, RetryPauses: []time.Duration{}}).Advice, c.advice)
		})
	}
}

// attemptOf is the only attempt at a callback.
func attemptOf(t *testing.T, config simulator.Config) simulator.Attempt {
	t.Helper()
	s := newSim(t, config)
	_, err := s.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	require.Len(t, s.Deliveries(), 1)
	require.Len(t, s.Deliveries()[0].Attempts, 1)
	return s.Deliveries()[0].Attempts[0]
}

// TestSecretsAreNotShown: the advice names a secret only if it is the public default.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(bot.Close)
	for secret, want := range map[string]string{
		"0123456789abcdef0123456789abcdef": `the app secret that ends in "cdef" over`,
		"short":                            "the app secret of the simulator's configuration over",
	} {
		config := simulator.Config{WebhookURL: bot.URL, AppSecret: secret, VerifyToken: secret, RetryPauses: []time.Duration{}}
		advice := attemptOf(t, config).Advice
		require.Contains(t, advice, want)
		require.NotContains(t, advice, secret)
		require.NotContains(t, newSim(t, config).Verify(t.Context()).Error(), secret)
	}
}

// TestAnswersAreKept: the bot's answer can be read, up to 64 KiB of it, whatever its bytes are.
func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		want   string
		status int
		advice string
	}{
		"short":         {"EVENT_RECEIVED", "EVENT_RECEIVED", 200, ""},
		"of a failure":  {"Traceback: KeyError", "Traceback: KeyError", 500, "The bot failed"},
		"not UTF-8":     {"a\xff\xfeb", "a\uFFFDb", 200, ""},
		"too long":      {strings.Repeat("x", 1<<20), strings.Repeat("x", 64<<10), 200, "longer than 64 KiB"},
		"long failures": {strings.Repeat("x", 1<<20), strings.Repeat("x", 64<<10), 500, "The bot failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(bot.Close)
			got := attemptOf(t, simulator.Config{WebhookURL: bot.URL, RetryPauses: []time.Duration{}})
			require.Equal(t, c.want, got.Answer)
			require.Equal(t, c.status, got.Status)
			require.Equal(t, "text/plain", got.ContentType)
			require.Contains(t, got.Advice, c.advice)
			require.Equal(t, c.advice == "", got.Advice == "")
		})
	}
}

// TestKeptAnswersAreBounded: a bot that floods with long answers costs 16 MiB at most, and the newest are kept.
func TestKeptAnswersAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64<<10)
	client := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 500, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(long))}, nil
	})}
	s := newSim(t, simulator.Config{WebhookURL: "http://bot.test/", Client: client, RetryPauses: []time.Duration{}})
	for i := range 300 {
		_, err := s.Say(t.Context(), ada, fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.NoError(t, s.Flush(t.Context()))
	var kept []int
	for _, d := range s.Deliveries() {
		require.Equal(t, "the bot answered 500", d.Attempts[0].Error)
		if d.Attempts[0].Answer != "" {
			kept = append(kept, d.ID)
		}
	}
	require.Len(t, kept, 256)
	require.Equal(t, 300, kept[len(kept)-1])
	require.Equal(t, 45, kept[0])
}

// TestAdviceOnAClosedWindow: it was open, or it never was.
func TestAdviceOnAClosedWindow(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	advice := func(body string) string {
		p.send(t, body)
		log := p.Log()
		return log[len(log)-1].Advice
	}
	const text = `{"recipient":{"id":"` + ada + `"},"message":{"text":"x"}}`
	require.Contains(t, advice(text), "The person has never written to the page.")
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.Empty(t, advice(text))
	require.NoError(t, p.MoveClock(25*time.Hour))
	require.Contains(t, advice(text), "The person's last act is more than 24 hours old.")
}
