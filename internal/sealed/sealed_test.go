package sealed_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/sealed"
	"github.com/djmessenger/messenger/secret"
)

func TestSealed(t *testing.T) {
	t.Parallel()
	newKey, oldKey := secret.New("a new long random string"), secret.New("an old long random string")
	text := []byte("IGAA-token")
	box, err := sealed.Seal(oldKey, "token of 5", text)
	require.NoError(t, err)
	require.NotContains(t, string(box), "IGAA")
	again, err := sealed.Seal(oldKey, "token of 5", text)
	require.NoError(t, err)
	require.NotEqual(t, box, again, "equal texts look different")

	opened, err := sealed.Open([]secret.Value{newKey, oldKey}, "token of 5", box)
	require.NoError(t, err)
	require.Equal(t, text, opened)

	refused := func(why string, keys []secret.Value, purpose string, box []byte) {
		t.Helper()
		_, err := sealed.Open(keys, purpose, box)
		require.ErrorIs(t, err, sealed.ErrNoKey, why)
	}
	refused("another key", []secret.Value{newKey}, "token of 5", box)
	refused("no key", nil, "token of 5", box)
	refused("another purpose", []secret.Value{oldKey}, "token of 6", box)
	for i := range box {
		changed := bytes.Clone(box)
		changed[i] ^= 1
		refused("a changed byte", []secret.Value{oldKey}, "token of 5", changed)
		refused("cut off", []secret.Value{oldKey}, "token of 5", box[:i])
	}
}
