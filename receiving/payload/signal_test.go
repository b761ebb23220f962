package payload_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving/payload"
)

// TestEncodeSignal: the payload of a signal may be longer than one that goes through the platform, is the same otherwise, and is bounded
// in bytes.
func TestEncodeSignal(t *testing.T) {
	t.Parallel()

	kind := payload.New[string]("k")
	short, err := kind.Encode("a")
	require.NoError(t, err)
	require.Equal(t, short, kind.MustEncodeSignal("a"))

	for _, letter := range []string{"a", "é", "你", "<"} {
		room := (payload.MaxSignal - len(`{"kind":"k","data":""}`)) / len(letter)
		value := strings.Repeat(letter, room)
		text, err := kind.EncodeSignal(value)
		require.NoError(t, err, letter)
		got, err := kind.Decode(text)
		require.NoError(t, err)
		require.Equal(t, value, got)
		_, err = kind.Encode(value)
		require.ErrorIs(t, err, payload.ErrTooLong, "through the platform")

		_, err = kind.EncodeSignal(value + letter)
		require.ErrorIs(t, err, payload.ErrTooLong, letter)
		require.ErrorContains(t, err, "at most 65536")
		require.NotContains(t, err.Error(), letter+letter)
		require.Panics(t, func() { kind.MustEncodeSignal(value + letter) })
	}
}

func TestEncodeSignalFaults(t *testing.T) {
	t.Parallel()

	var zero payload.Kind[size]
	_, err := zero.EncodeSignal(size{})
	require.Error(t, err)
	_, err = payload.New[any]("k").EncodeSignal(make(chan int))
	require.Error(t, err)
	require.NotErrorIs(t, err, payload.ErrTooLong)
}
