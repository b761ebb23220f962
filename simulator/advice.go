package simulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// slowAnswer is when an answer comes late enough to warn of it: under load the platform's limit is near.
const slowAnswer = 3 * time.Second

// advise says in words what the author of a bot may have to change, empty if nothing is known to be wrong.
func (s *Simulator) advise(got exchanged, webhook, appID string) string {
	if got.err != nil {
		return s.adviseNoAnswer(got, webhook)
	}
	switch status := got.status; {
	case status/100 == 2 && got.duration > slowAnswer:
		return fmt.Sprintf("The answer took %v. Answer 200 first, work afterwards: after 5 s the platform gives up and delivers again.",
			got.duration.Round(100*time.Millisecond))
	case status/100 == 2 && got.cut:
		return "The answer is longer than 64 KiB. The platform reads only the status: answer 200 with an empty body."
	case status/100 == 2:
		return ""
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Sprintf("The bot refused the signature. It was made with the app secret %s over the raw bytes of the body. "+
			"Usual causes: the bot has another app secret, or it parsed and serialised the body again before the check.", hint(s.secretOf(appID)))
	case status == http.StatusNotFound:
		return fmt.Sprintf("Nothing listens at the path of %s. Set the webhook to the path that the bot serves.", webhook)
	case status == http.StatusMethodNotAllowed:
		return webhook + " does not accept POST. The platform verifies with GET and delivers with POST at the same URL."
	case status/100 == 3:
		return "The platform follows no redirects. " + redirectAdvice(webhook, got.location)
	case status == http.StatusRequestEntityTooLarge:
		return "The bot accepts only small bodies. A callback can have many events: allow at least 1 MiB."
	case status == http.StatusUnsupportedMediaType || status == http.StatusBadRequest:
		return "The bot did not understand the callback. It is JSON in UTF-8 with the content type application/json. The bot's answer may say more."
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return "The bot says that it is busy. Callbacks are delivered again; if that goes on for an hour, the platform unsubscribes the app."
	case status/100 == 5:
		return "The bot failed while it handled the callback. Its log and its answer may say why. The platform delivers again."
	default:
		return fmt.Sprintf("The platform takes only 200 for success, not %d.", status)
	}
}

// adviseNoAnswer is the advice where no whole answer came.
func (s *Simulator) adviseNoAnswer(got exchanged, webhook string) string {
	host := webhook
	if target, err := url.Parse(webhook); err == nil {
		host = target.Host
	}
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var notTLS tls.RecordHeaderError
	switch err := got.err; {
	case errors.Is(err, errNoWebhook):
		return "Tell the simulator where the bot listens: Config.WebhookURL, SetWebhook, or the webhook field of the chat page."
	case errors.Is(err, errPageRemoved), errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return "Answer 200 first, work afterwards: the platform gives up here and delivers again."
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("Nothing listens on %s. Start the bot, or correct the webhook.", host)
	case errors.As(err, &unknown):
		return fmt.Sprintf("The host name of %s is unknown on this machine. Correct the webhook.", host)
	case errors.As(err, &certificate), errors.As(err, &authority):
		return fmt.Sprintf("The certificate of %s is not trusted. Use http on this machine, or a certificate that the system trusts.", host)
	case errors.As(err, &notTLS), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return host + " does not speak TLS. Use http in the webhook."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "The bot closed the connection before its answer was complete. It may have crashed: look at its log."
	default:
		return host + " did not give an answer that HTTP allows. Check that a web server listens there."
	}
}

// adviseChallenge says what is wrong with an answer to the verification handshake that is not the challenge.
func (s *Simulator) adviseChallenge(got exchanged, challenge string) string {
	body := bytes.TrimSpace(got.body)
	switch {
	case string(body) == `"`+challenge+`"`:
		return "The challenge came back in quotes. Write it as text, not as JSON."
	case len(body) == 0:
		return "The answer is empty. Write the value of hub.challenge as the body."
	case bytes.Contains(body, []byte(challenge)):
		return "There is more in the answer than the challenge. Write the value of hub.challenge, and nothing else."
	case bytes.HasPrefix(body, []byte("<")):
		return "The answer is a web page. The webhook's path may be that of another part of the program."
	default:
		return "Write the value of the query parameter hub.challenge as the body, as text."
	}
}

// redirectAdvice names the URL that a redirect leads to.
func redirectAdvice(webhook, location string) string {
	from, err := url.Parse(webhook)
	if err != nil || location == "" {
		return "Set the webhook to the URL that answers."
	}
	to, err := from.Parse(location)
	if err != nil {
		return "Set the webhook to the URL that answers."
	}
	return fmt.Sprintf("Set the webhook to %s.", to.Redacted())
}

func (s *Simulator) secretOf(appID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.apps[appID]
}

// hint lets a person recognise a secret. It shows only those that are public.
func hint(secret string) string {
	switch {
	case strings.HasPrefix(secret, DefaultAppSecret):
		return fmt.Sprintf("%q", secret)
	case len(secret) < 12:
		return "of the simulator's configuration"
	}
	return fmt.Sprintf("that ends in %q", secret[len(secret)-4:])
}
