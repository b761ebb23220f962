package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// begin returns the handle for one read.
func (s *Store) begin(ctx context.Context) (*gorm.DB, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-s.writer.closed:
		return nil, store.ErrClosed
	default:
		return s.db.Pool.WithContext(ctx), nil
	}
}

// failed gives the error of a read its place in the store's errors.
func (s *Store) failed(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return store.ErrNotFound
	case ctx.Err() != nil:
		return ctx.Err()
	}
	select {
	case <-s.writer.closed:
		return store.ErrClosed
	default:
		return fmt.Errorf("store: database: %w", err)
	}
}

// now is an argument of reads: the store's time, or 0 if that is the database's.
func (s *Store) now() int64 {
	switch {
	case s.config.now != nil:
		return s.config.now().UnixMicro()
	case s.db.Cluster != nil:
		return 0
	}
	return time.Now().UnixMicro()
}

// row reads the one row of a query. It returns [store.ErrNotFound] if there is none.
func (s *Store) row(ctx context.Context, query string, args, dest []any) error {
	if _, err := s.begin(ctx); err != nil {
		return err
	}
	return s.failed(ctx, s.pool.QueryRowContext(ctx, query, args...).Scan(scanned(dest)...))
}

// rows reads the rows of a query.
func (s *Store) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	if _, err := s.begin(ctx); err != nil {
		return err
	}
	return s.failed(ctx, eachRow(ctx, s.pool, query, args, scan))
}

// queryer is a pool, a connection or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// eachRow calls scan for each row of a query.
func eachRow(ctx context.Context, pool queryer, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := pool.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return scanAll(rows, scan)
}

func scanAll(rows *sql.Rows, scan func(*sql.Rows) error) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list reads the rows of a query that GORM builds, whose columns are the fields.
func list[R any](ctx context.Context, s *Store, db *gorm.DB, fields func(row *R, to []any) []any) (all []R, err error) {
	rows, err := db.Rows()
	if err == nil {
		err = scanAll(rows, func(rows *sql.Rows) error {
			var row R
			err := rows.Scan(scanned(fields(&row, nil))...)
			all = append(all, row)
			return err
		})
	}
	return all, s.failed(ctx, err)
}

// scanned is what package sql scans fields of package queue into.
func scanned(fields []any) []any {
	for i, field := range fields {
		if at, ok := field.(*time.Time); ok {
			fields[i] = moment{at}
		}
	}
	return fields
}

// moment scans a time that is a number in its column.
type moment struct{ at *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(value any) error {
	var t Time
	err := t.Scan(value)
	*m.at = t.Time()
	return err
}

// Person implements [store.People].
func (s *Store) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	var found store.Person
	fields := queue.PersonFields(&found, nil)
	var err error
	if s.person == nil {
		err = s.row(ctx, s.db.Queries.Person, []any{pageID, psid}, fields)
	} else if _, err = s.begin(ctx); err == nil {
		err = s.failed(ctx, s.person.QueryRowContext(ctx, pageID, psid).Scan(scanned(fields)...))
	}
	if err != nil {
		return store.Person{}, err
	}
	return found, nil
}

// newest reads the newest rows of a person.
func newest[R any](
	ctx context.Context, s *Store, table, columns string, fields func(row *R, to []any) []any, pageID, psid string, limit int,
) ([]R, error) {
	db, err := s.begin(ctx)
	if err != nil || limit < 1 {
		return nil, err
	}
	db = db.Table(table).Select(columns).Where("page_id = ? AND psid = ?", pageID, psid).Order("at DESC, id DESC").Limit(limit)
	return list(ctx, s, db, fields)
}

// Locations implements [store.Locations].
func (s *Store) Locations(ctx context.Context, pageID, psid string, limit int) ([]store.Location, error) {
	const columns = "page_id, psid, latitude, longitude, title, url, mid, at"
	return newest(ctx, s, "messenger_locations", columns, queue.LocationFields, pageID, psid, limit)
}

// Received implements [store.Messages].
func (s *Store) Received(ctx context.Context, pageID, psid string, limit int) ([]store.Received, error) {
	const columns = "page_id, psid, key, type, body, at, object, standby"
	return newest(ctx, s, "messenger_received", columns, queue.ReceivedFields, pageID, psid, limit)
}

// Sent implements [store.Messages].
func (s *Store) Sent(ctx context.Context, pageID, psid string, limit int) (all []store.Sent, err error) {
	if limit < 1 {
		_, err := s.begin(ctx)
		return nil, err
	}
	err = s.rows(ctx, s.db.Queries.Sent, []any{pageID, psid, limit}, func(rows *sql.Rows) error {
		row := store.Sent{PageID: pageID, PSID: psid}
		err := rows.Scan(scanned(queue.SentFields(&row, nil)[2:])...)
		all = append(all, row)
		return err
	})
	return all, err
}

// Session implements [store.Sessions].
func (s *Store) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	found := store.Session{PageID: pageID, PSID: psid, Name: name}
	err := s.row(ctx, s.db.Queries.Session, []any{pageID, psid, name, s.now()}, queue.SessionFields(&found, nil)[3:])
	if err != nil {
		return store.Session{}, err
	}
	return found, nil
}

// Attachment implements [store.Attachments].
func (s *Store) Attachment(ctx context.Context, pageID, name string) (id string, err error) {
	err = s.row(ctx, s.db.Queries.Attachment, []any{pageID, name, s.now()}, []any{&id})
	return id, err
}

// EchoedAt implements [store.Replicas].
func (s *Store) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	db, err := s.begin(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var row struct{ At Time }
	err = s.failed(ctx, db.Table("messenger_echoes").Where("page_id = ?", pageID).Take(&row).Error)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return row.At.Time(), err
}
