package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/store/internal/database"
)

// session is the connection that all writes go through, with its prepared
// statements. Only its lane uses it. No statement carries a caller's context:
// the database might then roll back a whole group.
type session struct {
	conn       *sql.Conn
	dialect    database.Dialect
	guard      database.Guard
	statements map[string]*prepared // where each runs at once
	sets       map[*set]string
	texts      map[string]string // of statements, as the database takes them
	// lost reports that nobody knows what the connection is in the middle of.
	lost bool
	// waiting statements run with the next one whose answer is asked for.
	waiting []*database.Statement
	args    []driver.NamedValue // of the statement that runs
	// holder is what leases carry that are taken on this connection.
	holder int64
	// ctx ends when the transaction must.
	ctx context.Context
}

func newSession(ctx context.Context, db *database.Database) (*session, error) {
	conn, err := db.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{
		conn: conn, dialect: db.Dialect, guard: db.Dialect.Guard(), statements: map[string]*prepared{}, sets: map[*set]string{}, texts: map[string]string{},
		ctx: context.Background(),
	}, nil
}

// within makes a context the one that bounds statements from now on.
func (s *session) within(ctx context.Context) { s.ctx = ctx }

func (s *session) close() {
	s.unprepare()
	_ = s.conn.Close()
}

// discard closes the session and its connection, which would else be used again.
func (s *session) discard() {
	s.unprepare()
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close()
}

// later runs a statement and calls scan for each row that it returns, now or
// before the next statement whose answer is asked for.
func (s *session) later(scan func(database.Row) error, statement string, args ...any) error {
	return s.run(&database.Statement{Text: statement, Args: args, Scan: scan})
}

// run runs a statement now, or has it wait for the next answer that is asked for.
func (s *session) run(st *database.Statement) error {
	if s.dialect.Sets() {
		st.Text = s.bind(st.Text)
		s.waiting = append(s.waiting, st)
		return nil
	}
	changed, err := s.direct(st.Scan, st.Text, st.Args)
	if err == nil && st.Then != nil {
		st.Then(changed)
	}
	return err
}

// sync runs what waits.
func (s *session) sync() error {
	if len(s.waiting) == 0 {
		return nil
	}
	waiting := s.waiting
	s.waiting = nil
	if err := s.dialect.Batch(s.ctx, s.conn, waiting); err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	return nil
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(statement string, args ...any) (n int64, err error) {
	err = s.run(&database.Statement{Text: statement, Args: args, Then: func(changed int64) { n = changed }})
	if err == nil {
		err = s.sync()
	}
	return n, err
}

// row scans the one row that a statement returns. It reports whether there was
// one.
func (s *session) row(dest []any, statement string, args ...any) (bool, error) {
	found := false
	err := s.rows(func(row database.Row) error {
		found = true
		return row.Scan(dest...)
	}, statement, args...)
	return found, err
}

// rows calls scan for each row that a statement returns.
func (s *session) rows(scan func(database.Row) error, statement string, args ...any) error {
	if err := s.later(scan, statement, args...); err != nil {
		return err
	}
	return s.sync()
}

// bind puts the dialect's placeholders into a statement.
func (s *session) bind(statement string) string {
	text, known := s.texts[statement]
	if !known {
		text = s.dialect.Bind(statement)
		s.texts[statement] = text
	}
	return text
}

// broken reports whether an error, or the silence after it, means that the
// connection is of no more use.
func (s *session) broken(err error) bool {
	if s.lost || errors.Is(err, sql.ErrConnDone) || errors.Is(err, errBadConn) || s.ctx.Err() != nil {
		return true
	}
	return s.conn.PingContext(s.ctx) != nil
}
