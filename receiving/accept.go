package receiving

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
)

// dashboardPage is the entry's id in the events of the App Dashboard's test button. No page has it.
const dashboardPage = "0"

// namedPages is the maximum number of pages that a log line names.
const namedPages = 10

// accept passes on the events that the app may deliver.
func (w *Webhook) accept(r *http.Request, bound *bindings, app int, s *splitter) (*refusal, error) {
	w.reportProblems(r, bound, app, s)
	if len(s.envelopes) == 0 {
		if s.malformed == 0 {
			w.config.Logger.LogAttrs(r.Context(), slog.LevelInfo, "received a callback without events",
				bound.signedBy(app, slog.String("object", string(s.product)))...)
		}
		return nil, nil
	}
	own := bound.own(app, s.envelopes)
	if own.tests > 0 {
		w.counters.tests.Add(uint64(own.tests))
		w.config.Logger.LogAttrs(r.Context(), slog.LevelInfo, "received a test event from the App Dashboard; it is not handled, because it names page 0, which cannot be answered",
			bound.signedBy(app, slog.Int("events", own.tests))...)
	}
	if own.foreigners > 0 {
		w.counters.foreign.Add(uint64(own.foreigners))
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "dropped events of pages that the signing app is not bound to",
			bound.signedBy(app, slog.Int("app", app), slog.Any("pages", own.pages), slog.Int("dropped", own.foreigners), slog.Int("kept", len(own.envelopes)))...)
	}
	switch {
	case len(own.envelopes) == 0 && own.foreigners > 0:
		return foreign, fmt.Errorf("the app is bound to none of its pages: %v", own.pages)
	case len(own.envelopes) == 0:
		return nil, nil // test events only
	}
	if err := w.config.Accept(r.Context(), own.envelopes); err != nil {
		return notStored, err
	}
	w.counters.events.Add(uint64(len(own.envelopes)))
	return nil, nil
}

// owned are the events of a callback that an app may deliver.
type owned struct {
	envelopes  []Envelope
	foreigners int      // events of pages that the app is not bound to
	pages      []string // those pages, at most namedPages
	tests      int      // events of the dashboard's test button, which are no page's
}

// own returns the envelopes of the pages that the app is bound to, in the same memory, and counts those that it drops.
func (b *bindings) own(app int, envelopes []Envelope) owned {
	pages := b.pages[app]
	own := owned{envelopes: envelopes[:0]}
	for i := range envelopes {
		switch pageID := envelopes[i].PageID; {
		case pageID == dashboardPage:
			own.tests++
		case pages == nil || pages[pageID]:
			own.envelopes = append(own.envelopes, envelopes[i])
		default:
			own.foreigners++
			if len(own.pages) < namedPages && !slices.Contains(own.pages, pageID) {
				own.pages = append(own.pages, pageID)
			}
		}
	}
	return own
}

// signedBy returns the attributes of a line about a callback, with the id of the app that has signed it if it has one.
func (b *bindings) signedBy(app int, attrs ...slog.Attr) []slog.Attr {
	if id := b.apps[app].ID; id != "" {
		attrs = append(attrs, slog.String("app_id", id))
	}
	return attrs
}
