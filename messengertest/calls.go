package messengertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/simulator"
)

// Refuse makes the platform refuse the bot's next sends, as many as times says, as it does by that name of simulator.Refusals, such as
// "calls limit" or "token expired". A name that there is not fails the test, with the nearest that there is, or else all of them. Fault of the embedded
// simulator chooses other calls, and makes them slow, or cuts their connections.
func (c *Chat) Refuse(refusal string, times int) {
	c.t.Helper()
	var known, names []string
	for _, r := range simulator.Refusals() {
		if r.Name == refusal {
			c.Fault(simulator.Fault{Error: r.GraphError(), Times: times})
			return
		}
		known, names = append(known, r.Name), append(names, "  "+r.Name)
	}
	if near := nearest.Name(refusal, known); near != "" {
		c.t.Fatalf("messengertest: the platform has no refusal %q; the nearest is %q; simulator.Refusals has all", refusal, near)
	}
	c.t.Fatalf("messengertest: the platform has no refusal %q; there are:\n%s", refusal, strings.Join(names, "\n"))
}

// Calls waits until the bot is idle, as [Chat.Idle] does, and returns its Graph calls so far of an HTTP method to paths that end so, such
// as "POST" and "/messages", in the order of their answers: refused ones too.
func (c *Chat) Calls(method, pathEnd string) []simulator.Request {
	c.t.Helper()
	c.Idle()
	return slices.DeleteFunc(c.Requests(), func(r simulator.Request) bool {
		return r.Method != method || !strings.HasSuffix(r.Path, pathEnd)
	})
}

// HasCalled fails unless the bot has made so many of the calls that [Chat.Calls] returns, and lists all calls then.
func (c *Chat) HasCalled(times int, method, pathEnd string) {
	c.t.Helper()
	if made := len(c.Calls(method, pathEnd)); made != times {
		c.t.Fatalf("messengertest: calls %s …%s: %d, want %d; all calls so far:\n%s", method, pathEnd, made, times, callsOf(c.Requests()))
	}
}

// callsOf lists calls for a reader.
func callsOf(requests []simulator.Request) string {
	if len(requests) == 0 {
		return "  none"
	}
	lines := make([]string, len(requests))
	for i, r := range requests {
		lines[i] = fmt.Sprintf("  %s %s: %s", r.Method, r.Path, outcomeOf(r))
	}
	return strings.Join(lines, "\n")
}

// outcomeOf is how a call was answered.
func outcomeOf(r simulator.Request) string {
	if r.Status == 0 {
		return "the connection was cut"
	}
	return fmt.Sprint(r.Status, " ", http.StatusText(r.Status))
}

// IsRefused waits for the next call about this person, or about no person that is known (such as a token), that the platform refused and that no expectation has taken, and fails unless
// its error has this code; 0 stands for a connection that was cut, or an answer that is no error of the platform.
func (p *Person) IsRefused(code int) {
	p.t.Helper()
	w := p.chat.waits()
	defer w.stop()
	for {
		for _, e := range p.refusals() {
			if p.refused[e.Seq] {
				continue
			}
			p.refused[e.Seq] = true
			if got := p.chat.codeOf(e.Seq); got != code {
				p.t.Fatalf("the next refusal has the code %d, want %d: %s; %s", got, code, e.Error, p.soFar())
			}
			return
		}
		if !w.again() {
			p.t.Fatalf("no call about this person was refused within %v; %s", p.chat.patience(), p.soFar())
		}
	}
}

// refusals are the calls about this person that were refused.
func (p *Person) refusals() []simulator.Entry {
	return slices.DeleteFunc(p.chat.Log(), func(e simulator.Entry) bool { return !wasRefused(e) || !p.isAbout(e) })
}

// wasRefused reports whether an entry of the log is a call that failed.
func wasRefused(e simulator.Entry) bool {
	return e.Kind == simulator.EntryCall && (e.Status == 0 || e.Status >= http.StatusBadRequest)
}

// codeOf is the code of the error of a call, by its place in the log; 0 if its answer has none.
func (c *Chat) codeOf(seq int) int {
	for _, r := range c.Requests() {
		var answer struct{ Error struct{ Code int } }
		if r.Seq == seq && json.Unmarshal([]byte(r.Answer), &answer) == nil {
			return answer.Error.Code
		}
	}
	return 0
}
