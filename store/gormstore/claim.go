package gormstore

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Claim implements [store.Queuer].
func (s *Store) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if claim.Conversations <= 0 {
		return nil, s.touch(ctx)
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

// dueConversation is a conversation that can be claimed.
type dueConversation struct {
	store.Conversation
	starts int
	alone  int64 // the event that runs alone, if its process lives
	ended  bool  // the process that ran it has ended
	sends  bool  // are due, too
}

// A claim that meets conversations of pages that it does not serve looks further: at
// twice as many conversations each time, up to mostDoublings, and mostRounds times.
const (
	mostDoublings = 10
	mostRounds    = 20
)

func (t *txn) claimOne(claim store.Claim) ([]store.Lease, error) {
	var leases []store.Lease
	taken := map[store.Conversation]bool{}
	for rounds := 0; len(leases) < claim.Conversations; rounds++ {
		limit := len(leases) + claim.Conversations<<min(rounds, mostDoublings)
		due, err := t.due(claim, limit)
		if err != nil {
			return nil, err
		}
		all := len(due) < limit
		due = t.leaveStrangers(due, claim)
		room := claim.Suspects
		due = slices.DeleteFunc(due, func(d dueConversation) bool {
			if taken[d.Conversation] {
				return true
			}
			level := store.IsolationLevel(d.starts)
			if level == 0 {
				return false
			}
			room[level-1]--
			return room[level-1] < 0
		})
		due = due[:min(len(due), claim.Conversations-len(leases))]
		if len(due) == 0 {
			if all || claim.Serves == nil || rounds == mostRounds {
				break
			}
			continue // what is due may be behind what was left to others
		}
		more, err := t.hand(due, claim.Events)
		if err != nil {
			return nil, err
		}
		idle := map[store.Conversation]bool{}
		more = slices.DeleteFunc(more, func(l store.Lease) bool {
			taken[l.Conversation] = true
			if len(l.Events) == 0 && len(l.Sends) == 0 {
				// What made it due is gone; only delayed sends are left.
				idle[l.Conversation] = true
				return true
			}
			if level := store.IsolationLevel(l.Deliveries - 1); level > 0 {
				claim.Suspects[level-1]--
			}
			return false
		})
		if err := t.rest(idle); err != nil {
			return nil, err
		}
		if err := t.lease(more, claim); err != nil {
			return nil, err
		}
		leases = append(leases, more...)
		if all && len(idle) == 0 {
			break
		}
	}
	return leases, nil
}

// dueQuery is what can be claimed, oldest due first: a walk along the index of
// what is due, which passes over what is leased, over pages that are known to be
// others', and over the levels of isolation that have no room.
const (
	dueQuery = `SELECT m.page_id, m.person_id, m.starts, m.alone, CASE WHEN m.alone = 0 THEN FALSE WHEN m.lease_until IS NULL THEN TRUE ELSE `
	dueSends = ` END,
			EXISTS (SELECT 1 FROM messenger_outbox o WHERE o.page_id = m.page_id AND o.person_id = m.person_id AND o.not_before <= CAST(? AS BIGINT))
		FROM messenger_mailbox m WHERE m.next_at <= CAST(? AS BIGINT) AND (m.lease_until IS NULL OR m.lease_until <= CAST(? AS BIGINT))
			AND (m.starts < 2 OR CASE m.starts WHEN 2 THEN CAST(? AS BIGINT) WHEN 3 THEN CAST(? AS BIGINT) ELSE CAST(? AS BIGINT) END > 0)
`
	dueOrder = ` ORDER BY m.next_at LIMIT CAST(? AS BIGINT)`
)

// due returns what can be claimed. Of a level of isolation it may return more than
// the claim has room for, and nothing of one for which it has none.
func (t *txn) due(claim store.Claim, limit int) ([]dueConversation, error) {
	var found []dueConversation
	scan := func(rows database.Row) error {
		var d dueConversation
		err := rows.Scan(&d.PageID, &d.PersonID, &d.starts, &d.alone, &d.ended, &d.sends)
		found = append(found, d)
		return err
	}
	now := micros(t.now)
	query := dueQuery + t.dialect.Ended() + dueSends
	args := []any{now, now, now, claim.Suspects[0], claim.Suspects[1], claim.Suspects[2]}
	condition, excluded, err := t.exclude(claim)
	if err != nil {
		return nil, err
	}
	query += condition + dueOrder + t.dialect.SkipLocked()
	args = append(append(args, excluded...), limit)
	if err := t.later(scan, query, args...); err != nil {
		return nil, err
	}
	return found, t.sync()
}

var (
	headEvents = newQuery("page_id TEXT, person_id TEXT, most BIGINT",
		`SELECT i.seq, i.key, i.event_at, i.body, i.confirms, i.attempts, i.only_routes, i.received_at FROM messenger_inbox i
		WHERE i.page_id = r.page_id AND i.person_id = r.person_id ORDER BY i.order_at, i.seq LIMIT CAST(r.most AS BIGINT)`)
	headSends = newQuery("page_id TEXT, person_id TEXT, now BIGINT, most BIGINT",
		`SELECT o.page_id, o.person_id, o.key, o.group_key, o.body, o.delay, o.not_before, o.started_at, o.attempts FROM messenger_outbox o
		WHERE o.page_id = r.page_id AND o.person_id = r.person_id AND o.not_before <= r.now ORDER BY o.id LIMIT CAST(r.most AS BIGINT)`)
)

// hand returns what there is to do in conversations now, whose rows are
// locked, and the leases' fencing token. Tokens are numbered over all conversations, so
// that one that was forgotten and comes back never repeats one; the number is drawn
// after the locks, so that it is higher than any that they had before.
func (t *txn) hand(found []dueConversation, limit int) ([]store.Lease, error) {
	leases := make([]store.Lease, len(found))
	events := make([][]any, len(found))
	var sends [][]any
	var sending []*store.Lease
	for i, d := range found {
		leases[i] = store.Lease{LeaseID: store.LeaseID{Conversation: d.Conversation}, Now: t.now, Deliveries: d.starts + 1}
		if d.ended {
			leases[i].Fatal = d.alone
		}
		events[i] = []any{d.PageID, d.PersonID, limit}
		if d.sends {
			sends = append(sends, []any{d.PageID, d.PersonID, micros(t.now), limit})
			sending = append(sending, &leases[i])
		}
	}
	if err := t.headEvents(events, leases); err != nil {
		return nil, err
	}
	err := t.headSends(sends, func(i int, send store.QueuedSend) {
		sending[i].Sends = append(sending[i].Sends, send)
	})
	if err != nil {
		return nil, err
	}
	if err := t.introduce(leases); err != nil {
		return nil, err
	}
	draw, drawn := t.dialect.NextToken()
	if draw != "" {
		if err := t.later(nil, draw); err != nil {
			return nil, err
		}
	}
	var token int64
	if _, err := t.row([]any{&token}, drawn); err != nil {
		return nil, err
	}
	for i := range leases {
		leases[i].Token = token
	}
	return leases, nil
}

func (t *txn) headEvents(rows [][]any, leases []store.Lease) error {
	return t.askEach(headEvents, rows, func(read func(...any) (int, error)) error {
		var ev store.QueuedEvent
		var at, received int64
		var only string
		i, err := read(&ev.Seq, &ev.Key, &at, &ev.Body, &ev.EchoOf, &ev.Attempts, &only, &received)
		if err != nil {
			return err
		}
		ev.Only, err = decodeRoutes(only)
		ev.Conversation = leases[i].Conversation
		ev.Time, ev.ReceivedAt = fromMicros(at), fromMicros(received)
		leases[i].Events = append(leases[i].Events, ev)
		return err
	})
}

// headSends calls add with each send that it finds for the rows of arguments of
// the query, and the number of its row.
func (t *txn) headSends(rows [][]any, add func(row int, send store.QueuedSend)) error {
	return t.askEach(headSends, rows, func(read func(...any) (int, error)) error {
		var send store.QueuedSend
		var started sql.NullInt64
		var delay, notBefore int64
		i, err := read(&send.PageID, &send.PersonID, &send.Key, &send.Group, &send.Body, &delay, &notBefore, &started, &send.Attempts)
		if err != nil {
			return err
		}
		send.Delay = time.Duration(delay)
		send.AddedAt = fromMicros(notBefore - max(send.Delay, 0).Microseconds())
		if started.Valid {
			send.Started, send.StartedAgo = true, max(t.now.Sub(fromMicros(started.Int64)), 0)
		}
		add(i, send)
		return nil
	})
}

// introduce says in leases what is known of the people.
func (t *txn) introduce(leases []store.Lease) error {
	which := make([][]any, 0, len(leases))
	of := map[store.Conversation]*store.Lease{}
	for i := range leases {
		l := &leases[i]
		l.Person = store.Person{PageID: l.PageID, PSID: l.PersonID}
		of[l.Conversation] = l
		which = append(which, []any{l.PageID, l.PersonID})
	}
	return t.askLater(findPeople, which, func(found database.Row) error {
		var r personRow
		err := found.Scan(r.fields()...)
		of[store.Conversation{PageID: r.PageID, PersonID: r.PSID}].Person = r.person()
		return err
	})
}

var takeConversations = newSet("page_id TEXT, person_id TEXT, until BIGINT, owner PROSE, holder BIGINT, epoch BIGINT, alone BIGINT",
	`UPDATE messenger_mailbox SET lease_until = r.until, owner = r.owner, holder = r.holder, epoch = r.epoch, starts = messenger_mailbox.starts + 1,
		alone = r.alone
	FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id`)

// lease takes conversations, whose rows are locked. That an event ended its
// process stays known until it is a dead letter; any other mark is over.
func (t *txn) lease(leases []store.Lease, claim store.Claim) error {
	until := micros(t.now.Add(claim.TTL))
	rows := make([][]any, 0, len(leases))
	for _, l := range leases {
		rows = append(rows, []any{l.PageID, l.PersonID, until, claim.Owner, t.holder, l.Token, l.Fatal})
	}
	return t.change(takeConversations, rows)
}

// MarkAlone implements [store.Isolator]. It locks one row and nothing else, so that
// it cannot deadlock.
func (s *Store) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	return s.do(ctx, func(t *txn) error {
		n, err := t.exec(`UPDATE messenger_mailbox SET alone = ? WHERE page_id = ? AND person_id = ? AND epoch = ? AND lease_until IS NOT NULL`,
			seq, lease.PageID, lease.PersonID, lease.Token)
		if err == nil && n == 0 {
			err = store.ErrFenced
		}
		return err
	})
}
