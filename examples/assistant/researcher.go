package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// atWork is how many questions a researcher works on together.
const atWork = 8

// researcher is a system outside of the bot, which only happens to run in its process, so that the example needs no other: it
// asks the model, and gives it much time. What it works on is lost with the process; then the bot's watchdog tells the person.
type researcher struct {
	model   model // with a patience of its own
	client  *http.Client
	key     string
	results string // URL that results are posted to
	pause   time.Duration

	ctx   context.Context //nolint:containedctx // of its work, which outlives the requests
	mu    sync.Mutex
	ended bool            // it takes nothing more
	open  map[string]bool // the requests that it works on
	work  sync.WaitGroup
}

func (s *researcher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !authorized(r, s.key) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var a assignment
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, maxResult)).Decode(&a) != nil || a.Request == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended, !s.open[a.Request] && len(s.open) >= atWork:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case !s.open[a.Request]:
		if s.open == nil {
			s.open = map[string]bool{}
		}
		s.open[a.Request] = true
		s.work.Go(func() { s.find(a) })
	}
	w.WriteHeader(http.StatusAccepted)
}

// wait waits for the end of its work; its context must have ended.
func (s *researcher) wait() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.work.Wait()
}

func (s *researcher) find(a assignment) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, a.Request)
	}()
	text, err := s.model.ask(s.ctx, []turn{{"system", "You research questions. Give a thorough answer."}, {"user", a.Text}})
	if err != nil {
		text = "" // the bot tells the person that there is no answer
	}
	body, err := json.Marshal(result{Page: a.Page, Person: a.Person, finding: finding{Request: a.Request, Text: text}})
	for err == nil && !s.post(body) {
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(s.pause):
		}
	}
}

// post posts a result, and reports whether that is done: a result that the bot refuses is not posted again.
func (s *researcher) post(body []byte) bool {
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.results, bytes.NewReader(body))
	if err != nil {
		return true
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	answer, err := s.client.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode < http.StatusInternalServerError
}
