package receiving

import (
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
)

// Webhook is the handler for the webhook URL: it answers the platform's verification requests (GET) and receives callbacks
// (POST). Mount it under any path of any router. It handles requests concurrently.
//
// A callback is answered with
//
//   - 200 when its events were accepted, when it had none, or when all were test events of the App Dashboard;
//   - 401 when it is not signed with the secret of an app, or the app is bound to none of the callback's pages; without a
//     well-formed signature header, its body is not read;
//   - 413 when its body is larger than MaxBody, or has more than [MaxElements] events;
//   - 408 when its body took longer than BodyTimeout;
//   - 400 when its body is not a JSON object, or was cut off;
//   - 503 when Accept failed, or the memory for bodies in flight is used up, so that the platform delivers it again; the
//     latter with a Retry-After header;
//   - 405 when it is neither GET nor POST.
//
// The test button of the App Dashboard sends events of page 0. They are logged at INFO, counted in Counts.Tests, and dropped, since no
// answer can reach their person. A callback without events is logged at INFO, too.
//
// Answers are plain text of a few words without internal details. An HTTP/1 connection is closed after an answer to a
// request whose body was not read to its end.
//
// # Many apps
//
// A callback does not say which app has signed it, so each secret is tried: a callback that none of them has signed costs
// one HMAC of its body for each. Where there are many apps, give each an address of its own: mount the Webhook with the
// wildcard {app} in the pattern, as in "/webhook/{app}". If the request has a value for it ([http.Request.PathValue]; other
// routers call SetPathValue), only the secrets of the app with that ID are tried, and if there is none the body is not read.
//
// # Memory
//
// Anyone who knows the address can send requests without a signature, or with a wrong one. Their bodies cost at most BodyBudget
// bytes of memory, plus MaxBody for the one body that is being put together, for at most BodyTimeout each. The budget is
// charged by bytes received, in blocks of 4 KiB at first and of 64 KiB at most; what Content-Length announces costs nothing.
// A quarter of it is reserved for bodies up to 64 KiB, and half of that quarter for bodies up to 4 KiB, so that a thousand
// connections which hold large bodies keep no message of a person out.
//
// A callback that was authenticated keeps its part of the budget until it is answered, so a slow Accept leads to 503 and not
// to growth. What Accept makes of the envelopes is memory of its own, about as much as the body.
//
// The bodies are what a handler can bound. A connection costs net/http about 20 KiB, and up to MaxHeaderBytes while its
// headers arrive: set ReadHeaderTimeout, ReadTimeout, IdleTimeout and MaxHeaderBytes of the [http.Server].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
type Webhook struct {
	config   WebhookConfig
	bindings atomic.Pointer[bindings]
	setting  sync.Mutex // is held while bindings are replaced
	counters counters
	budget   budget
}

// NewWebhook returns a Webhook, or the error of [WebhookConfig.Validate].
func NewWebhook(config WebhookConfig) (*Webhook, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	w := &Webhook{config: config}
	w.budget.total = config.BodyBudget
	w.bindings.Store(newBindings(cloneApps(config.Apps), !config.PagesAtRunTime, nil))
	return w, nil
}

// cloneApps copies what the caller may change.
func cloneApps(apps []App) []App {
	apps = slices.Clone(apps)
	for i := range apps {
		apps[i].Secrets, apps[i].Pages = slices.Clone(apps[i].Secrets), slices.Clone(apps[i].Pages)
	}
	return apps
}

// ServeHTTP implements [http.Handler].
func (w *Webhook) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	var until deadline
	if hasBody(r) {
		until = w.limitReading(rw, r)
	}
	switch r.Method {
	case http.MethodGet:
		leaveUnread(rw, r)
		w.verify(rw, r)
	case http.MethodPost:
		w.receive(rw, r, until)
	default:
		w.counters.refusedMethods.Add(1)
		leaveUnread(rw, r)
		rw.Header().Set("Allow", "GET, POST")
		answer(rw, http.StatusMethodNotAllowed, "method not allowed")
	}
}

// leaveUnread answers at once a request whose body has not ended: net/http would wait for it to keep the connection.
func leaveUnread(rw http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 && hasBody(r) {
		rw.Header().Set("Connection", "close")
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
