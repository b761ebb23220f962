package messenger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/metadata"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// diesSending queues messages and starts the first of them that is due, as a
// process does that ends while its request is under way. It returns its key.
func (w *world) diesSending(psid string, messages ...sending.Message) string {
	w.t.Helper()
	for _, m := range messages {
		require.NoError(w.t, w.bot.Send(w.t.Context(), pageID, psid, m))
	}
	lease := w.dies()
	key := lease.Sends[0].Key
	// The store voids the lease of a process that has ended.
	due, err := w.store.Commit(w.t.Context(), store.Outcome{Lease: lease.LeaseID, Start: key, Due: 1, Release: true})
	require.NoError(w.t, err)
	require.True(w.t, due[0].Started)
	return key
}

// echoOf is a callback with the echo of a text that an app has sent.
func echoOf(psid, app, wire, text string) string {
	return fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[1]s"},`+
		`"recipient":{"id":"%[2]s"},"timestamp":%[3]d,"message":{"mid":"m_echo_%[6]s","is_echo":true,"app_id":%[4]s,`+
		`"metadata":"%[5]s","text":"%[6]s"}}]}]}`, pageID, psid, time.Now().UnixMilli(), app, wire, text)
}

// wire is the metadata of a message with that key.
func wire(t *testing.T, key string) string {
	t.Helper()
	wire, err := metadata.Encode(key, "")
	require.NoError(t, err)
	return wire
}
