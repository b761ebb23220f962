package receiving

import (
	"log/slog"
	"net/http"
)

// dashboardPage is the entry's id in the events of the App Dashboard's test button. No page has it.
const dashboardPage = "0"

// accept passes on the events that the app may deliver.
func (w *Webhook) accept(r *http.Request, app int, s *splitter) (*refusal, error) {
	w.reportProblems(r, app, s)
	all := len(s.envelopes)
	w.reportTests(r, app, s.envelopes)
	envelopes, foreigners := w.own(app, s.envelopes)
	if foreigners > 0 {
		w.counters.foreign.Add(uint64(foreigners))
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "dropped events of pages that the signing app is not bound to",
			slog.Int("app", app), slog.String("app_id", w.config.Apps[app].ID), slog.Int("dropped", foreigners), slog.Int("kept", len(envelopes)))
	}
	switch {
	case all == 0:
		return nil, nil
	case len(envelopes) == 0 && foreigners > 0:
		return foreign, nil
	case len(envelopes) == 0:
		return nil, nil // test events only
	}
	if err := w.config.Accept(r.Context(), envelopes); err != nil {
		return notStored, err
	}
	w.counters.events.Add(uint64(len(envelopes)))
	return nil, nil
}

// own returns the envelopes of the pages that the app is bound to, in the same memory, and how many are of other pages. It drops the
// dashboard's test events too, but they are no other page's.
func (w *Webhook) own(app int, envelopes []Envelope) (kept []Envelope, foreigners int) {
	pages := w.pages[app]
	if pages == nil {
		return envelopes, 0
	}
	kept = envelopes[:0]
	for i := range envelopes {
		switch page := envelopes[i].PageID; {
		case pages[page]:
			kept = append(kept, envelopes[i])
		case page != dashboardPage:
			foreigners++
		}
	}
	return kept, foreigners
}

// reportTests logs the events of the dashboard's test button, so that whoever has pressed it sees that they came.
func (w *Webhook) reportTests(r *http.Request, app int, envelopes []Envelope) {
	tests := 0
	for i := range envelopes {
		if envelopes[i].PageID == dashboardPage {
			tests++
		}
	}
	if tests == 0 {
		return
	}
	w.counters.tests.Add(uint64(tests))
	attrs := []slog.Attr{slog.String("app_id", w.config.Apps[app].ID), slog.Int("events", tests)}
	if pages := w.pages[app]; pages != nil && !pages[dashboardPage] {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelInfo,
			"received a test event from the App Dashboard; it is not handled, because it names page 0, to which the app is not bound", attrs...)
		return
	}
	w.config.Logger.LogAttrs(r.Context(), slog.LevelInfo,
		"received a test event from the App Dashboard; it names page 0, which cannot be answered", attrs...)
}
