package gormstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Heartbeat implements [store.Replicas]. Where the database belongs to one process,
// that process keeps the announcements.
func (s *Store) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	if s.db.Cluster == nil {
		if _, err := s.read(ctx); err != nil {
			return nil, err
		}
		return s.within.Heartbeat(ctx, replica)
	}
	pages, err := json.Marshal(replica.Pages)
	if err != nil {
		return nil, fmt.Errorf("store: pages of replica %q: %w", replica.Owner, err)
	}
	busy, err := json.Marshal(replica.Busy)
	if err != nil {
		return nil, fmt.Errorf("store: busy pages of replica %q: %w", replica.Owner, err)
	}
	var all []store.Replica
	err = s.do(ctx, func(t *txn) error {
		all = nil
		if _, err := t.exec(`INSERT INTO messenger_replicas (owner, pages, busy, holder, until) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (owner) DO UPDATE SET pages = excluded.pages, busy = excluded.busy, holder = excluded.holder, until = excluded.until`,
			replica.Owner, string(pages), string(busy), t.holder, micros(t.now.Add(replica.TTL))); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM messenger_replicas WHERE owner IN (SELECT owner FROM messenger_replicas WHERE until <= ?"+
			t.dialect.SkipLocked()+")", micros(t.now)); err != nil {
			return err
		}
		return t.rows(func(rows database.Row) error {
			var r store.Replica
			var pages, busy string
			err := rows.Scan(&r.Owner, &pages, &busy)
			if err == nil {
				err = errors.Join(json.Unmarshal([]byte(pages), &r.Pages), json.Unmarshal([]byte(busy), &r.Busy))
			}
			all = append(all, r)
			return err
		}, "SELECT owner, pages, busy FROM messenger_replicas WHERE until > ? ORDER BY owner", micros(t.now))
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// EchoedAt implements [store.Replicas].
func (s *Store) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	db, err := s.read(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var row struct{ At int64 }
	err = db.Table("messenger_echoes").Where("page_id = ?", pageID).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return time.Time{}, nil
	}
	return fromMicros(row.At), s.readError(ctx, err)
}

var (
	echoTimes = newSet("page_id TEXT", `SELECT e.page_id, e.at FROM ROWS, messenger_echoes e WHERE e.page_id = r.page_id`)
	echoPages = newSet("page_id TEXT, at BIGINT",
		`INSERT INTO messenger_echoes (page_id, at) SELECT r.page_id, r.at FROM ROWS WHERE TRUE
		ON CONFLICT (page_id) DO UPDATE SET at = excluded.at`)
)

func (t *txn) readEchoed(puts []*operation) error {
	rows := echoes(puts, func(ev store.Event) []any { return []any{ev.PageID} })
	return t.askLater(echoTimes, rows, func(found database.Row) error {
		var page string
		var at int64
		err := found.Scan(&page, &at)
		t.found.echoed[page] = t.now.Sub(fromMicros(at)) < store.EchoedWithin
		return err
	})
}

// echoed notes that pages had an echo. Most times it is known and nothing is
// written, because all writers of the page would wait. The pages are locked
// last, and sorted.
func (t *txn) echoed(events []store.Event) error {
	var pages []string
	for _, ev := range events {
		if ev.EchoOf != "" && !t.found.echoed[ev.PageID] {
			pages = append(pages, ev.PageID)
		}
	}
	slices.Sort(pages)
	var rows [][]any
	for _, page := range slices.Compact(pages) {
		rows = append(rows, []any{page, micros(t.now)})
	}
	return t.change(echoPages, rows)
}
