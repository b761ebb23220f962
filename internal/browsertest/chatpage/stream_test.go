package chatpage_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/simulator"
)

// line is the network between the page and the simulator, which cuts and stops the stream of events.
type line struct {
	sim http.Handler

	mu   sync.Mutex
	cuts []context.CancelFunc
	gate chan struct{} // closed while the stream flows
	down bool          // new streams are refused
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/simulator/events") {
		l.sim.ServeHTTP(w, r)
		return
	}
	ctx, cut := context.WithCancel(r.Context())
	defer cut()
	l.mu.Lock()
	l.cuts = append(l.cuts, cut)
	down := l.down
	l.mu.Unlock()
	if down {
		panic(http.ErrAbortHandler) // the connection ends
	}
	l.sim.ServeHTTP(&stream{w, l, ctx}, r.WithContext(ctx))
}

// cut ends the streams, and refuses new ones until it is called with false.
func (l *line) cut(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	for _, cut := range l.cuts {
		cut()
	}
	l.cuts = nil
}

// stop keeps back what the simulator writes to the streams, until the function that it returns is called.
func (l *line) stop() (flow func()) {
	gate := make(chan struct{})
	l.mu.Lock()
	l.gate = gate
	l.mu.Unlock()
	return func() { close(gate) }
}

// stream is an answer that can be stopped.
type stream struct {
	http.ResponseWriter
	line *line
	ctx  context.Context
}

func (s *stream) Write(data []byte) (int, error) {
	s.line.mu.Lock()
	gate := s.line.gate
	s.line.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-s.ctx.Done():
		}
	}
	return s.ResponseWriter.Write(data) //nolint:wrapcheck // it stands in its place
}

func (s *stream) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// A stream of events that is cut, or slower than what happens, neither loses nor doubles a line.
func TestStream(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	network := &line{sim: w.Simulator}
	server := httptest.NewServer(network)
	t.Cleanup(func() {
		network.cut(true)
		server.Close()
	})
	p := open(t, server.URL+"/#p="+ada, browsertest.DeskLight)
	number := 0
	says := func(n int) {
		for range n {
			number++
			w.says(fmt.Sprint("line ", number))
		}
		require.NoError(t, w.Flush(t.Context()))
	}
	complete := func(what string) {
		t.Helper()
		p.Until(what+": all messages are there once, in order", fmt.Sprintf(`(() => {
			const texts = all("message").map((e) => e.querySelector("[data-testid=text]").innerText);
			return texts.length === %d && texts.every((text, i) => text === "line " + (i + 1));
		})()`, number))
		p.Until(what+": all callbacks are there once, in order", fmt.Sprintf(`(() => {
			const rows = all("wire-entry").filter((e) => e.dataset.kind === "callback").map((e) => Number(e.dataset.seq));
			return rows.length === %d && rows.every((seq, i) => i === 0 || seq < rows[i - 1]) && all("wire-entry").every((e) => e.innerText.includes("200"));
		})()`, number))
	}
	says(3)
	complete("live")

	for range 3 {
		network.cut(false)
		says(5)
	}
	complete("cut and resumed")

	network.cut(true)
	p.Until("that the connection is lost is said", `find("status").textContent === "Connection lost, trying again…"`)
	says(5)
	p.IsAccessible("#chat-header")
	p.Picture("1280-light-stream-lost")
	network.cut(false)
	p.Until("it is connected again", `find("status").textContent === "Connected"`)
	complete("away for a while")

	flow := network.stop()
	says(100)
	flow()
	complete("slow")
	p.HasNotComplained("simulator/events", "ERR_")
}
