package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
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
func (dialect) Ordinal() string              { return "INTEGER PRIMARY KEY" }
func (dialect) Bytes() string                { return "BLOB" }
func (dialect) Clustered() string            { return " WITHOUT ROWID" }
func (dialect) Tokens() string               { return "CREATE TABLE messenger_epochs AS SELECT 0 AS epoch" }
func (dialect) NextToken() (change, query string) {
	// In one statement they would cost ten times as much: what a change returns
	// passes through a table of its own.
	return "UPDATE messenger_epochs SET epoch = epoch + 1", "SELECT epoch FROM messenger_epochs"
}
func (dialect) SkipLocked() string { return "" }
func (dialect) Ended() string      { return "FALSE" } // leases of ended processes are void since the file was opened
func (dialect) Clock() string      { return "" }
func (dialect) Begin() string      { return "BEGIN IMMEDIATE" }
func (dialect) Settings() string   { return "" }
func (dialect) Check(string) error { return nil }
func (dialect) Migrating() string  { return "" }
func (dialect) Sets() bool         { return false }

// Refused implements database.Dialect.
func (dialect) Refused(error) bool { return false }

// Batch implements database.Dialect; nobody calls it.
func (dialect) Batch(context.Context, *sql.Conn, []*database.Statement) error {
	return errors.ErrUnsupported
}

var (
	// inserted is what an INSERT takes from rows alone.
	inserted = regexp.MustCompile(`(?s)SELECT ([^()]+?)\s+FROM ROWS( WHERE TRUE)?`)
	// among is how a statement finds what rows name. A row of values that is
	// looked for among those of a query is looked for in the whole table.
	among = regexp.MustCompile(`(\w+|\([^()]+\)) IN \(SELECT ([^()]+?) FROM ROWS\)`)
	// alone is what a statement says of rows beside nothing else.
	alone = regexp.MustCompile(`\s+FROM ROWS`)
)

// Set implements database.Dialect: the one row's columns are the arguments
// themselves.
func (dialect) Set(statement string, columns []database.Column) string {
	if strings.HasPrefix(statement, "INSERT") && !strings.Contains(statement, "ROWS, ") {
		statement = inserted.ReplaceAllString(statement, "VALUES ($1)")
	}
	statement = among.ReplaceAllString(statement, "$1 = ($2)")
	return arguments(alone.ReplaceAllString(strings.ReplaceAll(statement, "ROWS, ", ""), ""), columns, "?")
}

// PerRow implements database.Dialect.
func (dialect) PerRow(query string, columns []database.Column) string {
	// SQLite plans a query anew for each new value of an argument that its plan
	// looked at. It looks at none behind a plus.
	return arguments(query, columns, "+?")
}

// NotIn implements database.Dialect.
func (dialect) NotIn(column string, values []string) (condition string, argument any) {
	text, err := json.Marshal(values)
	if err != nil { // of strings it is never
		text = []byte("[]")
	}
	return column + " NOT IN (SELECT value FROM json_each(?))", string(text)
}

// arguments puts the one row's places for arguments into a statement.
func arguments(statement string, columns []database.Column, place string) string {
	var pairs []string
	for i, c := range columns {
		pairs = append(pairs, "r."+c.Name, fmt.Sprint(place, i+1))
	}
	return strings.NewReplacer(pairs...).Replace(statement)
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

// Guard implements database.Dialect. It needs no table.
func (dialect) Guard() database.Guard { return &guard{} }
func (dialect) GuardTables() []string { return nil }

func (dialect) Again(error) bool { return false }
