package messengertest

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/djmessenger/messenger/simulator"
)

// Sees waits for the next message from the page and fails unless its text, the
// text of its template, or the title of one of its cards is this one. The whole
// message counts as seen then: to look at several cards of one message, take it
// with [Person.Next], and see [Texts].
func (p *Person) Sees(text string) {
	p.t.Helper()
	m := p.Next()
	if !slices.Contains(Texts(m), text) {
		p.t.Fatalf("the page's next message is %s, want %q; %s", said(m), text, p.soFar())
	}
}

// Next waits for the next message from the page that no expectation has taken
// yet.
func (p *Person) Next() simulator.Message {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), p.chat.patience())
	defer cancel()
	m, err := p.chat.Wait(ctx, p.ID, func(m simulator.Message) bool { return !p.seen[m.ID] })
	if err != nil {
		p.t.Fatalf("no message from the page within %v; %s", p.chat.patience(), p.soFar())
	}
	p.seen[m.ID], p.last = true, m.ID
	return m
}

// SeesNothing waits until the bot is idle, as [Chat.Idle] does, and fails if the page has said anything
// to this person that none of their expectations has taken yet: a message, or a
// public reply below a comment or a post that the person wrote. What the program sends by Bot.Send and Bot.Broadcast
// has arrived then, unless it has a delay.
func (p *Person) SeesNothing() {
	p.t.Helper()
	p.chat.Idle()
	for _, m := range p.chat.Messages(p.ID) {
		if m.From == simulator.FromPage && !p.seen[m.ID] {
			p.t.Fatalf("the page has said more: %s; %s", describe(m), p.soFar())
		}
	}
	for _, c := range p.chat.PublicReplies(p.ID) {
		if !p.seen[c.ID] {
			p.t.Fatalf("the page has said more: %q, in public, below %s; %s", c.Text, c.ParentID, p.soFar())
		}
	}
}

// Text returns what a message says: its text, or the text or first title of its
// template, or else the order number of a receipt. It is empty for other
// messages, such as an image.
func Text(m simulator.Message) string { return Texts(m)[0] }

// Texts returns all that [Person.Sees] compares with: the text of a message or of
// its template, or else the title of every card or line, or else the order number
// of a receipt. There is at least one, which [Text] returns.
func Texts(m simulator.Message) []string {
	if m.Text != "" {
		return []string{m.Text}
	}
	for _, a := range m.Attachments {
		switch {
		case a.Template == nil:
			continue
		case a.Template.Text != "":
			return []string{a.Template.Text}
		case len(a.Template.Elements) > 0:
			titles := make([]string, len(a.Template.Elements))
			for i, e := range a.Template.Elements {
				titles[i] = e.Title
			}
			return titles
		}
		var receipt struct {
			OrderNumber string `json:"order_number"`
		}
		if json.Unmarshal(a.Template.Raw, &receipt) == nil {
			return []string{receipt.OrderNumber}
		}
	}
	return []string{""}
}
