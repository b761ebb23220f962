package messengertest

import (
	"slices"
	"strings"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/simulator"
)

// IsInDialog waits until the bot is idle, and fails unless this person is in the dialog of that name, at the step of that name.
func (p *Person) IsInDialog(name, step string) {
	p.t.Helper()
	if open, in := p.dialog(); !in || open.Dialog != name || open.Step != step {
		p.t.Fatalf("the person is %s, want dialog %q at step %q; %s", place(open, in), name, step, p.soFar())
	}
}

// IsInNoDialog waits until the bot is idle, and fails if this person is in a dialog.
func (p *Person) IsInNoDialog() {
	p.t.Helper()
	if open, in := p.dialog(); in {
		p.t.Fatalf("the person is %s, want no dialog; %s", place(open, in), p.soFar())
	}
}

// IsAsked waits for the next message from the page, as [Person.Sees] does, and fails unless its text is the question and its quick
// replies have these titles, in this order. Without titles it must have no quick replies.
func (p *Person) IsAsked(question string, titles ...string) {
	p.t.Helper()
	m := p.Next()
	var offered []string
	for _, q := range m.QuickReplies {
		offered = append(offered, q.Title)
	}
	if !slices.Contains(Texts(m), question) || !slices.Equal(offered, titles) {
		p.t.Fatalf("the page's next message is %s, want the question %q with the quick replies %q; %s", asked(m, offered), question, titles, p.soFar())
	}
}

// dialog is where the person is when the bot is idle.
func (p *Person) dialog() (dialog.Open, bool) {
	p.t.Helper()
	p.chat.settle()
	var dialogs []handling.DialogHandler
	for _, route := range p.chat.config.Policy[receiving.TypeDialog] {
		if d, ok := route.Handler.(handling.DialogHandler); ok {
			dialogs = append(dialogs, d)
		}
	}
	open, in, err := dialog.Of(p.t.Context(), p.chat.watched, p.page(), p.ID, dialogs...)
	if err != nil {
		p.t.Fatalf("messengertest: the person's dialog: %v", err)
	}
	return open, in
}

// place says where a person is.
func place(open dialog.Open, in bool) string {
	if !in {
		return "in no dialog"
	}
	return strings.TrimSpace("in dialog \"" + open.Dialog + "\" at step \"" + open.Step + "\"")
}

// asked is a question and what it offers.
func asked(m simulator.Message, titles []string) string {
	if len(titles) == 0 {
		return said(m) + " without quick replies"
	}
	return said(m) + " with the quick replies \"" + strings.Join(titles, "\", \"") + "\""
}
