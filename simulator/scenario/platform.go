package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

func doFault(ctx context.Context, p *play, s *step) error {
	order := map[string]any{}
	switch fields := s.value.plain().(type) {
	case map[string]any:
		order = fields
	case json.Number:
		order["code"] = fields
	default:
		order["refusal"] = fields
		if slices.Contains(simulator.FaultPresets(), s.value.text) {
			order = map[string]any{"preset": fields}
		}
	}
	return p.c.Do(ctx, http.MethodPost, "/simulator/faults", order, nil)
}

func doClock(ctx context.Context, p *play, s *step) error {
	limited, cancel := context.WithDeadline(ctx, s.end)
	defer cancel()
	return p.moveClock(limited, s.value)
}

func (p *play) moveClock(ctx context.Context, v *value) error {
	var order any = v
	if v.scalar() {
		order = map[string]string{"advance": v.text}
		if strings.Contains(v.text, "T") {
			order = map[string]string{"now": v.text}
		}
	}
	return p.do(ctx, http.MethodPut, "/simulator/clock", order)
}

// doControl looks who has the conversation, or lets another app act on it. Without an app it is the inbox.
func doControl(ctx context.Context, p *play, s *step) error {
	name := strings.ToLower(s.value.string("of"))
	a := p.people[name]
	if a == nil {
		return failed("control is of a person: of is missing")
	}
	where := "/simulator/people/" + a.ID + "/thread"
	if do := s.value.string("do"); do != "" {
		order := map[string]string{"do": do}
		for _, key := range []string{"by", "to", "metadata"} {
			if text := s.value.string(key); text != "" {
				order[key] = p.appNamed(ctx, text, a)
			}
		}
		if order["by"] == p.inboxOf(a) {
			delete(order, "by")
		}
		if err := p.c.Do(ctx, http.MethodPost, where, order, nil); err != nil {
			return err
		}
	}
	want := s.value.string("is")
	if want == "" {
		if s.value.string("do") == "" {
			return failed("control takes is, what it should be, or do, what another app does")
		}
		return nil
	}
	var thread simulator.Thread
	return p.until(ctx, s, func() (bool, error) {
		err := p.c.Get(ctx, where, nil, &thread)
		return thread.Owner == p.appNamed(ctx, want, a), err
	}, func() []string { return []string{"want " + want + "   got " + p.nameOf(ctx, thread.Owner, a)} })
}

// appNamed is the id of an app: bot, inbox, none, or an id.
func (p *play) appNamed(ctx context.Context, name string, a *actor) string {
	switch name {
	case "bot":
		return p.botOf(ctx, a)
	case "inbox":
		return p.inboxOf(a)
	case "none":
		return ""
	}
	return name
}

func (p *play) nameOf(ctx context.Context, appID string, a *actor) string {
	for _, name := range []string{"bot", "inbox", "none"} {
		if p.appNamed(ctx, name, a) == appID {
			return name
		}
	}
	return appID
}

func (p *play) inboxOf(a *actor) string {
	if p.page.Platform == simulator.PlatformInstagram && (a.PageID == "" || a.PageID == p.page.ID) {
		return simulator.InstagramInboxApp
	}
	return simulator.InboxApp
}

func doDisorder(ctx context.Context, p *play, s *step) error {
	return p.c.Do(ctx, http.MethodPut, "/simulator/delivery", s.value, nil)
}

func doPage(ctx context.Context, p *play, s *step) error {
	fields, _ := s.value.plain().(map[string]any)
	id, _ := fields["of"].(string)
	if id == "" {
		id = p.page.ID
	}
	delete(fields, "of")
	if token, ok := fields["token"].(string); ok && id == p.page.ID {
		p.page.Token = token
	}
	return p.c.Do(ctx, http.MethodPatch, "/simulator/pages/"+id, fields, nil)
}

// doPost posts an event as it is, or what POST /simulator/callbacks takes.
func doPost(ctx context.Context, p *play, s *step) error {
	var order any = s.value
	if s.value.get("event") == nil && s.value.get("standby") == nil && s.value.get("change") == nil {
		order = map[string]any{"event": s.value}
	}
	return p.c.Do(ctx, http.MethodPost, "/simulator/callbacks", order, nil)
}

// doGraphCall makes a call of the bot by hand.
func doGraphCall(ctx context.Context, p *play, s *step) error {
	method, where, token := s.value.string("method"), s.value.string("path"), s.value.string("token")
	if method == "" {
		method = http.MethodPost
	}
	if where == "" {
		where = "/me/messages"
	}
	if token == "" {
		token = p.page.Token
	}
	var body []byte
	if v := s.value.get("body"); v != nil {
		body = must(json.Marshal(v))
	}
	status, answer, err := p.c.Raw(ctx, strings.ToUpper(method), where, "application/json", body, "Authorization", "Bearer "+token)
	if err != nil {
		return failed("the call had no answer: %v", err)
	}
	got, _ := decoded(answer).(map[string]any)
	refusal, _ := got["error"].(map[string]any)
	var found matcher
	switch want := s.value.get("refused"); {
	case want != nil && refusal == nil:
		found.differ("refused", want.String(), got)
	case want != nil:
		found.matchRefusal("refused", want, refusal)
	case refusal != nil:
		found.differ("answer", "success", refusal)
	}
	if want := s.value.get("answer"); want != nil {
		found.match("answer", want, got)
	}
	if want := s.value.get("status"); want != nil {
		found.match("status", want, json.Number(strconv.Itoa(status)))
	}
	if len(found.differences) > 0 {
		return &failure{lines: linesOf(found.differences)}
	}
	maps.Copy(p.vars, found.groups)
	if refusal == nil {
		return nil
	}
	trace, _ := refusal["fbtrace_id"].(string)
	return p.expect(ctx, trace)
}

// expect marks a refused call as one that the scenario has expected, by the id of its answer: the bot may be refused one at the same time.
func (p *play) expect(ctx context.Context, trace string) error {
	var calls []simulator.Request
	if err := p.c.Get(ctx, "/simulator/requests", nil, &calls); err != nil {
		return err
	}
	for _, r := range calls {
		if r.Seq > p.seq && trace != "" && strings.Contains(r.Answer, trace) {
			p.expected[r.Seq] = true
		}
	}
	return nil
}

// fits reports whether something is as a key of the step says, if it says anything.
func fits(s *step, key string, got any) bool {
	want := s.value.get(key)
	if want == nil {
		return true
	}
	var m matcher
	m.match("", want, got)
	return len(m.differences) == 0
}

// doCallbacks counts callbacks since the scenario began, each attempt as one.
func doCallbacks(ctx context.Context, p *play, s *step) error {
	psid := ""
	if a := p.people[strings.ToLower(s.value.string("of"))]; a != nil {
		psid = a.ID
	}
	return p.count(ctx, s, "callbacks", func() (int, error) {
		entries, err := p.log(ctx, p.seq, simulator.EntryCallback, psid)
		n := 0
		for _, e := range entries {
			if fits(s, "field", e.Name) && fits(s, "status", json.Number(strconv.Itoa(e.Status))) {
				n++
			}
		}
		return n, err
	})
}

// count waits until as many are there as the step says: one or more, if it says nothing. If there could be too many, it waits
// for the callbacks first.
func (p *play) count(ctx context.Context, s *step, what string, count func() (int, error)) error {
	want := s.value.get("count")
	if want == nil {
		want = &value{kind: object, members: []member{{"at least", s.line, &value{kind: number, text: "1"}}}}
	}
	n := 0
	look := func() (bool, error) {
		var err error
		if n, err = count(); err != nil {
			return false, err
		}
		var m matcher
		m.match(what, want, json.Number(strconv.Itoa(n)))
		return len(m.differences) == 0, nil
	}
	otherwise := func() []string {
		return append([]string{fmt.Sprintf("%s   want %v   got %d", what, want, n)}, p.troubles(ctx, p.people[strings.ToLower(s.value.string("of"))])...)
	}
	if want.get("at least") == nil || want.get("at most") != nil {
		if err := doFlush(ctx, p, s); err != nil {
			return err
		}
	}
	return p.until(ctx, s, look, otherwise)
}

// doNoWarnings fails if the log has a warning, a callback that the bot did not take, or a call that was refused, since the scenario
// began. Faults that were ordered, and refusals that a step has expected, are none.
func doNoWarnings(ctx context.Context, p *play, s *step) error {
	if err := doFlush(ctx, p, s); err != nil {
		return err
	}
	entries, err := p.log(ctx, p.seq, "", "")
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		if e.Fault || p.expected[e.Seq] || e.Error == "" && (e.Kind != simulator.EntryCall || e.Advice == "") {
			continue
		}
		line := fmt.Sprintf("%s %s: %s", e.Kind, e.Name, e.Error)
		if e.Advice != "" {
			line = strings.TrimSuffix(line, ": ") + ". " + e.Advice
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		return &failure{lines: lines[:min(len(lines), 10)]}
	}
	return nil
}

// doFlush waits until all callbacks are answered or given up.
func doFlush(ctx context.Context, p *play, s *step) error {
	limited, cancel := context.WithDeadline(ctx, s.end)
	defer cancel()
	err := p.c.Do(limited, http.MethodPost, "/simulator/flush", struct{}{}, nil)
	if limited.Err() != nil && ctx.Err() == nil {
		return failed("the bot did not answer its callbacks within %v", p.patience(s))
	}
	return err
}
