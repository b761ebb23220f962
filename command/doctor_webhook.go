package command

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// probeTime is how long the webhook may take for an answer: the platform gives it 5 seconds.
const probeTime = 5 * time.Second

// emptyCallback is a callback without events: a bot accepts it, and does nothing.
const emptyCallback = `{"object":"page","entry":[]}`

// webhook checks the webhook as the platform would, and as an attacker would: the verification with the right and a wrong
// verify token, and a callback without events with the right and a wrong signature.
func (d *examination) webhook(ctx context.Context, address string) {
	const check = "webhook"
	appSecret, verify := d.env(envAppSecret), d.env(envVerifyToken)
	switch u, err := url.Parse(address); {
	case address == "":
		d.report(check, skipped, "the callback URL is not known", "give --url")
		return
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		d.report(check, problem, "the callback URL is no URL", "it has to be such as https://bot.example/webhook")
		return
	case u.Scheme == "http" && (!isLoopback(u.Hostname()) || !d.onLoopback()): // a simulator calls http, too
		d.report(check, problem, "the callback URL is http", "the platform calls https only, with a certificate that browsers trust")
		if !isLoopback(u.Hostname()) { // others on the way would read the verify token
			return
		}
	}
	if verify == "" || appSecret == "" {
		d.report(check, skipped, envVerifyToken+" or "+envAppSecret+" is not set", "set both as the bot has them")
		return
	}
	before := len(d.found)
	p := webhookProbe{d.config.client, address}
	challenge := rand.Text()
	answer, err := p.verify(ctx, challenge, verify)
	switch {
	case err != nil:
		d.report(check, problem, err.Error(), "the bot has to run, and the address to reach it with a certificate that browsers trust")
		return
	case answer.status == http.StatusNotFound || answer.status == http.StatusMethodNotAllowed:
		d.report(check, problem, fmt.Sprintf("the bot has no webhook at this path: it answers with %d", answer.status), "correct the path of the callback URL, or of the bot's handler")
		return
	case answer.status != http.StatusOK:
		d.report(check, problem, fmt.Sprintf("it answers the verification with %d", answer.status), "give the bot the "+envVerifyToken+" of this environment, and check the path")
	case answer.body != challenge:
		d.report(check, problem, "it does not answer the verification with the challenge alone", "the path is that of another program, or something between adds to the answer")
	}
	if answer, err := p.verify(ctx, challenge, verify+rand.Text()); err == nil && answer.status/100 == 2 && answer.body == challenge {
		d.report(check, problem, "it accepts any verify token", "compare the token with "+envVerifyToken)
	}
	if answer, err := p.post(ctx, rand.Text()); err == nil && answer.status/100 == 2 {
		d.report(check, problem, "it accepts a callback with a wrong signature: anyone can act as any person", "check X-Hub-Signature-256 by the app secret")
	}
	switch answer, err := p.post(ctx, appSecret); {
	case err != nil:
		d.report(check, problem, err.Error(), "the bot has to answer within 5 seconds")
	case answer.status/100 != 2:
		d.report(check, problem, fmt.Sprintf("it answers a callback that is signed rightly with %d", answer.status), "give the bot the "+envAppSecret+" of this environment; its log says why it refuses")
	}
	if len(d.found) == before {
		d.report(check, fine, oneLine(address, 200)+" is verified, and refuses wrong signatures and verify tokens", "")
	}
}

// onLoopback reports that the Graph API of the environment is on this machine, as a simulator's is.
func (d *examination) onLoopback() bool {
	u, err := url.Parse(d.env(envGraphURL))
	return err == nil && isLoopback(u.Hostname())
}

// webhookProbe calls a webhook.
type webhookProbe struct {
	client  *http.Client
	address string
}

// probed is the answer.
type probed struct {
	status int
	body   string
}

// verify asks for the verification.
func (p webhookProbe) verify(ctx context.Context, challenge, token string) (probed, error) {
	u, err := url.Parse(p.address)
	if err != nil {
		return probed{}, err
	}
	query := u.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.challenge", challenge)
	query.Set("hub.verify_token", token)
	u.RawQuery = query.Encode()
	return p.do(ctx, http.MethodGet, u.String(), nil, "")
}

// post delivers the empty callback, signed by a secret.
func (p webhookProbe) post(ctx context.Context, secret string) (probed, error) {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(emptyCallback))
	return p.do(ctx, http.MethodPost, p.address, []byte(emptyCallback), "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

func (p webhookProbe) do(ctx context.Context, method, address string, body []byte, signature string) (probed, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return probed{}, errors.New("the callback URL is no URL")
	}
	if signature != "" {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Hub-Signature-256", signature)
	}
	client := *p.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the platform follows none
	response, err := client.Do(request)
	if err != nil {
		return probed{}, fmt.Errorf("it cannot be reached: %w", withoutURL(err))
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	if err != nil {
		return probed{}, fmt.Errorf("its answer broke off: %w", err)
	}
	return probed{response.StatusCode, string(text)}, nil
}
