package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

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
	return s.failed(ctx, s.pool.QueryRowContext(ctx, query, args...).Scan(dest...))
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
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Person implements [store.People].
func (s *Store) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if _, err := s.begin(ctx); err != nil {
		return store.Person{}, err
	}
	var row Person
	if err := s.person.scan(ctx, columnsOf(&row), pageID, psid); err != nil {
		return store.Person{}, s.failed(ctx, err)
	}
	return row.person(), nil
}

// newest reads the newest rows of a person.
func newest[M, T any](ctx context.Context, s *Store, pageID, psid string, limit int, convert func(M) T) ([]T, error) {
	db, err := s.begin(ctx)
	if err != nil || limit < 1 {
		return nil, err
	}
	var rows []M
	err = db.Where("page_id = ? AND psid = ?", pageID, psid).Order("at DESC, id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	var all []T
	for _, row := range rows {
		all = append(all, convert(row))
	}
	return all, nil
}

// Locations implements [store.Locations].
func (s *Store) Locations(ctx context.Context, pageID, psid string, limit int) ([]store.Location, error) {
	return newest(ctx, s, pageID, psid, limit, Location.location)
}

// Received implements [store.Messages].
func (s *Store) Received(ctx context.Context, pageID, psid string, limit int) ([]store.Received, error) {
	return newest(ctx, s, pageID, psid, limit, Received.received)
}

// Sent implements [store.Messages].
func (s *Store) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	if limit < 1 {
		_, err := s.begin(ctx)
		return nil, err
	}
	var all []store.Sent
	err := s.rows(ctx, s.db.Queries.Sent, []any{pageID, psid, limit}, func(rows *sql.Rows) error {
		row := Sent{PageID: pageID, PSID: psid}
		err := rows.Scan(&row.Key, &row.Type, &row.Body, &row.Status, &row.Response, &row.MID, &row.Outcome, &row.Error, &row.At)
		all = append(all, row.sent())
		return err
	})
	return all, err
}

// Session implements [store.Sessions].
func (s *Store) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	row := Session{PageID: pageID, PSID: psid, Name: name}
	err := s.row(ctx, s.db.Queries.Session, []any{pageID, psid, name, s.now()}, []any{&row.Data, &row.Version, &row.Expires})
	if err != nil {
		return store.Session{}, err
	}
	return row.session(), nil
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
