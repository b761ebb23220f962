package sqlite //nolint:testpackage // it reads the texts of the statements

import (
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a statement costs does not grow with a table: SQLite finds the rows of each by an index, and in the order in
// which they are wanted. Exempt are the tables of a few rows, and what is done now and then.
func TestStatementsFindTheirRowsByAnIndex(t *testing.T) {
	t.Parallel()
	pool, err := openBare(t).Pool.DB()
	require.NoError(t, err)
	few := regexp.MustCompile(`^SCAN (messenger_tokens|r USING INDEX sqlite_autoindex_messenger_replicas|messenger_replicas|messenger_sweeps|messenger_schema|messenger_sent_indexed|messenger_sent_parts|newest|json_each|CONSTANT ROW)`)
	// Purges look for what has expired, clamps at everything that waits, and statistics count.
	rare := regexp.MustCompile(`^(expire|purgeKeys|clamp|Stats|Blocked|Waiting|Backlog|opened)`)
	// These sort a bounded number of rows.
	sorts := regexp.MustCompile(`^(indexSent|addParts|Sent)$`)
	all := statements(t)
	require.Greater(t, len(all), 90)
	for _, s := range all {
		for _, step := range plan(t, pool, s.text) {
			if few.MatchString(step) || rare.MatchString(s.name) || sorts.MatchString(s.name) && strings.Contains(step, "TEMP B-TREE") {
				continue
			}
			assert.NotRegexp(t, "^SCAN|TEMP B-TREE|AUTOMATIC", step, "%s: %s", s.name, s.text)
		}
	}
}

// The view with the index of sent messages finds those of one person without a look at the others, alone and in a join.
func TestTheViewOfSentMessagesUsesTheirIndex(t *testing.T) {
	t.Parallel()
	pool, err := openBare(t).Pool.DB()
	require.NoError(t, err)
	for _, text := range []string{
		"SELECT * FROM messenger_sent_by_person WHERE page_id = ?1 AND psid = ?2 ORDER BY at DESC, id DESC LIMIT ?3",
		"SELECT COUNT(*) FROM messenger_sent_by_person WHERE page_id = ?1 AND psid = ?2 AND at > ?3",
		`SELECT p.first_name, s.body FROM messenger_people p JOIN messenger_sent_by_person s ON s.page_id = p.page_id AND s.psid = p.psid
WHERE p.page_id = ?1 AND p.psid = ?2`,
	} {
		steps := strings.Join(plan(t, pool, text), "\n")
		require.Contains(t, steps, "SEARCH i USING PRIMARY KEY (part=? AND page_id=? AND psid=?", text)
		require.NotRegexp(t, "SCAN (i|s|messenger_sent|messenger_people)\\b|AUTOMATIC", steps, text)
	}
}

// The dead letters of a person are found without a look at those of others.
func TestDeadLettersOfAPersonAreFoundByTheirIndex(t *testing.T) {
	t.Parallel()
	pool, err := openBare(t).Pool.DB()
	require.NoError(t, err)
	for _, text := range []string{
		"SELECT id, body FROM messenger_dead WHERE id > ?1 AND page_id = ?2 AND person_id = ?3 ORDER BY id LIMIT 200", // as gormstore asks
		"DELETE FROM messenger_dead WHERE page_id = ?1 AND person_id = ?2",
	} {
		steps := strings.Join(plan(t, pool, text), "\n")
		require.Contains(t, steps, "INDEX messenger_dead_person (page_id=? AND person_id=?", text)
		require.NotContains(t, steps, "TEMP B-TREE", text)
	}
}

// The rows that a claim passes over are those of the index of what is due, in its order.
func TestClaimsWalkAlongTheIndexOfWhatIsDue(t *testing.T) {
	t.Parallel()
	pool, err := openBare(t).Pool.DB()
	require.NoError(t, err)
	for _, text := range []string{dueConversations, firstDue, clampDue} {
		require.Contains(t, strings.Join(plan(t, pool, text), "\n"), "messenger_conversations_due", text)
	}
}

// SQLite plans each statement once, whatever the values of its parameters are.
func TestStatementsArePlannedOnce(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	begin(t, c)
	for _, s := range statements(t) {
		if transaction.MatchString(s.text) {
			continue
		}
		for i := range 20 {
			args := make([]any, parameters(s.text))
			for j := range args {
				args[j] = []any{int64(i*7 + j), fmt.Sprint("[", i, "]"), nil}[i%3]
			}
			_ = c.query(func(*row) {}, s.text, args...) // most of them fail: a column is of another type
		}
		planned := reflect.ValueOf(c.statements[s.text].Stmt).Elem().FieldByName("repreps")
		require.True(t, planned.IsValid(), "the driver counts it elsewhere")
		require.Zero(t, planned.Int(), "%s: %s", s.name, s.text)
	}
}

// statement is one of those that the package has, with the name of its constant or field.
type statement struct{ name, text string }

// statements returns all texts in the files that hold them.
func statements(t *testing.T) (all []statement) {
	t.Helper()
	files, err := filepath.Glob("quer*.go")
	require.NoError(t, err)
	for _, name := range append(files, "reads.go") {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		var last string
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.ValueSpec:
				last = n.Names[0].Name
			case *ast.KeyValueExpr:
				last = n.Key.(*ast.Ident).Name
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				require.NoError(t, err)
				all = append(all, statement{last, text})
			}
			return true
		})
	}
	return all
}

var transaction = regexp.MustCompile(`^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|CREATE|PRAGMA)`)

func plan(t *testing.T, pool *sql.DB, text string) (steps []string) {
	t.Helper()
	if transaction.MatchString(text) {
		return nil
	}
	rows, err := pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, make([]any, parameters(text))...)
	require.NoError(t, err, text)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	require.NoError(t, rows.Err())
	return steps
}

// parameters is how many arguments a statement takes.
func parameters(text string) (most int) {
	for _, p := range regexp.MustCompile(`\?(\d+)`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(p[1])
		most = max(most, n)
	}
	return most
}
