package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/djmessenger/messenger/store/internal/database"
)

// dialect implements database.Dialect. There is no other process, and a
// statement costs no round trip.
type dialect struct{}

func (dialect) Bind(statement string) string { return statement }
func (dialect) Identity() string             { return "INTEGER PRIMARY KEY AUTOINCREMENT" }
func (dialect) Bytes() string                { return "BLOB" }
func (dialect) Epochs() string               { return "CREATE TABLE messenger_epochs AS SELECT 0 AS epoch" }
func (dialect) NextEpoch() string {
	return "UPDATE messenger_epochs SET epoch = epoch + 1 RETURNING epoch"
}
func (dialect) SkipLocked() string { return "" }
func (dialect) Clock() string      { return "" }
func (dialect) Begin() string      { return "" }
func (dialect) Check(string) error { return nil }
func (dialect) Migrating() string  { return "" }
func (dialect) Prepares() bool     { return false }
func (dialect) Sets() bool         { return false }

var (
	// inserted is what an INSERT takes from rows alone.
	inserted = regexp.MustCompile(`(?s)SELECT ([^()]+?)\s+FROM ROWS( WHERE TRUE)?`)
	// alone is what a statement says of rows beside nothing else.
	alone = regexp.MustCompile(`\s+FROM ROWS`)
)

// Set implements database.Dialect: the one row's columns are the arguments
// themselves.
func (d dialect) Set(statement string, columns []database.Column) string {
	if strings.HasPrefix(statement, "INSERT") && !strings.Contains(statement, "ROWS, ") {
		statement = inserted.ReplaceAllString(statement, "VALUES ($1)")
	}
	return d.PerRow(alone.ReplaceAllString(strings.ReplaceAll(statement, "ROWS, ", ""), ""), columns)
}

// PerRow implements database.Dialect.
func (dialect) PerRow(query string, columns []database.Column) string {
	var pairs []string
	for i, c := range columns {
		pairs = append(pairs, "r."+c.Name, fmt.Sprint("?", i+1))
	}
	return strings.NewReplacer(pairs...).Replace(query)
}

func (dialect) Array(_ database.Type, rows [][]any, i int) any { return rows[0][i] }

// Intact asks SQLite whether the connection is inside a transaction: when the
// disk is full, and after some other errors, it rolls back by itself.
func (dialect) Intact(conn *sql.Conn) bool {
	return conn.Raw(func(raw any) error {
		if inTransaction(raw) {
			return nil
		}
		return errNoTransaction
	}) == nil
}

var errNoTransaction = errors.New("no transaction")

func (dialect) Guard() string         { return "" }
func (dialect) Recover() string       { return "" }
func (dialect) Failed(*sql.Conn) bool { return false }
func (dialect) Again(error) bool      { return false }
