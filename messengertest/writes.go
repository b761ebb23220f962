package messengertest

import (
	"slices"

	"github.com/djmessenger/messenger/simulator"
)

// Says writes a text.
func (p *Person) Says(text string) { p.t.Helper(); p.act(p.chat.Say(p.t.Context(), p.ID, text)) }

// Replies writes a text in answer to the message of the page that this person has seen last, by Sees or Next. The test fails if there is
// none. Reply of the embedded simulator answers any message.
func (p *Person) Replies(text string) {
	p.t.Helper()
	p.act(p.chat.Reply(p.t.Context(), p.ID, p.lastSeen("reply to"), text))
}

// Edits changes the text of the message that this person has written last. The platform allows five edits of a message, and a sixth fails
// the test.
func (p *Person) Edits(text string) {
	p.t.Helper()
	p.act("", p.chat.Edit(p.t.Context(), p.ID, p.lastWritten("edit"), text))
}

// Unsends takes back the message that this person has written last. Only people of Instagram can; for others it fails the test.
func (p *Person) Unsends() {
	p.t.Helper()
	p.act("", p.chat.Unsend(p.t.Context(), p.ID, p.lastWritten("take back")))
}

// Reacts puts an emoji on the message of the page that this person has seen last, by Sees or Next, in place of an earlier one. The test
// fails if there is none. React of the embedded simulator puts one on any message.
func (p *Person) Reacts(emoji string) {
	p.t.Helper()
	p.act("", p.chat.React(p.t.Context(), p.ID, p.lastSeen("react to"), emoji))
}

// Unreacts takes the emoji back that is on the message of the page which this person has seen last. It fails the test if there is none.
func (p *Person) Unreacts() {
	p.t.Helper()
	p.act("", p.chat.Unreact(p.t.Context(), p.ID, p.lastSeen("take a reaction from")))
}

// Reads sees all messages of the page so far, which the page learns. The page must be subscribed to message_reads, which it is not by
// default, or on Instagram to messaging_seen; otherwise the test fails.
func (p *Person) Reads() {
	p.t.Helper()
	p.needs("message_reads", "messaging_seen")
	p.act("", p.chat.Read(p.t.Context(), p.ID))
}

// lastSeen is the message of the page that an expectation has taken last.
func (p *Person) lastSeen(what string) string {
	p.t.Helper()
	if p.last == "" {
		p.t.Fatalf("messengertest: no message to %s was seen yet: call Sees or Next first; %s", what, p.soFar())
	}
	return p.last
}

// lastWritten is the person's newest message.
func (p *Person) lastWritten(what string) string {
	p.t.Helper()
	for _, m := range slices.Backward(p.chat.Messages(p.ID)) {
		if m.From == simulator.FromPerson && m.Kind == simulator.KindMessage && !m.Unsent {
			return m.ID
		}
	}
	p.t.Fatalf("messengertest: the person has written no message to %s; %s", what, p.soFar())
	return ""
}
