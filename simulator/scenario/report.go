package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/internal/printable"
	"github.com/djmessenger/messenger/internal/shown"
	"github.com/djmessenger/messenger/simulator"
)

// Write writes a result for people: one line, and below it what failed.
func (r Result) Write(w io.Writer) error {
	how := "ok  "
	if !r.Passed() {
		how = "FAIL"
	}
	note := ""
	if r.Updated {
		note = "  updated"
	}
	_, err := fmt.Fprintf(w, "%s  %-40s %6.2f s%s\n%s", how, printable.Text(r.Scenario.Name), r.Duration.Seconds(), note, r.Explanation())
	return err
}

// Explanation says what failed, in several lines; it is empty if nothing did.
func (r Result) Explanation() string {
	switch {
	case r.Err != nil && errors.Is(r.Err, context.Canceled):
		return "  interrupted\n"
	case r.Err != nil:
		return "  " + printable.Text(r.Err.Error()) + "\n"
	case r.Failure == nil:
		return ""
	}
	return r.Failure.String()
}

// String is the failure in several lines.
func (f *Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s:%d  %s\n", f.File, f.Line, f.Step)
	for _, line := range f.Differences {
		b.WriteString("      " + printable.Text(line) + "\n")
	}
	if f.Conversation != "" {
		b.WriteString("  Conversation\n")
		for line := range strings.Lines(f.Conversation) {
			b.WriteString("      " + line)
		}
	}
	if f.LastCall != "" {
		b.WriteString("  " + f.LastCall + "\n")
	}
	return b.String()
}

// Summary says how many scenarios there were and how many failed.
func Summary(results []Result) string {
	bad := 0
	for _, r := range results {
		if !r.Passed() {
			bad++
		}
	}
	plural := "s"
	if len(results) == 1 {
		plural = ""
	}
	return fmt.Sprintf("%d scenario%s, %d failed.", len(results), plural, bad)
}

// reportTime is how long the report on a scenario may take, also after an interrupt.
const reportTime = 5 * time.Second

// conversations is what was said by all, for people to read.
func (p *play) conversations(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	var b strings.Builder
	for _, a := range p.order {
		b.WriteString(p.conversation(ctx, a, ""))
	}
	return b.String()
}

// said is a line of a conversation with its time.
type said struct {
	at   time.Time
	who  string
	text string
}

// conversation is what was said to and by a person, with what the platform refused. The message with the mid at is marked.
func (p *play) conversation(ctx context.Context, a *actor, at string) string {
	messages, err := p.messages(ctx, a)
	if err != nil {
		return ""
	}
	var lines []said
	for _, m := range messages {
		line := said{at: m.Time, who: "Page", text: shown.Line(m)}
		if m.From == simulator.FromPerson {
			line.who = a.FirstName
		} else if m.AppID != "" && m.AppID != p.botOf(ctx, a) {
			line.who = "Agent"
		}
		if at != "" && m.ID == at {
			line.text += "   <- this one"
		}
		lines = append(lines, line)
	}
	calls, _ := p.log(ctx, p.seq, simulator.EntryCall, a.ID) // without them the conversation is still worth showing
	for _, e := range calls {
		if e.Error != "" && e.Name == "POST messages" {
			lines = append(lines, said{at: e.Time, who: "Page", text: strings.TrimSpace(e.Preview + " (refused: " + e.Error + ")")})
		}
	}
	slices.SortStableFunc(lines, func(x, y said) int { return x.at.Compare(y.at) })
	return writeLines(lines)
}

func writeLines(lines []said) string {
	var b strings.Builder
	longest := len("Page")
	for _, line := range lines {
		longest = max(longest, len([]rune(line.who)))
	}
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n].who == lines[i].who && lines[i+n].text == lines[i].text {
			n++
		}
		text := shortened(printable.Text(lines[i].text))
		if n > 1 {
			text += fmt.Sprintf("  x%d", n)
		}
		fmt.Fprintf(&b, "%-*s  %s\n", longest, printable.Text(lines[i].who), text)
		i += n
	}
	return b.String()
}

// lastCall is the last call of the bot.
func (p *play) lastCall(ctx context.Context) string {
	entries, err := p.log(ctx, p.seq, simulator.EntryCall, "")
	if err != nil {
		return ""
	}
	if len(entries) == 0 {
		return p.noCall(ctx)
	}
	e := entries[len(entries)-1]
	text := fmt.Sprintf("Last call  %s  %s %d  (log %d", e.Name, e.Preview, e.Status, e.Seq)
	if p.base != "http://localhost" {
		text += "; " + cmp.Or(p.base, "") + "/simulator/log/" + fmt.Sprint(e.Seq)
	}
	return printable.Text(text + ")")
}

// noCall is what is known of a bot that made no call.
func (p *play) noCall(ctx context.Context) string {
	callbacks, err := p.log(ctx, p.seq, simulator.EntryCallback, "")
	if err != nil || !slices.ContainsFunc(callbacks, func(e simulator.Entry) bool { return e.Status/100 == 2 }) {
		return "The bot made no call."
	}
	return "The bot took the callback, and no call reached " + cmp.Or(p.graph, "the simulator") + ". Is MESSENGER_GRAPH_URL set to it?"
}
