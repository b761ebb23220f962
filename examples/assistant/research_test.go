package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
)

const researchKey = "research-key"

// office is a system outside that takes questions. It answers each with the next status, and with 202 after the last one.
type office struct {
	mu       sync.Mutex
	statuses []int
	got      []assignment
}

func (f *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var a assignment
	if !authorized(r, researchKey) || json.NewDecoder(r.Body).Decode(&a) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.got = append(f.got, a)
	status := http.StatusAccepted
	if len(f.statuses) > 0 {
		status, f.statuses = f.statuses[0], f.statuses[1:]
	}
	w.WriteHeader(status)
}

func (f *office) assignment(i int) assignment {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.got[i]
}

// chatOutside starts the bot on an office.
func chatOutside(t *testing.T, f *office) (*messengertest.Chat, *messengertest.Person) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	m := model{client: &http.Client{}, url: newFake(t, says("Hello!")).url, name: "m", patience: time.Minute}
	o := outside{client: &http.Client{}, url: server.URL, key: researchKey, patience: 10 * time.Minute}
	chat := messengertest.Start(t, messenger.Config{Policy: policy(m, o)})
	chat.Patience = time.Minute
	return chat, chat.Person("Ada", "en_US")
}

// posts gives a result to a bot, and returns the status.
func posts(t *testing.T, bot signaller, key, body string) int {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/results", bytes.NewBufferString(body))
	r.Header.Set("Authorization", "Bearer "+key)
	w := httptest.NewRecorder()
	results(bot, researchKey).ServeHTTP(w, r)
	return w.Code
}

func resultOf(t *testing.T, a assignment, text string) string {
	t.Helper()
	body, err := json.Marshal(result{Page: a.Page, Person: a.Person, finding: finding{Request: a.Request, Text: text}})
	require.NoError(t, err)
	return string(body)
}

func TestResearchIsHandedOverAndItsResultComesOnce(t *testing.T) {
	t.Parallel()
	f := &office{}
	chat, ada := chatOutside(t, f)
	comes := func(i int, text string) {
		require.Equal(t, http.StatusNoContent, posts(t, chat.Bot, researchKey, resultOf(t, f.assignment(i), text)))
	}
	ada.Says("Research llamas")
	ada.Sees(started)
	require.Equal(t, "llamas", f.assignment(0).Text)
	ada.Says("Hi") // the conversation goes on meanwhile
	chat.Advance(3 * time.Second)
	ada.Sees("Hello!")
	chat.Restart()
	comes(0, "They are animals.")
	ada.Sees("They are animals.")
	comes(0, "They are animals.") // twice
	ada.SeesNothing()

	ada.Says("research alpacas")
	ada.Sees(started)
	ada.Says("research vicuñas") // something else
	ada.Sees(started)
	comes(1, "Smaller animals.")
	ada.SeesNothing()
	comes(2, "The smallest of them.")
	ada.Sees("The smallest of them.")

	ada.Says("research guanacos")
	ada.Sees(started)
	chat.Advance(10 * time.Minute) // no result
	ada.Sees(gaveUp)
	comes(3, "Wild animals.") // late
	ada.SeesNothing()

	ada.Says("research nothing")
	ada.Sees(started)
	comes(4, " ")
	ada.Sees(gaveUp)
	chat.Advance(10 * time.Minute)
	ada.SeesNothing()
}

func TestResearchThatTakesNoQuestion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statuses []int
		sees     string
		asked    int
	}{
		"500, then works": {[]int{500}, started, 2},
		"429, then works": {[]int{429}, started, 2},
		"500 for ever":    {[]int{500, 500, 500}, sorry, tries},
		"refuses":         {[]int{403}, sorry, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &office{statuses: c.statuses}
			chat, ada := chatOutside(t, f)
			ada.Says("research llamas")
			chat.Advance(15 * time.Second)
			chat.Advance(15 * time.Second)
			ada.Sees(c.sees)
			ada.SeesNothing()
			require.Len(t, f.got, c.asked)
			for i := range f.got {
				require.Equal(t, f.got[0], f.got[i], "a retry has the same request id")
			}
			if c.sees == sorry {
				chat.Advance(10 * time.Minute)
				ada.SeesNothing() // no question is open
			}
		})
	}
}

// broken is a bot that has no store.
type broken struct{}

func (broken) Signal(context.Context, string, string, string, string) error {
	return errors.New("the store is away")
}

func TestResultsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	f := &office{}
	chat, ada := chatOutside(t, f)
	ada.Says("research llamas")
	ada.Sees(started)
	a := f.assignment(0)
	body := resultOf(t, a, "Animals.")
	stranger := a
	stranger.Person = "404"
	require.Equal(t, http.StatusUnauthorized, posts(t, chat.Bot, "wrong", body))
	require.Equal(t, http.StatusBadRequest, posts(t, chat.Bot, researchKey, "{"))
	require.Equal(t, http.StatusBadRequest, posts(t, chat.Bot, researchKey, resultOf(t, assignment{}, "Animals.")))
	require.Equal(t, http.StatusBadRequest, posts(t, chat.Bot, researchKey, resultOf(t, a, string(bytes.Repeat([]byte("x"), maxResult)))))
	require.Equal(t, http.StatusGone, posts(t, chat.Bot, researchKey, resultOf(t, stranger, "Animals.")))
	require.Equal(t, http.StatusServiceUnavailable, posts(t, broken{}, researchKey, body))
	ada.SeesNothing()
	require.False(t, authorized(httptest.NewRequest(http.MethodPost, "/", nil), ""), "no key is no way in")
}

// TestResearcher: it works on a request once, and posts its result until the bot has stored it.
func TestResearcher(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"finds": {says("Animals."), "Animals."},
		"fails": {raw(500, "oops"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			release, posted := make(chan struct{}), make(chan result, 2)
			model1 := newFake(t, func(w http.ResponseWriter, r *http.Request) { <-release; c.answer(w, r) })
			first := true
			bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var res result
				assert.NoError(t, json.NewDecoder(r.Body).Decode(&res))
				assert.True(t, authorized(r, researchKey))
				if first {
					first = false
					w.WriteHeader(http.StatusServiceUnavailable)
				}
				posted <- res
			}))
			defer bot.Close()
			ctx, end := context.WithCancel(t.Context())
			worker := &researcher{
				model:  model{client: &http.Client{}, url: model1.url, name: "m", patience: time.Minute},
				client: &http.Client{}, key: researchKey, results: bot.URL, pause: time.Millisecond, ctx: ctx,
			}
			server := httptest.NewServer(worker)
			defer server.Close()
			o := outside{client: &http.Client{}, url: server.URL, key: researchKey}
			a := assignment{Request: "r", Page: "1", Person: "2", Text: "llamas"}
			require.NoError(t, o.post(ctx, a))
			require.NoError(t, o.post(ctx, a), "again, after a lost answer")
			close(release)
			want := result{Page: "1", Person: "2", finding: finding{Request: "r", Text: c.want}}
			require.Equal(t, want, <-posted)
			require.Equal(t, want, <-posted)
			end()
			worker.wait()
			require.Len(t, model1.requests(), 1)
			require.Error(t, o.post(t.Context(), a), "it takes none when it ends")
			o.key = "wrong"
			require.Error(t, o.post(t.Context(), a))
		})
	}
}
