package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var dialer net.Dialer

// client is a library that calls the Graph API.
type client struct {
	name, module, script string
	library              string // by which it calls
}

var clients = []client{
	{"messaging-api-messenger", "messaging-api-messenger", "messaging-api-messenger", "axios 0.21"},
	{"messenger-node", "messenger-node", "messenger-node", "request"},
	{"fbmessenger", "fbmessenger", "fbmessenger", "node-fetch 1"},
	{"@warriorteam/messenger-sdk", "@warriorteam/messenger-sdk", "messenger-sdk", "fetch"},
	{"fb-messenger-bot-api", "fb-messenger-bot-api", "fb-messenger-bot-api", "request"},
}

// cell is the result of one call.
type cell struct {
	value string
	note  string // words of a client's own failure
}

const (
	works   = "yes"
	without = "–" // the software has no such thing
	fails   = "fails"
)

// clientResult has the results of one client.
type clientResult struct {
	version  string
	calls    map[string]cell
	faults   map[string]cell
	preload  string // whether its calls reach the simulator by each way
	proxy    string
	warnings []string
}

// outcome is what a client's process answers.
type outcome struct {
	Calls []string        `json:"calls"` // in its first line
	OK    bool            `json:"ok"`
	Value json.RawMessage `json:"value"`
	Error struct {
		Text    string             `json:"text"`
		Cause   any                `json:"cause"`
		Numbers map[string]float64 `json:"numbers"`
	} `json:"error"`
}

// session is one client with its simulator.
type session struct {
	platform *platform
	process  *process
	offers   []string
	args     map[string]string
	verbose  bool
	name     string
	arrived  int // calls that have reached the simulator
}

func (k *kit) runClient(ctx context.Context, c client, verbose bool) (*clientResult, error) {
	p, err := k.simulate(ctx, c.script)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	s, err := k.open(ctx, p, c, byPreload)
	if err != nil {
		return nil, err
	}
	defer s.process.stop()
	s.verbose = verbose
	result := &clientResult{version: k.version("", c.module), calls: map[string]cell{}, faults: map[string]cell{}}
	for _, name := range s.offers {
		if !slices.ContainsFunc(calls, func(c call) bool { return c.name == name }) {
			return nil, fmt.Errorf("the suite has no call %q", name)
		}
	}
	for _, one := range calls {
		if result.calls[one.name], err = s.make(ctx, one); err != nil {
			return nil, fmt.Errorf("%s: %w", one.name, err)
		}
	}
	result.preload = reached(s.arrived)
	for _, f := range faults {
		if result.faults[f.name], err = s.sendDuring(ctx, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if result.warnings, err = p.warnings(ctx); err != nil {
		return nil, err
	}
	result.proxy, err = k.proxied(ctx, p, c)
	return result, err
}

// reached says whether calls have reached the simulator.
func reached(calls int) string {
	if calls == 0 {
		return "no"
	}
	return works
}

// open starts a client's process.
func (k *kit) open(ctx context.Context, p *platform, c client, by way) (*session, error) {
	dir := filepath.Join(k.root, "compat", "clients")
	pr, err := k.start(ctx, p, by, "", dir, "host.cjs "+quoted(c.script))
	if err != nil {
		return nil, err
	}
	var hello outcome
	if err := pr.within(ctx, startTime, &hello); err != nil {
		pr.stop()
		return nil, err
	}
	mid, err := p.says(ctx, "hi")
	if err != nil {
		pr.stop()
		return nil, err
	}
	s := &session{platform: p, process: pr, offers: hello.Calls, name: c.name}
	s.args = map[string]string{"psid": psid, "mid": mid, "path": k.picture()}
	if s.args["attachment"], err = p.upload(ctx); err != nil { // for a client that uploads nothing itself
		pr.stop()
		return nil, err
	}
	return s, nil
}

// ask lets the client make a call.
func (s *session) ask(ctx context.Context, name string) (outcome, error) {
	line, err := json.Marshal(map[string]any{"call": name, "args": s.args})
	if err != nil {
		return outcome{}, err
	}
	if _, err := s.process.in.Write(append(line, '\n')); err != nil {
		return outcome{}, s.process.died()
	}
	var got outcome
	err = s.process.next(ctx, &got)
	return got, err
}

// make lets the client make a call, and compares what the caller, the platform and Ada know of it.
func (s *session) make(ctx context.Context, c call) (cell, error) {
	if !slices.Contains(s.offers, c.name) {
		return cell{value: without}, nil
	}
	before, err := s.platform.last(ctx)
	if err != nil {
		return cell{}, err
	}
	seen, err := s.platform.messages(ctx)
	if err != nil {
		return cell{}, err
	}
	got, err := s.ask(ctx, c.name)
	if err != nil {
		return cell{}, err
	}
	made, err := s.platform.requests(ctx, before)
	if err != nil {
		return cell{}, err
	}
	s.arrived += len(made)
	if s.verbose {
		fmt.Printf("%s %s: ok=%v %s%s\n", s.name, c.name, got.OK, got.Value, got.Error.Text)
		for _, r := range made {
			fmt.Printf("    %s %s %s -> %d %s %q\n", r.Method, r.Path, r.Body, r.Status, r.Answer, r.Warnings)
		}
	}
	result := outcomeFor(got, made)
	if result.value != works {
		return result, nil
	}
	if c.keep != "" {
		id := regexp.MustCompile(`"(?:id|attachment_id|attachmentId)":"?(\d+)`).FindSubmatch(got.Value)
		if id == nil {
			return cell{}, fmt.Errorf("the caller got no id: %s", got.Value)
		}
		s.args[c.keep] = string(id[1])
	}
	return result, s.check(ctx, c, got, len(seen))
}

// outcomeFor compares what the caller knows with what the platform answered.
func outcomeFor(got outcome, made []request) cell {
	refused := ""
	for _, r := range made {
		if code := r.refusal(); code != "" {
			refused = code
		}
	}
	switch {
	case len(made) == 0 && got.OK:
		return cell{value: fails, note: "it makes no call and reports success"}
	case len(made) == 0 || !got.OK && refused == "":
		return cell{value: fails, note: got.Error.Text}
	case refused != "" && got.OK:
		return cell{value: "refused " + refused, note: "the caller is not told"}
	case refused != "":
		return cell{value: "refused " + refused}
	}
	return cell{value: works}
}

// check looks for what must be true after a call that worked.
func (s *session) check(ctx context.Context, c call, got outcome, seen int) error {
	if c.says != nil && !c.says.Match(got.Value) {
		return fmt.Errorf("the caller got %s, which has no %s", got.Value, c.says)
	}
	if c.has != nil {
		if err := c.has(ctx, s.platform); err != nil {
			return err
		}
	}
	if c.sees == nil {
		return nil
	}
	all, err := s.platform.messages(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all[seen:], func(m message) bool { return m.From == "page" && c.sees(m) }) {
		var whole []string
		for _, m := range all[seen:] {
			whole = append(whole, string(m.whole))
		}
		return fmt.Errorf("a person sees %s", strings.Join(whole, "\n"))
	}
	return nil
}

// proxied reports whether the client comes by the proxy, in a process of its own.
func (k *kit) proxied(ctx context.Context, p *platform, c client) (string, error) {
	s, err := k.open(ctx, p, c, byProxy)
	if err != nil {
		return "", err
	}
	defer s.process.stop()
	got, err := s.make(ctx, calls[0])
	if err != nil {
		return "", err
	}
	if got.value == works {
		return works, nil
	}
	return "no", nil
}
