package postgres_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
)

// A step that was released is never changed: databases that have taken it would differ from new ones.
func TestReleasedStepsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"schema1.sql": "aa28febd2bf52715f133f61915eb7e426c8812b44c026bc17e28af7a54ddf690",
		"schema2.sql": "e8fbde773b157d10b65eacb1c34d24ed21784d2ce9a3d355d69d82cf7d0c47f6",
		"schema3.sql": "095adad4bd574e09bbbefe071c045c474f2925652e22bed1babcbb739b1c4fdd",
	} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		sum := sha256.Sum256(text)
		require.Equal(t, want, hex.EncodeToString(sum[:]), name)
	}
}

// The step to tables version 4 keeps what waits, what is leased and what pauses, with 0 where there was NULL, and draws higher
// fencing tokens than before.
func TestStepToVersion4(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testpostgres.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(t.Context())) })
	run := func(file string) {
		t.Helper()
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), string(text))
		require.NoError(t, err)
	}
	exec := func(statement string) {
		t.Helper()
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	for _, file := range []string{"schema1.sql", "schema2.sql", "schema3.sql"} {
		run(file)
	}
	exec(`INSERT INTO messenger_mailbox (page_id, person_id, next_at, hold_until, lease_until, owner, holder, epoch, starts, alone) VALUES
		('page', 'idle', NULL, 0, NULL, '', 0, 0, 0, 0), ('page', 'held', 7, 7, NULL, '', 0, 41, 1, 0),
		('page', 'leased', 5, 0, 9, 'w', 3, 42, 4, 11)`)
	exec(`INSERT INTO messenger_outbox (page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts) VALUES
		('page', 'held', 'waits', 'g', 'b', 1, 2, NULL, 3), ('page', 'held', 'started', 'g', 'b', 1, 2, 8, 3)`)
	exec(`INSERT INTO messenger_inbox (page_id, person_id, key, order_at, event_at, body, confirms, attempts, only_routes, received_at) VALUES
		('page', 'leased', 'k', 1, 2, 'b', 'send', 3, '["r"]', 4)`)
	exec(`INSERT INTO messenger_dead (page_id, person_id, key, event_at, body, confirms, attempts, failures, only_routes, at) VALUES
		('page', 'leased', 'k', 2, 'b', 'send', 3, '[]', '', 4)`)
	exec("INSERT INTO messenger_seen (kind, key, at) VALUES (0, 'k', 1)")
	exec("INSERT INTO messenger_received (page_id, psid, key, type, body, at) VALUES ('page', 'leased', 'k', 't', 'b', 1)")
	exec("SELECT setval('messenger_epochs', 42)")
	run("schema4.sql")

	for query, want := range map[string][][]any{
		`SELECT person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone FROM messenger_conversations ORDER BY person_id`: {
			{"held", int64(7), int64(7), int64(0), "", int64(0), int64(41), int64(1), int64(0)},
			{"idle", int64(0), int64(0), int64(0), "", int64(0), int64(0), int64(0), int64(0)},
			{"leased", int64(5), int64(0), int64(9), "w", int64(3), int64(42), int64(4), int64(11)},
		},
		"SELECT key, not_before, started_at, attempts FROM messenger_outbox ORDER BY id": {
			{"waits", int64(2), int64(0), int64(3)}, {"started", int64(2), int64(8), int64(3)},
		},
		"SELECT seq, echo_of, only_routes FROM messenger_inbox":                                                               {{int64(1), "send", `["r"]`}},
		"SELECT id, echo_of, attempts FROM messenger_dead":                                                                    {{int64(1), "send", int64(3)}},
		"SELECT object, standby, type FROM messenger_received":                                                                {{"", false, "t"}},
		"INSERT INTO messenger_dedup (kind, key, at) VALUES (0, 'l', 2) RETURNING id":                                         {{int64(2)}},
		"SELECT nextval('messenger_tokens')":                                                                                  {{int64(43)}},
		"SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename ~ 'mailbox|seen|epoch'":            nil,
		"SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname ~ 'mailbox|seen|epoch'": nil,
	} {
		rows, err := conn.Query(t.Context(), query)
		require.NoError(t, err)
		var got [][]any
		for rows.Next() {
			values, err := rows.Values()
			require.NoError(t, err)
			got = append(got, values)
		}
		require.NoError(t, rows.Err())
		require.Equal(t, want, got, query)
	}
}
