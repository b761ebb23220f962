package receiving

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
)

// refusal is the reason why a callback is refused. Its text is for the platform and for the log.
type refusal struct {
	status  int
	text    string
	counter func(*counters) counter
	unread  bool // the body was not read to its end
}

type counter interface{ Add(delta uint64) uint64 }

var (
	tooLarge    = &refusal{status: http.StatusRequestEntityTooLarge, text: "body too large", counter: refusedBody, unread: true}
	tooMany     = &refusal{status: http.StatusRequestEntityTooLarge, text: "too many events", counter: refusedBody}
	brokeOff    = &refusal{status: http.StatusBadRequest, text: "body broke off", counter: refusedBody, unread: true}
	notJSON     = &refusal{status: http.StatusBadRequest, text: "not a JSON object", counter: refusedBody}
	tooSlow     = &refusal{http.StatusRequestTimeout, "body too slow", func(c *counters) counter { return &c.timedOut }, true}
	overBudget  = &refusal{http.StatusServiceUnavailable, "too many bodies in flight, deliver again", func(c *counters) counter { return &c.overBudget }, true}
	noSignature = &refusal{status: http.StatusUnauthorized, text: "no valid " + signatureHeader + " header", counter: refusedSignatures, unread: true}
	unknownApp  = &refusal{status: http.StatusUnauthorized, text: "unknown app", counter: refusedSignatures, unread: true}
	wrongKey    = &refusal{status: http.StatusUnauthorized, text: "wrong signature", counter: refusedSignatures}
	foreign     = &refusal{status: http.StatusUnauthorized, text: "no page of the app that signed", counter: func(c *counters) counter { return &c.refusedPages }}
	notStored   = &refusal{status: http.StatusServiceUnavailable, text: "not stored, deliver again", counter: func(c *counters) counter { return &c.notAccepted }}
)

func refusedBody(c *counters) counter       { return &c.refusedBody }
func refusedSignatures(c *counters) counter { return &c.refusedSignatures }

// receive handles a callback. The body is not parsed before its signature is verified.
func (w *Webhook) receive(rw http.ResponseWriter, r *http.Request, until deadline) {
	refused, err := w.take(rw, r, until)
	if refused == nil {
		w.counters.callbacks.Add(1)
		answer(rw, http.StatusOK, "ok")
		return
	}
	refused.counter(&w.counters).Add(1)
	attrs := []slog.Attr{slog.String("reason", refused.text), slog.Int("status", refused.status)}
	level := slog.LevelWarn
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	if refused == notStored {
		level = slog.LevelError
	}
	w.config.Logger.LogAttrs(r.Context(), level, "refused a callback", attrs...)
	if refused.unread {
		leaveUnread(rw, r)
	}
	if refused == overBudget { // all that is in flight now is over by then, unless the store is slow
		rw.Header().Set("Retry-After", strconv.FormatInt(int64(math.Ceil(w.config.BodyTimeout.Seconds())), 10))
	}
	answer(rw, refused.status, refused.text)
}

func (w *Webhook) take(rw http.ResponseWriter, r *http.Request, until deadline) (*refusal, error) {
	if r.ContentLength > w.config.MaxBody {
		return tooLarge, nil
	}
	signature, ok := parseSignature(r.Header)
	if !ok {
		return noSignature, nil // and no memory for its body
	}
	if !w.bindings.Load().knows(r) {
		return unknownApp, nil
	}
	b, err := w.readBody(rw, r, until)
	if err != nil {
		return refusedReading(err)
	}
	defer b.release()
	bound := w.bindings.Load()
	app := bound.signer(r, b, &signature)
	if app < 0 {
		return wrongKey, nil
	}
	s := newSplitter(b.join())
	defer s.release()
	switch err := s.split(); {
	case errors.Is(err, ErrTooManyElements):
		return tooMany, nil
	case err != nil:
		return notJSON, err
	}
	return w.accept(r, bound, app, s)
}

// refusedReading is the refusal of a body that was not read to its end. The error is returned where it says more.
func refusedReading(err error) (*refusal, error) {
	if _, limited := errors.AsType[*http.MaxBytesError](err); limited { // a middleware's limit
		return tooLarge, nil
	}
	switch {
	case errors.Is(err, errTooLarge):
		return tooLarge, nil
	case errors.Is(err, errTooSlow):
		return tooSlow, nil
	case errors.Is(err, errOverBudget):
		return overBudget, nil
	}
	return brokeOff, err
}

func (w *Webhook) reportProblems(r *http.Request, bound *bindings, app int, s *splitter) {
	if s.malformed == 0 {
		return
	}
	w.counters.malformed.Add(uint64(s.malformed)) //nolint:gosec // a count is not negative
	for _, p := range s.describe() {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "part of a callback is malformed",
			bound.signedBy(app, slog.String("path", p.Path), slog.String("problem", p.Text))...)
	}
	if more := s.malformed - len(s.problems); more > 0 {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "more parts of the callback are malformed", slog.Int("more", more))
	}
}
