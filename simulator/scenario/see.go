package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// doSees takes the next message of the bot to the person, and compares it.
func doSees(ctx context.Context, p *play, s *step) error {
	a := p.people[s.who]
	m, err := p.next(ctx, a, time.Until(s.end))
	if err != nil {
		return err
	}
	if m == nil {
		lines := []string{fmt.Sprintf("nothing came within %v", p.patience(s))}
		return &failure{lines: append(lines, p.troubles(ctx, a)...)}
	}
	var found matcher
	found.match("", s.value, viewOf(*m))
	if len(found.differences) > 0 {
		return &failure{lines: linesOf(found.differences), at: m.ID}
	}
	a.after = m.ID
	maps.Copy(p.vars, found.groups)
	if s.keep != "" {
		p.vars[s.keep] = m.ID
	}
	return nil
}

// linesOf are differences in columns.
func linesOf(all []difference) []string {
	longest := 0
	for i := range all {
		if all[i].path == "" {
			all[i].path = "text"
		}
		longest = max(longest, len(all[i].path))
	}
	lines := make([]string, len(all))
	for i, d := range all {
		lines[i] = fmt.Sprintf("%-*s   want %s   got %s", longest, d.path, d.want, d.got)
	}
	return lines
}

// next is the next message of the bot that no step has taken; nil if none comes in time.
func (p *play) next(ctx context.Context, a *actor, within time.Duration) (*simulator.Message, error) {
	after := a.after
	for end := time.Now().Add(within); ; {
		query := url.Values{"timeout": {max(0, time.Until(end)).String()}}
		if after != "" {
			query.Set("after", after)
		}
		var m simulator.Message
		err := p.c.Get(ctx, "/simulator/people/"+a.ID+"/wait", query, &m)
		refused, isRefusal := errors.AsType[*simclient.RefusedError](err)
		switch {
		case isRefusal && refused.Code == "timeout":
			return nil, nil
		case err != nil:
			return nil, err
		case m.AppID == "" || m.AppID == p.botOf(ctx, a):
			return &m, nil
		}
		after = m.ID // of people at work, or of another app: a step has put it there
	}
}

// botOf is the app that is the bot of the person's page.
func (p *play) botOf(ctx context.Context, a *actor) string {
	if a.PageID == "" || a.PageID == p.page.ID {
		return p.page.AppID
	}
	var pages []simulator.Page
	if p.c.Get(ctx, "/simulator/pages", nil, &pages) == nil {
		for _, page := range pages {
			if page.ID == a.PageID {
				return page.AppID
			}
		}
	}
	return p.page.AppID
}

// doSeesNothing waits until the callbacks are answered, and then as long as the step says.
func doSeesNothing(ctx context.Context, p *play, s *step) error {
	if err := doFlush(ctx, p, s); err != nil {
		return err
	}
	quiet, _ := time.ParseDuration(s.value.text) // it was checked
	m, err := p.next(ctx, p.people[s.who], quiet)
	if err != nil || m == nil {
		return err
	}
	return &failure{lines: []string{"want nothing   got " + describe(viewOf(*m))}, at: m.ID}
}

// doSeesTyping waits until the bot has shown that it types, since the last step that took a call.
func doSeesTyping(ctx context.Context, p *play, s *step) error {
	a := p.people[s.who]
	return p.until(ctx, s, func() (bool, error) {
		entries, err := p.log(ctx, a.calls, simulator.EntryCall, a.ID)
		for _, e := range entries {
			if e.Preview == "typing_on" && e.Error == "" {
				a.calls = e.Seq
				return true, nil
			}
		}
		return false, err
	}, func() []string {
		return append([]string{fmt.Sprintf("the bot did not type within %v", p.patience(s))}, p.troubles(ctx, a)...)
	})
}

// doRefused waits for a call about the person that the platform has refused.
func doRefused(ctx context.Context, p *play, s *step) error {
	a := p.people[s.who]
	var seen []string
	return p.until(ctx, s, func() (bool, error) {
		entries, err := p.log(ctx, a.calls, simulator.EntryCall, a.ID)
		if err != nil {
			return false, err
		}
		seen = nil
		for _, e := range entries {
			if e.Status < 400 {
				continue
			}
			refusal, err := p.refusalOf(ctx, e.Seq)
			if err != nil {
				return false, err
			}
			var found matcher
			found.matchRefusal("", s.value, refusal)
			if len(found.differences) == 0 {
				a.calls = e.Seq
				maps.Copy(p.vars, found.groups)
				p.expected[e.Seq] = true
				return true, nil
			}
			seen = append(seen, linesOf(found.differences)...)
		}
		return false, nil
	}, func() []string {
		if len(seen) > 0 {
			return seen
		}
		return append([]string{fmt.Sprintf("nothing was refused within %v", p.patience(s))}, p.troubles(ctx, a)...)
	})
}

// refusalOf is the error that a call was answered with.
func (p *play) refusalOf(ctx context.Context, seq int) (map[string]any, error) {
	var detail struct{ Request *simulator.Request }
	if err := p.c.Get(ctx, "/simulator/log/"+strconv.Itoa(seq), nil, &detail); err != nil {
		return nil, err
	}
	if detail.Request == nil {
		return map[string]any{}, nil
	}
	answer, _ := decoded([]byte(detail.Request.Answer)).(map[string]any)
	refusal, _ := answer["error"].(map[string]any)
	if refusal == nil {
		refusal = map[string]any{}
	}
	return refusal, nil
}

// log reads entries of the log.
func (p *play) log(ctx context.Context, after int, kind, psid string) ([]simulator.Entry, error) {
	query := url.Values{"after": {strconv.Itoa(after)}}
	if kind != "" {
		query.Set("kind", kind)
	}
	if psid != "" {
		query.Set("person", psid)
	}
	var entries []simulator.Entry
	err := p.c.Get(ctx, "/simulator/log", query, &entries)
	return entries, err
}

// lookEvery is how long a step that waits for the log pauses between two looks at it.
const lookEvery = 50 * time.Millisecond

// until looks again and again until it finds what it looks for, once at least.
func (p *play) until(ctx context.Context, s *step, look func() (bool, error), otherwise func() []string) error {
	end := time.NewTimer(time.Until(s.end))
	defer end.Stop()
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for late := false; ; {
		found, err := look()
		switch {
		case found || err != nil:
			return err
		case late:
			return &failure{lines: otherwise()}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			late = true
		case <-again.C:
		}
	}
}

// troubles is what went wrong for a person since the scenario began, or for all if it is nil: the last few lines of it.
func (p *play) troubles(ctx context.Context, a *actor) []string {
	entries, err := p.log(ctx, p.seq, "", "")
	if err != nil {
		return nil
	}
	var lines []string
	for _, e := range entries {
		if e.Error == "" || a != nil && e.PSID != "" && e.PSID != a.ID {
			continue
		}
		line := e.Kind + " " + e.Name + ": " + e.Error
		if e.Advice != "" {
			line += ". " + e.Advice
		}
		if len(lines) == 0 || lines[len(lines)-1] != line {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-5):]
}

// bodyOf is a call's body as JSON; nil if it is none.
func bodyOf(r simulator.Request) any {
	if !json.Valid([]byte(r.Body)) {
		return nil
	}
	return decoded([]byte(r.Body))
}
