package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Claim implements [store.Queuer].
func (s *Store) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if claim.Conversations <= 0 {
		return nil, s.Ping(ctx)
	}
	claim.Events = max(claim.Events, 1)
	op := &operation{claim: &claim}
	if err := s.writer.do(ctx, op); err != nil {
		return nil, err
	}
	return op.leases, nil
}

func (t *txn) claim(claims []*operation) error {
	for _, op := range claims {
		leases, err := t.claimOne(*op.claim)
		if err != nil {
			return err
		}
		op.leases = leases
	}
	return nil
}

// due is a conversation that can be claimed.
type due struct {
	store.Conversation
	starts int
	next   int64
}

func (t *txn) claimOne(claim store.Claim) ([]store.Lease, error) {
	var leases []store.Lease
	taken := map[store.Conversation]bool{}
	for len(leases) < claim.Conversations {
		found, err := t.due(claim, len(leases)+claim.Conversations)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(d due) bool { return taken[d.Conversation] })
		found = found[:min(len(found), claim.Conversations-len(leases))]
		if len(found) == 0 {
			break
		}
		more, err := t.hand(found, claim.Events)
		if err != nil {
			return nil, err
		}
		idle := map[store.Conversation]bool{}
		more = slices.DeleteFunc(more, func(l store.Lease) bool {
			taken[l.Conversation] = true
			// What made it due is gone; only delayed sends are left.
			idle[l.Conversation] = len(l.Events) == 0 && len(l.Sends) == 0
			if !idle[l.Conversation] {
				delete(idle, l.Conversation)
				if l.Starts > 1 {
					claim.Suspects--
				}
				return false
			}
			return true
		})
		if err := t.rest(idle); err != nil {
			return nil, err
		}
		if err := t.lease(more, claim); err != nil {
			return nil, err
		}
		leases = append(leases, more...)
	}
	return leases, nil
}

const (
	dueQuery = `SELECT page_id, person_id, starts, next_at FROM messenger_mailbox
		WHERE next_at <= ? AND (lease_until IS NULL OR lease_until <= ?) AND `
	dueOrder = ` ORDER BY next_at LIMIT ?`
)

// due returns what can be claimed, oldest due first: those that were claimed
// before without a commit are bounded by themselves, so that they keep nobody
// else waiting.
func (t *txn) due(claim store.Claim, limit int) ([]due, error) {
	var found []due
	scan := func(rows *sql.Rows) error {
		var d due
		err := rows.Scan(&d.PageID, &d.PersonID, &d.starts, &d.next)
		found = append(found, d)
		return err
	}
	now := micros(t.now)
	if err := t.rows(scan, dueQuery+"starts = 0"+dueOrder+t.dialect.SkipLocked(), now, now, limit); err != nil {
		return nil, err
	}
	if claim.Suspects > 0 {
		if err := t.rows(scan, dueQuery+"starts > 0"+dueOrder+t.dialect.SkipLocked(), now, now, min(limit, claim.Suspects)); err != nil {
			return nil, err
		}
		slices.SortStableFunc(found, func(a, b due) int { return cmp.Compare(a.next, b.next) })
	}
	return found, nil
}

var (
	headEvents = newQuery("page_id TEXT, person_id TEXT, most BIGINT",
		`SELECT i.seq, i.key, i.event_at, i.body, i.confirms, i.attempts, i.only_routes, i.received_at FROM messenger_inbox i
		WHERE i.page_id = r.page_id AND i.person_id = r.person_id ORDER BY i.order_at, i.seq LIMIT r.most`)
	headSends = newQuery("page_id TEXT, person_id TEXT, now BIGINT, most BIGINT",
		`SELECT o.key, o.group_key, o.body, o.delay, o.started_at, o.attempts FROM messenger_outbox o
		WHERE o.page_id = r.page_id AND o.person_id = r.person_id AND o.not_before <= r.now ORDER BY o.id LIMIT r.most`)
)

// hand returns what there is to do in conversations now.
func (t *txn) hand(found []due, limit int) ([]store.Lease, error) {
	leases := make([]store.Lease, len(found))
	events, sends := make([][]any, len(found)), make([][]any, len(found))
	for i, d := range found {
		leases[i] = store.Lease{LeaseID: store.LeaseID{Conversation: d.Conversation}, Starts: d.starts + 1}
		events[i] = []any{d.PageID, d.PersonID, limit}
		sends[i] = []any{d.PageID, d.PersonID, micros(t.now), limit}
	}
	err := t.askEach(headEvents, events, func(read func(...any) (int, error)) error {
		var ev store.QueuedEvent
		var at, received int64
		var only string
		i, err := read(&ev.Seq, &ev.Key, &at, &ev.Body, &ev.Confirms, &ev.Attempts, &only, &received)
		if err != nil {
			return err
		}
		ev.Only, err = decodeRoutes(only)
		ev.Conversation = leases[i].Conversation
		ev.Time, ev.ReceivedAt = fromMicros(at), fromMicros(received)
		leases[i].Events = append(leases[i].Events, ev)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.askEach(headSends, sends, func(read func(...any) (int, error)) error {
		var send store.QueuedSend
		var started sql.NullInt64
		var delay int64
		i, err := read(&send.Key, &send.Group, &send.Body, &delay, &started, &send.Attempts)
		if err != nil {
			return err
		}
		send.Conversation, send.Delay = leases[i].Conversation, time.Duration(delay)
		send.Started, send.StartedAt = started.Valid, fromMicros(started.Int64)
		leases[i].Sends = append(leases[i].Sends, send)
		return nil
	})
	return leases, err
}

var takeMailboxes = newSet("page_id TEXT, person_id TEXT, until BIGINT, owner PROSE, holder BIGINT, epoch BIGINT",
	`UPDATE messenger_mailbox SET lease_until = r.until, owner = r.owner, holder = r.holder, epoch = r.epoch, starts = messenger_mailbox.starts + 1
	FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id`)

// lease takes conversations, whose mailboxes are locked. Epochs are numbered
// over all conversations, so that one that was forgotten and comes back never
// repeats one; the number is drawn after the locks, so that it is higher than
// any that they had before.
func (t *txn) lease(leases []store.Lease, claim store.Claim) error {
	if len(leases) == 0 {
		return nil
	}
	var epoch int64
	if _, err := t.row([]any{&epoch}, t.dialect.NextEpoch()); err != nil {
		return err
	}
	until := micros(t.now.Add(claim.TTL))
	rows := make([][]any, 0, len(leases))
	for i := range leases {
		leases[i].Epoch = epoch
		rows = append(rows, []any{leases[i].PageID, leases[i].PersonID, until, claim.Owner, t.holder, epoch})
	}
	return t.change(takeMailboxes, rows)
}
