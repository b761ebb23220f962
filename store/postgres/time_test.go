package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
)

// The database's clock counts, whatever those of the replicas say.
func TestTimeIsTheDatabases(t *testing.T) {
	t.Parallel()
	st := replicas(t, 1)[0]
	clock := func() (now time.Time) {
		require.NoError(t, st.DB().Raw("SELECT clock_timestamp()").Scan(&now).Error)
		return now
	}
	before := clock()
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	received, now := one(t, st, claim).Events[0].ReceivedAt, clock()
	require.WithinRange(t, received, before.Truncate(time.Millisecond), now)
	require.NoError(t, st.Apply(t.Context(), store.SaveSession{PageID: "page", PSID: "ann", Name: "s", Expires: now.Add(time.Hour)}))
	_, err := st.Session(t.Context(), "page", "ann", "s")
	require.NoError(t, err)
}

// TestClockIsTheOneOfClaims: without a clock of its own a test reads the same clock that claims read.
func TestClockIsTheOneOfClaims(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t))
	before, err := st.Now(t.Context())
	require.NoError(t, err)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	after, err := st.Now(t.Context())
	require.NoError(t, err)
	require.True(t, !leases[0].Now.Before(before) && !leases[0].Now.After(after), "%v, %v, %v", before, leases[0].Now, after)
}
