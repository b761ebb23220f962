package simulator_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// FuzzGraphCall: whatever is called in whatever form, the answer is JSON, and an error has the platform's shape.
func FuzzGraphCall(f *testing.F) {
	for _, seed := range [][4]string{
		{"POST", "/v27.0/me/messages", jsonBody, `{"recipient":{"id":"` + ada + `"},"message":{"text":"x"},"persona_id":"1"}`},
		{"POST", "/me/messages", formBody, "recipient[id]=" + ada + "&message[text]=x&a[0][b]=c&a[]=d"},
		{"POST", "/", jsonBody, `{"batch":[{"method":"GET","relative_url":"me?fields=id","name":"a"},{"method":"GET","relative_url":"{result=a:$.id}/personas","depends_on":"a"}]}`},
		{"POST", "/me/message_attachments", "multipart/form-data; boundary=x", multipartOf("message", imageField, "filedata", "x")},
		{"GET", "/me/conversations?fields=messages.limit(2){id,from,attachments},participants&limit=1&after=dDE", "", ""},
		{"GET", "/me/insights?metric=page_x&since=1&until=2026-01-01&period=day", "", ""},
		{"POST", "/me/message_templates", jsonBody, `{"name":"a","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"x"}]}`},
		{"POST", "/me/moderate_conversations", jsonBody, `{"user_ids":[{"id":"` + ada + `"}],"actions":["block_user"]}`},
		{"POST", "/me/messenger_profile", jsonBody, `{"ice_breakers":[{"call_to_actions":[{"question":"q","payload":"p"}],"locale":"default"}]}`},
		{"POST", "/me/custom_user_settings?method=delete", jsonBody, `{"psid":"` + ada + `","params":["persistent_menu"]}`},
		{"GET", "/debug_token?input_token=x", "", ""}, {"GET", "/v20.0/" + ada, "", ""}, {"DELETE", "/1/label?user=2", "", ""},
		{"GET", "/sticker_packs/500000000000001/stickers?limit=1", "", ""}, {"POST", "/1000000000000001/subscriptions", jsonBody, `{"object":"page"}`},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], false)
		f.Add(seed[0], seed[1], seed[2], seed[3], true)
	}
	f.Fuzz(func(t *testing.T, method, target, kind, body string, app bool) {
		path, query, _ := strings.Cut(target, "?")
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/simulator") || path == "/favicon.ico" || path == "/" && method != "POST" {
			return // not of the Graph API
		}
		s := newSim(t, simulator.Config{History: 10})
		_, err := s.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", strings.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawQuery, r.Host = method, path, query, "localhost"
		r.Header.Set("Content-Type", kind)
		token := "simulator-page-token"
		if app {
			token = appToken
		}
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.True(t, json.Valid(w.Body.Bytes()), "%d %s", w.Code, w.Body)
		if w.Code != 200 {
			var refused struct {
				Error struct {
					Message, Type string
					Code          int
				}
			}
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &refused))
			require.NotEmpty(t, refused.Error.Message)
			require.NotEmpty(t, refused.Error.Type)
		}
		for _, request := range s.Requests() {
			require.NotContains(t, request.Answer, "simulator-app-secret")
		}
	})
}
