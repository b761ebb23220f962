//go:build unix

package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/oncommittest"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/storetest"
)

// quiet has a store say nothing of its pooler.
var quiet = gormstore.WithLogger(slog.New(slog.DiscardHandler))

// poolModes are those of PgBouncer.
const (
	sessionPooling     = "session"
	transactionPooling = "transaction"
	statementPooling   = "statement"
)

// bouncerPath finds PgBouncer, which Debian keeps where not every user looks. It skips
// the test if there is none.
func bouncerPath(t *testing.T) string {
	t.Helper()
	testpostgres.Server(t)
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("pgbouncer is not installed: nothing was tried behind it")
	return ""
}

// newBouncer starts a PgBouncer with the settings that Debian ships but for the mode,
// and returns the DSN of an empty schema behind it, which is that of its user.
func newBouncer(t *testing.T, mode string) (dsn string) {
	t.Helper()
	bouncerPath(t)
	return newBouncerOf(t, newRole(t), mode)
}

func newBouncerOf(t *testing.T, r role, mode string) (dsn string) {
	t.Helper()
	path := bouncerPath(t)
	server := r.owner.Config()
	dir, err := os.MkdirTemp("", "pgbouncer") //nolint:usetesting // no other user gets into what t.TempDir makes
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	port := freePort(t)
	config := filepath.Join(dir, "pgbouncer.ini")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `[databases]
bot = host=%s port=%d dbname=%s user=%s password=%s

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = %s
`, server.Host, server.Port, server.Database, r.name, r.password, port, mode), 0o600))

	log := &lockedBuffer{}
	cmd := exec.Command(path, config)
	cmd.Stderr, cmd.Stdout = log, log
	if os.Geteuid() == 0 { // it refuses to run as root
		nobody, err := user.Lookup("nobody")
		require.NoError(t, err)
		id, err := strconv.ParseUint(nobody.Uid, 10, 32)
		require.NoError(t, err)
		require.NoError(t, os.Chown(dir, int(id), -1))
		require.NoError(t, os.Chown(config, int(id), -1))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(id), Gid: uint32(id)}}
	}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	address := net.JoinHostPort("127.0.0.1", fmt.Sprint(port))
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, time.Minute, 10*time.Millisecond, "pgbouncer does not start")
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("anybody", r.password), Host: address, Path: "/bot",
		RawQuery: url.Values{"sslmode": {"disable"}}.Encode(),
	}
	return u.String()
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	_, text, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	return port
}

// lockedBuffer may be read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Behind a pooler whose connections are shared a store keeps every promise but one, with
// the DSN as it is.
func TestStoreBehindPgBouncer(t *testing.T) {
	t.Parallel()
	bouncerPath(t)
	schemas := shelf{t: t, newDSN: func(t *testing.T) string { t.Helper(); return newBouncer(t, transactionPooling) }}
	storetest.RunPromises(t, func(t *testing.T, opts storetest.Options) store.Store {
		t.Helper()
		st, err := postgres.Open(schemas.take(t), gormstore.WithClock(opts.Now), gormstore.WithBacklog(opts.Backlog), quiet)
		require.NoError(t, err)
		return pooledStore{st}
	})
}

// pooledStore hides the promise that cannot be kept: an expired lease is of a process
// that has ended or of one that is suspended, and the store takes it for the first.
type pooledStore struct{ *gormstore.Store }

func (s pooledStore) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := s.Store.Claim(ctx, claim)
	for i := range leases {
		leases[i].Fatal = 0
	}
	return leases, err
}

// Where the pooler may give the connection away after a transaction, a function cannot
// end its own either.
func TestOnCommitBehindPgBouncer(t *testing.T) {
	t.Parallel()
	bouncerPath(t)
	d := onCommit(func(dsn string) string { return dsn })
	d.Open = func(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
		t.Helper()
		return open(t, newBouncer(t, transactionPooling), append(opts, quiet)...)
	}
	oncommittest.RunStatements(t, d)
}

// Several replicas share the connections that PgBouncer has to the server. None leaves
// anything behind on them that another would find.
func TestReplicasBehindPgBouncer(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{sessionPooling, transactionPooling} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			replicasBehind(t, newBouncer(t, mode))
		})
	}
}

func replicasBehind(t *testing.T, dsn string) {
	t.Helper()
	var log lockedBuffer
	logger := gormstore.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
	var all []*gormstore.Store
	for range 3 { // each has two connections that write, in a pool of twenty
		all = append(all, open(t, dsn, logger))
	}
	require.Equal(t, 3, strings.Count(log.String(), "there is a pooler"))
	const people, each = 20, 20
	var putting sync.WaitGroup
	for i, st := range all {
		putting.Go(func() {
			for n := range people * each {
				conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(n % people)}
				assert.NoError(t, st.Put(context.Background(), store.Event{Conversation: conv, Key: fmt.Sprint(n, "/", i/2)}))
				_, err := st.Person(context.Background(), "page", conv.PSID)
				assert.ErrorIs(t, err, store.ErrNotFound)
				assert.NoError(t, st.Ping(context.Background()))
			}
		})
	}
	putting.Wait()
	stats, err := all[0].Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2*people*each, stats.Events, "a key takes effect once")

	leases, err := all[0].Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, people)
	none, err := all[1].Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Empty(t, none)
	var holders, locks int
	require.NoError(t, all[0].DB().Raw("SELECT COUNT(*) FROM messenger_holders").Scan(&holders).Error)
	require.Zero(t, holders)
	require.NoError(t, all[0].DB().Raw(`SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
		WHERE l.locktype = 'advisory' AND a.usename = current_user AND pid <> pg_backend_pid() AND a.state = 'idle'`).Scan(&locks).Error)
	require.Zero(t, locks, "a lock of a session would be that of whoever has the connection next")

	// The end of a replica says nothing of its leases: they last until they expire, and
	// who has one commits through whatever connection.
	require.NoError(t, all[0].Close())
	none, err = all[1].Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Empty(t, none)
	for _, lease := range leases {
		result := end(lease.Events[0])
		_, err := all[2].Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
		require.NoError(t, err)
	}
	leases, err = all[1].Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, people)
}
