package upgradetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// keep leaves people and their records.
func (f *filler) keep() {
	f.Helper()
	f.clock.set(at(55 * time.Minute))
	for _, p := range people() {
		if p.FirstSeen.Equal(f.clock.Now()) { // the other one came with a turn
			require.NoError(f, f.st.Apply(f.Context(), writesOf(p)...))
		}
	}
	var writes []store.Write
	for _, l := range locations() {
		writes = append(writes, store.AddLocation{Location: l})
	}
	for _, r := range received() {
		writes = append(writes, store.SaveMessage{Received: r})
	}
	for _, s := range sent() {
		writes = append(writes, store.SaveSent{Sent: s})
	}
	for name := range expires {
		writes = append(writes, attachment(name))
	}
	require.NoError(f, f.st.Apply(f.Context(), writes...))
	for version := int64(1); version <= 3; version++ {
		require.NoError(f, f.st.Apply(f.Context(), save(session(forever, version))))
	}
	for _, name := range []string{untilNoon, expired, deleted} {
		require.NoError(f, f.st.Apply(f.Context(), save(session(name, 1))))
	}
	require.NoError(f, f.st.Apply(f.Context(), store.DeleteSession{PageID: recorded.PageID, PSID: recorded.PSID, Name: deleted}))
}

// announce leaves a replica that ends with the process.
func (f *filler) announce() {
	f.Helper()
	_, err := f.st.Heartbeat(f.Context(), store.Replica{Owner: owner, Pages: []string{page1, page2}, Busy: []string{page2}, TTL: untilDeath})
	require.NoError(f, err)
}
