package simulation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// network is how callbacks get from the platform to the replicas: it takes each from the
// platform and delivers it until a replica has answered 200, as the platform does, but late,
// twice, out of order and several in one, as the seed says.
type network struct {
	w *world

	mu   sync.Mutex
	held []json.RawMessage // entries that wait to be delivered with others
}

// RoundTrip takes a callback from the platform.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var callback struct{ Entry []json.RawMessage }
	if err := json.Unmarshal(body, &callback); err != nil {
		return nil, err
	}
	name := textOf(body)
	if isEcho(body) {
		name = "echo of " + name
	}
	d := n.w.dice.at("callback "+name, n.w.next("callback "+name))
	n.w.spawn(func() { n.deliver(d.at("first"), callback.Entry, d.at("held").chance(0.15)) })
	if d.at("twice").chance(0.15) {
		n.w.spawn(func() {
			n.w.rest(d.at("again").between(0, 2*time.Minute))
			n.deliver(d.at("second"), callback.Entry, false)
		})
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

// deliver delivers entries until they are taken. Held ones wait a moment for others to go with.
func (n *network) deliver(d dice, entries []json.RawMessage, hold bool) {
	w := n.w
	w.rest(pick(d.at("late"),
		weighted[time.Duration]{16, d.between(0, 200*time.Millisecond)},
		weighted[time.Duration]{3, d.between(0, 5*time.Second)},
		weighted[time.Duration]{1, d.between(5*time.Second, 90*time.Second)}))
	n.mu.Lock()
	if hold {
		n.held = append(n.held, entries...)
	} else {
		entries, n.held = append(n.held, entries...), nil
	}
	n.mu.Unlock()
	if hold {
		w.rest(2 * time.Second)
		n.mu.Lock()
		entries, n.held = n.held, nil
		n.mu.Unlock()
	}
	if len(entries) == 0 {
		return // they went with others
	}
	body, err := json.Marshal(map[string]any{"object": "page", "entry": entries})
	if err != nil {
		panic(err)
	}
	for try := 0; ; try++ {
		d := d.at("try", try)
		if n.post(d, body) && (w.calm || d.at("answer lost").chance(0.95)) {
			w.acknowledged(body)
			return
		}
		if !w.rest(d.at("pause").between(200*time.Millisecond, 5*time.Second)) {
			return
		}
	}
}

// post posts a callback to one of the replicas, and reports whether it answered 200.
func (n *network) post(d dice, body []byte) bool {
	p := n.w.process(d.at("replica").below(n.w.replicas))
	if !p.serves() {
		return false
	}
	ctx, cancel := context.WithTimeout(n.w.ctx(), 5*time.Second)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/webhook", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Hub-Signature-256", n.w.platform.Sign(body))
	answer := httptest.NewRecorder()
	done := make(chan error, 1)
	n.w.within(func() {
		done <- safely(func() error { // as net/http does
			p.bot.ServeHTTP(answer, r)
			return nil
		})
	})
	select {
	case err := <-done:
		return err == nil && p.alive() && answer.Code == http.StatusOK
	case <-ctx.Done():
	case <-p.died:
	}
	return false
}

// textOf returns the first text in a body.
func textOf(body []byte) string {
	texts := textsOf(body)
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// textsOf returns all texts in a body. None needs escapes.
func textsOf(body []byte) (texts []string) {
	rest := string(body)
	for {
		_, after, found := strings.Cut(rest, `"text":"`)
		if !found {
			return texts
		}
		text, after, _ := strings.Cut(after, `"`)
		texts, rest = append(texts, strings.ReplaceAll(text, `\/`, "/")), after
	}
}

func isEcho(body []byte) bool { return bytes.Contains(body, []byte(`"is_echo":true`)) }

var errCut = errors.New("the connection was cut")
