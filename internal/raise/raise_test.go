package raise_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

var ada = store.Conversation{PageID: "100000000000001", PSID: "7100000000000001"}

// TestWhatIsWithinTheLimitsFitsTheStore: whatever the characters of a key and a payload, what is taken here the store takes too.
func TestWhatIsWithinTheLimitsFitsTheStore(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"a", `"`, "<", "é", "\u2028"} {
		key := strings.Repeat(c, store.MaxRaiseKey/len(c))
		for _, text := range []string{
			strings.Repeat(c, (payload.MaxSignal-2)/len(c)), `{"a":"` + strings.Repeat("<", payload.MaxSignal-8) + `"}`,
			strings.Repeat(c, (payload.MaxSignal-2)/6), "",
		} {
			made, err := raise.Of(store.Raise{Conversation: ada, Key: key}, "instagram", text)
			if err != nil {
				require.ErrorIs(t, err, payload.ErrTooLong)
				require.Greater(t, len(text), payload.MaxSignal/6, "no character takes more than 6 bytes as JSON")
				continue
			}
			require.NoError(t, store.CheckWrite(made))
			got, err := raise.Payload(made.Body)
			require.NoError(t, err)
			require.Equal(t, text, got)
		}
	}
	_, err := raise.Of(store.Raise{Conversation: ada, Key: "k"}, "", strings.Repeat(`"`, payload.MaxSignal/2))
	require.ErrorIs(t, err, payload.ErrTooLong)
	_, err = raise.Of(store.Raise{Conversation: ada, Key: "k"}, "", strings.Repeat(`"`, payload.MaxSignal/2-1))
	require.NoError(t, err)
}

// FuzzRaise: any key and payload are refused, or fit the store and come back.
func FuzzRaise(f *testing.F) {
	for _, s := range []string{"", "k", "\xff", "a\nb", `{"kind":"paid"}`, `{"a":1,"a":2}`, strings.Repeat("k", 201)} {
		f.Add(s, "payload")
		f.Add("key", s)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		made, err := raise.Of(store.Raise{Conversation: ada, Key: key}, "", text)
		if err != nil {
			return
		}
		require.True(t, utf8.ValidString(key) && utf8.ValidString(text))
		require.NoError(t, store.CheckWrite(made))
		got, err := raise.Payload(made.Body)
		require.NoError(t, err)
		require.Equal(t, text, got)
	})
}
