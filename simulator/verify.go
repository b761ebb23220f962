package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Verify asks the webhook for the verification handshake, as the App Dashboard
// does when a webhook is entered, and returns an error unless the bot answers 200
// with exactly the challenge. See
// https://developers.facebook.com/docs/messenger-platform/webhooks#verification-requests
func (s *Simulator) Verify(ctx context.Context) error {
	s.mu.Lock()
	webhook, closed := s.webhook, s.closed
	s.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if webhook == "" {
		return fmt.Errorf("simulator: verification: %w", errNoWebhook)
	}
	target, err := url.Parse(webhook)
	if err != nil {
		return errors.New("simulator: verification: the webhook URL does not work")
	}
	challenge := randomDigits(18)
	query := target.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.challenge", challenge)
	query.Set("hub.verify_token", s.cfg.VerifyToken)
	target.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AnswerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return errors.New("simulator: verification: the webhook URL does not work")
	}
	req.Header.Set("User-Agent", "facebookplatform/1.0 (+http://developers.facebook.com)")
	var answer bytes.Buffer
	status, err := s.exchange(req, &answer)
	switch {
	case err != nil:
		return fmt.Errorf("simulator: verification: %w", err)
	case status != http.StatusOK:
		return fmt.Errorf("simulator: verification: the bot answered %d, not 200; its verify token may differ", status)
	case answer.String() != challenge:
		return fmt.Errorf("simulator: verification: the answer is not exactly the challenge (%d bytes, not %d)", answer.Len(), len(challenge))
	}
	return nil
}
