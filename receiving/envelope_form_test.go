package receiving_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

func TestEnvelopeForm(t *testing.T) {
	t.Parallel()

	full := receiving.Envelope{
		Key: "message-abc", Object: receiving.ObjectPage, PageID: "10", PSID: "7", UserRef: "u\"<\u2028é", Thread: "other/thread",
		Time: time.UnixMilli(1_764_000_000_123).UTC(), Standby: true, Field: "messages", SendKey: "k-1", Raw: json.RawMessage(`{"a":"b"}`),
	}
	data, err := full.MarshalBinary()
	require.NoError(t, err)
	require.True(t, json.Valid(data), "%s", data)
	got, err := parseEnvelope(data)
	require.NoError(t, err)
	require.Equal(t, full, got)

	data, err = receiving.Envelope{Key: "k", PSID: "7", Thread: "7", Raw: json.RawMessage(`{}`)}.AppendBinary([]byte("before"))
	require.NoError(t, err)
	require.Equal(t, `before{"v":1,"key":"k","person":"7","raw":{}}`, string(data), "what is written lives in databases: read it for ever")
}

func TestEveryEnvelopeSurvives(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"mixed50", "one", "callbacks/malformed", "events/comment", "events/call", "events/group_feed", "callbacks/standby", "events/echo", "events/authentication"} {
		for _, e := range split(t, string(read(t, name))).Envelopes {
			data, err := e.MarshalBinary()
			require.NoError(t, err)
			got, err := parseEnvelope(bytes.Clone(data))
			require.NoError(t, err)
			e.KeyTime = time.Time{} // whoever stores the event acts on it
			require.Equal(t, e, got)
			want, _ := e.Event()
			ev, _ := got.Event()
			require.Equal(t, want, ev)
		}
	}
}

func TestUnmarshalEnvelopeRefuses(t *testing.T) {
	t.Parallel()

	for _, in := range []string{``, `null`, `[]`, `{}`, `{"v":0}`, `{"v":2,"key":"private"}`, `{"v":"x"}`, `{"v":1,"key":"private"`, `{"v":1,"key":["private"]}`, `{"v":1} x`} {
		_, err := parseEnvelope([]byte(in))
		require.ErrorIs(t, err, receiving.ErrEnvelope, in)
		require.NotContains(t, err.Error(), "private")
	}
	e, err := parseEnvelope([]byte(`{"v":1,"person":"7","later":["than",{"this":"version"}]}`))
	require.NoError(t, err)
	require.Equal(t, "7", e.Thread)
}

func parseEnvelope(data []byte) (e receiving.Envelope, err error) {
	err = e.UnmarshalBinary(data)
	return e, err
}
