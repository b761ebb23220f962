package simulator_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestCallbackBytes(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	s := newSim(t, simulator.Config{WebhookURL: b.URL, Now: newClock().now})
	mid, err := s.Say(t.Context(), ada, "äöå 你好 😀 <b>&\"a/b\"\n\\u00e4 \u2028")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	want := `{"object":"page","entry":[{"id":"100000000000001","time":1458692752478,"messaging":[` +
		`{"sender":{"id":"7100000000000001"},"recipient":{"id":"100000000000001"},"timestamp":1458692752478,` +
		`"message":{"mid":"` + mid + `","text":"\u00e4\u00f6\u00e5 \u4f60\u597d \ud83d\ude00 <b>&\"a\/b\"\n\\u00e4 \u2028"}}]}]}`
	require.Len(t, b.got(), 1)
	require.Equal(t, want, string(b.got()[0]))
	require.Zero(t, b.badSig)
	require.Equal(t, "application/json", b.header.Get("Content-Type"))
	require.Equal(t, "facebookexternalua", b.header.Get("User-Agent"))
	require.Equal(t, string(b.got()[0]), s.Deliveries()[0].Body)
}

func TestSignIsKnownAnswer(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{AppSecret: "key"})
	// The well-known HMAC-SHA256 test vector.
	require.Equal(t, "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
		s.Sign([]byte("The quick brown fox jumps over the lazy dog")))
}

// Frameworks that check the older signature alone can be tried, too.
func TestCallbacksCarryBothSignatures(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	s := newSim(t, simulator.Config{AppSecret: "key", WebhookURL: b.URL})
	_, err := s.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	h := hmac.New(sha1.New, []byte("key"))
	h.Write(b.got()[0])
	require.Equal(t, "sha1="+hex.EncodeToString(h.Sum(nil)), b.header.Get("X-Hub-Signature"))
	require.Equal(t, s.Sign(b.got()[0]), b.header.Get("X-Hub-Signature-256"))
}

func TestPostKeepsTheEvent(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	s := newSim(t, simulator.Config{WebhookURL: b.URL, Now: newClock().now})
	event := `{"sender":{"id":7100000000000001},"recipient":{"id":"100000000000001"},"z":1.50,"a":"é\/x/😀"}`
	require.NoError(t, s.Post(t.Context(), json.RawMessage(event)))
	require.NoError(t, s.PostStandby(t.Context(), json.RawMessage(`{"sender":{"id":"7100000000000001"},"read":{"watermark":1}}`)))
	require.NoError(t, s.Flush(t.Context()))
	require.NoError(t, s.PostChange(t.Context(), "inbox_labels", json.RawMessage(`{"action":"add"}`)))
	require.NoError(t, s.Flush(t.Context()))
	require.Error(t, s.Post(t.Context(), json.RawMessage(`[`)))
	require.Error(t, s.PostChange(t.Context(), "feed", json.RawMessage(`{`)))
	got := b.got()
	require.Len(t, got, 3)
	head := `{"object":"page","entry":[{"id":"100000000000001","time":1458692752478,`
	require.Equal(t, head+`"messaging":[{"sender":{"id":7100000000000001},"recipient":{"id":"100000000000001"},"z":1.50,"a":"\u00e9\/x\/\ud83d\ude00"}]}]}`, string(got[0]))
	require.Equal(t, head+`"standby":[{"sender":{"id":"7100000000000001"},"read":{"watermark":1}}]}]}`, string(got[1]))
	require.Equal(t, head+`"changes":[{"field":"inbox_labels","value":{"action":"add"}}]}]}`, string(got[2]))
}

func TestPostRaw(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	b.status = func([]byte) int { return 418 }
	s := newSim(t, simulator.Config{WebhookURL: b.URL})
	status, err := s.PostRaw(t.Context(), []byte(`not json é`))
	require.NoError(t, err)
	require.Equal(t, 418, status)
	require.Equal(t, `not json é`, string(b.got()[0]))
	require.Zero(t, b.badSig)
	require.Empty(t, s.Deliveries())
	require.NoError(t, s.SetWebhook(""))
	_, err = s.PostRaw(t.Context(), nil)
	require.Error(t, err)
}

func TestMIDsAreRandom(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 { // two runs of the simulator
		s := newSim(t, simulator.Config{RetryPauses: nil})
		for range 50 {
			mid, err := s.Say(t.Context(), ada, "x")
			require.NoError(t, err)
			require.Regexp(t, `^m_[A-Za-z0-9]{50,}$`, mid)
			require.False(t, seen[mid])
			seen[mid] = true
		}
	}
}

func FuzzCallbackIsASCIIAndMeansTheSame(f *testing.F) {
	f.Add("héllo / \\ \" 😀\x00\u2028")
	s, err := simulator.New(simulator.Config{})
	require.NoError(f, err)
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		mid, err := s.Say(t.Context(), ada, text)
		require.NoError(t, err)
		list := s.Messages(ada)
		last := list[len(list)-1]
		require.Equal(t, mid, last.ID)
		for _, c := range last.Raw {
			require.Less(t, c, byte(0x80))
		}
		var event struct{ Message struct{ Text string } }
		require.NoError(t, json.Unmarshal(last.Raw, &event))
		require.Equal(t, string([]rune(text)), event.Message.Text)
	})
}
