package sqlite_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

// Who is forgotten because of their silence leaves no byte either.
func TestASilentPersonLeavesNoByte(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	now := time.Now()
	marks := []string{"silentmark", "activemark"}
	for i := range 200 {
		mark := marks[i%2]
		psid := fmt.Sprint(mark, i)
		at := now.Add(-time.Hour)
		if mark == "activemark" {
			at = now
		}
		body, err := json.Marshal(strings.Repeat(mark, 1+i*7%300))
		require.NoError(t, err)
		require.NoError(t, st.Apply(t.Context(),
			store.TouchPerson{PageID: "page", PSID: psid, At: at},
			store.SaveProfile{PageID: "page", PSID: psid, At: at, Profile: store.Profile{Name: string(body)}},
			store.AddLocation{Location: store.Location{PageID: "page", PSID: psid, Title: mark, At: at}},
			store.SaveMessage{Received: store.Received{PageID: "page", PSID: psid, Key: psid, Body: body, At: at}},
			store.SaveSent{Sent: store.Sent{PageID: "page", PSID: psid, Key: psid, Body: body, At: at}},
			store.SaveSession{PageID: "page", PSID: psid, Name: mark, Data: body}))
	}
	require.Contains(t, dump(t, path), "silentmark")
	require.NoError(t, st.Purge(t.Context(), store.Cutoffs{People: now.Add(-time.Minute)}))
	left := dump(t, path)
	require.NotContains(t, left, "silentmark")
	require.Contains(t, left, "activemark")
	require.NoError(t, st.Close())
	require.NotContains(t, dump(t, path), "silentmark")
}
