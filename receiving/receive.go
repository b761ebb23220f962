package receiving

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math"
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
	signature, ok := parseSignature(r.Header)
	if !ok {
		return noSignature, nil // and no memory for its body
	}
	buf, _ := buffers.Get().(*buffer)
	defer buf.release()
	switch fits, err := buf.read(r.Body, w.config.MaxBody); {
	case err != nil:
		return brokeOff, err
	case !fits:
		rw.Header().Set("Connection", "close") // nobody reads the rest
		return tooLarge, nil
	}
	app := w.signer(buf.Bytes(), &signature)
	if app < 0 {
		return wrongKey, nil
	}
	s := newSplitter(buf.Bytes())
	defer s.release()
	switch err := s.split(); {
	case errors.Is(err, ErrTooManyElements):
		return tooMany, nil
	case err != nil:
		return notJSON, err
	}
	return w.accept(r, app, s)
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
func (w *Webhook) accept(r *http.Request, app int, s *splitter) (*refusal, error) {
	w.reportProblems(r, app, s)
	all := len(s.envelopes)
	envelopes := w.own(app, s.envelopes)
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

func (w *Webhook) reportProblems(r *http.Request, app int, s *splitter) {
	if s.malformed == 0 {
		return
	}
	w.counters.malformed.Add(uint64(s.malformed)) //nolint:gosec // a count is not negative
	for _, p := range s.problems {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "part of a callback is malformed",
			slog.String("app_id", w.config.Apps[app].ID), slog.String("path", p.Path), slog.String("problem", p.Text))
	}
	if more := s.malformed - len(s.problems); more > 0 {
		w.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "and more of it", slog.Int("more", more))
	}
}

// buffer holds a body until its callback is answered.
type buffer struct {
	bytes.Buffer
	rest io.LimitedReader
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// read reads a body. It stops where the body is larger than limit, and returns false.
func (b *buffer) read(body io.Reader, limit int64) (fits bool, err error) {
	b.rest = io.LimitedReader{R: body, N: min(limit, math.MaxInt64-1) + 1}
	_, err = b.ReadFrom(&b.rest)
	b.rest.R = nil
	return b.rest.N > 0, err
}

// maxPooled is the capacity, in bytes, beyond which a buffer is not kept.
const maxPooled = 64 << 10

func (b *buffer) release() {
	if b.Cap() <= maxPooled {
		b.Reset()
		buffers.Put(b)
	}
}
