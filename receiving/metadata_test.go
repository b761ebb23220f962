package receiving_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

func TestMetadata(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("k", receiving.MaxSendKey)
	for _, key := range []string{"a", "message-9J0kQm4nT1s8aB-0", "A_z-09", long} {
		for _, user := range []string{"", ":", "campaign", `{"a":"<b>"}`, "djm1:other:x", strings.Repeat("你", receiving.MaxMetadata)} {
			wire, err := receiving.EncodeMetadata(key, user)
			require.NoError(t, err)
			require.Less(t, utf8.RuneCountInString(wire), 1000)
			gotKey, gotUser := receiving.DecodeMetadata(wire)
			require.Equal(t, key, gotKey)
			require.Equal(t, user, gotUser)
		}
	}

	_, err := receiving.EncodeMetadata(long, strings.Repeat("x", receiving.MaxMetadata+1))
	require.ErrorIs(t, err, receiving.ErrMetadata)
	_, err = receiving.EncodeMetadata("a", strings.Repeat("x", receiving.MaxMetadata+receiving.MaxSendKey-1))
	require.NoError(t, err, "a short key leaves more room")
	_, err = receiving.EncodeMetadata("a", strings.Repeat("x", receiving.MaxMetadata+receiving.MaxSendKey))
	require.ErrorIs(t, err, receiving.ErrMetadata)
	_, err = receiving.EncodeMetadata("a", "\xff")
	require.ErrorIs(t, err, receiving.ErrMetadata)
	for _, key := range []string{"", long + "k", "a b", "a:b", "é", "a/b", "a.b", "a\n"} {
		_, err = receiving.EncodeMetadata(key, "")
		require.ErrorIs(t, err, receiving.ErrSendKey, key)
	}
}

func TestForeignMetadataIsUntouched(t *testing.T) {
	t.Parallel()

	for _, metadata := range []string{"", "x", "djm1:", "djm1::x", "djm1:key", "djm1:a b:x", "djm2:key:x", "DJM1:key:x", " djm1:key:x", "djm1:" + strings.Repeat("k", 65) + ":x"} {
		key, user := receiving.DecodeMetadata(metadata)
		require.Empty(t, key)
		require.Equal(t, metadata, user)
	}
}

// TestSendKeyIsOfEchoesOnly: nobody but the page can confirm a send.
func TestSendKeyIsOfEchoesOnly(t *testing.T) {
	t.Parallel()

	require.Equal(t, "message-9J0kQm4nT1s8aB-0", onlyEnvelope(t, "events/echo").SendKey)
	require.Equal(t, "key", envelope(t, `{"message":{"metadata":"djm1:key:","is_echo":true}}`).SendKey)
	require.Empty(t, envelope(t, `{"message":{"metadata":"djm1:key:x"}}`).SendKey)
	require.Empty(t, envelope(t, `{"message":{"metadata":"djm1:key:x","is_echo":false}}`).SendKey)
	require.Empty(t, envelope(t, `{"postback":{"metadata":"djm1:key:x","is_echo":true}}`).SendKey)
	require.Empty(t, envelope(t, `{"message":{"metadata":"plain","is_echo":true}}`).SendKey)
}
