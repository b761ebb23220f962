package postgres_test

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/gormstore"
)

// blocked runs a statement of a store that waits for a lock of another session, until
// its context ends or free is called. What it returns is received from ended.
func blocked(ctx context.Context, t *testing.T, st *gormstore.Store, dsn string) (ended <-chan error, free func(), waiting func() bool) {
	t.Helper()
	holder, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, holder.Close(context.Background())) })
	exec := func(statement string) {
		t.Helper()
		_, err := holder.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	exec("SELECT pg_advisory_lock(hashtext(current_schema()))")
	result := make(chan error, 1)
	go func() {
		result <- st.DB().WithContext(ctx).Exec("SELECT pg_advisory_xact_lock(hashtext(current_schema()))").Error
	}()
	waiting = func() (is bool) {
		t.Helper()
		require.NoError(t, holder.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND objid::bigint = (hashtext(current_schema())::bigint & 4294967295))`).Scan(&is))
		return is
	}
	require.Eventually(t, waiting, time.Minute, 10*time.Millisecond)
	return result, func() { exec("SELECT pg_advisory_unlock(hashtext(current_schema()))") }, waiting
}

// A statement whose context has ended is cancelled at the server, and the store goes on.
func TestAStatementEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	st := open(t, dsn)
	ctx, cancel := context.WithCancel(t.Context())
	ended, _, waiting := blocked(ctx, t, st, dsn)
	cancel()
	require.Error(t, <-ended)
	require.Eventually(t, func() bool { return !waiting() }, time.Minute, 10*time.Millisecond)
	require.NoError(t, st.DB().Exec("SELECT 1").Error)
}

// A request to cancel stays connected until it was taken, though the statement has
// ended by itself meanwhile: PgBouncer 1.18 exits otherwise. It may yet be carried out,
// so that no other statement follows on the connection.
func TestARequestToCancelIsNotGivenUp(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t)
	p.cancels = make(chan net.Conn, 10)
	st := open(t, dsn)
	pool, err := st.DB().DB()
	require.NoError(t, err)
	pool.SetMaxOpenConns(1)
	backend := func() (pid int) {
		t.Helper()
		require.NoError(t, st.DB().Raw("SELECT pg_backend_pid()").Scan(&pid).Error)
		return pid
	}
	before := backend()
	ctx, cancel := context.WithCancel(t.Context())
	ended, free, _ := blocked(ctx, t, st, dsn)
	cancel()
	request := <-p.cancels
	free()
	t.Log("the statement ended with:", <-ended)
	require.NoError(t, request.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = request.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "the request was given up")
	require.NoError(t, request.Close())
	require.NotEqual(t, before, backend())
}
