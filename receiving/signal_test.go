package receiving_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
)

func signalEnvelope(key, payload string) receiving.Envelope {
	return receiving.Envelope{
		Object: receiving.ObjectInstagram, PageID: "10", PSID: "7", Thread: "7", Signal: &receiving.Signal{Key: key, Payload: payload},
	}
}

// TestSignalForm holds the form of a signal in a database, which later versions read too.
func TestSignalForm(t *testing.T) {
	t.Parallel()

	paid := payload.New[int]("paid").MustEncodeSignal(7)
	for _, c := range []struct{ payload, form string }{
		{paid, `{"v":1,"object":"instagram","page":"10","person":"7","signal":{"key":"k\"1","payload":{"kind":"paid","data":7}}}`},
		{"PAID", `{"v":1,"object":"instagram","page":"10","person":"7","signal":{"key":"k\"1","payload":"PAID"}}`},
		{"", `{"v":1,"object":"instagram","page":"10","person":"7","signal":{"key":"k\"1"}}`},
	} {
		e := signalEnvelope(`k"1`, c.payload)
		data, err := e.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, c.form, string(data))
		got, err := parseEnvelope(data)
		require.NoError(t, err)
		require.Equal(t, e, got)

		ev, problems := got.Event()
		require.Empty(t, problems)
		require.Equal(t, receiving.TypeSignal, ev.Type)
		require.Equal(t, &receiving.Signal{Key: `k"1`, Payload: c.payload}, ev.Payload)
		require.Equal(t, c.payload, ev.PayloadText())
		require.Equal(t, receiving.ObjectInstagram, ev.Object)
		require.Equal(t, "10/7", ev.PageID+"/"+ev.PSID)
		require.False(t, ev.IsAct())
		require.True(t, json.Valid(ev.Raw))
		require.Empty(t, ev.Text()+ev.MID()+ev.Ref())
		again, _ := got.Event()
		require.NotSame(t, ev.Payload, again.Payload, "a handler may change its event")
	}
}

// TestSignalHasNothingElse: an envelope with a signal is that signal, whatever else it has.
func TestSignalHasNothingElse(t *testing.T) {
	t.Parallel()

	e := signalEnvelope("k", "PAID")
	e.Field, e.Raw = "feed", json.RawMessage(`{"message":{"mid":"m","text":"hi"}}`)
	ev, problems := e.Event()
	require.Empty(t, problems)
	require.Equal(t, receiving.TypeSignal, ev.Type)
	require.NotContains(t, string(ev.Raw), "hi")
	data, err := e.MarshalBinary()
	require.NoError(t, err)
	require.NotContains(t, string(data), "hi")
}

func TestBrokenSignalsAreNoEnvelopes(t *testing.T) {
	t.Parallel()

	for _, signal := range []string{`"k"`, `[]`, `7`, `{"key":7}`, `{"key":"k","payload":7}`, `{"key":"k","payload":["private"]}`, `{"key":"k"`} {
		_, err := parseEnvelope([]byte(`{"v":1,"page":"10","person":"7","signal":` + signal + `}`))
		require.ErrorIs(t, err, receiving.ErrEnvelope, signal)
		require.NotContains(t, err.Error(), "private")
	}
}

// TestNoCallbackIsASignal puts what a signal's envelope has into every place of a callback, also where it closes what the envelope puts
// around it.
func TestNoCallbackIsASignal(t *testing.T) {
	t.Parallel()

	signal := `"signal":{"key":"k","payload":{"kind":"paid"}}`
	frame := `"sender":{"id":"7"},"recipient":{"id":"10"},"timestamp":1764000000000`
	quoted := strconv.Quote(`","signal":{"key":"k"},"x":"`)
	for _, body := range []string{
		`{"object":"page",` + signal + `,"entry":[{"id":"10",` + signal + `,"messaging":[{` + frame + `,` + signal + `}]}]}`,
		`{"object":"page","entry":[{"id":"10","messaging":[{` + frame + `,"message":{"mid":"m","text":"a",` + signal + `},` + signal + `}]}]}`,
		`{"object":"page","entry":[{"id":"10","standby":[{` + signal + `,` + frame + `,"postback":{"payload":"paid",` + signal + `}}]}]}`,
		`{"object":"page","entry":[{"id":"10","changes":[{"field":"signal","value":{"key":"k","payload":"paid",` + signal + `},` + signal + `}]}]}`,
		`{"object":"page","entry":[{"id":"10","changes":[{"field":"messages","value":{` + frame + `,` + signal + `}}]}]}`,
		`{"object":"page","entry":[{"id":"10","field":"signal","value":{` + signal + `}}]}`,
		`{"object":"signal","entry":[{"id":"10","calls":[{` + signal + `,"from":"7"}]}]}`,
		`{"object":` + quoted + `,"entry":[{"id":` + quoted + `,"messaging":[{"sender":{"id":` + quoted + `},"recipient":{"id":` + quoted + `},"message":{"mid":` + quoted + `}}]}]}`,
		`{"object":"page","entry":[{"id":"10","messaging":[{"sender":{"user_ref":` + quoted + `},"recipient":{"id":"10"},"optin":{"user_ref":` + quoted + `,` + signal + `}}]}]}`,
		`{"object":"page","entry":[{"id":"10","changes":[{"field":` + quoted + `,"value":{}}]}]}`,
	} {
		callback, err := receiving.Split([]byte(body))
		require.NoError(t, err, body)
		for _, e := range callback.Envelopes {
			requireNoSignal(t, e)
		}
	}
}

func requireNoSignal(t *testing.T, e receiving.Envelope) {
	t.Helper()
	require.Nil(t, e.Signal)
	data, err := e.MarshalBinary()
	require.NoError(t, err)
	stored, err := parseEnvelope(data)
	require.NoError(t, err)
	require.Nil(t, stored.Signal, "%s", data)
	ev, _ := stored.Event()
	require.NotEqual(t, receiving.TypeSignal, ev.Type)
}

// FuzzSignal: any key and payload come back from the store as they were.
func FuzzSignal(f *testing.F) {
	for _, s := range []string{
		"", "PAID", `{"kind":"paid","data":7}`, `{}`, ` {}`, `{} `, "{}\n", `{"a":1,"a":2}`, `{"a":`, `{"a":"}`, `{x}`, `[1]`, `"x"`, `null`, "{\"\u2028\":\"<\"}", "\x00\x1f",
		`{"payload":{"key":"other"}}`, strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300), strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
		`{"a":"\ud800"}`, "{\"a\":\"\t\"}",
	} {
		f.Add("key", s)
		f.Add(s, "payload")
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		if !utf8.ValidString(key) || !utf8.ValidString(text) {
			return // is refused before
		}
		e := signalEnvelope(key, text)
		data, err := e.MarshalBinary()
		require.NoError(t, err)
		require.True(t, json.Valid(data) || strings.Count(text, "{") > 9000, "%s", data)
		got, err := parseEnvelope(data)
		require.NoError(t, err)
		require.Equal(t, e, got)
	})
}
