package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// bot is a bot on a framework.
type bot struct {
	name, module string
	folder       string // whose package.json has it
	dir, script  string // below compat/bots
	library      string
}

var bots = []bot{
	{"bottender", "bottender", "", "bottender", "server.js", "messaging-api-messenger"},
	{"botkit, botbuilder-adapter-facebook", "botbuilder-adapter-facebook", "", "", "botkit.cjs", "request"},
	{"bootbot", "bootbot", "bootbot", "", "bootbot.cjs", "node-fetch 1"},
}

// botResult has the results of one bot.
type botResult struct {
	version  string
	checks   map[string]string
	kinds    map[string]string // of callbacks
	warnings []string
}

// guest is a bot that runs, with its simulator.
type guest struct {
	platform *platform
	process  *process
	webhook  string
	markers  int
}

func (k *kit) runBot(ctx context.Context, b bot) (*botResult, error) {
	p, err := k.simulate(ctx, b.module)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	pr, err := k.start(ctx, p, byPreload, b.folder, filepath.Join(k.root, "compat", "bots", b.dir), b.script, "PORT="+port)
	if err != nil {
		return nil, err
	}
	defer pr.stop()
	address := net.JoinHostPort("localhost", port)
	if err := listens(ctx, address, pr.done); err != nil {
		return nil, fmt.Errorf("%w; it wrote:\n%s", err, pr.noise)
	}
	g := &guest{platform: p, process: pr, webhook: "http://" + address + "/webhook"}
	result := &botResult{version: k.version(b.folder, b.module), checks: map[string]string{}}
	for _, c := range checks {
		if result.checks[c.name], err = c.run(ctx, g); err != nil {
			return nil, fmt.Errorf("%s: %w; the bot wrote:\n%s", c.name, err, pr.noise)
		}
	}
	if result.kinds, err = g.takesKinds(ctx); err != nil {
		return nil, fmt.Errorf("%w; the bot wrote:\n%s", err, pr.noise)
	}
	result.warnings, err = p.warnings(ctx)
	return result, err
}

// freePort is a port of this machine that nothing listens on.
func freePort(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "localhost:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	return port, err
}

// checks are what a bot must do, in their order.
var checks = []struct {
	name string
	run  func(context.Context, *guest) (string, error)
}{
	{"handshake", verifies},
	{"wrong verify token", refusesToken},
	{"good signature", takesSignature},
	{"wrong signature", refusesSignature("bad")},
	{"no signature", refusesSignature("none")},
	{"sends text", answers("text", text("Hello from a foreign client"))},
	{"sends quick replies", answers("quick replies", func(m message) bool {
		return m.Text == "Which colour?" && len(m.QuickReplies) == 2 && m.QuickReplies[1].Title == "Blue"
	})},
	{"sends a template", answers("template", template("generic", `"title":"Lamp"`, `"payload":"BUY"`))},
	{"sends an image", answers("image", media("image", "https://shop.example.com/lamp.png"))},
	{"reads the profile", answers("profile", text("You are Ada"))},
	{"sets thread settings", settingsSet},
}

func verifies(ctx context.Context, g *guest) (string, error) {
	if err := g.platform.ask(ctx, http.MethodPut, "/simulator/webhook", map[string]string{"url": g.webhook}, nil); err != nil {
		return "", err
	}
	return works, g.platform.ask(ctx, http.MethodPost, "/simulator/verify", struct{}{}, nil)
}

func refusesToken(ctx context.Context, g *guest) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.webhook+"?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=4711", nil)
	if err != nil {
		return "", err
	}
	resp, err := g.platform.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if strings.Contains(string(body), "4711") {
		return "accepted", err
	}
	return fmt.Sprintf("refused, %d", resp.StatusCode), err
}

// raw posts a text as it is, and reports the bot's status and whether it got the text.
func (g *guest) raw(ctx context.Context, said, signature string) (status int, got bool, err error) {
	event := map[string]any{
		"sender": map[string]any{"id": psid}, "recipient": map[string]any{"id": pageID}, "timestamp": time.Now().UnixMilli(),
		"message": map[string]any{"mid": "m_" + said, "text": said},
	}
	body, err := json.Marshal(map[string]any{"object": "page", "entry": []any{map[string]any{"id": pageID, "time": time.Now().UnixMilli(), "messaging": []any{event}}}})
	if err != nil {
		return 0, false, err
	}
	var attempt struct {
		Status int `json:"status"`
	}
	path := "/simulator/callbacks/raw"
	if signature != "" {
		path += "?signature=" + signature
	}
	if err := g.platform.ask(ctx, http.MethodPost, path, body, &attempt); err != nil {
		return 0, false, err
	}
	if got, err = g.has(ctx, event); err != nil {
		return 0, false, err
	}
	return attempt.Status, got, nil
}

func takesSignature(ctx context.Context, g *guest) (string, error) {
	status, got, err := g.raw(ctx, "signed", "")
	if err == nil && (status != http.StatusOK || !got) {
		err = fmt.Errorf("status %d, received: %v", status, got)
	}
	return works, err
}

func refusesSignature(kind string) func(context.Context, *guest) (string, error) {
	return func(ctx context.Context, g *guest) (string, error) {
		status, got, err := g.raw(ctx, "forged-"+kind, kind)
		if got {
			return fmt.Sprintf("accepted, %d", status), err
		}
		if status == 0 {
			return "refused, no answer", err
		}
		return fmt.Sprintf("refused, %d", status), err
	}
}

// answers lets Ada write a word, and looks at the page's answer.
func answers(word string, sees func(message) bool) func(context.Context, *guest) (string, error) {
	return func(ctx context.Context, g *guest) (string, error) {
		mid, err := g.platform.says(ctx, word)
		if err != nil {
			return "", err
		}
		m, err := g.platform.waits(ctx, mid)
		if err == nil && !sees(m) {
			err = fmt.Errorf("a person sees %s", m.whole)
		}
		return works, err
	}
}

func settingsSet(ctx context.Context, g *guest) (string, error) {
	if got, err := answers("settings", text("The settings are set"))(ctx, g); err != nil {
		return got, err
	}
	for name, has := range map[string]string{"greeting": "Welcome", "get_started": "START", "persistent_menu": "default"} {
		if err := property(name, has)(ctx, g.platform); err != nil {
			return "", err
		}
	}
	return works, nil
}

// has reports whether the bot's framework has given it an event. A text after it, which has arrived when this returns, shows
// that the event had its turn.
func (g *guest) has(ctx context.Context, event any) (bool, error) {
	g.markers++
	marker := fmt.Sprintf("marker %d", g.markers)
	if _, err := g.platform.says(ctx, marker); err != nil {
		return false, err
	}
	want, found := canonical(event), false
	for {
		var line struct {
			Received any    `json:"received"`
			Failed   string `json:"failed"`
		}
		if err := g.process.next(ctx, &line); err != nil {
			return false, err
		}
		got := canonical(line.Received)
		found = found || reflect.DeepEqual(got, want)
		if m, ok := got.(map[string]any); ok {
			if m, ok := m["message"].(map[string]any); ok && m["text"] == marker {
				return found, nil
			}
		}
	}
}

// canonical is an event as one compares it: some frameworks turn snake_case into camelCase.
func canonical(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			out[strings.Map(lettersOfNames, name)] = canonical(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canonical(v[i])
		}
		return out
	case int64:
		return float64(v)
	case int:
		return float64(v)
	}
	return v
}

// lettersOfNames leaves of a name what is the same in snake_case and camelCase.
func lettersOfNames(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return unicode.ToLower(r)
	}
	return -1
}

// takesKinds posts a sample of each kind of callback, and says which of them reach the bot.
func (g *guest) takesKinds(ctx context.Context) (map[string]string, error) {
	all, err := g.platform.kinds(ctx)
	if err != nil {
		return nil, err
	}
	result := map[string]string{}
	for _, kind := range all {
		if result[kind], err = g.takes(ctx, kind); err != nil {
			return nil, fmt.Errorf("kind %s: %w", kind, err)
		}
	}
	return result, nil
}

// takes posts a sample of one kind.
func (g *guest) takes(ctx context.Context, kind string) (string, error) {
	var d struct {
		ID   int    `json:"id"`
		Body string `json:"body"`
	}
	if err := g.platform.ask(ctx, http.MethodPost, "/simulator/callbacks/kinds/"+kind, struct{}{}, &d); err != nil {
		return "", err
	}
	if err := g.platform.ask(ctx, http.MethodPost, "/simulator/flush", struct{}{}, nil); err != nil {
		return "", err
	}
	event, err := eventIn(d.Body)
	if err != nil {
		return "", err
	}
	got, err := g.has(ctx, event)
	if err != nil || got {
		return works, err
	}
	status, err := g.platform.statusOf(ctx, d.ID)
	switch {
	case err != nil:
		return "", err
	case status == 0:
		return "no answer", nil
	case status != http.StatusOK:
		return fmt.Sprintf("fails, %d", status), nil
	}
	return "dropped", nil
}

// eventIn is the one event, or change, of a callback.
func eventIn(body string) (any, error) {
	var callback struct {
		Entry []map[string]json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal([]byte(body), &callback); err != nil || len(callback.Entry) != 1 {
		return nil, fmt.Errorf("no callback with one entry: %s", body)
	}
	for _, list := range []string{"messaging", "standby", "changes", "calls"} {
		var events []any
		if err := json.Unmarshal(callback.Entry[0][list], &events); err == nil && len(events) > 0 {
			return events[0], nil
		}
	}
	return nil, fmt.Errorf("no event in %s", body)
}

// kinds are those of Messenger, in their order.
func (p *platform) kinds(ctx context.Context) ([]string, error) {
	var all []struct {
		Kind     string `json:"kind"`
		Platform string `json:"platform"`
	}
	if err := p.ask(ctx, http.MethodGet, "/simulator/callbacks/kinds", nil, &all); err != nil {
		return nil, err
	}
	var names []string
	for _, k := range all {
		if k.Platform == "messenger" {
			names = append(names, k.Kind)
		}
	}
	slices.Sort(names)
	return names, nil
}

// statusOf is how the bot answered a delivery; 0 if it did not.
func (p *platform) statusOf(ctx context.Context, id int) (int, error) {
	var all []struct {
		ID       int `json:"id"`
		Attempts []struct {
			Status int `json:"status"`
		} `json:"attempts"`
	}
	if err := p.ask(ctx, http.MethodGet, "/simulator/deliveries", nil, &all); err != nil {
		return 0, err
	}
	for _, d := range all {
		if d.ID == id && len(d.Attempts) > 0 {
			return d.Attempts[len(d.Attempts)-1].Status, nil
		}
	}
	return 0, fmt.Errorf("delivery %d was not posted", id)
}
