package receiving_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

const exampleBody = `{"object":"page","entry":[{"id":"1045","time":1764000000250,"messaging":[
	{"sender":{"id":"6512"},"recipient":{"id":"1045"},"timestamp":1764000000000,"message":{"mid":"m_1","text":"hello"}},
	{"sender":{"id":"6512"},"recipient":{"id":"1045"},"timestamp":1764000000100,"postback":{"mid":"m_2","title":"Menu","payload":"PERSISTENT_MENU_ONE"}}
]}]}`

func ExampleNewWebhook() {
	webhook, err := receiving.NewWebhook(receiving.WebhookConfig{
		Accept: func(_ context.Context, envelopes []receiving.Envelope) error {
			for _, e := range envelopes {
				fmt.Println("store", e.Thread, e.Time.Format("15:04:05.000"))
			}
			return nil // they are durable now
		},
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New("app secret")}}},
		VerifyToken: secret.New("verify token"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/webhook", webhook)

	// The platform delivers a callback.
	mac := hmac.New(sha256.New, []byte("app secret"))
	mac.Write([]byte(exampleBody))
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(exampleBody))
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, r)
	fmt.Println(answer.Code, webhook.Counts().Events)

	// Output:
	// store 6512 16:00:00.000
	// store 6512 16:00:00.100
	// 200 2
}

func ExampleWebhook_SetApps() {
	webhook, err := receiving.NewWebhook(receiving.WebhookConfig{
		Accept:         func(context.Context, []receiving.Envelope) error { return nil },
		PagesAtRunTime: true,
		VerifyToken:    secret.New("verify token"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	deliver := func() int {
		mac := hmac.New(sha256.New, []byte("app secret"))
		mac.Write([]byte(exampleBody))
		r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(exampleBody))
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		answer := httptest.NewRecorder()
		webhook.ServeHTTP(answer, r)
		return answer.Code
	}
	fmt.Println(deliver())
	err = webhook.SetApps([]receiving.App{{Secrets: []secret.Value{secret.New("app secret")}, Pages: []string{"1045"}}})
	fmt.Println(deliver(), err)

	// Output:
	// 401
	// 200 <nil>
}

func ExampleWebhookConfig_Validate() {
	err := receiving.WebhookConfig{
		Accept: func(context.Context, []receiving.Envelope) error { return nil },
		Apps:   []receiving.App{{Secrets: []secret.Value{secret.New("")}}},
	}.Validate()
	fmt.Println(err)

	// Output:
	// Apps[0].Secrets[0]: is empty
	// VerifyToken: is empty: nothing would be left of the verification
}

func ExampleSplit() {
	callback, err := receiving.Split([]byte(exampleBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, envelope := range callback.Envelopes {
		event, problems := envelope.Event()
		switch p := event.Payload.(type) {
		case *receiving.Message:
			fmt.Println(event.Type, p.Text, len(problems))
		case *receiving.Postback:
			fmt.Println(event.Type, p.Title, len(problems))
		}
	}

	// Output:
	// SIMPLE_TEXT hello 0
	// PERSISTENT_MENU_ONE Menu 0
}

func ExampleEnvelope_UnmarshalBinary() {
	callback, _ := receiving.Split([]byte(exampleBody))
	row, _ := callback.Envelopes[0].MarshalBinary() // into the queue

	var envelope receiving.Envelope
	err := envelope.UnmarshalBinary(row) // and out again
	event, _ := envelope.Event()
	fmt.Println(event.Text(), err)

	// Output: hello <nil>
}

func ExampleType_Carries() {
	fmt.Println(receiving.TypeImage.Carries((*receiving.Message)(nil)), receiving.TypeImage.Carries((*receiving.Postback)(nil)))

	// Output: true false
}

func ExampleMessage_Sticker() {
	callback, _ := receiving.Split([]byte(`{"entry":[{"id":"1045","messaging":[{"sender":{"id":"6512"},"message":{"attachments":[
		{"type":"sticker","payload":{"sticker_id":369239263222822}}]}}]}]}`))
	event, _ := callback.Envelopes[0].Event()
	if m, ok := event.Payload.(*receiving.Message); ok {
		id, isSticker := m.Sticker()
		fmt.Println(event.Type, id, isSticker)
	}

	// Output: STICKER 369239263222822 true
}

func ExampleType_Source() {
	for _, typ := range []receiving.Type{receiving.TypeRead, receiving.TypeComment} {
		source := typ.Source()
		fmt.Printf("%s: %s, page %q, Instagram %q\n", typ, source.Place, source.Page, source.Instagram)
	}

	// Output:
	// READ: messaging[].read, page "message_reads", Instagram "messaging_seen"
	// COMMENT: changes[].feed, page "feed", Instagram ""
}

func ExampleOptIn_Stops() {
	callback, _ := receiving.Split([]byte(`{"entry":[{"id":"1045","messaging":[{"sender":{"id":"6512"},"optin":{
		"type":"notification_messages","notification_messages_token":"813905712","notification_messages_status":"STOP NOTIFICATIONS"}}]}]}`))
	event, _ := callback.Envelopes[0].Event()
	if o, ok := event.Payload.(*receiving.OptIn); ok {
		fmt.Println(event.Type, o.NotificationMessagesToken, o.Stops())
	}

	// Output: AUTHENTICATION 813905712 true
}

func ExampleFeedChange() {
	callback, _ := receiving.Split([]byte(`{"object":"page","entry":[{"id":"1045","time":1764000000,"changes":[{"field":"feed","value":{
		"from":{"id":"998877","name":"Ana"},"item":"comment","verb":"add","comment_id":"77_1234","message":"How much?"}}]}]}`))
	event, _ := callback.Envelopes[0].Event()
	if f, ok := event.Payload.(*receiving.FeedChange); ok {
		// A private reply is addressed to the comment, since its author has no PSID yet.
		fmt.Println(event.Type, f.From.Name, f.Message, f.CommentID)
	}

	// Output: COMMENT Ana How much? 77_1234
}
