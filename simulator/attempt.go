package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// answerKeep is how many bytes of the bot's answer to a callback are kept.
	answerKeep = 64 << 10
	// answersKeep is how many bytes of answers are kept in all. The oldest are forgotten first.
	answersKeep = 16 << 20
)

// Attempt is one POST of a callback, and what the bot answered.
type Attempt struct {
	Time        time.Time `json:"time"`
	DurationMS  int64     `json:"duration_ms"`            // from the request to the end of the answer; of the wall clock
	Status      int       `json:"status,omitempty"`       // 0: no answer
	ContentType string    `json:"content_type,omitempty"` // of the answer
	Answer      string    `json:"answer,omitempty"`       // at most 64 KiB, with U+FFFD for what is not UTF-8; old ones are forgotten
	Error       string    `json:"error,omitempty"`        // why it failed
	Advice      string    `json:"advice,omitempty"`       // what may be wrong with the bot, in words
	Batch       int       `json:"batch,omitempty"`        // how many callbacks the POST had, if several
}

// exchanged is what came back from the bot for one request.
type exchanged struct {
	status      int
	contentType string
	location    string
	body        []byte // the first answerKeep bytes
	cut         bool   // there was more
	duration    time.Duration
	err         error // why there is no whole answer
}

// exchange sends a request to the bot and reads the beginning of its answer.
func (s *Simulator) exchange(req *http.Request) (got exchanged) {
	start := time.Now()
	defer func() { got.duration = time.Since(start) }()
	resp, err := s.client.Do(req)
	if err != nil {
		if urlErr, ok := errors.AsType[*url.Error](err); ok {
			err = urlErr.Err
		}
		got.err = s.inTime(err)
		return got
	}
	defer resp.Body.Close()
	got.status, got.contentType, got.location = resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("Location")
	var body bytes.Buffer
	if _, err := io.Copy(&body, io.LimitReader(resp.Body, answerKeep+1)); err != nil {
		got.err = fmt.Errorf("reading the answer: %w", s.inTime(err))
	}
	got.body = body.Bytes()
	if len(got.body) > answerKeep {
		got.body, got.cut = got.body[:answerKeep], true
	}
	return got
}

// noAnswerError is the end of the time for an answer.
type noAnswerError struct {
	within time.Duration
	err    error
}

func (e *noAnswerError) Error() string { return fmt.Sprintf("no answer within %v", e.within) }

func (e *noAnswerError) Unwrap() error { return e.err }

// inTime gives the end of the time for an answer, and of the connection, words of its own.
func (s *Simulator) inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &noAnswerError{s.cfg.AnswerTimeout, err}
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("no answer: the connection ended (%w)", err)
	}
	return err
}

// attempt is what is kept of it.
func (e exchanged) attempt(at time.Time) Attempt {
	a := Attempt{
		Time: at, DurationMS: e.duration.Milliseconds(), Status: e.status, ContentType: e.contentType,
		Answer: strings.ToValidUTF8(string(e.body), "\uFFFD"),
	}
	if e.err != nil {
		a.Error = e.err.Error()
	} else if e.status/100 != 2 {
		a.Error = fmt.Sprintf("the bot answered %d", e.status)
	}
	return a
}

// problem is what is wrong with a callback; its zero value is nothing.
type problem struct{ err, advice string }

func (a Attempt) problem() problem { return problem{a.Error, a.Advice} }

// briefAnswer is how many bytes of an answer the live stream and the chat page's state have.
const briefAnswer = 1 << 10

// brief is a copy with the beginnings of the answers only. s.mu must be held.
func (d *Delivery) brief() Delivery {
	short := *d
	short.Attempts = slices.Clone(d.Attempts)
	for i, a := range short.Attempts {
		if len(a.Answer) > briefAnswer {
			short.Attempts[i].Answer = strings.ToValidUTF8(a.Answer[:briefAnswer], "")
		}
	}
	return short
}

// addAttempt adds an attempt to a delivery. s.mu must be held. Copies of deliveries share the attempts, so the list is
// never changed in place.
func (s *Simulator) addAttempt(d *Delivery, a Attempt) {
	if len(s.deliveries) == 0 || d.ID < s.deliveries[0].ID {
		a.Answer = "" // the delivery is forgotten
	}
	d.Attempts = append(slices.Clip(d.Attempts), a)
	s.answerBytes += len(a.Answer)
	for _, old := range s.deliveries {
		if s.answerBytes <= answersKeep {
			return
		}
		s.forgetAnswers(old)
	}
}

// forgetAnswers drops what the bot answered to a callback. s.mu must be held.
func (s *Simulator) forgetAnswers(d *Delivery) {
	attempts := slices.Clone(d.Attempts)
	for i := range attempts {
		s.answerBytes -= len(attempts[i].Answer)
		attempts[i].Answer = ""
	}
	d.Attempts = attempts
}
