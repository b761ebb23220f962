package messengertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// Transcript is this person's conversation as text, for people to read: a line for each message, with what it offers to tap and
// the payloads, and then the page's public replies to them. Between them are the calls that the platform refused or that a fault
// broke off, and the callbacks that the bot did not take. Expectations that fail show it.
//
//	person: "pizza"
//	   bot: POST messages "Which size?" was refused: 613: (#613) Calls to this api have exceeded the rate limit.
//	  page: "Which size?"; quick reply "Small", payload "size:s"
//
// It is empty if nothing was said.
func (p *Person) Transcript() string {
	var text strings.Builder
	troubles := p.troubles()
	tell := func(before time.Time) {
		for len(troubles) > 0 && (before.IsZero() || troubles[0].Time.Before(before)) {
			text.WriteString(trouble(troubles[0]) + "\n")
			troubles = troubles[1:]
		}
	}
	for _, m := range p.chat.Messages(p.ID) {
		tell(m.Time)
		text.WriteString(p.line(m) + "\n")
	}
	tell(time.Time{})
	for _, c := range p.chat.PublicReplies(p.ID) {
		fmt.Fprintf(&text, "    page: %q, in public, below %s\n", c.Text, c.ParentID)
	}
	return text.String()
}

// troubles are the calls about this person, or about none that is known, that were refused, and the callbacks of what the person did that
// the bot did not take.
func (p *Person) troubles() []simulator.Entry {
	return slices.DeleteFunc(p.chat.Log(), func(e simulator.Entry) bool {
		failed := wasRefused(e) || e.Fault || e.Kind == simulator.EntryCallback && e.Error != ""
		return !failed || !p.isAbout(e)
	})
}

// isAbout reports whether an entry of the log is about this person, or about a person who is not known, on the same page.
func (p *Person) isAbout(e simulator.Entry) bool {
	home, _ := p.chat.find(p.ID)
	return e.PSID == p.ID || e.PSID == "" && (e.PageID == home.PageID || e.PageID == "")
}

// trouble is one of them, in one line.
func trouble(e simulator.Entry) string {
	what, why := strings.TrimSpace(e.Name+" "+e.Preview), e.Error
	if e.Kind == simulator.EntryCallback {
		return fmt.Sprintf("%8s: did not take the callback %s: %s", "bot", what, why)
	}
	if !wasRefused(e) {
		return fmt.Sprintf("%8s: %s was taken, with a fault of the test", "bot", what)
	}
	if why == "" {
		why = fmt.Sprintf("status %d", e.Status)
	}
	if e.Fault {
		why += " (a fault of the test)"
	}
	return fmt.Sprintf("%8s: %s was refused: %s", "bot", what, why)
}

// Transcript is what was said to and by all people, as [Person.Transcript] has it, with the name of each person above it.
func (c *Chat) Transcript() string {
	var text strings.Builder
	for _, known := range c.People() {
		p := &Person{ID: known.ID, chat: c, t: c.t}
		if said := p.Transcript(); said != "" {
			fmt.Fprintf(&text, "%s:\n%s", nameOf(known), said)
		}
	}
	return text.String()
}

// soFar is the conversation with what the bot knows of it, for the texts of failures.
func (p *Person) soFar() string {
	lines := append([]string{cmp.Or(strings.TrimSuffix(p.Transcript(), "\n"), "  nothing was said")}, p.botState()...)
	return "the conversation so far:\n" + strings.Join(lines, "\n")
}

// soFar is what was said to and by all people, for the texts of failures.
func (c *Chat) soFar() string {
	return "\nthe conversations so far:\n" + cmp.Or(strings.TrimSuffix(c.Transcript(), "\n"), "  nothing was said")
}

// said is what [Person.Sees] compares with, or the whole message if there is none.
func said(m simulator.Message) string {
	texts := Texts(m)
	if len(texts) == 1 && texts[0] == "" {
		return describe(m)
	}
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = strconv.Quote(text)
	}
	return strings.Join(quoted, ", ")
}

// line is one message of a transcript. Those of another app on the page have its id.
func (p *Person) line(m simulator.Message) string {
	from := m.From
	if m.From == simulator.FromPage && m.AppID != "" && !p.chat.isBots(m.AppID) {
		from = "app " + m.AppID
	}
	return fmt.Sprintf("%8s: %s", from, describe(m))
}

// isBots reports whether an app is one that delivers events to the bot.
func (c *Chat) isBots(appID string) bool {
	for _, page := range c.Pages() {
		if page.AppID == appID {
			return true
		}
	}
	return false
}

// describe is a message as people see it, in one line, with the payloads that a bot sees.
func describe(m simulator.Message) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case m.Unsent:
		add("took a message back")
	case m.Payload != "" || m.Kind == simulator.KindPostback:
		add("taps %q, payload %q", m.Text, m.Payload)
	case m.Text != "":
		add("%q", m.Text)
	}
	for _, a := range m.Attachments {
		add("%s", attachment(a))
	}
	for _, q := range m.QuickReplies {
		add("%s", offer("quick reply", cmp.Or(q.Title, q.ContentType), q.Payload, ""))
	}
	if m.Edits > 0 {
		add("edits: %d", m.Edits)
	}
	if m.PersonReaction != "" {
		add("the person's reaction %s", m.PersonReaction)
	}
	if m.PageReaction != "" {
		add("the page's reaction %s", m.PageReaction)
	}
	if len(parts) == 0 {
		return "an empty message"
	}
	return strings.Join(parts, "; ")
}

// offer is something to tap.
func offer(where, title, payload, leadsTo string) string {
	text := where + " " + strconv.Quote(title)
	switch {
	case payload != "":
		text += ", payload " + strconv.Quote(payload)
	case leadsTo != "":
		text += ", " + leadsTo
	}
	return text
}

func attachment(a simulator.Attachment) string {
	switch {
	case a.Template != nil:
		return template(*a.Template)
	case a.StickerID != "":
		return "sticker " + a.StickerID
	case a.Type == "location":
		return fmt.Sprintf("location %q at %v, %v", a.Title, a.Latitude, a.Longitude)
	}
	return strings.TrimSpace(a.Type + " " + cmp.Or(a.URL, a.AttachmentID, a.MediaID))
}

func template(t simulator.Template) string {
	parts := []string{strings.TrimSpace(t.Type + " template")}
	if t.Text != "" {
		parts[0] += " " + strconv.Quote(t.Text)
	}
	for _, e := range t.Elements {
		card := []string{"card"}
		for _, text := range []string{e.Title, e.Subtitle, cmp.Or(e.URL, e.AttachmentID)} {
			if text != "" {
				card = append(card, strconv.Quote(text))
			}
		}
		parts = append(parts, strings.Join(card, " "))
		parts = append(parts, buttons(e.Buttons)...)
	}
	parts = append(parts, buttons(t.Buttons)...)
	if t.Text == "" && len(t.Elements) == 0 {
		if raw, err := json.Marshal(t.Raw); err == nil { // it has no text of its own
			parts = append(parts, string(raw))
		}
	}
	return strings.Join(parts, "; ")
}

func buttons(list []simulator.Button) []string {
	lines := make([]string, len(list))
	for i, b := range list {
		lines[i] = offer("button", cmp.Or(b.Title, b.Type), b.Payload, cmp.Or(b.URL, b.Type))
	}
	return lines
}
