//go:build unix

package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
)

func TestOpenBehindPgBouncer(t *testing.T) {
	t.Parallel()
	const exec, prepared = "exec", "cache_statement"
	for name, c := range map[string]struct{ mode, parameter, value, want string }{
		"statement mode":                     {statementPooling, "", "", "set pool_mode = session or transaction"},
		"statement mode without preparing":   {statementPooling, "default_query_exec_mode", exec, "set pool_mode = session or transaction"},
		"session mode with preparing":        {sessionPooling, "default_query_exec_mode", prepared, ""},
		"session mode without preparing":     {sessionPooling, "default_query_exec_mode", exec, ""},
		"transaction mode with preparing":    {transactionPooling, "default_query_exec_mode", prepared, "leave default_query_exec_mode out of the DSN"},
		"transaction mode with describing":   {transactionPooling, "default_query_exec_mode", "describe_exec", "leave default_query_exec_mode out"},
		"transaction mode without preparing": {transactionPooling, "default_query_exec_mode", exec, ""},
		"a search_path":                      {transactionPooling, "search_path", "elsewhere", "ALTER ROLE bot SET search_path"},
		"options":                            {sessionPooling, "options", "-c search_path=elsewhere", "ALTER ROLE bot SET search_path"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dsn := newBouncer(t, c.mode)
			if c.parameter != "" {
				dsn = testpostgres.With(t, dsn, c.parameter, c.value)
			}
			if c.want != "" {
				for range 2 {
					_, err := postgres.Open(dsn)
					require.ErrorContains(t, err, c.want)
				}
				return
			}
			st := open(t, dsn, quiet)
			for i := range 20 {
				require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint(i)}))
			}
			require.Len(t, one(t, st, claim).Events, 20)
		})
	}
}

// The tables are there already, so that nothing needs a transaction at once.
func TestStatementModeIsRefusedThoughTheTablesAreThere(t *testing.T) {
	t.Parallel()
	r := newRole(t)
	require.NoError(t, open(t, r.dsn).Close())
	_, err := postgres.Open(newBouncerOf(t, r, statementPooling))
	require.ErrorContains(t, err, "set pool_mode = session or transaction")
}
