package chaos_test

import (
	"database/sql"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// settingsPlatform has a page without thread settings. The first change gets no answer until the platform is closed.
type settingsPlatform struct {
	*httptest.Server

	changes atomic.Int32
	begun   chan struct{} // closed when the first change has arrived
	changed chan string   // the body of each other change
}

func newSettingsPlatform(t *testing.T) *settingsPlatform {
	t.Helper()
	p := &settingsPlatform{begun: make(chan struct{}), changed: make(chan string, 10)}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *settingsPlatform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch {
	case !strings.HasSuffix(r.URL.Path, "/messenger_profile"), r.Method == http.MethodGet:
		_, _ = io.WriteString(w, `{"data":[]}`)
	case p.changes.Add(1) == 1:
		close(p.begun)
		<-r.Context().Done() // the process was killed
	default:
		p.changed <- string(body)
		_, _ = io.WriteString(w, `{"result":"success"}`)
	}
}

// A process that is killed while it applies thread settings is followed by another one after its lease.
func TestThreadSettingsOfAKilledProcessAreAppliedByAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		database func(*testing.T) string
		replicas bool
	}{"sqlite": {tempDatabase, false}, "postgres": {postgresDatabase, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn, platform := c.database(t), newSettingsPlatform(t)
			const greeting = "CHAOS_GREETING=Hi"
			first := start(t, dsn, platform.URL, greeting)
			<-platform.begun
			var second *process
			if c.replicas {
				second = start(t, dsn, platform.URL, greeting)
			}
			first.kill()
			if c.replicas {
				require.Equal(t, int64(1), passSettingsLease(t, dsn))
			} else { // the process that opens the file next knows that no other has a lease
				second = start(t, dsn, platform.URL, greeting)
			}
			require.Contains(t, <-platform.changed, "Hi")
			applied := func(p *process) {
				require.Eventually(t, func() bool { return p.said("thread settings applied") == 1 }, time.Minute, 20*time.Millisecond)
				p.stop()
			}
			applied(second) // and has noted that

			applied(start(t, dsn, platform.URL, greeting))
			require.Equal(t, int32(2), platform.changes.Load(), "what was applied is not applied again")
		})
	}
}

// passSettingsLease ends the leases on work that replicas do once, as 90 seconds do, and returns how many there were.
func passSettingsLease(t *testing.T, dsn string) int64 {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	result, err := db.ExecContext(t.Context(), "UPDATE messenger_once SET lease_until = 1 WHERE lease_until <> 0")
	require.NoError(t, err)
	ended, err := result.RowsAffected()
	require.NoError(t, err)
	return ended
}
