package gormstore

import (
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/store/internal/database"
)

// set is a statement that works on rows of arguments: on many at once where a
// statement costs a round trip, and on one after the other where it does not.
type set struct {
	columns []database.Column
	// text has the word ROWS where the table of arguments stands, which is
	// called r; if each is set, the text is a query to run for each row, which
	// it names as r.
	text string
	each bool
}

// newSet makes a set of a text and its columns, such as "page_id TEXT, at
// BIGINT".
func newSet(columns, text string) *set {
	s := &set{text: text}
	types := map[string]database.Type{
		"TEXT": database.Text, "PROSE": database.Prose, "BIGINT": database.Integer, "BYTES": database.Bytes,
		"DOUBLE": database.Float, "BOOLEAN": database.Boolean,
	}
	for column := range strings.SplitSeq(columns, ",") {
		words := strings.Fields(column)
		s.columns = append(s.columns, database.Column{Name: words[0], Type: types[words[1]]})
	}
	return s
}

// newQuery makes a set that is a query for each row.
func newQuery(columns, text string) *set {
	s := newSet(columns, text)
	s.each = true
	return s
}

func (s *session) text(st *set) string {
	text, known := s.sets[st]
	if !known {
		if st.each {
			text = s.dialect.PerRow(st.text, st.columns)
		} else {
			text = s.dialect.Set(st.text, st.columns)
		}
		s.sets[st] = text
	}
	return text
}

// arrays are the columns of rows.
func (s *session) arrays(st *set, rows [][]any) []any {
	out := make([]any, len(st.columns))
	for i, c := range st.columns {
		out[i] = s.dialect.Array(c.Type, rows, i)
	}
	return out
}

// arguments are those of each time that a set must run for its rows: once with
// their columns, or for each of them.
func (s *session) arguments(st *set, rows [][]any) [][]any {
	if len(rows) == 0 || !s.dialect.Sets() {
		return rows
	}
	return [][]any{s.arrays(st, rows)}
}

// change runs a set that changes the tables, now or before the next answer.
func (s *session) change(st *set, rows [][]any) error {
	return s.changeThen(st, rows, nil)
}

// changeThen is change, and tells how many rows were changed when it has run.
func (s *session) changeThen(st *set, rows [][]any, then func(changed int64)) error {
	for _, args := range s.arguments(st, rows) {
		if err := s.run(&database.Statement{Text: s.text(st), Args: args, Then: then}); err != nil {
			return err
		}
	}
	return nil
}

// insert runs a set that inserts rows or leaves them out, and calls scan or
// inserted for those that it inserted: scan with what it returns of them where it
// works on many at once, and inserted with their numbers otherwise.
func (s *session) insert(st, returning *set, rows [][]any, scan func(database.Row) error, inserted func(row int)) error {
	if s.dialect.Sets() {
		return s.askLater(returning, rows, scan)
	}
	for i, row := range rows {
		n, err := s.exec(s.text(st), row...)
		if err != nil {
			return err
		}
		if n > 0 {
			inserted(i)
		}
	}
	return nil
}

// askLater runs a set, now or before the next answer, and calls scan for each row
// that it returns.
func (s *session) askLater(st *set, rows [][]any, scan func(database.Row) error) error {
	for _, args := range s.arguments(st, rows) {
		if err := s.later(scan, s.text(st), args...); err != nil {
			return err
		}
	}
	return nil
}

// ask is askLater, and waits for the answer; without rows there is none.
func (s *session) ask(st *set, rows [][]any, scan func(database.Row) error) error {
	if len(rows) == 0 {
		return nil
	}
	if err := s.askLater(st, rows, scan); err != nil {
		return err
	}
	return s.sync()
}

// askEach runs a query for each row, now or before the next answer, and calls scan
// for each answer with the number of its row and the way to read it.
func (s *session) askEach(st *set, rows [][]any, scan func(read func(dest ...any) (row int, err error)) error) error {
	if len(rows) == 0 {
		return nil
	}
	text := s.text(st)
	if s.dialect.Sets() {
		return s.later(func(found database.Row) error {
			return scan(func(dest ...any) (row int, err error) {
				err = found.Scan(append([]any{&row}, dest...)...)
				return row, err
			})
		}, text, s.arrays(st, rows)...)
	}
	for i, row := range rows {
		err := s.rows(func(found database.Row) error {
			return scan(func(dest ...any) (int, error) { return i, found.Scan(dest...) })
		}, text, row...)
		if err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}
