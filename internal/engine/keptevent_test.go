package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// TestDecodeKept: whatever handling.SaveMessage keeps of an event of any type becomes that event
// again. From a record without a product it does so but for the product, where both have the type,
// and for the standby.
func TestDecodeKept(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "receiving", "testdata", "events", "*.json"))
	require.NoError(t, err)
	require.Greater(t, len(files), 50)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			callback, err := receiving.Split(body)
			require.NoError(t, err)
			for _, envelope := range callback.Envelopes {
				ev, _ := envelope.Event()
				kept := store.Received{PageID: ev.PageID, PSID: ev.PSID, Key: ev.Key, Type: string(ev.Type), Body: ev.Raw, At: ev.Time}
				got := decodeKept(kept)
				require.NotNil(t, got)
				want := *ev
				if source := ev.Type.Source(); source.Page != "" || source.Instagram == "" {
					want.Object = receiving.ObjectPage
				}
				want.Standby = false
				require.Equal(t, &want, got)
				kept.Object, kept.Standby = string(ev.Object), ev.Standby
				require.Equal(t, ev, decodeKept(kept))
				kept.Standby = !ev.Standby
				require.Equal(t, kept.Standby, decodeKept(kept).Standby)
				kept.Key = "another"
				require.Nil(t, decodeKept(kept))
			}
		})
	}
	for _, body := range []string{"", "{", "null", "[]", `{"a":1},{"b":2}`, `]}]}`} {
		require.Nil(t, decodeKept(store.Received{PageID: "1", Key: "k", Type: "SIMPLE_TEXT", Body: []byte(body)}))
		require.Nil(t, decodeKept(store.Received{PageID: "1", Key: "k", Type: "SIMPLE_TEXT", Object: `x","y`, Body: []byte(body)}))
	}
}
