package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The simulator's public defaults, and the person who writes to the bot.
const (
	pageID    = "100000000000001"
	pageToken = "simulator-page-token"
	appID     = "1000000000000001"
	psid      = "7100000000000001"
)

// pages is what a simulator begins with: one page of which the bot's app is the default app, so that it can take threads.
const pages = `{"snapshot": 1,
 "pages": [{"id": "` + pageID + `", "name": "Shop", "token": "` + pageToken + `", "app_id": "` + appID + `", "default_app": "` + appID + `",
  "fields": ["messages", "message_echoes", "messaging_postbacks", "messaging_handovers", "standby"]}],
 "people": [{"id": "` + psid + `", "page_id": "` + pageID + `", "first_name": "Ada", "last_name": "Byron", "locale": "en_US"}]}`

// platform is a simulator that runs.
type platform struct {
	address, caDir string
	base           string
	client         http.Client
	cmd            *exec.Cmd
}

// simulate starts a simulator with a directory of its own, which ends with ctx.
func (k *kit) simulate(ctx context.Context, name string) (*platform, error) {
	dir, err := os.MkdirTemp(k.tmp, strings.Map(letters, name)+"-")
	if err != nil {
		return nil, err
	}
	state := filepath.Join(dir, "pages.json")
	if err := os.WriteFile(state, []byte(pages), 0o600); err != nil {
		return nil, err
	}
	p := &platform{caDir: filepath.Join(dir, "ca")}
	p.cmd = exec.CommandContext(ctx, k.messenger(), "simulate", "--listen", "localhost:0", "--seed", "1", "--retries", "none", "--profile-calls", "0", "--pages", "@"+state, "--ca-dir", p.caDir) //nolint:gosec // files of this run
	p.cmd.Env = k.environment()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	noise := &noise{}
	p.cmd.Stderr = noise
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, lines) }() // unread output would block the process
	found := regexp.MustCompile(`http://(\S+)`).FindStringSubmatch(first)
	if err != nil || found == nil {
		p.stop()
		return nil, fmt.Errorf("messenger simulate did not start: %q %s", first, noise)
	}
	p.address, p.base = found[1], "http://"+found[1]
	return p, nil
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

func (p *platform) stop() {
	p.client.CloseIdleConnections()
	_ = p.cmd.Process.Kill() // one that has ended cannot be killed
	_ = p.cmd.Wait()
}

// ask makes a request to the simulator's API; the answer is decoded into out, unless that is nil.
func (p *platform) ask(ctx context.Context, method, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var send io.Reader
	switch body := body.(type) {
	case nil:
	case []byte:
		send = bytes.NewReader(body)
	default:
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		send = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base+path, send)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("%s %s: %s", method, path, data)
	case out == nil:
		return nil
	}
	return json.Unmarshal(data, out)
}

// message is what a person sees.
type message struct {
	ID   string `json:"id"`
	From string `json:"from"`
	Text string `json:"text"`

	QuickReplies []struct {
		Title string `json:"title"`
	} `json:"quick_replies"`
	Attachments []struct {
		Type     string `json:"type"`
		URL      string `json:"url"`
		Template *struct {
			Type string          `json:"template_type"`
			Raw  json.RawMessage `json:"raw"`
		} `json:"template"`
	} `json:"attachments"`
	Reaction string `json:"reaction"`
	Persona  *struct {
		Name string `json:"name"`
	} `json:"persona"`
	whole json.RawMessage
}

// messages are those of the conversation with Ada.
func (p *platform) messages(ctx context.Context) ([]message, error) {
	var raw []json.RawMessage
	if err := p.ask(ctx, http.MethodGet, "/simulator/people/"+psid+"/messages", nil, &raw); err != nil {
		return nil, err
	}
	list := make([]message, len(raw))
	for i := range raw {
		if err := json.Unmarshal(raw[i], &list[i]); err != nil {
			return nil, err
		}
		list[i].whole = raw[i]
	}
	return list, nil
}

// says lets Ada write, and returns the mid.
func (p *platform) says(ctx context.Context, text string) (string, error) {
	var act struct {
		MID string `json:"mid"`
	}
	err := p.ask(ctx, http.MethodPost, "/simulator/people/"+psid+"/acts", map[string]string{"type": "say", "text": text}, &act)
	return act.MID, err
}

// waits is the page's next message after another one.
func (p *platform) waits(ctx context.Context, after string) (message, error) {
	var raw json.RawMessage
	if err := p.ask(ctx, http.MethodGet, "/simulator/people/"+psid+"/wait?timeout=10s&after="+after, nil, &raw); err != nil {
		return message{}, err
	}
	m := message{whole: raw}
	return m, json.Unmarshal(raw, &m)
}

// request is a Graph call as the simulator keeps it.
type request struct {
	Seq      int      `json:"seq"`
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Body     string   `json:"body"`
	Status   int      `json:"status"`
	Answer   string   `json:"answer"`
	Warnings []string `json:"warnings"`
}

// refusal is the code of an answer, with the subcode if there is one; empty for none.
func (r request) refusal() string {
	var answer struct {
		Error *struct {
			Type    string `json:"type"`
			Code    int    `json:"code"`
			Subcode int    `json:"error_subcode"`
		} `json:"error"`
	}
	switch err := json.Unmarshal([]byte(r.Answer), &answer); {
	case err != nil || answer.Error == nil:
		return ""
	case answer.Error.Type == "NotSimulated":
		return "not simulated"
	case answer.Error.Subcode != 0:
		return fmt.Sprintf("%d/%d", answer.Error.Code, answer.Error.Subcode)
	}
	return fmt.Sprint(answer.Error.Code)
}

// requests are the calls after another one.
func (p *platform) requests(ctx context.Context, after int) ([]request, error) {
	var all, list []request
	if err := p.ask(ctx, http.MethodGet, "/simulator/requests", nil, &all); err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Seq > after {
			list = append(list, r)
		}
	}
	return list, nil
}

// last is the number of the newest call.
func (p *platform) last(ctx context.Context) (int, error) {
	all, err := p.requests(ctx, 0)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[len(all)-1].Seq, nil
}

// graph makes a call of the bot's page, to see what the platform has.
func (p *platform) graph(ctx context.Context, path string, out any) error {
	return p.ask(ctx, http.MethodGet, "/v27.0/"+path+"&access_token="+pageToken, nil, out)
}

// listens waits until something accepts connections, without a request: botkit answers no GET but a handshake.
func listens(ctx context.Context, address string, died <-chan struct{}) error {
	deadline := time.Now().Add(startTime)
	for time.Now().Before(deadline) {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-died:
			return errors.New("it ended before it listened")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("it does not listen within %v", startTime)
}

// upload gives the page an image, and returns its attachment id.
func (p *platform) upload(ctx context.Context) (string, error) {
	body := json.RawMessage(`{"message":{"attachment":{"type":"image","payload":{"url":"https://shop.example.com/lamp.png","is_reusable":true}}}}`)
	var got struct {
		ID string `json:"attachment_id"`
	}
	err := p.ask(ctx, http.MethodPost, "/v27.0/me/message_attachments?access_token="+pageToken, body, &got)
	return got.ID, err
}

// property is a property of the Messenger Profile, as JSON.
func (p *platform) property(ctx context.Context, name string) (string, error) {
	var raw json.RawMessage
	err := p.graph(ctx, "me/messenger_profile?fields="+name, &raw)
	return string(raw), err
}

// warnings are those of all calls, each once, in their order.
func (p *platform) warnings(ctx context.Context) ([]string, error) {
	made, err := p.requests(ctx, 0)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range made {
		for _, w := range r.Warnings {
			if !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	return all, nil
}
