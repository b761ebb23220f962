package simulator_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

const (
	ada  = "7100000000000001"
	lin  = "7100000000000002"
	jose = "7100000000000003"
	page = "100000000000001"
)

// bot is the smallest bot there is: it checks the signature its own way and
// remembers what it was told.
type bot struct {
	*httptest.Server
	secret string
	mu     sync.Mutex
	bodies [][]byte
	status func(body []byte) int // what to answer; nil is 200
	header http.Header           // of the last callback
	badSig int
}

func newBot(t *testing.T) *bot {
	t.Helper()
	b := &bot{secret: "simulator-app-secret"}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Server.Close)
	return b
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") != "simulator-verify-token" || r.URL.Query().Get("hub.mode") != "subscribe" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body)
	h := hmac.New(sha256.New, []byte(b.secret))
	h.Write(body)
	b.mu.Lock()
	b.header = r.Header.Clone()
	if r.Header.Get("X-Hub-Signature-256") != "sha256="+hex.EncodeToString(h.Sum(nil)) {
		b.badSig++
	}
	b.bodies = append(b.bodies, body)
	answer := b.status
	b.mu.Unlock()
	if answer != nil {
		w.WriteHeader(answer(body))
	}
}

func (b *bot) got() [][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([][]byte(nil), b.bodies...)
}

// events are all messaging elements received so far.
func (b *bot) events(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, body := range b.got() {
		var c struct {
			Object string
			Entry  []struct {
				ID        string
				Time      int64
				Messaging []map[string]any
			}
		}
		require.NoError(t, json.Unmarshal(body, &c))
		require.Equal(t, "page", c.Object)
		for _, e := range c.Entry {
			require.Equal(t, page, e.ID)
			require.NotZero(t, e.Time)
			all = append(all, e.Messaging...)
		}
	}
	return all
}

// feed is what each person, or the page, wrote on the feed, as the bot was told. Only what one author wrote is in order.
func (b *bot) feed(t *testing.T) map[string][]string {
	t.Helper()
	byAuthor := map[string][]string{}
	for _, body := range b.got() {
		var c struct {
			Entry []struct {
				ID      string
				Changes []struct {
					Field string
					Value struct {
						From                struct{ ID string }
						Item, Verb, Message string
						Post                string `json:"post_id"`
						Comment             string `json:"comment_id"`
						Parent              string `json:"parent_id"`
					}
				}
			}
		}
		require.NoError(t, json.Unmarshal(body, &c))
		require.Len(t, c.Entry, 1)
		require.Equal(t, page, c.Entry[0].ID)
		require.Len(t, c.Entry[0].Changes, 1)
		change := c.Entry[0].Changes[0]
		require.Equal(t, "feed", change.Field)
		v := change.Value
		require.Equal(t, "add", v.Verb)
		what := v.Item + " " + v.Post
		if v.Comment != "" {
			what = v.Item + " " + v.Comment + " below " + v.Parent
		}
		byAuthor[v.From.ID] = append(byAuthor[v.From.ID], what+": "+v.Message)
	}
	return byAuthor
}

func newSim(t *testing.T, cfg simulator.Config) *simulator.Simulator {
	t.Helper()
	if cfg.RetryPauses == nil {
		cfg.RetryPauses = []time.Duration{time.Millisecond, time.Millisecond}
	}
	s, err := simulator.New(patient(cfg))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// patient lets the bot take a minute for an answer, so that a busy machine gets no callback again.
func patient(cfg simulator.Config) simulator.Config {
	if cfg.AnswerTimeout == 0 {
		cfg.AnswerTimeout = time.Minute
	}
	return cfg
}

// platform is a simulator behind HTTP, below a path, so that absolute paths fail
// loudly.
type platform struct {
	*simulator.Simulator
	url string
}

func serve(t *testing.T, cfg simulator.Config) platform {
	t.Helper()
	s, err := simulator.New(patient(cfg))
	require.NoError(t, err)
	srv := httptest.NewServer(checked(t, http.StripPrefix("/base", s)))
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		srv.Close()
	})
	return platform{s, srv.URL + "/base"}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code(t *testing.T) (code, subcode int) {
	t.Helper()
	var e struct {
		Error struct {
			Message, Type string
			Code          int
			Subcode       int    `json:"error_subcode"`
			Trace         string `json:"fbtrace_id"`
		}
	}
	require.NoError(t, json.Unmarshal(a.body, &e), "%s", a.body)
	if e.Error.Code != 0 {
		require.NotEmpty(t, e.Error.Message)
		require.NotEmpty(t, e.Error.Type)
		require.NotEmpty(t, e.Error.Trace)
		require.GreaterOrEqual(t, a.status, 400)
	}
	return e.Error.Code, e.Error.Subcode
}

func (p platform) try(ctx context.Context, method, path, contentType string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer simulator-page-token")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, data}, err
}

func readAnswer(t *testing.T, resp *http.Response) answer {
	t.Helper()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, data}
}

func (p platform) do(t *testing.T, method, path, body string) answer {
	t.Helper()
	kind := ""
	if body != "" {
		kind = "application/json"
	}
	a, err := p.try(t.Context(), method, path, kind, []byte(body))
	require.NoError(t, err)
	return a
}

func (p platform) send(t *testing.T, body string) answer {
	t.Helper()
	return p.do(t, http.MethodPost, "/v27.0/me/messages", body)
}

// sendText sends text that must be taken, and returns its mid.
func (p platform) sendText(t *testing.T, to, text string) string {
	t.Helper()
	return p.sendMessage(t, to, string(must(json.Marshal(map[string]string{"text": text}))))
}

func (p platform) sendMessage(t *testing.T, to, message string) string {
	t.Helper()
	a := p.send(t, `{"recipient":{"id":"`+to+`"},"messaging_type":"RESPONSE","message":`+message+`}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	var ok struct {
		Recipient string `json:"recipient_id"`
		Message   string `json:"message_id"`
	}
	require.NoError(t, json.Unmarshal(a.body, &ok))
	require.Equal(t, to, ok.Recipient)
	require.Regexp(t, `^m_[A-Za-z0-9_-]{20,}$`, ok.Message)
	return ok.Message
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// clock is a clock that a test turns.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.UnixMilli(1458692752478)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
