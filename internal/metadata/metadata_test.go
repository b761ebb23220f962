package metadata_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/metadata"
)

func TestMetadata(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("k", metadata.MaxKey)
	for _, key := range []string{"a", "message-9J0kQm4nT1s8aB-0", "A_z-09", long} {
		for _, user := range []string{"", ":", "campaign", `{"a":"<b>"}`, "djm1:other:x", strings.Repeat("你", metadata.MaxUser)} {
			wire, err := metadata.Encode(key, user)
			require.NoError(t, err)
			require.Less(t, utf8.RuneCountInString(wire), 1000)
			gotKey, gotUser := metadata.Decode(wire)
			require.Equal(t, key, gotKey)
			require.Equal(t, user, gotUser)
		}
	}

	_, err := metadata.Encode(long, strings.Repeat("x", metadata.MaxUser+1))
	require.ErrorIs(t, err, metadata.ErrUser)
	_, err = metadata.Encode("a", strings.Repeat("x", metadata.MaxUser+metadata.MaxKey-1))
	require.NoError(t, err, "a short key leaves more room")
	_, err = metadata.Encode("a", strings.Repeat("x", metadata.MaxUser+metadata.MaxKey))
	require.ErrorIs(t, err, metadata.ErrUser)
	_, err = metadata.Encode("a", "\xff")
	require.ErrorIs(t, err, metadata.ErrUser)
	for _, key := range []string{"", long + "k", "a b", "a:b", "é", "a/b", "a.b", "a\n"} {
		_, err = metadata.Encode(key, "")
		require.ErrorIs(t, err, metadata.ErrKey, key)
	}
}

func TestForeignMetadataIsUntouched(t *testing.T) {
	t.Parallel()

	for _, foreign := range []string{"", "x", "djm1:", "djm1::x", "djm1:key", "djm1:a b:x", "djm2:key:x", "DJM1:key:x", " djm1:key:x", "djm1:" + strings.Repeat("k", 65) + ":x"} {
		key, user := metadata.Decode(foreign)
		require.Empty(t, key)
		require.Equal(t, foreign, user)
	}
}

// FuzzMetadata: what is put together comes apart again, and all else stays as it is.
func FuzzMetadata(f *testing.F) {
	f.Add("key-1", "mine")
	f.Add("", "djm1:key:x")
	f.Add("a b", "\xff")
	f.Fuzz(func(t *testing.T, key, user string) {
		gotKey, rest := metadata.Decode(user)
		if gotKey == "" {
			require.Equal(t, user, rest)
		} else {
			require.Equal(t, user, "djm1:"+gotKey+":"+rest)
		}
		wire, err := metadata.Encode(key, user)
		if err != nil {
			require.Empty(t, wire)
			return
		}
		require.Less(t, utf8.RuneCountInString(wire), 1000)
		gotKey, rest = metadata.Decode(wire)
		require.Equal(t, key, gotKey)
		require.Equal(t, user, rest)
	})
}
