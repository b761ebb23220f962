package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Blocked implements [store.Viewer].
func (s *Store) Blocked(ctx context.Context, limit int) ([]store.Blocked, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	return s.tables.blocked(queue.Micros(s.config.Now()), min(limit, store.MaxBlockedList))
}

// blocked returns conversations whose head has failed, the first ones that waited, at most limit.
func (t *tables) blocked(now int64, limit int) ([]store.Blocked, error) {
	var blocked []store.Blocked
	for _, c := range t.conversations {
		head := c.head(now)
		if head == nil || head.Attempts == 0 {
			continue
		}
		row := queue.BlockedRow{
			Conversation: c.Conversation, Attempts: head.Attempts, Since: head.ReceivedAt, Key: head.Key, RaisedKey: head.RaisedKey,
			Body: bytes.Clone(head.Body), Failures: head.Failures, NextAt: c.NextAt, LeaseUntil: c.LeaseUntil,
		}
		if row.RaisedKey != "" {
			row.Key = ""
		}
		b, err := row.Blocked(now)
		if err != nil {
			return nil, err
		}
		blocked = append(blocked, b)
	}
	slices.SortFunc(blocked, func(a, b store.Blocked) int {
		return cmp.Or(a.Since.Compare(b.Since), compare(a.Conversation, b.Conversation))
	})
	return blocked[:min(len(blocked), max(limit, 0))], nil
}

// Outbox implements [store.Viewer].
func (s *Store) Outbox(ctx context.Context, conv store.Conversation, limit int) ([]store.QueuedSend, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	c := s.tables.conversations[conv]
	if c == nil {
		return nil, nil
	}
	now := queue.Micros(s.config.Now())
	var waiting []store.QueuedSend
	for _, row := range c.sends[:min(len(c.sends), max(limit, 0))] {
		send := row.Queued(now)
		send.Body = bytes.Clone(send.Body)
		waiting = append(waiting, send)
	}
	return waiting, nil
}

// SessionsOf implements [store.Viewer].
func (s *Store) SessionsOf(ctx context.Context, conv store.Conversation, after string, limit int) ([]store.Session, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var found []store.Session
	for key, session := range s.tables.sessions {
		if key.PageID == conv.PageID && key.PSID == conv.PSID && key.Name > after && !s.expired(session.Expires) {
			session.Data = bytes.Clone(session.Data)
			found = append(found, session)
		}
	}
	slices.SortFunc(found, func(a, b store.Session) int { return strings.Compare(a.Name, b.Name) })
	return found[:min(len(found), max(limit, 0))], nil
}

// PlacesOf implements [store.Viewer].
func (s *Store) PlacesOf(ctx context.Context, conv store.Conversation, after string, limit int) ([]store.Place, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var found []store.Place
	for id, b := range s.tables.broadcasts {
		if r, ok := b.recipient(conv.PSID); ok && b.PageID == conv.PageID && id > after {
			found = append(found, store.Place{
				ID: id, Key: b.Key, State: store.BroadcastState(b.State), Stage: store.RecipientStage(r.Stage), Result: store.RecipientResult(r.Result),
			})
		}
	}
	slices.SortFunc(found, func(a, b store.Place) int { return strings.Compare(a.ID, b.ID) })
	return found[:min(len(found), max(limit, 0))], nil
}
