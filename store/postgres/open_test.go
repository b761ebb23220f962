package postgres_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/oncommittest"
	"github.com/djmessenger/messenger/store/postgres"
)

func TestRefusedDSNs(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for dsn, want := range map[string]string{
		"": "no DSN",
		"postgres://bot:" + secret + "/x@127.0.0.1:1/bot":       "no valid URL",
		"postgres://bot:%zz" + secret + "@127.0.0.1:1/bot":      "no valid URL",
		"host=127.0.0.1 password=" + secret + " port=" + secret: "no valid list of keywords",
		secret: "no valid list of keywords",
		"postgres://bot:" + secret + "@127.0.0.1:1/bot":     "cannot be reached",
		"host=127.0.0.1 port=1 user=bot password=" + secret: "cannot be reached",
		"postgres://bot:" + secret + "@nowhere.invalid/bot": "postgres: ",
		"postgres://bot:" + secret + "@/bot?host=/nowhere":  "cannot be reached",
		"postgres://127.0.0.1:1/bot?password=" + secret:     "cannot be reached",
	} {
		_, err := postgres.Open(dsn)
		require.ErrorContains(t, err, want, "%q", dsn)
		for e := err; e != nil; e = errors.Unwrap(e) {
			require.NotContains(t, fmt.Sprintf("%v %+v", e, e), secret, "%q", dsn)
		}
	}
}

func TestRefusedServers(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	for name, c := range map[string]struct{ parameter, value, want string }{
		"no database":  {"dbname", "no_such_database", "there is no such database"},
		"no user":      {"user", "no_such_user", "refuses the user or the password"},
		"no schema":    {"search_path", "no_such_schema", "there is no schema"},
		"read-only":    {"default_transaction_read_only", "on", "read-only"},
		"not even SQL": {"no_such_parameter", "1", "postgres: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(parameter(t, dsn, c.parameter, c.value))
			require.ErrorContains(t, err, c.want)
		})
	}
}

// parameter replaces one, those of the place of a URL too.
func parameter(t *testing.T, dsn, name, value string) string {
	t.Helper()
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" && name == "user" {
		u.User = url.UserPassword(value, "wrong")
		return u.String()
	}
	return testpostgres.With(t, dsn, name, value)
}

func TestAKeywordDSN(t *testing.T) {
	t.Parallel()
	config, err := pgx.ParseConfig(testpostgres.DSN(t))
	require.NoError(t, err)
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	st := open(t, fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s search_path=%s sslmode=prefer",
		quote(config.Host), config.Port, quote(config.User), quote(config.Password), quote(config.Database),
		quote(config.RuntimeParams["search_path"])))
	require.NoError(t, st.Ping(t.Context()))
}

// A session that does not wait for the disk is made to.
func TestCommitsAreDurable(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]string{"off": "on", "local": "local", "remote_apply": "remote_apply"} {
		s := oncommittest.NewShop(t, open(t, testpostgres.With(t, testpostgres.DSN(t), "synchronous_commit", set)))
		var got, locks, idle string
		require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
			return errors.Join(tx.Raw("SHOW synchronous_commit").Scan(&got).Error, tx.Raw("SHOW lock_timeout").Scan(&locks).Error,
				tx.Raw("SHOW idle_in_transaction_session_timeout").Scan(&idle).Error)
		}))
		require.Equal(t, []string{want, "10500ms", "10500ms"}, []string{got, locks, idle})
	}
}

func TestNewerTablesAreRefused(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	st := open(t, dsn)
	open(t, dsn)
	var versions []int
	require.NoError(t, st.DB().Raw("SELECT version FROM messenger_schema").Scan(&versions).Error)
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, versions, "each step runs once")
	require.NoError(t, st.DB().Exec("INSERT INTO messenger_schema (version, at) VALUES (10, 0)").Error)
	_, err := postgres.Open(dsn)
	var newer *gormstore.SchemaError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, &gormstore.SchemaError{Found: 10, Known: 9}, newer)
	require.NoError(t, st.Ping(t.Context()), "who runs goes on")
}

// Texts that PostgreSQL cannot keep cost nobody else the transaction, and what
// people write is kept as well as can be.
func TestTextsThatPostgreSQLCannotKeep(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t))
	require.NoError(t, st.Apply(t.Context(), store.SaveProfile{PageID: "page", PSID: "ann", Profile: store.Profile{FirstName: "A\x00nn\xff"}}))
	p, err := st.Person(t.Context(), "page", "ann")
	require.NoError(t, err)
	require.Equal(t, "A\uFFFDnn\uFFFD", p.Profile.FirstName)

	for name, spoil := range map[string]func(ev *store.Event){
		"key":  func(ev *store.Event) { ev.Key = "a\x00b" },
		"echo": func(ev *store.Event) { ev.EchoOf = "a\x00b" },
	} {
		results := make(chan error, 65)
		for i := range 65 {
			ev := store.Event{Conversation: ann, Key: fmt.Sprint(name, i)}
			if i == 30 {
				spoil(&ev)
			}
			go func() { results <- st.Put(t.Context(), ev) }()
		}
		bad := 0
		for range 65 {
			if <-results != nil {
				bad++
			}
		}
		require.Equal(t, 1, bad, name)
	}
}

// A store that is attached does what others do, changes no tables and is no process of the bots.
func TestAttach(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	_, err := postgres.Attach(dsn)
	require.ErrorContains(t, err, "no tables of this library can be read")
	require.ErrorContains(t, err, "messenger_schema")
	st := open(t, dsn)
	conv := store.Conversation{PageID: "page", PSID: "ann"}
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: "k"}))
	var holders, after int64
	require.NoError(t, st.DB().Table("messenger_holders").Count(&holders).Error)
	attached, err := postgres.Attach(dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, attached.Close()) })
	require.NoError(t, attached.Ping(t.Context()))
	stats, err := attached.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.Events)
	require.NoError(t, attached.Forget(t.Context(), conv))
	require.NoError(t, st.DB().Table("messenger_holders").Count(&after).Error)
	require.Equal(t, holders, after)

	require.NoError(t, st.DB().Exec("DELETE FROM messenger_schema WHERE version = (SELECT max(version) FROM messenger_schema)").Error)
	var other *gormstore.SchemaError
	_, err = postgres.Attach(dsn)
	require.ErrorAs(t, err, &other)
	require.Equal(t, other.Known-1, other.Found)
	require.ErrorContains(t, err, "start a bot of this version, which migrates them")
	var version int
	require.NoError(t, st.DB().Raw("SELECT max(version) FROM messenger_schema").Scan(&version).Error)
	require.Equal(t, other.Found, version, "nothing was migrated")
}
