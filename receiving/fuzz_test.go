package receiving_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

// eachFixture calls visit with every file of testdata, without white space.
func eachFixture(t testing.TB, visit func(body []byte)) {
	t.Helper()
	for _, pattern := range []string{"testdata/*.json", "testdata/*/*.json", "testdata/cases/*/*.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			visit(compact(t, body))
		}
	}
}

// seed calls add with every fixture, and with some bodies more.
func seed(f *testing.F, add func(body []byte)) {
	f.Helper()
	eachFixture(f, add)
	for _, body := range []string{``, `{}`, `[]`, `{"entry":[null]}`, callback(`{"message":"TEST_MESSAGE"}`), callback(strings.Repeat("[", 300) + strings.Repeat("]", 300))} {
		add([]byte(body))
	}
}

// FuzzCallback: any bytes are split or refused, each event has a key, and what is stored comes back.
func FuzzCallback(f *testing.F) {
	seed(f, func(body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		c, err := receiving.Split(body)
		require.Equal(t, before, body)
		if err != nil {
			require.Empty(t, c.Envelopes)
			return
		}
		require.True(t, json.Valid(body) || c.Malformed > 0 || tooDeep(body), "%q", body)
		require.LessOrEqual(t, len(c.Problems), c.Malformed)
		again, err := receiving.Split(bytes.Clone(body))
		require.NoError(t, err)
		require.Equal(t, c, again, "the same bytes are the same events")
		for _, e := range c.Envelopes {
			require.Regexp(t, keyForm, e.Key)
			checkKeyTime(t, e)
			require.True(t, strings.HasPrefix(e.Key, e.EditOf))
			require.Equal(t, e.Unsends.MID == "", len(e.Unsends.Keys) == 0)
			require.Equal(t, e.Unsends.MID == "", e.Unsends.Edits == "")
			require.True(t, strings.Contains(e.Thread, "/") || e.Thread == e.PSID && e.PSID != "")
			require.True(t, json.Valid(e.Raw))
			checkEvent(t, e)
		}
	})
}

// checkKeyTime: a KeyTime is the event's own time in whole seconds, and one that the platform can send; a deletion has none.
func checkKeyTime(t *testing.T, e receiving.Envelope) {
	t.Helper()
	if e.KeyTime.IsZero() {
		return
	}
	require.Equal(t, e.Time.Truncate(time.Second), e.KeyTime)
	require.True(t, e.KeyTime.Year() >= 2000 && e.KeyTime.Year() < 2100, e.KeyTime)
	require.Zero(t, e.Unsends)
}

// tooDeep reports whether body has something of which only the brackets were looked at.
func tooDeep(body []byte) bool {
	return bytes.Count(body, []byte("[")) > 256 || bytes.Count(body, []byte("{")) > 256
}

func checkEvent(t *testing.T, e receiving.Envelope) {
	t.Helper()
	ev, _ := e.Event()
	require.True(t, ev.Type.Carries(ev.Payload), "%s carries %T", ev.Type, ev.Payload)
	require.Equal(t, ev.Type == receiving.TypeEcho, strings.HasPrefix(e.Key, "echo"), "splitting and decoding agree on what is an echo")
	_, err := json.Marshal(ev.Payload)
	require.NoError(t, err)
	if m, ok := ev.Payload.(*receiving.Message); ok {
		require.Equal(t, e.SendKey, m.SendKey)
		require.True(t, utf8.ValidString(m.Text))
	}
	data, err := e.MarshalBinary()
	require.NoError(t, err)
	got, err := parseEnvelope(data)
	require.NoError(t, err)
	e.KeyTime, e.EditOf, e.Unsends = time.Time{}, "", receiving.Unsent{} // these are acted on before
	require.Equal(t, e, got)
}

// FuzzPayload: the payload of any element of any field, encoded and put in its own place, is decoded as the same.
func FuzzPayload(f *testing.F) {
	seed(f, func(body []byte) {
		c, err := receiving.Split(body)
		if err != nil {
			return
		}
		for _, e := range c.Envelopes {
			f.Add(e.Field, []byte(e.Raw))
		}
	})
	f.Fuzz(func(t *testing.T, field string, raw []byte) {
		if !json.Valid(raw) || tooDeep(raw) {
			return // is no element of what Split returns
		}
		e := receiving.Envelope{Key: "k", PageID: "104522398071234", Field: field, Raw: raw}
		ev, _ := e.Event()
		require.True(t, ev.Type.Carries(ev.Payload), "%s carries %T", ev.Type, ev.Payload)
		encoded, err := json.Marshal(ev.Payload)
		require.NoError(t, err)
		switch p := ev.Payload.(type) {
		case *receiving.Unknown:
			return
		case *receiving.Message:
			if p.SendKey != "" {
				return // what is left of the metadata may be of the same form
			}
		case *receiving.ThreadControl:
			if p.Action == "app_roles" && len(p.AppRoles) == 0 {
				return // leaves nothing to be told by
			}
		}
		e.Raw = rewritten(t, ev, raw, encoded, field != "")
		again, _ := e.Event()
		got, err := json.Marshal(again.Payload)
		require.NoError(t, err)
		require.Equal(t, string(encoded), string(got))
		require.Equal(t, ev.Type, again.Type)
	})
}

// FuzzSignature: no header but the right one lets a callback in.
func FuzzSignature(f *testing.F) {
	body := callback(`{"message":{"mid":"m"}}`)
	right := sign(appSecret, []byte(body))
	for _, s := range []string{"", right, right[:70], strings.ToUpper(right), "sha1=" + right[7:47], "sha256=", right + "\n", " " + right} {
		f.Add(s)
	}
	w, err := receiving.NewWebhook(receiving.WebhookConfig{
		Accept:      acceptAll,
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New(appSecret)}}},
		Logger:      discardLogger(),
		VerifyToken: secret.New("token"),
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, signature string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header["X-Hub-Signature-256"] = []string{signature}
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		require.Equal(t, signature == right, answer.Code == http.StatusOK)
		require.NotContains(t, answer.Body.String(), right[7:])
	})
}

// FuzzEnvelope: any bytes are an envelope or refused.
func FuzzEnvelope(f *testing.F) {
	seed(f, func(body []byte) {
		c, err := receiving.Split(body)
		if err != nil {
			return
		}
		for _, e := range c.Envelopes {
			data, err := e.MarshalBinary()
			require.NoError(f, err)
			f.Add(data)
		}
	})
	f.Add([]byte(`{"v":1,"ms":99999999999999999,"raw":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseEnvelope(data)
		if err != nil {
			require.ErrorIs(t, err, receiving.ErrEnvelope)
			return
		}
		ev, _ := e.Event()
		require.True(t, ev.Type.Carries(ev.Payload))
		again, err := e.MarshalBinary()
		require.NoError(t, err)
		got, err := parseEnvelope(again)
		require.NoError(t, err)
		require.Equal(t, e, got)
	})
}
