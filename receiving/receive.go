package receiving

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"sync"
)

// refusal is why a callback is not taken. Its text is for the platform and for the log.
type refusal struct {
	status  int
	text    string
	counter func(*counters) counter
}

type counter interface{ Add(delta uint64) uint64 }

var (
	tooLarge    = &refusal{http.StatusRequestEntityTooLarge, "body too large", bodies}
	tooMany     = &refusal{http.StatusRequestEntityTooLarge, "too many events", bodies}
	brokeOff    = &refusal{http.StatusBadRequest, "body broke off", bodies}
	notJSON     = &refusal{http.StatusBadRequest, "not a JSON object", bodies}
	noSignature = &refusal{http.StatusUnauthorized, "no valid " + signatureHeader + " header", signatures}
	wrongKey    = &refusal{http.StatusUnauthorized, "wrong signature", signatures}
	foreign     = &refusal{http.StatusUnauthorized, "no page of the app that signed", func(c *counters) counter { return &c.refusedPages }}
	notStored   = &refusal{http.StatusServiceUnavailable, "not stored, deliver again", func(c *counters) counter { return &c.notAccepted }}
)

func bodies(c *counters) counter     { return &c.refusedBody }
func signatures(c *counters) counter { return &c.refusedSignatures }

// receive takes a callback. Nothing looks into the body before its signature was checked.
func (w *Webhook) receive(rw http.ResponseWriter, r *http.Request) {
	refused, err := w.take(rw, r)
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
	answer(rw, refused.status, refused.text)
}

func (w *Webhook) take(rw http.ResponseWriter, r *http.Request) (*refusal, error) {
	if r.ContentLength > w.config.MaxBody {
		return tooLarge, nil
	}
	buf, _ := buffers.Get().(*bytes.Buffer)
	defer putBuffer(buf)
	if _, err := buf.ReadFrom(http.MaxBytesReader(rw, r.Body, w.config.MaxBody)); err != nil {
		if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
			return tooLarge, nil
		}
		return brokeOff, err
	}
	signature, ok := parseSignature(r.Header)
	if !ok {
		return noSignature, nil
	}
	app := w.signer(buf.Bytes(), &signature)
	if app < 0 {
		return wrongKey, nil
	}
	// The envelopes outlive the buffer, so they get bytes of their own.
	callback, err := Split(bytes.Clone(buf.Bytes()))
	switch {
	case errors.Is(err, ErrTooManyElements):
		return tooMany, nil
	case err != nil:
		return notJSON, err
	}
	return w.accept(r, app, callback)
}

// signer returns the app whose secret made the signature, or -1.
func (w *Webhook) signer(body []byte, signature *mac) int {
	for _, k := range w.keys {
		if k.signed(body, signature) {
			return k.app
		}
	}
	return -1
}

// accept hands on what the app may say.
func (w *Webhook) accept(r *http.Request, app int, callback Callback) (*refusal, error) {
	w.reportProblems(r, app, callback)
	all := len(callback.Envelopes)
	envelopes := w.own(app, callback.Envelopes)
	if dropped := all - len(envelopes); dropped > 0 {
		w.counters.foreign.Add(uint64(dropped))
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "dropped events of pages that the app which signed them does not have",
			slog.Int("app", app), slog.String("app_id", w.config.Apps[app].ID), slog.Int("dropped", dropped), slog.Int("kept", len(envelopes)))
	}
	switch {
	case all == 0:
		return nil, nil
	case len(envelopes) == 0:
		return foreign, nil
	}
	if err := w.config.Accept(r.Context(), envelopes); err != nil {
		return notStored, err
	}
	w.counters.events.Add(uint64(len(envelopes)))
	return nil, nil
}

// own returns the envelopes of the pages that are bound to the app, in the same memory.
func (w *Webhook) own(app int, envelopes []Envelope) []Envelope {
	pages := w.pages[app]
	if pages == nil {
		return envelopes
	}
	kept := envelopes[:0]
	for i := range envelopes {
		if pages[envelopes[i].PageID] {
			kept = append(kept, envelopes[i])
		}
	}
	return kept
}

func (w *Webhook) reportProblems(r *http.Request, app int, callback Callback) {
	if callback.Malformed == 0 {
		return
	}
	w.counters.malformed.Add(uint64(callback.Malformed)) //nolint:gosec // a count is not negative
	for _, p := range callback.Problems {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "part of a callback is malformed",
			slog.String("app_id", w.config.Apps[app].ID), slog.String("path", p.Path), slog.String("problem", p.Text))
	}
	if more := callback.Malformed - len(callback.Problems); more > 0 {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "and more of it", slog.Int("more", more))
	}
}

// buffers keep what a body is read into until its signature was checked.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled is the capacity, in bytes, beyond which a buffer is not kept.
const maxPooled = 64 << 10

func putBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooled {
		buf.Reset()
		buffers.Put(buf)
	}
}
