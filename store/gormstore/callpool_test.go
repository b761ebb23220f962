package gormstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/gormstore"
)

func TestControlsTransaction(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"":                                    false,
		"SELECT 1":                            false,
		"COMMIT":                              true,
		" commit ;":                           true,
		"END TRANSACTION":                     true,
		"begin immediate":                     true,
		"START TRANSACTION":                   true,
		"ABORT":                               true,
		"ROLLBACK":                            true,
		"ROLLBACK TRANSACTION":                true,
		"ROLLBACK TO x":                       false,
		"ROLLBACK TO SAVEPOINT x":             false,
		"rollback transaction to savepoint x": false,
		"ROLLBACK WORK":                       true,
		"SAVEPOINT x":                         false,
		"RELEASE x":                           false,
		"SELECT 1; COMMIT":                    true,
		"-- note\nCOMMIT":                     true,
		"/* note; */ COMMIT":                  true,
		"SELECT 1 -- ; COMMIT":                false,
		"SELECT '; COMMIT'":                   false,
		"SELECT 'it''s; COMMIT'":              false,
		`SELECT "; COMMIT"`:                   false,
		"SELECT `; COMMIT`":                   false,
		"SELECT ';'; COMMIT":                  true,
		"INSERT INTO t VALUES ('a'); END":     true,
		"SELECT 'open; COMMIT":                false,
		"/* open; COMMIT":                     false,
		"UPDATE t SET commit = 1":             false,
		"SELECT 1;;;ROLLBACK":                 true,
		"--":                                  false,
		"/*":                                  false,
	} {
		require.Equal(t, want, gormstore.ControlsTransaction(query), "%q", query)
	}
}
