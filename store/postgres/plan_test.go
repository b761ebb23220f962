package postgres_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/internal/database"
	"github.com/djmessenger/messenger/store/postgres"
)

// statements returns the statements of the package, by the names of their constants.
func statements(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("queries*.go")
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			literal, ok := spec.Values[0].(*ast.BasicLit)
			if !ok {
				require.IsType(t, &ast.CompositeLit{}, spec.Values[0], "%s is not whole", spec.Names[0].Name)
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			all[spec.Names[0].Name] = text
			return true
		})
	}
	return all
}

// walks are the statements that read a table from end to end, or all of something: purges, counts, and what looks at the
// processes. The tables of processes have a row for each.
var walks = []string{
	"expireSessions", "expireAttachments", "expireConversations", "expireBroadcasts", "expireRecipients", "expireDrafts", "purgeKeys",
	"countAll", "countWaiting", "countBacklog", "readBlocked",
	"expireReplicas", "readReplicas", "absentHolders", "voidLeases", "voidReplicas", "deleteHolder",
}

// scans are the nodes of a plan that read a table, or find the rows for one that does.
var scans = map[string]bool{
	"Seq Scan": true, "Index Scan": true, "Index Only Scan": true, "Bitmap Index Scan": true, "Tid Scan": true, "Tid Range Scan": true,
}

// plan is a node of what EXPLAIN answers.
type plan struct {
	NodeType string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Cond     string `json:"Index Cond"`
	TIDCond  string `json:"TID Cond"`
	Plans    []plan
}

// What a statement costs does not grow with a table: the server finds its rows by an index, and in the order in which they are
// wanted, whatever it knows of a table's size.
func TestStatementsFindTheirRowsByAnIndex(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	st := open(t, dsn)
	_ = st
	all := statements(t)
	require.Greater(t, len(all), 60)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(t.Context())) })
	for _, size := range []string{"nothing known", "empty", "filled"} {
		switch size {
		case "empty":
			_, err = conn.Exec(t.Context(), "ANALYZE")
			require.NoError(t, err)
		case "filled":
			fill(t, conn)
		}
		tx, err := conn.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), all["settings"], "10000")
		require.NoError(t, err)
		for name, text := range all {
			if !strings.Contains(text, "messenger_") || slices.Contains([]string{"savepoint", "undo", "createSchemaTable", "enterCall", "leaveCall"}, name) {
				continue
			}
			walked := checkPlan(t, tx, size+": "+name, text, slices.Contains(walks, name))
			if size == "nothing known" && !walked {
				assert.NotContains(t, walks, name, "it walks no more")
			}
		}
		require.NoError(t, tx.Rollback(t.Context()))
	}
}

// A purge hashes the keys that wait, once for a step, also where they need more memory than the server gives by itself.
func TestAPurgeOfKeysHashesWhatWaits(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	_ = open(t, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(t.Context())) })
	fill(t, conn)
	all := statements(t)
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	explain := func() string {
		_, err := tx.Exec(t.Context(), "PREPARE p AS "+all["purgeKeys"], pgx.QueryExecModeSimpleProtocol)
		require.NoError(t, err)
		rows, err := tx.Query(t.Context(), "EXPLAIN EXECUTE p (NULL, NULL, NULL)", pgx.QueryExecModeSimpleProtocol)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "DEALLOCATE p")
		require.NoError(t, err)
		return strings.Join(lines, "\n")
	}
	for _, text := range []string{all["settings"], "SET LOCAL work_mem = '64kB'"} {
		var args []any
		if strings.Contains(text, "$1") {
			args = append(args, "10000")
		}
		_, err := tx.Exec(t.Context(), text, args...)
		require.NoError(t, err)
	}
	require.Equal(t, 1, strings.Count(explain(), "hashed SubPlan"), "of an empty table; the default is too small for many keys: %s", explain())
	_, err = tx.Exec(t.Context(), all["hashKeys"])
	require.NoError(t, err)
	require.Equal(t, 3, strings.Count(explain(), "hashed SubPlan"), explain())
	require.NoError(t, tx.Rollback(t.Context()))

	a := newAdapter(t, nil)
	purge := begin(t, a.connect(t), database.BeginOptions{})
	_, err = purge.Read(&queue.Wants{Keys: []queue.Key{eventKey("old")}})
	require.NoError(t, err)
	_, older, err := purge.PurgeOldest(queue.AgingKeys, 0, 1<<60, 10)
	require.NoError(t, err)
	require.True(t, older)
	require.Equal(t, []string{all["hashKeys"], all["purgeKeys"]}, postgres.Waiting(purge))
	purge.Rollback()
}

// checkPlan looks at the plan of a statement for all its arguments. It reports whether one of its tables is walked through.
func checkPlan(t *testing.T, tx pgx.Tx, name, text string, mayWalk bool) (walks bool) {
	t.Helper()
	_, err := tx.Exec(t.Context(), "PREPARE s AS "+text, pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err, name)
	arguments := 0
	for strings.Contains(text, fmt.Sprint("$", arguments+1)) {
		arguments++
	}
	execute := "EXECUTE s"
	if arguments > 0 {
		execute += "(NULL" + strings.Repeat(", NULL", arguments-1) + ")"
	}
	var answer []byte
	require.NoError(t, tx.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&answer), name)
	var plans []struct{ Plan plan }
	require.NoError(t, json.Unmarshal(answer, &plans))
	var check func(p plan)
	check = func(p plan) {
		if scans[p.NodeType] && p.Cond == "" && p.TIDCond == "" {
			walks = true
			assert.True(t, mayWalk, "%s: %s of %s by %q", name, p.NodeType, p.Relation, p.Index)
		}
		for _, inner := range p.Plans {
			check(inner)
		}
	}
	for _, p := range plans {
		check(p.Plan)
	}
	_, err = tx.Exec(t.Context(), "DEALLOCATE s")
	require.NoError(t, err)
	return walks
}

// fill puts rows in the tables of the queue, and lets the server count them.
func fill(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO messenger_dedup (kind, key, at) SELECT 0, 'k' || n, n FROM generate_series(1, 20000) n`,
		`INSERT INTO messenger_conversations (page_id, person_id, next_at) SELECT 'page', n, n FROM generate_series(1, 2000) n`,
		`INSERT INTO messenger_inbox (page_id, person_id, key, order_at, event_at, echo_of, attempts, only_routes, received_at)
			SELECT 'page', n % 2000, 'k' || n, n AS a, n AS b, '', 0, '', n FROM generate_series(1, 5000) n`,
		`INSERT INTO messenger_outbox (page_id, person_id, key, group_key, delay, not_before, attempts)
			SELECT 'page', n % 2000, 's' || n, '', 0, n, 0 FROM generate_series(1, 5000) n`,
		`INSERT INTO messenger_sent (page_id, psid, key, type, status, response, mid, outcome, error, at)
			SELECT 'page', n % 2000, 's' || n, '', 0, '', '', '', '', n FROM generate_series(1, 5000) n`,
		`INSERT INTO messenger_broadcasts (id, page_id, key, state, time_window, content, people, touched_at, started_at, ended_at, total,
				sent, cancelled, skipped, uncertain, refused, unknown, forgotten)
			SELECT n, 'page' || n % 10, n, n % 2, 0, '', '', n AS a, n AS b, n % 100, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 5000) n`,
		`INSERT INTO messenger_recipients (broadcast_id, page_id, person_id, stage, left_over, result)
			SELECT n % 10, 'page', n, n % 3, 0, 0 FROM generate_series(1, 20000) n`,
		"ANALYZE",
	} {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
}
