package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
)

// fake is a model's service. Each request gets the next answer, and the last one again.
type fake struct {
	mu      sync.Mutex
	asked   [][]turn
	answers []http.HandlerFunc
	url     string
}

func newFake(t *testing.T, answers ...http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{answers: answers}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Messages []turn `json:"messages"`
	}
	if r.URL.Path != "/chat/completions" || json.NewDecoder(r.Body).Decode(&body) != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	f.asked = append(f.asked, body.Messages[1:])
	next := f.answers[0]
	if len(f.answers) > 1 {
		f.answers = f.answers[1:]
	}
	f.mu.Unlock()
	next(w, r)
}

func (f *fake) requests() [][]turn {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%q}},{"message":{"content":"another"}}]}`, text)
	}
}

func raw(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// never answers until the caller goes away.
func never(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// cut breaks the connection in the middle of an answer.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"choices":[{"mess`))
	panic(http.ErrAbortHandler)
}

func pieces(end string, texts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, ": keep alive\n\n")
		for _, text := range texts {
			_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", text)
		}
		_, _ = fmt.Fprint(w, end)
	}
}

// chatWith starts the bot on a fake model.
func chatWith(t *testing.T, f *fake, stream bool, patience time.Duration) (*messengertest.Chat, *messengertest.Person) {
	t.Helper()
	m := model{client: &http.Client{}, url: f.url + "/", name: "m", stream: stream, patience: patience}
	chat := messengertest.Start(t, messenger.Config{Policy: policy(m, outside{})})
	chat.Patience = time.Minute
	return chat, chat.Person("Ada", "en_US")
}

func TestConversation(t *testing.T) {
	t.Parallel()
	f := newFake(t, says("Hello!"), says("From 9 to 5."))
	chat, ada := chatWith(t, f, false, time.Minute)
	ada.Says("Hi")
	chat.Advance(3 * time.Second)
	ada.Sees("Hello!")
	ada.Says("One question")
	ada.Says("When are you open?")
	chat.Restart()
	chat.Advance(3 * time.Second)
	ada.Sees("From 9 to 5.")
	require.Equal(t, [][]turn{
		{{"user", "Hi"}},
		{{"user", "Hi"}, {"assistant", "Hello!"}, {"user", "One question"}, {"user", "When are you open?"}},
	}, f.requests())
}

func TestModelThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		stream  bool
		sees    string
		asked   int
	}{
		"answers twice":      {[]http.HandlerFunc{raw(200, `{"choices":[{"message":{"content":"one"}}]}{"choices":[{"message":{"content":"two"}}]}`)}, false, "one", 1},
		"429, then works":    {[]http.HandlerFunc{raw(429, "slow down"), says("ok")}, false, "ok", 2},
		"500, then works":    {[]http.HandlerFunc{raw(500, "oops"), says("ok")}, false, "ok", 2},
		"500 for ever":       {[]http.HandlerFunc{raw(500, "oops")}, false, sorry, tries},
		"broken JSON":        {[]http.HandlerFunc{raw(200, `{"choices":`), raw(200, "<html>"), raw(200, `{"choices":[]}`)}, false, sorry, tries},
		"says nothing":       {[]http.HandlerFunc{says(" "), says("ok")}, false, "ok", 2},
		"cut":                {[]http.HandlerFunc{cut, says("ok")}, false, "ok", 2},
		"wrong key":          {[]http.HandlerFunc{raw(401, "no")}, false, sorry, 1},
		"streams":            {[]http.HandlerFunc{pieces("data: [DONE]\n\n", "Hel", "lo")}, true, "Hello", 1},
		"stream is cut":      {[]http.HandlerFunc{pieces("", "Hel"), pieces("data: [DONE]\n\n", "Hello")}, true, "Hello", 2},
		"stream has no JSON": {[]http.HandlerFunc{pieces("data: {\n\n"), pieces("data:[DONE]\n\n", "ok")}, true, "ok", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, c.answers...)
			chat, ada := chatWith(t, f, c.stream, time.Minute)
			ada.Says("Hi")
			for range 4 {
				chat.Advance(40 * time.Second) // past the quiet time, pauses and Retry-After
			}
			ada.Sees(c.sees)
			ada.SeesNothing()
			require.Len(t, f.requests(), c.asked)
		})
	}
}

// TestModelThatNeverAnswers: the person hears of it after the last try.
func TestModelThatNeverAnswers(t *testing.T) {
	t.Parallel()
	f := newFake(t, never)
	chat, ada := chatWith(t, f, false, 100*time.Millisecond)
	ada.Says("Hi")
	for range 4 {
		chat.Advance(20 * time.Second)
	}
	ada.Sees(sorry)
	ada.SeesNothing()
	require.Len(t, f.requests(), tries)
}

// TestPersonWritesWhileTheModelWorks: the request ends, and the next one has all that they wrote.
func TestPersonWritesWhileTheModelWorks(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	f := newFake(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); close(ended) }, says("A llama and an alpaca."))
	chat, ada := chatWith(t, f, false, time.Minute)
	ada.Says("What is a llama?")
	require.Eventually(t, func() bool { return len(f.requests()) == 1 }, time.Minute, 10*time.Millisecond)
	ada.Says("And an alpaca?")
	<-ended
	chat.Idle()
	chat.Advance(3 * time.Second)
	ada.Sees("A llama and an alpaca.")
	ada.SeesNothing()
	require.Equal(t, []turn{{"user", "What is a llama?"}, {"user", "And an alpaca?"}}, f.requests()[1])
}
