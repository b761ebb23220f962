package gormstore

import (
	"context"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Renew implements [store.Queuer].
func (s *Store) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	op := &operation{renewal: &renewal{leases: slices.Clone(leases), ttl: ttl}}
	if err := s.writer.do(ctx, op); err != nil {
		return nil, err
	}
	return op.lost, nil
}

var renewConversations = newSet("page_id TEXT, person_id TEXT, epoch BIGINT, until BIGINT",
	`UPDATE messenger_mailbox SET lease_until = r.until
	FROM ROWS WHERE messenger_mailbox.page_id = r.page_id AND messenger_mailbox.person_id = r.person_id
		AND messenger_mailbox.epoch = r.epoch AND messenger_mailbox.lease_until IS NOT NULL
	RETURNING messenger_mailbox.page_id, messenger_mailbox.person_id, messenger_mailbox.epoch`)

func (t *txn) renew(renewals []*operation) error {
	for _, op := range renewals {
		var rows [][]any
		for _, id := range op.renewal.leases {
			rows = append(rows, []any{id.PageID, id.PersonID, id.Token, micros(t.now.Add(op.renewal.ttl))})
		}
		held := map[store.LeaseID]bool{}
		err := t.ask(renewConversations, rows, func(rows database.Row) error {
			var id store.LeaseID
			err := rows.Scan(&id.PageID, &id.PersonID, &id.Token)
			held[id] = true
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range op.renewal.leases {
			if !held[id] {
				op.lost = append(op.lost, id)
			}
		}
	}
	return nil
}
