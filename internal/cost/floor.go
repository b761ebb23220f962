//go:build linux

package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// floor is the least that a bot can do for an event: it checks it, decodes it and posts the reply, and keeps nothing.
type floor struct {
	client *http.Client
	url    string // of the Send API
}

func newFloor(graphURL string) floor {
	return floor{
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		url:    graphURL + "/v27.0/me/messages",
	}
}

// maxBody is what the floor reads of a callback.
const maxBody = 4 << 20

func (f floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if !hmac.Equal([]byte(sign(body)), []byte(r.Header.Get("X-Hub-Signature-256"))) {
		http.Error(w, "wrong signature", http.StatusForbidden)
		return
	}
	var callback struct {
		Entry []struct {
			Messaging []struct {
				Sender  struct{ ID string }
				Message struct{ Text string }
			}
		}
	}
	if err := json.Unmarshal(body, &callback); err != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	for _, entry := range callback.Entry {
		for _, event := range entry.Messaging {
			go f.reply(event.Sender.ID, echoed+event.Message.Text)
		}
	}
}

// reply posts one message. What goes wrong is lost.
func (f floor) reply(psid, text string) {
	content, err := json.Marshal(map[string]any{
		"messaging_type": "RESPONSE", "recipient": map[string]string{"id": psid}, "message": map[string]string{"text": text},
	})
	if err != nil {
		return
	}
	request, err := http.NewRequest(http.MethodPost, f.url, bytes.NewReader(content)) //nolint:noctx // the client has a timeout
	if err != nil {
		return
	}
	request.Header.Set("Authorization", "Bearer "+pageToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := f.client.Do(request)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}

// sign returns the signature of a callback.
func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
