package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
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
	bytes  int    // of all events
	events []feedEvent
}

type feedEvent struct {
	kind string
	psid string // whom it is about, if anyone
	data json.RawMessage
}

// about is the person whom something is about, empty for all else.
func about(v any) string {
	switch v := v.(type) {
	case Message:
		return v.PSID
	case Action:
		return v.PSID
	case Delivery:
		return v.PSID
	case Entry:
		return v.PSID
	case Request:
		return v.psid
	case Thread:
		return v.PSID
	case conversationInfo:
		return v.PSID
	case Person:
		return v.ID
	}
	return ""
}

const (
	feedKeep  = 1000
	feedBytes = 32 << 20 // of all events together
)

// add adds an event and forgets the oldest ones that are too many, or too large. Who reads has a part of the list, so what
// is in it stays.
func (f *feed) add(e feedEvent) {
	all := append(f.events, e) //nolint:gocritic // what falls off is looked at
	f.bytes += len(e.data)
	f.events = trim(all, feedKeep)
	drop := len(all) - len(f.events)
	for _, old := range all[:drop] {
		f.bytes -= len(old.data)
	}
	for f.bytes > feedBytes && drop < len(all)-1 {
		f.bytes -= len(all[drop].data)
		drop++
	}
	if len(all)-drop < len(f.events) {
		f.events = slices.Clone(all[drop:])
	}
	f.first += drop
}

// publish adds an event and wakes those who wait. s.mu must be held.
func (s *Simulator) publish(kind string, v any) {
	data, err := json.Marshal(v)
	if err != nil { // cannot happen: only our own plain structs come here
		s.cfg.Logger.Error("event not shown", "kind", kind, "error", err)
		return
	}
	s.feed.add(feedEvent{kind, about(v), data})
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

// writeWithin is how long a browser may take to read what is sent to it. One that takes longer is disconnected; it comes back
// and gets what it has missed, or the event "reset".
const writeWithin = 10 * time.Second

// watch is which events a stream has.
type watch struct {
	kinds []string // all, if there are none
	psid  string   // everyone, if it is empty
}

func (w watch) wants(e feedEvent) bool {
	if e.kind == "reset" {
		return true
	}
	return (len(w.kinds) == 0 || slices.Contains(w.kinds, e.kind)) && (w.psid == "" || w.psid == e.psid)
}

// serveEvents streams the feed as server-sent events. It continues after the
// Last-Event-ID header, or the query parameter after on a first connection. An
// event "reset" says that there was a gap. The parameters kinds, in commas, and person choose
// events.
func (s *Simulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	cursor := r.Header.Get("Last-Event-ID")
	if cursor == "" {
		cursor = query.Get("after")
	}
	chosen := watch{psid: query.Get("person")}
	if query.Get("kinds") != "" {
		chosen.kinds = strings.Split(query.Get("kinds"), ",")
	}
	out := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	outlive(w)
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
		_ = out.SetWriteDeadline(time.Now().Add(writeWithin)) // a server without deadlines has none to move
		if !ok {
			_, _ = fmt.Fprintf(w, "id: %s\nevent: reset\ndata: {}\n\n", now)
		}
		shown := true
		for i, e := range fresh {
			if shown = chosen.wants(e); shown {
				if _, err := fmt.Fprintf(w, "id: %s-%d\nevent: %s\ndata: %s\n\n", epoch, next+i+1, e.kind, e.data); err != nil {
					return
				}
			}
		}
		if !shown {
			_, _ = fmt.Fprintf(w, "id: %s\n\n", now) // so that it continues here
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
