package command_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
)

// buryIn makes a dead letter of a text in a store.
func buryIn(t *testing.T, st store.Store, mid, text string) {
	t.Helper()
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App("app-secret"), VerifyToken: secret.New("verify"), Tokens: graph.PageToken("page"), Store: st, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":1,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":%q,"text":%q}}]}]}`,
		opsPage, opsPerson, opsPage, time.Now().UnixMilli(), mid, text)
	require.Equal(t, 200, bubble.PostSigned(bot, "app-secret", body).Code)
	leases, err := st.Claim(t.Context(), store.Claim{Owner: "test", Conversations: 1, Events: 1, TTL: time.Minute})
	require.NoError(t, err)
	require.Len(t, leases, 1)
	_, err = st.Commit(t.Context(), store.Outcome{Lease: leases[0].LeaseID, Release: true, Event: &store.EventResult{
		Seq: leases[0].Events[0].Seq, Failures: []store.Failure{{Route: "order", Error: "the warehouse is away"}},
	}})
	require.NoError(t, err)
}

// rowsOf counts the rows of a table, of all schemas that the DSN looks at.
func rowsOf(t *testing.T, dsn, table string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

// The commands do on the database itself what they do by the API of a bot, and the bots see nothing of the command as a process.
func TestCommandsOnTheDatabase(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	st, err := postgres.Open(dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	buryIn(t, st, "m_1", "order 1")
	buryIn(t, st, "m_2", "order 2")
	require.NoError(t, st.Apply(t.Context(),
		store.SaveProfile{PageID: opsPage, PSID: opsPerson, Profile: store.Profile{FirstName: "Ada"}, At: time.Now()}))
	holders := rowsOf(t, dsn, "messenger_holders")
	d := &desk{T: t, env: map[string]string{"MESSENGER_DATABASE": dsn + "\n", "MESSENGER_OPERATIONS_URL": "http://127.0.0.1:1"}}
	runs := func(args string) string {
		t.Helper()
		code, out, errs := d.run(strings.Fields(args)...)
		require.Equal(t, 0, code, "%s: %s", args, errs)
		require.Empty(t, errs, args)
		return out
	}
	stats := runs("stats --dsn")
	require.Contains(t, stats, "dead letters  2")
	require.NotContains(t, stats, "The process that answers")
	require.NotContains(t, runs("stats --dsn --json"), `"process"`)
	require.Contains(t, runs("dead list --dsn --page "+opsPage), "the warehouse is away")
	require.Contains(t, runs("people show --dsn "+opsPage+" "+opsPerson), "Ada")
	require.Contains(t, runs("people export --dsn "+opsPage+" "+opsPerson), `"Ada"`)
	require.Equal(t, "2 dead letters replayed.\nThe events wait to be handled again. What fails again is a dead letter again: look with dead list.\n",
		runs("dead replay --dsn --all --reason warehouse"))
	s, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, [2]int{0, 2}, [2]int{s.Dead, s.Events})
	require.Contains(t, runs("pause --dsn --all --note stop"), "paused for all pages")
	require.Contains(t, runs("paused --dsn"), "stop")
	require.Contains(t, runs("stats --dsn"), "all pages, paused (stop)")
	runs("resume --dsn --all")
	runs("people forget --dsn --yes " + opsPage + " " + opsPerson)
	s, err = st.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, s.Events)
	require.Equal(t, holders, rowsOf(t, dsn, "messenger_holders"))
	require.Zero(t, rowsOf(t, dsn, "messenger_replicas"))

	name := file(t, "dsn", dsn+"\n")
	d.env = map[string]string{}
	require.Contains(t, runs("stats --dsn-file "+name), "dead letters  0")
	d.in = dsn
	require.Contains(t, runs("stats --dsn-file -"), "dead letters  0")
}

// Tables that are not exactly those of the command's version are refused, and stay as they are.
func TestCommandsRefuseOtherTables(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	d := &desk{T: t, env: map[string]string{"MESSENGER_DATABASE": dsn}}
	code, _, errs := d.run("stats", "--dsn")
	require.Equal(t, 5, code)
	require.Contains(t, errs, "no tables of this library can be read")
	st, err := postgres.Open(dsn)
	require.NoError(t, err)
	require.NoError(t, st.Close())
	for _, c := range []struct{ change, want string }{
		{"INSERT INTO messenger_schema (version, at) VALUES (1000, 0)", "the tables have version 1000, this program knows versions up to"},
		{"DELETE FROM messenger_schema WHERE version > 1", "the tables have version 1, and this program needs version"},
	} {
		db, err := sql.Open("pgx", dsn)
		require.NoError(t, err)
		_, err = db.ExecContext(context.Background(), c.change)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		before := rowsOf(t, dsn, "messenger_schema")
		code, out, errs := d.run("stats", "--dsn")
		require.Equal(t, 5, code, out)
		require.Contains(t, errs, c.want)
		require.Equal(t, before, rowsOf(t, dsn, "messenger_schema"))
	}
}

// No DSN is shown, nor taken from where others can read it.
func TestDSNsAreSecrets(t *testing.T) {
	t.Parallel()
	const password = "hunter2"
	const dsn = "postgres://bot:" + password + "@127.0.0.1:1/bot"
	for _, c := range []struct {
		env, args string
		code      int
		want      string
	}{
		{"", "stats --dsn " + dsn, 2, "--dsn takes no value"},
		{"", "stats --dsn=" + dsn, 2, "--dsn takes no value"},
		{"", "dead list --dsn host=db password=" + password, 2, "--dsn takes no value"},
		{"", "stats --dsn", 2, "there is no DSN: set MESSENGER_DATABASE, or give --dsn-file"},
		{dsn, "stats --dsn --url https://bot.example", 2, "give either --url, or --dsn"},
		{"/var/lib/bot.db", "stats --dsn", 1, "is no DSN of PostgreSQL"},
		{dsn, "stats --dsn", 5, "cannot be reached"},
		{"postgres://bot:" + password + "/x@db/bot", "stats --dsn", 5, "no valid URL"},
		{dsn, "stats --dsn-file no-such-file", 1, "the DSN cannot be read"},
	} {
		d := &desk{T: t, env: map[string]string{"MESSENGER_DATABASE": c.env}}
		code, out, errs := d.run(strings.Fields(c.args)...)
		require.Contains(t, errs, c.want, c.args)
		require.Equal(t, c.code, code, "%s: %s", c.args, errs)
		require.NotContains(t, out+errs, password)
	}
}
