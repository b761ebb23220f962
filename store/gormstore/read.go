package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

const ofPerson = "page_id = ? AND psid = ?"

// Person implements [store.People].
func (s *Store) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	if _, err := s.read(ctx); err != nil {
		return store.Person{}, err
	}
	var row personRow
	err := s.person.scan(ctx, row.fields(), pageID, psid)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Person{}, store.ErrNotFound
	}
	if err != nil {
		return store.Person{}, s.readError(ctx, err)
	}
	return row.person(), nil
}

// lookup is a read of one row that each turn makes: it is prepared once, where the
// driver does not see to that.
type lookup struct {
	pool     *sql.DB
	query    string
	prepares bool

	mu       sync.Mutex
	prepared *sql.Stmt
}

func newLookup(db *database.Database, query string) (*lookup, error) {
	pool, err := db.Pool.DB()
	return &lookup{pool: pool, query: db.Dialect.Bind(query), prepares: db.Dialect.Sets()}, err
}

func (l *lookup) scan(ctx context.Context, dest []any, args ...any) error {
	if l.prepares {
		return l.pool.QueryRowContext(ctx, l.query, args...).Scan(dest...)
	}
	if err := l.prepare(ctx); err != nil {
		return err
	}
	return l.prepared.QueryRowContext(ctx, args...).Scan(dest...)
}

func (l *lookup) prepare(ctx context.Context) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prepared == nil {
		l.prepared, err = l.pool.PrepareContext(ctx, l.query)
	}
	return err
}

// close releases the statement, before its pool is closed.
func (l *lookup) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prepared == nil {
		return nil
	}
	return l.prepared.Close()
}

// newest reads the newest rows of a person.
func newest[R, T any](ctx context.Context, s *Store, pageID, psid string, limit int, convert func(R) T) ([]T, error) {
	db, err := s.read(ctx)
	if err != nil || limit < 1 {
		return nil, err
	}
	var rows []R
	if err := db.Where(ofPerson, pageID, psid).Order("at DESC, id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, s.readError(ctx, err)
	}
	var out []T
	for _, row := range rows {
		out = append(out, convert(row))
	}
	return out, nil
}

// Locations implements [store.Locations].
func (s *Store) Locations(ctx context.Context, pageID, psid string, limit int) ([]store.Location, error) {
	return newest(ctx, s, pageID, psid, limit, func(r locationRow) store.Location {
		return store.Location{
			PageID: r.PageID, PSID: r.PSID, Latitude: r.Latitude, Longitude: r.Longitude,
			Title: r.Title, URL: r.URL, MID: r.MID, At: fromMicros(r.At),
		}
	})
}

// Received implements [store.Messages].
func (s *Store) Received(ctx context.Context, pageID, psid string, limit int) ([]store.Received, error) {
	return newest(ctx, s, pageID, psid, limit, func(r receivedRow) store.Received {
		return store.Received{PageID: r.PageID, PSID: r.PSID, Key: r.Key, Type: r.Type, Body: r.Body, At: fromMicros(r.At)}
	})
}

// Sent implements [store.Messages].
func (s *Store) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	return newest(ctx, s, pageID, psid, limit, func(r sentRow) store.Sent {
		return store.Sent{
			PageID: r.PageID, PSID: r.PSID, Key: r.Key, Type: r.Type, Body: r.Body, Status: r.Status,
			Response: r.Response, MID: r.MID, Outcome: store.SentOutcome(r.Outcome), Error: r.Error, At: fromMicros(r.At),
		}
	})
}

// Session implements [store.Sessions].
func (s *Store) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	db, err := s.read(ctx)
	if err != nil {
		return store.Session{}, err
	}
	var row sessionRow
	err = db.Where(ofPerson+" AND name = ? AND (expires = 0 OR expires > ?)", pageID, psid, name, s.moment()).Take(&row).Error
	if err != nil {
		return store.Session{}, s.readError(ctx, err)
	}
	return store.Session{
		PageID: row.PageID, PSID: row.PSID, Name: row.Name, Data: row.Data, Version: row.Version, Expires: fromMicros(row.Expires),
	}, nil
}

// Attachment implements [store.Attachments].
func (s *Store) Attachment(ctx context.Context, pageID, name string) (string, error) {
	db, err := s.read(ctx)
	if err != nil {
		return "", err
	}
	var row attachmentRow
	err = db.Where("page_id = ? AND name = ? AND (expires = 0 OR expires > ?)", pageID, name, s.moment()).Take(&row).Error
	if err != nil {
		return "", s.readError(ctx, err)
	}
	return row.AttachmentID, nil
}
