package receiving_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

// BenchmarkCallback measures what a callback costs, as an HTTP request without the network:
//
//   - reference: a plain handler that verifies, and decodes with encoding/json into a struct;
//   - split: this package up to Accept, which is all that happens before a callback is stored;
//   - full: the same, and then each event decoded and classified.
//
// Compare figures of one run only.
func BenchmarkCallback(b *testing.B) {
	for _, name := range []string{"one", "mixed50"} {
		body := read(b, name)
		b.Run(name, func(b *testing.B) {
			b.Run("reference", func(b *testing.B) { benchmarkHandler(b, referenceHandler(), body) })
			b.Run("split", func(b *testing.B) { benchmarkHandler(b, benchmarkWebhook(b, false), body) })
			b.Run("full", func(b *testing.B) { benchmarkHandler(b, benchmarkWebhook(b, true), body) })
		})
	}
}

func benchmarkHandler(b *testing.B, h http.Handler, body []byte) {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, "/webhook", nil)
	r.Header.Set("X-Hub-Signature-256", sign(appSecret, body))
	r.ContentLength = int64(len(body))
	w := &discard{header: http.Header{}}
	reader := bytes.NewReader(nil)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		reader.Reset(body)
		r.Body = io.NopCloser(reader)
		h.ServeHTTP(w, r)
	}
	require.Equal(b, http.StatusOK, w.status)
}

// discard is a ResponseWriter that costs nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// SetReadDeadline is what the ResponseWriters of net/http have.
func (d *discard) SetReadDeadline(time.Time) error { return nil }

func benchmarkWebhook(b *testing.B, full bool) http.Handler {
	b.Helper()
	w, err := receiving.NewWebhook(receiving.WebhookConfig{
		Accept: func(_ context.Context, envelopes []receiving.Envelope) error {
			if full {
				for _, e := range envelopes {
					if ev, _ := e.Event(); ev.Type == receiving.TypeUnknown {
						b.Error("an event was not decoded")
					}
				}
			}
			return nil
		},
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New(appSecret)}}},
		VerifyToken: secret.New("token"),
	})
	require.NoError(b, err)
	return w
}

// TestBenchmarkDecodesEverything compares what full decodes with an eager decode, so that its speed is not that of leaving
// things out: with the reference's, and with one into maps, which has every field that there is.
func TestBenchmarkDecodesEverything(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"one", "mixed50"} {
		var want referenceCallback
		require.NoError(t, json.Unmarshal(read(t, name), &want))
		envelopes := split(t, string(read(t, name))).Envelopes
		require.Len(t, envelopes, len(want.Entry))
		for i, entry := range want.Entry {
			ev, problems := envelopes[i].Event()
			require.Empty(t, problems)
			el := entry.Messaging[0]
			require.Equal(t, el.Sender.ID, ev.PSID)
			require.Equal(t, el.Recipient.ID, ev.PageID)
			require.Equal(t, el.Timestamp, ev.Time.UnixMilli())
			require.True(t, ev.Type.Carries(ev.Payload))
			requireAllEncoded(t, ev)
			switch p := ev.Payload.(type) {
			case *receiving.Message:
				require.Equal(t, el.Message.MID, p.MID)
				require.Equal(t, el.Message.Text, p.Text)
				require.Equal(t, el.Message.QuickReply != nil, p.QuickReply != nil)
				if p.QuickReply != nil {
					require.Equal(t, el.Message.QuickReply.Payload, p.QuickReply.Payload)
				}
				require.Len(t, p.Attachments, len(el.Message.Attachments))
				for i, a := range el.Message.Attachments {
					require.Equal(t, a.Type, string(p.Attachments[i].Type))
					require.Equal(t, a.Payload.URL, p.Attachments[i].Payload.URL)
				}
				require.Equal(t, el.Message.IsEcho, p.IsEcho)
				require.Equal(t, el.Message.Metadata, p.Metadata)
				if p.IsEcho {
					require.Equal(t, strconv.FormatInt(el.Message.AppID, 10), p.AppID)
				}
			case *receiving.Delivery:
				require.Equal(t, el.Delivery.MIDs, p.MIDs)
				require.Equal(t, el.Delivery.Watermark, p.Watermark.UnixMilli())
			case *receiving.Read:
				require.Equal(t, el.Read.Watermark, p.Watermark.UnixMilli())
			case *receiving.OptIn:
				require.Equal(t, el.Optin.Ref, p.Ref)
			case *receiving.Referral:
				require.Equal(t, el.Referral.Ref, p.Ref)
				require.Equal(t, el.Referral.Source, p.Source)
				require.Equal(t, el.Referral.Type, p.Type)
			case *receiving.AccountLinking:
				require.Equal(t, el.AccountLinking.Status, p.Status)
				require.Equal(t, el.AccountLinking.AuthorizationCode, p.AuthorizationCode)
			case *receiving.Postback:
				require.Equal(t, el.Postback.MID, p.MID)
				require.Equal(t, el.Postback.Payload, p.Payload)
				require.Equal(t, el.Postback.Title, p.Title)
			default:
				require.Fail(t, "unexpected", "%T", p)
			}
		}
	}
}

type referenceCallback struct {
	Object string `json:"object"`
	Entry  []struct {
		ID        string             `json:"id"`
		Time      int64              `json:"time"`
		Messaging []referenceElement `json:"messaging"`
	} `json:"entry"`
}

type referenceElement struct {
	Sender struct {
		ID string `json:"id"`
	} `json:"sender"`
	Recipient struct {
		ID string `json:"id"`
	} `json:"recipient"`
	Timestamp int64 `json:"timestamp"`
	Message   *struct {
		MID        string `json:"mid"`
		Text       string `json:"text"`
		IsEcho     bool   `json:"is_echo"`
		AppID      int64  `json:"app_id"`
		Metadata   string `json:"metadata"`
		QuickReply *struct {
			Payload string `json:"payload"`
		} `json:"quick_reply"`
		Attachments []struct {
			Type    string `json:"type"`
			Payload struct {
				URL string `json:"url"`
			} `json:"payload"`
		} `json:"attachments"`
	} `json:"message"`
	Postback *struct {
		MID     string `json:"mid"`
		Title   string `json:"title"`
		Payload string `json:"payload"`
	} `json:"postback"`
	Delivery *struct {
		MIDs      []string `json:"mids"`
		Watermark int64    `json:"watermark"`
	} `json:"delivery"`
	Read *struct {
		Watermark int64 `json:"watermark"`
	} `json:"read"`
	Optin *struct {
		Ref string `json:"ref"`
	} `json:"optin"`
	Referral *struct {
		Ref    string `json:"ref"`
		Source string `json:"source"`
		Type   string `json:"type"`
	} `json:"referral"`
	AccountLinking *struct {
		Status            string `json:"status"`
		AuthorizationCode string `json:"authorization_code"`
	} `json:"account_linking"`
}

// referenceHandler is what one would write by hand: capped read, pooled buffer, pooled HMAC, constant-time compare,
// encoding/json.
func referenceHandler() http.Handler {
	buffers := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	hashes := sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(appSecret)) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buf, _ := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(buf)
		buf.Reset()
		if _, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, 4<<20)); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		h, _ := hashes.Get().(hash.Hash)
		defer hashes.Put(h)
		h.Reset()
		h.Write(buf.Bytes())
		want, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256="))
		if err != nil || !hmac.Equal(h.Sum(nil), want) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var callback referenceCallback
		if json.Unmarshal(buf.Bytes(), &callback) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}

const appSecret = "0123456789abcdef0123456789abcdef"

// sign returns the signature header's value for body.
func sign(secret string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}
