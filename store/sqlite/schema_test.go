package sqlite //nolint:testpackage // it makes the tables of older versions

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/internal/database"
)

// The steps that were released make the tables that they made then. testdata/tables_3.sql is what the last release with
// three steps had in its file.
func TestReleasedStepsMakeTheSameTables(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/tables_3.sql")
	require.NoError(t, err)
	require.Equal(t, string(want), tables(t, openSteps(t, filepath.Join(t.TempDir(), "bot.db"), 3)))
}

// tables are the texts of a database's tables and indexes.
func tables(t *testing.T, db *database.Database) string {
	t.Helper()
	var texts []string
	require.NoError(t, db.Pool.Raw("SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").Scan(&texts).Error)
	return strings.Join(texts, "\n") + "\n"
}

// The tables of version 3 keep their rows, with the numbers that these have, in those of today. The views of a program
// stay, too.
func TestMigrationsKeepRows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	f, owner, err := prepare(path)
	require.NoError(t, err)
	db, err := connect(f, settings{journal: "WAL", synchronous: "FULL"})
	require.NoError(t, err)
	exec(t, db, reads.Schema)
	for i, step := range migrations[:3] {
		exec(t, db, step...)
		require.NoError(t, db.Pool.Exec(reads.Migrated, i+1, 0).Error)
	}
	exec(t, db,
		"CREATE VIEW program AS SELECT key FROM messenger_outbox",
		"UPDATE messenger_epochs SET epoch = 41",
		"INSERT INTO messenger_seen VALUES (7, 0, 'event', 70), (9, 1, 'send', 90)",
		"INSERT INTO messenger_inbox VALUES (5, 'page', 'ann', 'event', 1, 2, x'03', 'send', 4, '[\"r\"]', 6)",
		"INSERT INTO messenger_dead VALUES (6, 'page', 'ann', 'dead', 1, x'02', 'echo', 3, '[]', '', 4)",
		"INSERT INTO messenger_mailbox VALUES ('page', 'ann', 1, 2, 3, 'w', 4, 40, 5, 6), ('page', 'bob', NULL, 8, NULL, '', 0, 9, 0, 0)",
		`INSERT INTO messenger_outbox VALUES (3, 'page', 'ann', 'send', 'g', x'01', 2, 3, NULL, 5), (8, 'page', 'bob', 'other', '', NULL, 0, 4, 7, 0)`,
		"INSERT INTO messenger_received VALUES (4, 'page', 'ann', 'event', 'text', x'01', 2)",
		"INSERT INTO messenger_sent VALUES (11, 'page', 'ann', 'k', 'text', x'01', 200, 'r', 'm', 'sent', '', 5), (12, 'page', 'bob', 'k', 'text', NULL, 0, '', '', 'sent', '', 6)",
	)
	require.NoError(t, db.Close())
	require.NoError(t, owner.Close())

	db = openSteps(t, path, len(migrations))
	for table, want := range map[string][]string{
		"messenger_tokens":        {"41"},
		"messenger_dedup":         {"7|0|event|70", "9|1|send|90"},
		"messenger_inbox":         {`5|page|ann|event|1|2|03|send|4|["r"]|6|`},
		"messenger_dead":          {"6|page|ann|dead|1|02|echo|3|[]||4||0"},
		"messenger_conversations": {"page|ann|1|2|0||4|40|5|6", "page|bob|0|8|0||0|9|0|0"},
		"messenger_outbox":        {"3|page|ann|send|g|01|2|3|0|5", "8|page|bob|other||<nil>|0|4|7|0"},
		"messenger_received":      {"4|page|ann|event|text|01|2||false"},
		"messenger_sent":          {"11|page|ann|k|text|01|200|r|m|sent||5", "12|page|bob|k|text|<nil>|0|||sent||6"},
		"messenger_sent_index":    {"0|page|ann|5|11", "0|page|bob|6|12"},
		"messenger_sent_parts":    {"0"},
		"messenger_sent_indexed":  {"12"},
		"program":                 {"other", "send"},
	} {
		require.Equal(t, want, rowsOf(t, db, table), table)
	}
	var versions []int
	require.NoError(t, db.Pool.Raw("SELECT version FROM messenger_schema ORDER BY version").Scan(&versions).Error)
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, versions)
	require.Equal(t, tables(t, openBare(t)), strings.Replace(tables(t, db), "CREATE VIEW program AS SELECT key FROM messenger_outbox;\n", "", 1),
		"a new database has the same tables")
}

// rowsOf returns the rows of a table as text, sorted.
func rowsOf(t *testing.T, db *database.Database, table string) (out []string) {
	t.Helper()
	rows, err := db.Pool.Table(table).Rows()
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		var texts []string
		for _, v := range values {
			if body, ok := v.([]byte); ok {
				v = fmt.Sprintf("%x", body)
			}
			texts = append(texts, fmt.Sprint(v))
		}
		out = append(out, strings.Join(texts, "|"))
	}
	require.NoError(t, rows.Err())
	slices.Sort(out)
	return out
}
