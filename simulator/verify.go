package simulator

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// VerifyError is a verification handshake that failed.
type VerifyError struct {
	Status int    // 0: no answer
	Answer string // of the bot, at most 64 KiB
	Advice string // what may be wrong with the bot, in words
	Err    error  // what happened
}

// Error says what happened and what to do.
func (e *VerifyError) Error() string {
	message := "simulator: verification: " + e.Err.Error()
	if e.Advice != "" {
		message += ". " + e.Advice
	}
	return message
}

// Unwrap returns what happened.
func (e *VerifyError) Unwrap() error { return e.Err }

// Verify asks the webhook for the verification handshake, as the App Dashboard
// does when a webhook is entered. It returns nil if the bot answers 200 with the
// challenge, a [*VerifyError] if it does not, and [ErrClosed]. White space around
// the challenge and another content type than text are accepted, as many bots in
// use have them; they are a warning in the log. See
// https://developers.facebook.com/docs/messenger-platform/webhooks#verification-requests
func (s *Simulator) Verify(ctx context.Context) error {
	s.mu.Lock()
	webhook := s.webhook
	s.mu.Unlock()
	return s.verify(ctx, webhook, s.cfg.VerifyToken)
}

// verify does the handshake with a webhook.
func (s *Simulator) verify(ctx context.Context, webhook, token string) error {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return ErrClosed
	}
	challenge := newRandom(0).digits(18)
	got := s.requestChallenge(ctx, webhook, challenge, token)
	failed := &VerifyError{Status: got.status, Answer: strings.ToValidUTF8(string(got.body), "\uFFFD"), Err: got.err}
	answer := string(got.body)
	switch {
	case got.err != nil:
		failed.Advice = s.adviseNoAnswer(got, webhook)
		return failed
	case got.status == http.StatusUnauthorized || got.status == http.StatusForbidden:
		failed.Err = fmt.Errorf("the bot answered %d, not 200", got.status)
		failed.Advice = "The bot's verify token is not that of the call."
		if token == s.cfg.VerifyToken {
			failed.Advice = fmt.Sprintf("The bot's verify token is not the simulator's, %s.", s.verifyTokenHint())
		}
		return failed
	case got.status != http.StatusOK:
		failed.Err, failed.Advice = fmt.Errorf("the bot answered %d, not 200", got.status), s.adviseVerifyStatus(got, webhook)
		return failed
	case strings.TrimSpace(answer) != challenge:
		failed.Err = fmt.Errorf("the answer is not exactly the challenge: %d bytes, not %d: %s", len(got.body), len(challenge), excerpt(answer))
		failed.Advice = s.adviseChallenge(got, challenge)
		return failed
	}
	if answer != challenge {
		s.cfg.Logger.Warn("the bot's answer to the verification has white space around the challenge: accepted here, but write the challenge alone")
	}
	if kind, _, err := mime.ParseMediaType(got.contentType); got.contentType != "" && (err != nil || !strings.HasPrefix(kind, "text/")) {
		s.cfg.Logger.Warn("the bot's answer to the verification is not text: accepted here, but use the content type text/plain", "content_type", got.contentType)
	}
	return nil
}

// requestChallenge sends the request of a handshake.
func (s *Simulator) requestChallenge(ctx context.Context, webhook, challenge, token string) exchanged {
	if webhook == "" {
		return exchanged{err: errNoWebhook}
	}
	target, err := url.Parse(webhook)
	if err != nil {
		return exchanged{err: errors.New("the webhook URL does not work")}
	}
	query := target.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.challenge", challenge)
	query.Set("hub.verify_token", token)
	target.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AnswerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return exchanged{err: errors.New("the webhook URL does not work")}
	}
	req.Header.Set("User-Agent", "facebookplatform/1.0 (+http://developers.facebook.com)")
	return s.exchange(req)
}

// adviseVerifyStatus is the advice for a status that is neither 200 nor a refusal of the token.
func (s *Simulator) adviseVerifyStatus(got exchanged, webhook string) string {
	switch {
	case got.status == http.StatusMethodNotAllowed:
		return webhook + " does not accept GET. The platform verifies with GET and delivers with POST at the same URL."
	case got.status == http.StatusBadRequest:
		return "The bot did not find what it needs in the query: hub.mode, hub.verify_token and hub.challenge, with dots in their names."
	case got.status/100 == 2:
		return "Only 200 verifies a webhook."
	case got.status/100 == 5:
		return "The bot failed while it answered. Its log and its answer may say why."
	}
	return s.advise(got, webhook, s.cfg.AppID)
}

// verifyTokenHint names the token, if it is the public default.
func (s *Simulator) verifyTokenHint() string {
	if s.cfg.VerifyToken == DefaultVerifyToken {
		return fmt.Sprintf("%q", DefaultVerifyToken)
	}
	return "which it was given when it was started"
}

// excerpt is the beginning of an answer on one line, in quotes.
func excerpt(answer string) string {
	const most = 80
	if len(answer) > most {
		return fmt.Sprintf("%q …", strings.ToValidUTF8(answer[:most], ""))
	}
	return fmt.Sprintf("%q", answer)
}
