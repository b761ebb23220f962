package receiving_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

// bundle is a webhook on a loopback port, and what it said and passed on.
type bundle struct {
	t       *testing.T
	server  *httptest.Server
	webhook *receiving.Webhook

	mu       sync.Mutex
	log      bytes.Buffer
	accepted []receiving.Envelope
	refuse   error
}

func (b *bundle) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

func (b *bundle) accept(_ context.Context, envelopes []receiving.Envelope) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return b.refuse
	}
	for _, e := range envelopes {
		b.accepted = append(b.accepted, e.Clone())
	}
	return nil
}

const (
	verifyToken = "verify-me-please"
	oldSecret   = "old-app-secret"
	newSecret   = "new-app-secret"
	otherSecret = "the-other-tenants-secret"
)

func start(t *testing.T, change func(*receiving.WebhookConfig)) *bundle {
	t.Helper()
	b := &bundle{t: t}
	config := receiving.WebhookConfig{
		Accept:      b.accept,
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New(oldSecret), secret.New(newSecret)}}},
		BodyTimeout: time.Minute, // a busy machine is slow
		Logger:      slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})),
		VerifyToken: secret.New(verifyToken),
	}
	if change != nil {
		change(&config)
	}
	var err error
	b.webhook, err = receiving.NewWebhook(config)
	require.NoError(t, err)
	b.server = httptest.NewServer(b.webhook)
	t.Cleanup(b.server.Close)
	return b
}

// do sends a request and checks what holds for every answer.
func (b *bundle) do(r *http.Request) (status int, text string) {
	b.t.Helper()
	response, err := b.server.Client().Do(r)
	require.NoError(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	require.Equal(b.t, "text/plain; charset=utf-8", response.Header.Get("Content-Type"))
	require.Equal(b.t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	if response.StatusCode == http.StatusMethodNotAllowed {
		require.Equal(b.t, "GET, POST", response.Header.Get("Allow"))
	}
	require.Less(b.t, len(body), 100)
	return response.StatusCode, string(body)
}

func (b *bundle) request(method, query string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+"/webhook?"+query, body)
	require.NoError(b.t, err)
	return r
}

func (b *bundle) post(body, signature string) (status int, text string) {
	b.t.Helper()
	r := b.request(http.MethodPost, "", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", signature)
	return b.do(r)
}

func (b *bundle) signed(body string) (status int, text string) {
	b.t.Helper()
	return b.post(body, sign(oldSecret, []byte(body)))
}

func (b *bundle) logged() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.String()
}

func TestVerification(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	ask := func(mode, token, challenge string) (int, string) {
		return b.do(b.request(http.MethodGet, url.Values{"hub.mode": {mode}, "hub.verify_token": {token}, "hub.challenge": {challenge}}.Encode(), nil))
	}
	for _, challenge := range []string{"1158201444", "<script>alert(1)</script>", "a b+c%20é"} {
		status, text := ask("subscribe", verifyToken, challenge)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, challenge, text)
	}
	for _, test := range []struct {
		mode, token, challenge string
		want                   int
	}{
		{"subscribe", "wrong", "1", http.StatusForbidden},
		{"subscribe", verifyToken + "x", "1", http.StatusForbidden},
		{"subscribe", verifyToken[1:], "1", http.StatusForbidden},
		{"subscribe", strings.ToUpper(verifyToken), "1", http.StatusForbidden},
		{"subscribe", "", "1", http.StatusBadRequest},
		{"subscribe", verifyToken, "", http.StatusBadRequest},
		{"", verifyToken, "1", http.StatusBadRequest},
		{"unsubscribe", verifyToken, "1", http.StatusBadRequest},
	} {
		status, text := ask(test.mode, test.token, test.challenge)
		require.Equal(t, test.want, status, "%v", test)
		require.NotEqual(t, test.challenge, text)
	}
	status, _ := b.do(b.request(http.MethodGet, "", nil))
	require.Equal(t, http.StatusBadRequest, status)
	require.NotContains(t, b.logged(), verifyToken)
	require.Equal(t, receiving.Counts{Verifications: 3, RefusedTokens: 9}, b.webhook.Counts())
}

func TestMethods(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, "BREW"} {
		status, _ := b.do(b.request(method, "", nil))
		require.Equal(t, http.StatusMethodNotAllowed, status, method)
	}
	response, err := b.server.Client().Do(b.request(http.MethodHead, "hub.mode=subscribe&hub.verify_token="+verifyToken+"&hub.challenge=1", nil))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
	require.Equal(t, receiving.Counts{RefusedMethods: 6}, b.webhook.Counts())
}

func TestSignature(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	body := callback(`{"sender":{"id":"7"},"message":{"mid":"m","text":"caf\u00e9 \/ private"}}`)
	right := sign(oldSecret, []byte(body))
	for _, signature := range []string{right, sign(newSecret, []byte(body))} {
		status, text := b.post(body, signature)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "ok", text)
	}
	require.Len(t, b.accepted, 2)

	digits := strings.TrimPrefix(right, "sha256=")
	old := hmac.New(sha1.New, []byte(oldSecret))
	old.Write([]byte(body))
	sha1Digits := hex.EncodeToString(old.Sum(nil))
	wrong := map[string]string{
		"of nobody":      sign("nobody", []byte(body)),
		"of no secret":   sign("", []byte(body)),
		"of other bytes": sign(oldSecret, []byte(strings.ReplaceAll(body, `\u00e9`, "é"))),
		"last digit":     right[:len(right)-1] + string("0123456789abcdef0"[strings.IndexByte("0123456789abcdef", right[len(right)-1])+1]),
		"short":          right[:len(right)-2],
		"odd":            right[:len(right)-1],
		"long":           right + "00",
		"upper case":     "sha256=" + strings.ToUpper(digits),
		"upper prefix":   "SHA256=" + digits,
		"no prefix":      digits,
		"prefix only":    "sha256=",
		"spaced":         "sha256= " + digits,
		"no digits":      "sha256=" + strings.Repeat("g", 64),
		"not ASCII":      "sha256=" + strings.Repeat("é", 32),
		"empty":          "",
		"SHA-1":          "sha1=" + sha1Digits,
		"SHA-1 as 256":   "sha256=" + sha1Digits,
		"zeros":          "sha256=" + strings.Repeat("0", 64),
	}
	for name, signature := range wrong {
		status, text := b.post(body, signature)
		require.Equal(t, http.StatusUnauthorized, status, name)
		require.NotContains(t, text, digits[:16])
	}

	r := b.request(http.MethodPost, "", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature", "sha1="+sha1Digits)
	status, _ := b.do(r)
	require.Equal(t, http.StatusUnauthorized, status, "the header of SHA-1 is not looked at")

	r = b.request(http.MethodPost, "", strings.NewReader(body))
	r.Header["X-Hub-Signature-256"] = []string{right, right}
	status, _ = b.do(r)
	require.Equal(t, http.StatusUnauthorized, status, "two headers")

	r = b.request(http.MethodPost, "", strings.NewReader(body))
	r.Header["x-hub-signature-256"] = []string{right}
	status, _ = b.do(r)
	require.Equal(t, http.StatusOK, status, "names of headers have no letter case")

	status, _ = b.post("not JSON", sign("nobody", []byte("not JSON")))
	require.Equal(t, http.StatusUnauthorized, status, "nothing looks into an unsigned body")

	require.Len(t, b.accepted, 3)
	require.Equal(t, receiving.Counts{Callbacks: 3, Events: 3, RefusedSignatures: uint64(len(wrong)) + 3}, b.webhook.Counts())
	for _, hidden := range []string{oldSecret, newSecret, digits, "private"} {
		require.NotContains(t, b.logged(), hidden)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()

	const limit = 2000
	b := start(t, func(c *receiving.WebhookConfig) { c.MaxBody = limit })
	fits := callback(`{"message":{"mid":"m"}}`)
	fits += strings.Repeat(" ", limit-len(fits))
	status, _ := b.signed(fits)
	require.Equal(t, http.StatusOK, status, "at the limit")

	status, _ = b.signed(fits + " ")
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "by its length")
	status, _ = b.post(fits+" ", "")
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "without a signature")

	chunked := b.request(http.MethodPost, "", io.MultiReader(strings.NewReader(fits), strings.NewReader(" ")))
	chunked.Header.Set("X-Hub-Signature-256", sign(oldSecret, []byte(fits+" ")))
	status, _ = b.do(chunked)
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "without a length")

	for _, body := range []string{"", "{", "null", "[]", `"x"`, "{} {}", fits[:90]} {
		status, _ = b.signed(body)
		require.Equal(t, http.StatusBadRequest, status, body)
	}
	for _, body := range []string{`{}`, `{"entry":[]}`, `{"entry":[null]}`, `{"object":"page","entry":[{"id":"1","messaging":[null]}]}`} {
		status, _ = b.signed(body)
		require.Equal(t, http.StatusOK, status, body)
	}
	require.Len(t, b.accepted, 1, "nothing is accepted of callbacks without events")
	require.Equal(t, receiving.Counts{Callbacks: 5, Events: 1, RefusedBodies: 10, Malformed: 3}, b.webhook.Counts())

	large := start(t, nil)
	status, _ = large.signed(callback(strings.Repeat("{},", receiving.MaxElements) + "{}"))
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _ = large.signed(callback(`{"message":{"text":"` + strings.Repeat("x", receiving.DefaultMaxBody-1000) + `"}}`))
	require.Equal(t, http.StatusOK, status)
	status, _ = large.signed(callback(`{"message":{"text":"` + strings.Repeat("x", receiving.DefaultMaxBody) + `"}}`))
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
}

// TestLengthIsCheckedFirst: of a body that says it is too large, or that nobody has signed, nothing is read.
func TestLengthIsCheckedFirst(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	r := httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("was read")))
	r.ContentLength = receiving.DefaultMaxBody + 1
	answer := httptest.NewRecorder()
	b.webhook.ServeHTTP(answer, r)
	require.Equal(t, http.StatusRequestEntityTooLarge, answer.Code)

	r.ContentLength = receiving.DefaultMaxBody
	answer = httptest.NewRecorder()
	b.webhook.ServeHTTP(answer, r)
	require.Equal(t, http.StatusUnauthorized, answer.Code)
	require.NotContains(t, b.logged(), "was read")

	r.Header.Set("X-Hub-Signature-256", sign(oldSecret, nil))
	answer = httptest.NewRecorder()
	b.webhook.ServeHTTP(answer, r)
	require.Equal(t, http.StatusBadRequest, answer.Code, "the body broke off")
	require.Contains(t, b.logged(), "was read")
}

func TestNotAccepted(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	b.refuse = errors.New("disk /var/lib is full")
	status, text := b.signed(callback(`{"message":{"mid":"m"}}`))
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.NotContains(t, text, "disk")
	require.Contains(t, b.logged(), "disk /var/lib is full")
	require.Equal(t, receiving.Counts{NotAccepted: 1}, b.webhook.Counts())
}

func TestMalformedOverHTTP(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	status, _ := b.signed(string(read(t, "callbacks/malformed")))
	require.Equal(t, http.StatusOK, status)
	require.Len(t, b.accepted, 4)
	require.Equal(t, receiving.Counts{Callbacks: 1, Events: 4, Malformed: 9}, b.webhook.Counts())
	require.Contains(t, b.logged(), "entry[2].messaging[1].message")
	require.NotContains(t, b.logged(), "TEST_MESSAGE")
	require.NotContains(t, b.logged(), "alive")

	status, _ = b.signed(callback(strings.Repeat("null,", 1000) + "{}"))
	require.Equal(t, http.StatusOK, status)
	require.Less(t, strings.Count(b.logged(), "\n"), 50, "a flood of faults is no flood of lines")
	require.Contains(t, b.logged(), "more=984")
}

// TestPagesAreBound: who knows the secret of one tenant's app cannot speak for another's page.
func TestPagesAreBound(t *testing.T) {
	t.Parallel()

	b := start(t, func(c *receiving.WebhookConfig) {
		c.Apps = []receiving.App{
			{ID: "a", Secrets: []secret.Value{secret.New(oldSecret)}, Pages: []string{"1", "2"}},
			{ID: "b", Secrets: []secret.Value{secret.New(otherSecret)}, Pages: []string{"3"}},
		}
	})
	entries := func(pages ...string) string {
		var list []string
		for _, pageID := range pages {
			list = append(list, fmt.Sprintf(`{"id":%q,"messaging":[{"sender":{"id":"7"},"message":{"mid":"m"}}]}`, pageID))
		}
		return `{"object":"page","entry":[` + strings.Join(list, ",") + `]}`
	}
	pages := func() (pages []string) {
		for _, e := range b.accepted {
			pages = append(pages, e.PageID)
		}
		b.accepted = nil
		return pages
	}

	status, _ := b.signed(entries("1", "3", "2", "4", ""))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, []string{"1", "2"}, pages())

	status, _ = b.signed(entries("3"))
	require.Equal(t, http.StatusUnauthorized, status)
	require.Empty(t, pages())

	body := entries("3")
	status, _ = b.post(body, sign(otherSecret, []byte(body)))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, []string{"3"}, pages())

	status, _ = b.signed(`{"object":"page","entry":[]}`)
	require.Equal(t, http.StatusOK, status, "nothing was foreign")
	require.Equal(t, receiving.Counts{Callbacks: 3, Events: 3, Foreign: 4, RefusedPages: 1}, b.webhook.Counts())

	// The recipient does not say whose an event is, the entry does.
	status, _ = b.signed(`{"object":"page","entry":[{"id":"3","messaging":[{"sender":{"id":"7"},"recipient":{"id":"1"},"message":{"mid":"m"}}]}]}`)
	require.Equal(t, http.StatusUnauthorized, status)
}

// TestCallbacksLeaveNothingBehind: the memory of one callback serves the next, and nothing of the one is in the other.
func TestCallbacksLeaveNothingBehind(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	faults := callback(strings.Repeat(`null,`, 20)+`{"sender":{"id":"7"},"message":{"mid":"m"}}`, strings.Repeat("{},", 240)+"{}")
	for range 50 {
		status, _ := b.signed(faults)
		require.Equal(t, http.StatusOK, status, "events are counted by callback")
		b.accepted = nil
		status, _ = b.signed(`{"object":"page","entry":[{"messaging":[{"sender":{"id":"10"},"recipient":{"id":"7"},"message":{"mid":"m","is_echo":true}}]}]}`)
		require.Equal(t, http.StatusOK, status)
		require.Len(t, b.accepted, 1)
		require.Equal(t, "7", b.accepted[0].PSID, "which pages there were before makes no difference")
	}
	require.Equal(t, receiving.Counts{Callbacks: 100, Events: 50 * (242 + 1), Malformed: 50 * 20}, b.webhook.Counts())
	require.Equal(t, 50*16, strings.Count(b.logged(), "part of a callback is malformed"))
}

// TestEventsAreTheirOwnUntilAcceptReturns: while one Accept runs, other callbacks do not write over what it has.
func TestEventsAreTheirOwnUntilAcceptReturns(t *testing.T) {
	t.Parallel()

	const workers = 6
	together := make(chan struct{})
	var inside sync.WaitGroup
	inside.Add(workers)
	var broken atomic.Int32
	b := start(t, func(c *receiving.WebhookConfig) {
		c.Accept = func(_ context.Context, envelopes []receiving.Envelope) error {
			before := fmt.Sprint(envelopes)
			inside.Done()
			<-together
			for range 20 {
				if _, err := receiving.Split(read(t, "mixed50")); err != nil {
					return err
				}
			}
			if fmt.Sprint(envelopes) != before {
				broken.Add(1)
			}
			return nil
		}
	})
	var group sync.WaitGroup
	for worker := range workers {
		body := callback(fmt.Sprintf(`{"sender":{"id":"%d"},"message":{"mid":"m_%d","text":"%s"}}`, worker, worker, strings.Repeat(fmt.Sprint(worker), 3000)))
		r := b.request(http.MethodPost, "", strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", sign(newSecret, []byte(body)))
		group.Go(func() {
			answer := httptest.NewRecorder()
			b.webhook.ServeHTTP(answer, r)
			if answer.Code != http.StatusOK {
				broken.Add(1)
			}
		})
	}
	inside.Wait()
	close(together)
	group.Wait()
	require.Zero(t, broken.Load())
}

// TestClonesOutliveTheRequest: what was kept of envelopes stays as it was while other requests come, from many goroutines.
func TestClonesOutliveTheRequest(t *testing.T) {
	t.Parallel()

	b := start(t, nil)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 20 {
				body := callback(fmt.Sprintf(`{"sender":{"id":"%d"},"timestamp":1764000000000,"message":{"mid":"m_%d_%d","text":"\u00e9 %s"}}`,
					worker, worker, i, strings.Repeat(fmt.Sprint(worker), 500)))
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.server.URL, strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("X-Hub-Signature-256", sign(newSecret, []byte(body)))
				response, err := b.server.Client().Do(r)
				if err != nil || response.StatusCode != http.StatusOK {
					t.Error(err, response)
					return
				}
				_ = response.Body.Close()
			}
		})
	}
	group.Wait()

	require.Len(t, b.accepted, 160)
	keys := map[string]bool{}
	for _, e := range b.accepted {
		ev, problems := e.Event()
		require.Empty(t, problems)
		require.Equal(t, "é "+strings.Repeat(ev.PSID, 500), ev.Text())
		require.True(t, strings.HasPrefix(ev.MID(), "m_"+ev.PSID+"_"))
		keys[e.Key] = true
	}
	require.Len(t, keys, 160)
}

// TestDashboardTestEvent: the test button of the App Dashboard names page 0. It works for every app, and the log says what came.
func TestDashboardTestEvent(t *testing.T) {
	t.Parallel()

	body := string(read(t, "callbacks/dashboard_test"))
	const told = "received a test event from the App Dashboard"
	for name, test := range map[string]struct {
		pages    []string
		body     string
		status   int
		accepted int
		log      string
		silent   string
		counts   receiving.Counts
	}{
		"all pages": {nil, body, http.StatusOK, 0, told + "; it is not handled, because it names page 0", "dropped", receiving.Counts{Callbacks: 1, Tests: 1}},
		"bound":     {[]string{"10"}, body, http.StatusOK, 0, told + "; it is not handled, because it names page 0", "dropped", receiving.Counts{Callbacks: 1, Tests: 1}},
		"bound to page 0": {[]string{"0"}, body, http.StatusOK, 0, told + "; it is not handled, because it names page 0", "dropped",
			receiving.Counts{Callbacks: 1, Tests: 1}},
		"among all pages": {nil, `{"object":"page","entry":[{"id":"0","messaging":[{"read":{}}]},{"id":"10","messaging":[{"read":{}}]}]}`,
			http.StatusOK, 1, told, "dropped", receiving.Counts{Callbacks: 1, Events: 1, Tests: 1}},
		"every field": {[]string{"10"}, `{"object":"instagram","entry":[{"id":"0","time":1764000000,"changes":[{"field":"comments","value":{"id":"1"}},
			{"field":"mentions","value":{"media_id":"1"}}]},{"id":0,"field":"comments","value":{"id":"2"}}]}`, http.StatusOK, 0, "events=3", "dropped", receiving.Counts{Callbacks: 1, Tests: 3}},
		"among others": {[]string{"10"}, `{"object":"page","entry":[{"id":"0","messaging":[{"read":{}}]},{"id":"10","messaging":[{"read":{}}]}]}`,
			http.StatusOK, 1, told, "dropped", receiving.Counts{Callbacks: 1, Events: 1, Tests: 1}},
		"with a foreign one": {[]string{"10"}, `{"object":"page","entry":[{"id":"0","messaging":[{"read":{}}]},{"id":"11","messaging":[{"read":{}}]}]}`,
			http.StatusUnauthorized, 0, told, "dropped=2", receiving.Counts{RefusedPages: 1, Foreign: 1, Tests: 1}},
		"none": {[]string{"10"}, `{"object":"page","entry":[{"id":"00","messaging":[{"read":{}}]}]}`,
			http.StatusUnauthorized, 0, "dropped", told, receiving.Counts{RefusedPages: 1, Foreign: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, func(c *receiving.WebhookConfig) { c.Apps[0].Pages = test.pages })
			status, _ := b.signed(test.body)
			require.Equal(t, test.status, status)
			require.Len(t, b.accepted, test.accepted)
			require.Contains(t, b.logged(), test.log)
			require.NotContains(t, b.logged(), test.silent)
			require.Equal(t, test.counts, b.webhook.Counts())
		})
	}
}
