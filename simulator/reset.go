package simulator

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// snapshotMost is how long a snapshot over HTTP may be.
const snapshotMost = 256 << 20

// What [Simulator.Reset] can keep.
const (
	KeepPages    = "pages"    // those there are, with their tokens and fields, instead of those of [Config]
	KeepPeople   = "people"   // those of pages that there still are, instead of those of [Config]
	KeepSetup    = "setup"    // pages, and what the bot has set up on them: profile, uploads, personas, labels, templates, subscriptions
	KeepProfile  = "profile"  // the Messenger Profile of each page that there still is
	KeepFaults   = "faults"   // [Simulator.Fault]
	KeepClock    = "clock"    // [Simulator.MoveClock] and [Simulator.FreezeClock]
	KeepDelivery = "delivery" // [Simulator.SetDisorder]
	KeepRecord   = "record"   // [Simulator.Log], [Simulator.Requests] and [Simulator.Deliveries]
)

var keepable = []string{KeepPages, KeepSetup, KeepPeople, KeepProfile, KeepFaults, KeepClock, KeepDelivery, KeepRecord}

func (s *Simulator) routeSnapshot(mux *routes) {
	mux.HandleFunc("GET /simulator/snapshot", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.Snapshot()) })
	mux.HandleFunc("PUT /simulator/snapshot", answeringUpTo(snapshotMost, func(_ *http.Request, in snapshot) (any, error) {
		return struct{}{}, s.restore(in)
	}))
	mux.HandleFunc("POST /simulator/reset", answering(func(r *http.Request, in struct{ Keep []string }) (any, error) {
		return struct{}{}, s.Reset(r.Context(), in.Keep...)
	}))
}

// Reset makes all as [Config] says, except for what is kept: conversations, uploads and what was added are gone, callbacks that
// wait are given up. It waits for the callback that is under way; if ctx ends before that, all but the record is reset. The
// webhook stays. Ids of messages are not drawn a second time, whatever the seed.
func (s *Simulator) Reset(ctx context.Context, keep ...string) error {
	for _, what := range keep {
		if !slices.Contains(keepable, what) {
			return &controlError{err: fmt.Errorf("simulator: what can be kept is %s, not %q", strings.Join(keepable, ", "), what), field: "keep"}
		}
	}
	kept := func(what string) bool { return slices.Contains(keep, what) }
	if err := s.reset(kept); err != nil {
		return err
	}
	if err := s.until(ctx, func() bool { return s.pending == 0 }); err != nil {
		return fmt.Errorf("simulator: a callback is under way: %w", err)
	}
	if !kept(KeepRecord) {
		s.forgetRecord()
	}
	return nil
}

// reset replaces what there is. A Graph call and whatever else changes something comes before it, and is kept as the rest, or after it.
func (s *Simulator) reset(kept func(string) bool) error {
	s.effects.Lock()
	defer s.effects.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	next, err := s.build(s.afterReset(s.snapshot(), kept))
	if err != nil {
		return err
	}
	s.install(next)
	if !kept(KeepDelivery) {
		s.setDisorder(Disorder{})
	}
	if !kept(KeepFaults) {
		s.faults = nil
	}
	if !kept(KeepClock) {
		s.clock.reset()
	}
	return nil
}

// afterReset is what there is after a reset, of what there is now.
func (s *Simulator) afterReset(now snapshot, kept func(string) bool) snapshot {
	out := s.initial
	out.Clock, out.Disorder, out.Pages = nil, nil, slices.Clone(out.Pages)
	if kept(KeepPages) {
		out.Pages, out.Apps = slices.Clone(now.Pages), now.Apps
		for i := range out.Pages {
			was := out.Pages[i]
			out.Pages[i] = savedPage{Page: was.Page, TokenError: was.TokenError, TokenAt: was.TokenAt, TokenUntil: was.TokenUntil, Refreshed: was.Refreshed}
		}
	}
	if kept(KeepSetup) {
		out.Pages, out.Apps, out.Files, out.UserTokens, out.Serial = setups(now.Pages), now.Apps, now.Files, now.UserTokens, now.Serial
	}
	there := map[string]*savedPage{}
	for i := range out.Pages {
		there[out.Pages[i].ID] = &out.Pages[i]
	}
	if kept(KeepPeople) {
		out.People = now.People
	}
	out.People = slices.DeleteFunc(slices.Clone(out.People), func(p Person) bool { return there[p.PageID] == nil })
	if kept(KeepProfile) {
		for _, old := range now.Pages {
			if pg := there[old.ID]; pg != nil {
				pg.Profile = maps.Clone(old.Profile)
			}
		}
	}
	return out
}

// setups are pages without what people did and were told there.
func setups(pages []savedPage) []savedPage {
	pages = slices.Clone(pages)
	for i := range pages {
		pg := &pages[i]
		pg.Conversations, pg.Authors, pg.Comments, pg.Replied, pg.Posts, pg.RemovedIDs, pg.LinkTokens, pg.OptIns = nil, nil, nil, nil, nil, nil, nil, nil
		pg.ProfileCalls = nil
		pg.Labels = slices.Clone(pg.Labels)
		for j := range pg.Labels {
			pg.Labels[j].People = nil
		}
	}
	return pages
}

// forgetRecord forgets what went over the wire.
func (s *Simulator) forgetRecord() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wire.first += len(s.wire.entries)
	s.wire.entries, s.requests, s.deliveries, s.answerBytes, s.requestBytes, s.problem = nil, nil, nil, 0, 0, problem{}
	s.publish("reset", struct{}{})
}
