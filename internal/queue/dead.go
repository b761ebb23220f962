package queue

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// Letter is a dead letter as it is listed.
func (r *DeadRow) Letter() (store.DeadLetter, error) {
	l := store.DeadLetter{ID: r.ID, Event: r.event(), Attempts: int(r.Attempts), At: Time(r.At)}
	if err := json.Unmarshal([]byte(r.Failures), &l.Failures); err != nil {
		return l, fmt.Errorf("store: dead letter %d: %w", r.ID, err)
	}
	return l, nil
}

// Replay puts a dead letter's event back, at the tail of its conversation.
func Replay(id int64) *Operation {
	return &Operation{exclusive: func(g *group) error {
		row, err := g.takeLetter(id)
		if err != nil {
			return err
		}
		last, err := g.tx.LastOrder(row.Conversation)
		if err != nil {
			return err
		}
		if row.Only, err = row.failedRoutes(); err != nil {
			return err
		}
		row.OrderAt, row.ReceivedAt, row.Attempts = max(row.EventAt, last), g.now, 0
		if row.RaisedAt != 0 {
			g.addRaised(g.state(row.Conversation), &RaisedRow{EventRow: row.EventRow})
		} else {
			g.addEvent(row.EventRow)
		}
		return g.flush()
	}}
}

// Drop deletes a dead letter.
func Drop(id int64) *Operation {
	return &Operation{exclusive: func(g *group) error {
		if _, err := g.takeLetter(id); err != nil {
			return err
		}
		return g.flush()
	}}
}

// takeLetter locks the conversation of a dead letter, and deletes the letter.
func (g *group) takeLetter(id int64) (*DeadRow, error) {
	row, err := g.tx.DeadLetter(id)
	if err == nil && row == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if err := g.read(&Wants{Conversations: []ConversationWant{{Conversation: row.Conversation}}}); err != nil {
		return nil, err
	}
	if row, err = g.tx.DeadLetter(id); err == nil && row == nil { // another process was faster
		err = store.ErrNotFound
	}
	g.changes.LettersGone = []int64{id}
	return row, err
}

// failedRoutes names the routes to run again. A failure without a route stands for all that the event was to run.
func (r *DeadRow) failedRoutes() (string, error) {
	letter, err := r.Letter()
	if err != nil {
		return "", err
	}
	var routes []string
	for _, f := range letter.Failures {
		if f.Route == "" {
			return r.Only, nil
		}
		if !slices.Contains(routes, f.Route) {
			routes = append(routes, f.Route)
		}
	}
	return encodeRoutes(routes)
}
