package postgres_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// role is a user of the server who is no superuser, with a schema of their own.
type role struct {
	name, password, dsn string
	owner               *pgx.Conn // a connection of the tests' own user
}

// newRole makes one that owns the tables it makes.
func newRole(t *testing.T) role {
	t.Helper()
	schema := testpostgres.DSN(t)
	owner, err := pgx.Connect(t.Context(), schema)
	require.NoError(t, err)
	r := role{name: "test_" + strings.ToLower(rand.Text()), password: "s3cret-" + rand.Text(), owner: owner}
	r.exec(t, "CREATE ROLE %s LOGIN PASSWORD '"+r.password+"'")
	r.exec(t, "ALTER ROLE %s SET search_path = "+owner.Config().RuntimeParams["search_path"])
	r.exec(t, "GRANT ALL ON SCHEMA "+owner.Config().RuntimeParams["search_path"]+" TO %s")
	t.Cleanup(func() {
		ctx := context.Background()
		_, err := owner.Exec(ctx, "DROP OWNED BY "+r.name+"; DROP ROLE "+r.name)
		require.NoError(t, err)
		require.NoError(t, owner.Close(ctx))
	})
	c := owner.Config()
	u := url.URL{Scheme: "postgres", User: url.UserPassword(r.name, r.password), Path: "/" + c.Database,
		RawQuery: url.Values{"host": {c.Host}, "port": {fmt.Sprint(c.Port)}, "sslmode": {"disable"}}.Encode()}
	r.dsn = u.String()
	return r
}

// exec runs a statement of the tests' own user, in which %s is the role.
func (r role) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := r.owner.Exec(t.Context(), strings.ReplaceAll(statement, "%s", r.name))
	require.NoError(t, err, statement)
}

// cut ends all connections of the role.
func (r role) cut(t *testing.T) {
	t.Helper()
	r.exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'")
}

// Whatever makes puts fail makes a ping fail, for the same reason, in words; when it is
// mended, both succeed, without a restart.
func TestPingFailsWhilePutsFail(t *testing.T) {
	t.Parallel()
	revoke := func(what string) func(*testing.T, role) {
		return func(t *testing.T, r role) { t.Helper(); r.exec(t, "REVOKE "+what+" FROM %s") }
	}
	grant := func(what string) func(*testing.T, role) {
		return func(t *testing.T, r role) { t.Helper(); r.exec(t, "GRANT "+what+" TO %s") }
	}
	rename := func(from, to string) func(*testing.T, role) {
		return func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER TABLE "+from+" RENAME TO "+to) }
	}
	type fault struct {
		breaks, mends func(*testing.T, role)
		want          string
	}
	faults := map[string]fault{
		"read-only by default": {
			func(t *testing.T, r role) {
				t.Helper()
				r.exec(t, "ALTER ROLE %s SET default_transaction_read_only = on")
				r.cut(t) // it is for new connections
			},
			func(t *testing.T, r role) {
				t.Helper()
				r.exec(t, "ALTER ROLE %s RESET default_transaction_read_only")
			},
			"the server is read-only",
		},
		"no connection is left": {
			func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER ROLE %s CONNECTION LIMIT 0"); r.cut(t) },
			func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER ROLE %s CONNECTION LIMIT -1") },
			"the server has no connection left",
		},
		"the user may not log in": {
			func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER ROLE %s NOLOGIN"); r.cut(t) },
			func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER ROLE %s LOGIN") },
			"the server refuses the user or the password",
		},
		"the password was changed": {
			func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER ROLE %s PASSWORD 'other'"); r.cut(t) },
			func(t *testing.T, r role) { t.Helper(); r.exec(t, "ALTER ROLE %s PASSWORD '"+r.password+"'") },
			"the server refuses the user or the password",
		},
		"a column is missing": {
			func(t *testing.T, r role) {
				t.Helper()
				r.exec(t, "ALTER TABLE messenger_inbox RENAME COLUMN echo_of TO away")
			},
			func(t *testing.T, r role) {
				t.Helper()
				r.exec(t, "ALTER TABLE messenger_inbox RENAME COLUMN away TO echo_of")
			},
			"the tables are not those of this version",
		},
		"a trigger refuses": {
			func(t *testing.T, r role) {
				t.Helper()
				r.exec(t, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''disk is full'' USING ERRCODE = ''53100''; END'`)
				r.exec(t, "CREATE TRIGGER refuse BEFORE INSERT ON messenger_inbox FOR EACH ROW EXECUTE FUNCTION refuse()")
			},
			func(t *testing.T, r role) {
				t.Helper()
				r.exec(t, "DROP TRIGGER refuse ON messenger_inbox")
				r.exec(t, "DROP FUNCTION refuse()")
			},
			"the server has no space left on its disk",
		},
		"the schema is closed": {
			func(t *testing.T, r role) { t.Helper(); r.schema(t, "REVOKE ALL ON SCHEMA %s FROM "+r.name) },
			func(t *testing.T, r role) { t.Helper(); r.schema(t, "GRANT ALL ON SCHEMA %s TO "+r.name) },
			"postgres: ",
		},
	}
	for _, table := range []string{"messenger_inbox", "messenger_dedup", "messenger_conversations", "messenger_echoes"} {
		faults["no INSERT on "+table] = fault{revoke("INSERT ON " + table), grant("INSERT ON " + table), "the user lacks a permission"}
		faults["no "+table] = fault{rename(table, "away"), rename("away", table), "a table is missing"}
	}
	for name, c := range faults {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := newRole(t)
			st := open(t, r.dsn)
			put := func(key string) error {
				return st.Put(t.Context(), store.Event{Conversation: ann, Key: key, EchoOf: "a send"})
			}
			refused := func(what string, err error) {
				t.Helper()
				require.ErrorContains(t, err, c.want, what)
				require.NotContains(t, err.Error(), r.password)
			}
			require.NoError(t, put("first"))
			require.NoError(t, st.Ping(t.Context()))
			r.exec(t, "DELETE FROM messenger_echoes") // it is written to once an hour
			c.breaks(t, r)
			for i := range 3 {
				refused("put", put(fmt.Sprint("while broken ", i)))
				refused("ping", st.Ping(t.Context()))
			}
			c.mends(t, r)
			back(t, st)
			require.NoError(t, put("last"))
			var events int
			require.NoError(t, r.owner.QueryRow(t.Context(), "SELECT COUNT(*) FROM messenger_inbox").Scan(&events))
			require.Equal(t, 2, events)
		})
	}
}

// schema runs a statement in which %s is the role's schema.
func (r role) schema(t *testing.T, statement string) {
	t.Helper()
	r.exec(t, strings.ReplaceAll(statement, "%s", r.owner.Config().RuntimeParams["search_path"]))
}

// back waits until a store can be written to again.
func back(t *testing.T, st *gormstore.Store) {
	t.Helper()
	require.Eventually(t, func() bool { return st.Ping(context.Background()) == nil }, time.Minute, 10*time.Millisecond)
}

// A server that is out of reach, or gives no answer, fails the ping in its time.
func TestPingOfAServerOutOfReach(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t)
	st := open(t, dsn)
	require.NoError(t, st.Ping(t.Context()))
	p.set(refusing)
	require.Eventually(t, func() bool {
		err := st.Ping(context.Background())
		return err != nil && strings.Contains(err.Error(), "postgres: the server cannot be reached")
	}, time.Minute, 10*time.Millisecond)
	p.set(passing)
	back(t, st)
	p.frozen = make(chan struct{}, 100)
	p.set(frozen)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- st.Ping(ctx) }()
	for range 2 { // of the look at the other processes, and of the ping
		<-p.frozen
	}
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled, "and not that the writer's own bound was over")
	p.set(passing)
	back(t, st)
}

// The probe's row waits for no row, and none waits for it: two that are under way at
// once, and the puts beside them, go on.
func TestPingHoldsNoLock(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	require.NoError(t, all[0].Put(t.Context(), store.Event{Conversation: ann, Key: "k", EchoOf: "s"}))
	// Another program holds every row that is there.
	tx := all[0].DB().Begin()
	defer tx.Rollback()
	for _, table := range []string{"messenger_inbox", "messenger_conversations", "messenger_dedup", "messenger_echoes", "messenger_replicas"} {
		require.NoError(t, tx.Exec("SELECT 1 FROM "+table+" FOR UPDATE").Error)
	}
	for range 5 {
		for _, st := range all {
			require.NoError(t, st.Ping(t.Context()), "the wait for a lock ends with an error")
		}
	}
	var locks int
	require.NoError(t, tx.Raw(`SELECT COUNT(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
		WHERE c.relname LIKE 'messenger_%' AND c.relnamespace = current_schema()::regnamespace AND l.pid <> pg_backend_pid()`).Scan(&locks).Error)
	require.Zero(t, locks)
}
