//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	people = 2000
	pages  = 100 // each has a send rate of its own
	// patience bounds the wait for one reply.
	patience = time.Minute
)

// load is both sides of the platform: it posts callbacks and takes replies.
type load struct {
	platform *httptest.Server
	client   *http.Client
	url      string       // of the bot
	posted   atomic.Int64 // events so far
	slots    []slot       // one for each event in flight
}

// slot is where one event at a time waits for its reply.
type slot struct {
	mu    sync.Mutex
	text  string    // of the event that waits
	began time.Time // when its callback was posted
	reply chan time.Duration
}

func newLoad(s settings) *load {
	l := &load{
		client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: s.inFlight, DisableKeepAlives: !s.keepAlive}},
		slots:  make([]slot, s.inFlight),
	}
	for i := range l.slots {
		l.slots[i].reply = make(chan time.Duration, 1)
	}
	l.platform = httptest.NewServer(http.HandlerFunc(l.take))
	return l
}

func (l *load) close() {
	l.client.CloseIdleConnections()
	l.platform.CloseClientConnections()
	l.platform.Close()
}

// run keeps all slots busy until so many events were answered, and returns how long each reply took, sorted.
func (l *load) run(ctx context.Context, events int) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	took := make([]time.Duration, events)
	var begun atomic.Int64
	var running sync.WaitGroup
	for number := range l.slots {
		running.Go(func() {
			for {
				at := int(begun.Add(1)) - 1
				if at >= events || ctx.Err() != nil {
					return
				}
				var err error
				if took[at], err = l.event(ctx, number); err != nil {
					cancel(err)
				}
			}
		})
	}
	running.Wait()
	slices.Sort(took)
	return took, context.Cause(ctx)
}

// event posts a callback and waits for its reply.
func (l *load) event(ctx context.Context, number int) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("a reply is missing"))
	defer cancel()
	n := l.posted.Add(1)
	text := fmt.Sprintf("%d-%d", number, n)
	s := &l.slots[number]
	s.mu.Lock()
	s.text, s.began = text, time.Now()
	s.mu.Unlock()
	if err := l.post(ctx, callback(n, text)); err != nil {
		return 0, err
	}
	select {
	case took := <-s.reply:
		return took, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// callback is one message of a person. Events that follow each other are of different people.
func callback(n int64, text string) string {
	person := n * 7919 % people
	return fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]d","time":%[3]d,"messaging":[{"sender":{"id":"%[2]d"},`+
		`"recipient":{"id":"%[1]d"},"timestamp":%[3]d,"message":{"mid":"m_%[4]d","text":"%[5]s"}}]}]}`,
		person%pages+1, person+1, time.Now().UnixMilli(), n, text)
}

func (l *load) post(ctx context.Context, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+"/webhook", strings.NewReader(body)) //nolint:gosec // a bot of this program
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", sign([]byte(body)))
	response, err := l.client.Do(request) //nolint:gosec // a bot of this program
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("a callback was answered %s", response.Status)
	}
	return nil
}

// take is the Send API. A reply that is not waited for, such as one that was sent twice, is answered all the same.
func (l *load) take(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/me/messages") {
		http.Error(w, `{"error":{"code":100,"message":"no such path"}}`, http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	_, text, _ := strings.Cut(string(body), echoed)
	text, _, _ = strings.Cut(text, `"`)
	first, _, _ := strings.Cut(text, "-")
	if number, err := strconv.Atoi(first); err == nil && number >= 0 && number < len(l.slots) {
		l.slots[number].answer(text)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"recipient_id":"1","message_id":"m_%s"}`, text)
}

func (s *slot) answer(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == text {
		s.reply <- time.Since(s.began)
		s.text = ""
	}
}
