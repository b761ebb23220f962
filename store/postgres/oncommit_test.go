package postgres_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/oncommittest"
	"github.com/djmessenger/messenger/store/postgres"
)

var (
	// ordinary are statements that a function may run.
	ordinary = []string{
		"", "-- COMMIT", "SELECT 'COMMIT; ROLLBACK'", "DO $$ BEGIN PERFORM 1; END $$", "DO $$ BEGIN RAISE 'e'; EXCEPTION WHEN OTHERS THEN NULL; END $$",
		"CREATE TABLE t (i INT UNIQUE DEFERRABLE INITIALLY DEFERRED, commits TEXT)", "INSERT INTO t (i) VALUES (1), (1)", "UPDATE t SET i = i + random() * 1000000",
		"SET CONSTRAINTS t_i_key IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED",
		"SAVEPOINT a; SAVEPOINT b; ROLLBACK TO a; RELEASE a", "SAVEPOINT left_over", "SET LOCAL work_mem = '1MB'; SELECT 1",
		"BEGIN", // is a warning
		"ROLLBACK TO SAVEPOINT messenger_call", "DROP TABLE IF EXISTS t",
	}
	// endings would end the transaction of a function, or replace it.
	endings = []string{
		"COMMIT", "commit;", "END", "END TRANSACTION", "/* a */ -- b\n COMMIT", ";;COMMIT", "SELECT 1; COMMIT; SELECT 2", "COMMIT AND CHAIN",
		"COMMIT; BEGIN", "PREPARE TRANSACTION 'messenger'", "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS messenger_guard IMMEDIATE",
		"ROLLBACK", "ABORT", "ABORT WORK", "ROLLBACK AND CHAIN", "ROLLBACK; BEGIN",
		"RELEASE messenger_call", "RELEASE SAVEPOINT Messenger_Call", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
		"DO $$ BEGIN COMMIT; END $$", "DO $$ BEGIN ROLLBACK; END $$",
		"CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; CALL p()",
		// By a function that means it.
		"DELETE FROM messenger_guard", "DELETE FROM messenger_guard; COMMIT", "TRUNCATE messenger_guard; COMMIT", "DROP TABLE messenger_guard CASCADE; COMMIT",
		"UPDATE messenger_guard SET lock = ''; COMMIT", "INSERT INTO messenger_guard VALUES ('')", "ALTER TABLE messenger_guard DISABLE TRIGGER ALL; COMMIT",
		"SET session_replication_role = replica; DELETE FROM messenger_guard; COMMIT",
		"SET LOCAL messenger.guard = 'guess'; COMMIT",
		"ROLLBACK; BEGIN; SAVEPOINT messenger_call",
	}
)

func onCommit(with func(dsn string) string) oncommittest.Database {
	return oncommittest.Database{
		TryOpen: func(t *testing.T, opts ...gormstore.Option) (*gormstore.Store, error) {
			t.Helper()
			return postgres.Open(with(testpostgres.DSN(t)), opts...)
		},
		Open: func(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
			t.Helper()
			return open(t, with(testpostgres.DSN(t)), opts...)
		},
		Endless: "SELECT pg_sleep(60)",
		Failures: map[string]oncommittest.Failure{
			"a lost connection": {Call: func(tx *gorm.DB) error {
				tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())")
				tx.Create(&oncommittest.Order{Text: "after it"})
				return nil
			}},
			"commit in SQL": {
				Call: func(tx *gorm.DB) error { return tx.Exec("SELECT 1; COMMIT").Error },
				Text: "an OnCommit function cannot end the transaction of its turn",
			},
			"rollback in SQL": {Call: func(tx *gorm.DB) error { return tx.Exec("ROLLBACK").Error }, Text: "rolled back"},
			"a row that fails while it is read": {Call: func(tx *gorm.DB) error {
				return oncommittest.Skim(tx.Raw("SELECT 1 / (3 - i) FROM generate_series(1, 5) i"))
			}, Text: "division by zero"},
			"a transaction made to look like that of the turn": {Call: func(tx *gorm.DB) error {
				var lock []byte
				return errors.Join(tx.Raw("SELECT lock FROM messenger_guard").Row().Scan(&lock),
					tx.Exec("ROLLBACK; BEGIN; SAVEPOINT messenger_call").Error,
					tx.Exec("INSERT INTO messenger_guard (lock) SELECT ?::bytea", lock).Error,
					tx.Create(&oncommittest.Order{Text: "after it"}).Error)
			}, Text: "rolled back"},
			"a deferred constraint": {Call: func(tx *gorm.DB) error {
				return tx.Exec("CREATE TABLE t (i INT UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1), (1)").Error
			}, Text: "t_i_key"},
		},
		Ordinary: ordinary, Endings: endings,
	}
}

func TestOnCommit(t *testing.T) {
	t.Parallel()
	oncommittest.Run(t, onCommit(func(dsn string) string { return dsn }))
}

// However the driver runs statements, the server refuses the same.
func TestOnCommitInEachModeOfTheDriver(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			testpostgres.Server(t)
			oncommittest.RunStatements(t, onCommit(func(dsn string) string {
				return testpostgres.With(t, dsn, "default_query_exec_mode", mode)
			}))
		})
	}
}

// Functions of several replicas run at the same time, and do not wait for each other's
// guards, also where one is refused.
func TestOnCommitOfSeveralReplicas(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2, gormstore.WithCommitTimeout(time.Minute))
	first := oncommittest.NewShop(t, all[0])
	others := make([]*oncommittest.Shop, 20)
	for i := range others {
		others[i] = oncommittest.NewCustomer(t, all[1], fmt.Sprint("customer ", i))
	}
	require.NoError(t, first.Turn(t, func(tx *gorm.DB) error {
		// The first one's function runs while all others come and go.
		for i, other := range others {
			var call *store.CallError
			if err := other.Turn(t, func(tx *gorm.DB) error { return tx.Exec("COMMIT").Error }); !errors.As(err, &call) {
				return fmt.Errorf("refused: %w", err)
			}
			err := other.Turn(t, func(tx *gorm.DB) error { return tx.Create(&oncommittest.Order{Text: fmt.Sprint(i)}).Error })
			if err != nil {
				return err
			}
		}
		return tx.Create(&oncommittest.Order{Text: "first"}).Error
	}))
	require.Len(t, first.Orders(t), 1+len(others))
	var left int
	require.NoError(t, all[0].DB().Raw("SELECT COUNT(*) FROM messenger_guard").Scan(&left).Error)
	require.Zero(t, left, "guards are not committed")
}

// What a function sets does not reach the store's own statements, nor the next turn.
func TestOnCommitRestoresSettings(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t), gormstore.WithCommitTimeout(time.Minute))
	names := []string{
		"search_path", "role", "synchronous_commit", "statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout", "messenger.guard",
	}
	read := func(got *[]string) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			*got = make([]string, len(names))
			for i, name := range names {
				if err := tx.Raw("SELECT current_setting(?)", name).Scan(&(*got)[i]).Error; err != nil {
					return err
				}
			}
			return nil
		}
	}
	var before, between, after []string
	require.NoError(t, oncommittest.NewShop(t, st).Turn(t, read(&before), func(tx *gorm.DB) error {
		return tx.Exec(`SET search_path = pg_temp; SELECT set_config('role', current_user, TRUE); SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = '40s';
			SET LOCAL lock_timeout = '40s'; SET LOCAL idle_in_transaction_session_timeout = 0; SET TRANSACTION READ ONLY`).Error
	}, read(&between)))
	require.Equal(t, before, between)
	require.NoError(t, oncommittest.NewCustomer(t, st, "bob").Turn(t, read(&after)))
	require.Equal(t, before, after)
	require.Equal(t, []string{"on", "70s", "70s", "70s", ""}, before[2:])
}

// A commit timeout beyond the bounds of other transactions is kept, on the server and
// in the process.
func TestOnCommitMayTakeLongerThanOtherTransactions(t *testing.T) {
	t.Parallel()
	s := oncommittest.NewShop(t, open(t, testpostgres.DSN(t), gormstore.WithCommitTimeout(time.Minute)))
	require.NoError(t, s.DB().Exec("CREATE TABLE locked (i INT)").Error)
	other := s.DB().Begin()
	require.NoError(t, other.Exec("LOCK TABLE locked").Error)
	released := make(chan error, 1)
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		if err := tx.Exec("SELECT pg_sleep(?)", (postgres.Timeout + time.Second).Seconds()).Error; err != nil {
			return err
		}
		go func() { // after more than the lock_timeout of others
			err := s.DB().Exec("SELECT pg_sleep(6)").Error
			released <- errors.Join(err, other.Commit().Error)
		}()
		return tx.Exec("INSERT INTO locked VALUES (1)").Error
	}, func(tx *gorm.DB) error { return tx.Create(&oncommittest.Order{Text: "at last"}).Error }))
	require.NoError(t, <-released)
	require.Equal(t, []string{"at last"}, s.Orders(t))
}

// PostgreSQL cannot refuse a rollback. What follows it in the same string is not of
// the turn any more, and the turn fails.
func TestOnCommitWhoseRollbackIsInAString(t *testing.T) {
	t.Parallel()
	s := oncommittest.NewShop(t, open(t, testpostgres.DSN(t)))
	var call *store.CallError
	require.ErrorAs(t, s.Turn(t, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO orders (text) VALUES ('before'); ROLLBACK; INSERT INTO orders (text) VALUES ('after')").Error
	}), &call)
	require.Equal(t, []string{"after"}, s.Orders(t))
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{1, 0}, []int{stats.Events, stats.Sends})
}

// A function that others made fail, by waiting for each other, is run again.
func TestOnCommitIsRunAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	s := oncommittest.NewShop(t, open(t, testpostgres.DSN(t), gormstore.WithCommitTimeout(20*time.Second)))
	require.NoError(t, s.DB().Create([]oncommittest.Order{{Text: "a"}, {Text: "b"}}).Error)
	other := s.DB().Begin()
	require.NoError(t, other.Exec("SET LOCAL deadlock_timeout = '10s'").Error)
	require.NoError(t, other.Exec("UPDATE orders SET text = 'a2' WHERE text = 'a'").Error)
	locked, tried := make(chan struct{}), 0
	committed := make(chan struct{})
	go func() {
		defer close(committed)
		<-locked
		assert.NoError(t, other.Exec("UPDATE orders SET text = 'b2' WHERE text = 'b'").Error)
		assert.NoError(t, other.Commit().Error)
	}()
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		if tried++; tried == 1 {
			if err := tx.Exec("UPDATE orders SET text = 'b3' WHERE text = 'b'").Error; err != nil {
				return err
			}
			close(locked)
			return tx.Exec("SET LOCAL deadlock_timeout = '50ms'; UPDATE orders SET text = 'a3' WHERE text = 'a'").Error
		}
		return tx.Create(&oncommittest.Order{Text: "again"}).Error
	}))
	require.Equal(t, 2, tried)
	<-committed
	require.ElementsMatch(t, []string{"a2", "b2", "again"}, s.Orders(t))
}
