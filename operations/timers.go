package operations

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/store"
)

type timer struct {
	Key     string    `json:"key"`
	Payload string    `json:"payload,omitempty"`
	Due     time.Time `json:"due"`
	Raised  time.Time `json:"raised"`
}

func timersOf(list []messenger.Timer) []timer {
	out := make([]timer, len(list))
	for i, t := range list {
		out[i] = timer{Key: t.Key, Payload: t.Payload, Due: t.Due, Raised: t.Raised}
	}
	return out
}

// allTimers are those of a conversation, of which there are at most store.MaxRaised; none if the store does not show them.
func (s *server) allTimers(c *call) ([]timer, error) {
	conv := c.conv()
	all, err := s.bot.Timers(c.ctx, conv.PageID, conv.PSID, store.TimerQuery{})
	if errors.Is(err, errors.ErrUnsupported) {
		return []timer{}, nil
	}
	return timersOf(all), err
}

// timerAfter is the cursor of timers.
type timerAfter struct {
	Due time.Time
	ID  int64
}

// listTimers lists what was raised for a conversation and waits: timers, and signals that were not handled yet.
func (s *server) listTimers(c *call) (any, error) {
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	var from timerAfter
	if _, err := c.after(&from); err != nil {
		return nil, err
	}
	conv := c.conv()
	all, err := s.bot.Timers(c.ctx, conv.PageID, conv.PSID, store.TimerQuery{After: store.Timer{Due: from.Due, ID: from.ID}, Limit: limit + 1})
	if err != nil {
		return nil, err
	}
	out := page[timer]{Items: timersOf(all[:min(len(all), limit)])}
	if len(all) > limit {
		last := all[limit-1]
		out.Next = cursor(timerAfter{last.Due, last.ID})
	}
	return out, nil
}

// ownKeys begin the keys of the library's own timers.
const ownKeys = "messenger."

func (s *server) cancelTimer(c *call) (any, error) {
	key, conv := c.PathValue("key"), c.conv()
	if strings.HasPrefix(key, ownKeys) {
		return nil, &refusal{http.StatusConflict, "reserved", "this timer is the library's own; to stop a dialog, delete the dialog"}
	}
	cancelled, err := s.bot.CancelSignal(c.ctx, conv.PageID, conv.PSID, key)
	if err == nil && !cancelled {
		err = notFound("no_such_timer", "no timer or signal of this key waits, or its turn may be running")
	}
	return map[string]any{"cancelled": true}, err
}

// openDialog is where a person is in a dialog.
type openDialog struct {
	Dialog   string    `json:"dialog"`
	Step     string    `json:"step"`
	Run      string    `json:"run"`
	Asked    time.Time `json:"asked"`
	Tries    int       `json:"tries"`
	Timeouts int       `json:"timeouts"`
	Paused   bool      `json:"paused"`
	Version  int       `json:"version"`
	State    any       `json:"state"`
}

// dialogOf returns the open dialog of a person, or nil.
func (s *server) dialogOf(c *call) (*openDialog, error) {
	conv := c.conv()
	o, open, err := dialog.Of(c.ctx, s.store, conv.PageID, conv.PSID)
	if err != nil || !open {
		return nil, err
	}
	return &openDialog{o.Dialog, o.Step, o.Run, o.Asked, o.Tries, o.Timeouts, o.Paused, o.Version, validJSON(o.State)}, nil
}

func (s *server) showDialog(c *call) (any, error) {
	open, err := s.dialogOf(c)
	if err == nil && open == nil {
		err = errNoDialog
	}
	return open, err
}

var errNoDialog = notFound("no_dialog", "the person is in no dialog")

// endDialog has the dialog end in a turn of its own.
func (s *server) endDialog(c *call) (any, error) {
	conv := c.conv()
	o, open, err := dialog.Of(c.ctx, s.store, conv.PageID, conv.PSID)
	switch {
	case err != nil:
		return nil, err
	case !open:
		return nil, errNoDialog
	}
	return map[string]any{"ending": true, "run": o.Run}, o.End(c.ctx, s.bot)
}

// explainEvent says which routes would fire for an event that was kept.
func (s *server) explainEvent(c *call) (any, error) {
	conv := c.conv()
	all, err := s.bot.ExplainKept(c.ctx, conv.PageID, conv.PSID, c.PathValue("key"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("no_such_event", "no event of this key was kept; handling.SaveMessage under DEFAULT keeps events, and the conversation has their keys")
	}
	return explained(all, err)
}

// explainWaiting says which routes would fire for an event that waits.
func (s *server) explainWaiting(c *call) (any, error) {
	conv := c.conv()
	all, err := s.bot.ExplainWaiting(c.ctx, conv.PageID, conv.PSID, c.PathValue("key"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("no_such_event", "no event of this key waits: it was handled, or is a timer; the list of what waits has the keys")
	}
	return explained(all, err)
}
