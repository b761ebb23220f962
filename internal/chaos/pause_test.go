package chaos_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pastTheLease is longer than a lease lasts.
const pastTheLease = 17 * time.Second

// abandonedCommit is what a bot logs when it gives up a commit that does not return in time.
const abandonedCommit = `code="the store's Commit" stuck=`

// A process that is stopped between its last look at its lease and the commit,
// for longer than the lease, has no effect when it wakes: another has handled
// the event meanwhile. With SQLite, whose file one process owns, that is the
// process itself, which has leased the conversation anew.
func TestStaleCommitIsFenced(t *testing.T) {
	t.Parallel()
	if os.Getenv("CHAOS_SECONDS") == "" {
		t.Skip("waits for a lease of 15 s to run out; `make chaos` runs it")
	}
	for name, c := range map[string]struct {
		database func(*testing.T) string
		replicas int
	}{"sqlite": {tempDatabase, 1}, "postgres": {postgresDatabase, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := c.database(t)
			platform := newPlatform(t)
			first := start(t, dsn, platform.URL)
			ada := person{page: "100000001", id: "71", at: time.Now().UnixMilli()}
			platform.want(2)
			postUntilTaken(first.url, callback([]said{{ada.page, ada.id, verbHold + " 1", ada.at}}))
			<-platform.waiting
			first.pause()
			next := first
			if c.replicas > 1 {
				next = start(t, dsn, platform.URL)
			}
			<-time.After(pastTheLease)
			if next == first {
				first.resume()
			}
			<-platform.waiting // it was claimed again
			platform.gate <- struct{}{}
			platform.gate <- struct{}{}
			first.resume()
			postUntilTaken(next.url, callback([]said{{ada.page, ada.id, verbSay + " 2", ada.at + 1}}))
			<-platform.all()
			require.Equal(t, []string{"1", "2"}, platform.texts(ada.id))
			_, extra := platform.doubled()
			require.Zero(t, extra)
			next.stop()
			if next != first {
				first.stop()
			}
			// When it wakes, the commit is late: it is refused, or the bot gives it up before its answer.
			require.NotZero(t, first.said(fenced)+first.said(abandonedCommit), "%s", first.tail(20))

			st := opened(t, dsn)
			session, err := st.Session(t.Context(), ada.page, ada.id, sessionName)
			require.NoError(t, err)
			require.JSONEq(t, "[1,2]", string(session.Data))
			person, err := st.Person(t.Context(), ada.page, ada.id)
			require.NoError(t, err)
			require.Equal(t, 1, person.ThumbUps)
			require.NoError(t, st.Close())
		})
	}
}
