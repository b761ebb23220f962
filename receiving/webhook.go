package receiving

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
)

// Webhook is the handler of the address that the platform calls: it proves the address to the platform (GET), and takes
// callbacks (POST). Mount it under any path of any router. Requests are handled side by side.
//
// A callback is answered with
//
//   - 200 when its events were accepted, or when it had none;
//   - 401 when it is not signed by the secret of an app, or by one that has none of the callback's pages; without a header that
//     could be a signature, its body is not read;
//   - 413 when its body is larger than MaxBody, or has more than [MaxElements] events;
//   - 400 when its body is no JSON object, or broke off;
//   - 503 when Accept failed, so that the platform delivers it again;
//   - 405 when it is neither GET nor POST.
//
// Answers are plain text of a few words, which say nothing of the inside.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
type Webhook struct {
	config   WebhookConfig
	keys     []*key
	pages    []map[string]bool // by app; nil means all
	counters counters
}

// NewWebhook returns a Webhook, or the error of [WebhookConfig.Validate].
func NewWebhook(config WebhookConfig) (*Webhook, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config.MaxBody = cmp.Or(config.MaxBody, DefaultMaxBody)
	config.Logger = cmp.Or(config.Logger, slog.Default())
	w := &Webhook{config: config, pages: make([]map[string]bool, len(config.Apps))}
	for i, app := range config.Apps {
		for _, s := range app.Secrets {
			w.keys = append(w.keys, newKey(i, s.Reveal()))
		}
		for _, page := range app.Pages {
			if w.pages[i] == nil {
				w.pages[i] = make(map[string]bool, len(app.Pages))
			}
			w.pages[i][page] = true
		}
	}
	return w, nil
}

// ServeHTTP implements [http.Handler].
func (w *Webhook) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		w.verify(rw, r)
	case http.MethodPost:
		w.receive(rw, r)
	default:
		w.counters.refusedMethods.Add(1)
		rw.Header().Set("Allow", "GET, POST")
		answer(rw, http.StatusMethodNotAllowed, "method not allowed")
	}
}

// answer ends a request with plain text, which no browser takes for anything else.
func answer(rw http.ResponseWriter, status int, text string) {
	h := rw.Header()
	h["Content-Type"] = contentType
	h["X-Content-Type-Options"] = noSniff
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, text) // who has gone needs no answer
}

var (
	contentType = []string{"text/plain; charset=utf-8"}
	noSniff     = []string{"nosniff"}
)
