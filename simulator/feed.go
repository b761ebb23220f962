package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// feed is what happened, for browsers that watch. It remembers the last
// feedKeep events so that a browser that lost its connection resumes without a
// gap; one that was away for longer has to load everything again.
type feed struct {
	epoch  string // identifies the events of this run of the simulator
	first  int    // number of events[0]
	events []feedEvent
}

type feedEvent struct {
	kind string
	data json.RawMessage
}

const feedKeep = 1000

// publish adds an event and wakes those who wait. s.mu must be held.
func (s *Simulator) publish(kind string, v any) {
	data, err := json.Marshal(v)
	if err != nil { // cannot happen: only our own plain structs come here
		s.cfg.Logger.Error("event not shown", "kind", kind, "error", err)
		return
	}
	before := len(s.feed.events) + 1
	s.feed.events = trim(append(s.feed.events, feedEvent{kind, data}), feedKeep)
	s.feed.first += before - len(s.feed.events)
	s.notify()
}

// cursor names the place after the newest event.
func (f *feed) cursor() string { return f.epoch + "-" + strconv.Itoa(f.first+len(f.events)) }

// position reads a cursor; ok is false if events after it are unknown or lost.
func (f *feed) position(cursor string) (next int, ok bool) {
	epoch, number, _ := strings.Cut(cursor, "-")
	next, err := strconv.Atoi(number)
	return next, err == nil && epoch == f.epoch && next >= f.first && next <= f.first+len(f.events)
}

// serveEvents streams the feed as server-sent events. It continues after the
// Last-Event-ID header, or the query parameter after on a first connection. An
// event "reset" says that there was a gap.
func (s *Simulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	cursor := r.Header.Get("Last-Event-ID")
	if cursor == "" {
		cursor = r.URL.Query().Get("after")
	}
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{}) // a server without deadlines has none to lift
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprint(w, "retry: 1000\n\n")
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		s.mu.Lock()
		next, ok := s.feed.position(cursor)
		var fresh []feedEvent
		if ok {
			fresh = s.feed.events[next-s.feed.first:]
		}
		now, epoch, changed := s.feed.cursor(), s.feed.epoch, s.changed
		s.mu.Unlock()
		if !ok {
			_, _ = fmt.Fprintf(w, "id: %s\nevent: reset\ndata: {}\n\n", now)
		}
		for i, e := range fresh {
			_, _ = fmt.Fprintf(w, "id: %s-%d\nevent: %s\ndata: %s\n\n", epoch, next+i+1, e.kind, e.data)
		}
		cursor = now
		if out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
			_, _ = fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}
