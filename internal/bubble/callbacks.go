package bubble

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/metadata"
)

// Callback is the body of a callback with one text message.
func Callback(page, psid, mid, text string) string {
	return fmt.Sprintf(`{"object":"page","entry":[%s]}`, Entry(page, psid, mid, text))
}

// Entry is an entry of a callback with one text message.
func Entry(page, psid, mid, text string) string {
	return fmt.Sprintf(`{"id":"%s","time":1,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},`+
		`"timestamp":%d,"message":{"mid":"%s","text":"%s"}}]}`, page, psid, page, time.Now().UnixMilli(), mid, text)
}

// Crowd is a callback in which so many people, from 9000 on, each write to a page.
func Crowd(page string, people int) string {
	entries := make([]string, people)
	for i := range entries {
		entries[i] = Entry(page, fmt.Sprint(9000+i), fmt.Sprint("m_crowd_", i), "hi")
	}
	return `{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`
}

// EchoOf is a callback with the echo of a text that an app has sent. The wire is the
// metadata that it was sent with; see [Wire].
func EchoOf(psid, app, wire, text string) string {
	return fmt.Sprintf(`{"object":"page","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[1]s"},`+
		`"recipient":{"id":"%[2]s"},"timestamp":%[3]d,"message":{"mid":"m_echo_%[6]s","is_echo":true,"app_id":%[4]s,`+
		`"metadata":"%[5]s","text":"%[6]s"}}]}]}`, PageID, psid, time.Now().UnixMilli(), app, wire, text)
}

// Wire is the metadata of a message with that key.
func Wire(t *testing.T, key string) string {
	t.Helper()
	wire, err := metadata.Encode(key, "")
	require.NoError(t, err)
	return wire
}

// Posts gives a callback, signed by the app, to the webhook.
func (w *World) Posts(body string) *httptest.ResponseRecorder {
	return PostSigned(w.Webhook, AppSecret, body)
}

// PostSigned gives a webhook a callback that is signed with a secret.
func PostSigned(webhook http.Handler, secret, body string) *httptest.ResponseRecorder {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer := httptest.NewRecorder()
	webhook.ServeHTTP(answer, r)
	return answer
}
