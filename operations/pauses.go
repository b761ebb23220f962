package operations

import (
	"context"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/store"
)

// pause is that of a page, or of all pages.
type pause struct {
	Page  string    `json:"page"`
	Note  string    `json:"note,omitempty"`
	Since time.Time `json:"since"`
}

func pausesOf(list []messenger.Pause) []pause {
	all := make([]pause, len(list))
	for i, p := range list {
		all[i] = pause{Page: p.PageID, Note: p.Reason, Since: p.Since}
	}
	return all
}

// listPaused lists the pauses; of one page those that hold it back.
func (s *server) listPaused(c *call) (any, error) {
	paused, err := s.bot.Paused(c.ctx)
	if err != nil {
		return nil, err
	}
	out := page[pause]{Items: []pause{}}
	for _, p := range pausesOf(paused) {
		if c.action.PageID == "" || p.Page == c.action.PageID || p.Page == messenger.AllPages {
			out.Items = append(out.Items, p)
		}
	}
	return out, nil
}

// pauseAll and resumeAll are about all pages, pausePage and resumePage about the one of the path.
func (s *server) pauseAll(c *call) (any, error)  { return s.pause(c, messenger.AllPages) }
func (s *server) resumeAll(c *call) (any, error) { return s.resume(c, messenger.AllPages) }

func (s *server) pausePage(c *call) (any, error) {
	if err := ofOnePage(c); err != nil {
		return nil, err
	}
	return s.pause(c, c.PathValue("page"))
}

func (s *server) resumePage(c *call) (any, error) {
	if err := ofOnePage(c); err != nil {
		return nil, err
	}
	return s.resume(c, c.PathValue("page"))
}

// ofOnePage refuses the path that would be about all pages to Bot.Pause, and about one to Config.Authorize.
func ofOnePage(c *call) error {
	if c.PathValue("page") == messenger.AllPages {
		return badRequest("bad_parameter", "%q is no page; the path for all pages is /pause", messenger.AllPages)
	}
	return nil
}

func (s *server) pause(c *call, pageID string) (any, error) {
	var in struct {
		Note string `json:"note"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	out := map[string]any{"page": pageID, "paused": true}
	if err := s.bot.Pause(c.ctx, pageID, in.Note); err != nil || pageID == messenger.AllPages {
		return out, err
	}
	if s.withoutPeople(c.ctx, pageID) {
		out["without_people"] = true
	}
	return out, nil
}

// withoutPeople reports that the store has no people of a page, as after a mistake in its id. It reports false if it cannot find out.
func (s *server) withoutPeople(ctx context.Context, pageID string) bool {
	st, err := capability[store.Broadcasts](s, "Broadcasts")
	if err != nil {
		return false
	}
	people, err := st.PeopleOf(ctx, pageID, "", 1)
	return err == nil && len(people) == 0
}

func (s *server) resume(c *call, pageID string) (any, error) {
	resumed, err := s.bot.Resume(c.ctx, pageID)
	if err == nil && !resumed {
		err = notFound("not_paused", "there is no such pause; /paused lists what is paused")
	}
	return map[string]any{"page": pageID, "resumed": true}, err
}

// heldPages are those for which nothing is sent: the process that answers waits for their tokens, or they are paused.
func (s *server) heldPages(c *call, st messenger.Stats) ([]heldPage, error) {
	held := tokenRefused(st)
	if len(st.Paused) == 0 {
		return held, nil
	}
	inspector, err := capability[store.Inspector](s, "Inspector")
	if err != nil {
		return nil, err
	}
	waits, err := inspector.Waiting(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range st.Paused {
		w := waits[p.PageID]
		if p.PageID == messenger.AllPages {
			w = sumOf(waits)
		}
		held = append(held, heldPage{Page: p.PageID, Reason: "paused", Note: p.Reason, Since: p.Since, Waiting: waiting(w)})
	}
	return held, nil
}

// sumOf is what waits for all pages.
func sumOf(waits map[string]store.Waiting) (all store.Waiting) {
	for _, w := range waits {
		all.Events += w.Events
		all.Sends += w.Sends
		all.OldestEvent = oldest(all.OldestEvent, w.OldestEvent)
		all.OldestSend = oldest(all.OldestSend, w.OldestSend)
	}
	return all
}

func oldest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
