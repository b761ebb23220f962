package messengertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// Person is a person who writes to the page. Each method fails the test if the
// act is not possible. Use it from the test's own goroutine only.
type Person struct {
	// ID is the person's PSID.
	ID string

	chat *Chat
	t    testing.TB
	seen map[string]bool // messages and public replies that an expectation has taken
	last string          // the newest of the messages
}

// Says writes a text.
func (p *Person) Says(text string) { p.t.Helper(); p.act(p.chat.Say(p.t.Context(), p.ID, text)) }

// Taps taps what the page's messages and its menu offer under that title: a
// quick reply of the newest message, a button of the newest message that has
// it, or an item of the persistent menu. It waits for it to be there, and takes
// what is there already: expect a message (Sees, Next) before tapping what an
// older one offers too. The test fails at once if waiting cannot help: several
// cards of the message have a button of that title (it names their payloads, for
// TapsPayload), or what has the title opens a link, a phone or a login, of which
// the bot gets no event.
func (p *Person) Taps(title string) {
	p.t.Helper()
	p.taps("title "+strconv.Quote(title), "", title, p.chat.TapQuickReply, p.chat.TapButton, p.chat.TapMenu)
}

// TapsPayload is [Person.Taps] by payload instead of by title. For a typed
// payload, pass what payload.Kind encodes. What the page offered before the test is
// tapped by [Person.TapsOldButton].
func (p *Person) TapsPayload(payload string) {
	p.t.Helper()
	p.taps("payload "+strconv.Quote(payload), "\nTapsOldButton and TapsOldQuickReply tap what the page offered before the test."+"", payload,
		p.chat.TapQuickReplyPayload, p.chat.TapButtonPayload, p.chat.TapMenuPayload)
}

// TapsOldButton taps a button that the page does not offer: one that it sent before the test, by the bot that this one
// replaces, or an item of a menu that it had then. Such buttons stay in people's conversations, so a bot that took over
// from another one gets their payloads. Title and payload are sent as they are.
func (p *Person) TapsOldButton(title, payload string) {
	p.t.Helper()
	p.act(p.chat.TapOldButton(p.t.Context(), p.ID, title, payload))
}

// TapsOldQuickReply is [Person.TapsOldButton] of a quick reply. The title is the text that the person sends by the tap.
func (p *Person) TapsOldQuickReply(title, payload string) {
	p.t.Helper()
	p.act(p.chat.TapOldQuickReply(p.t.Context(), p.ID, title, payload))
}

// taps tries the ways to tap in order, until one works.
func (p *Person) taps(sought, hint, what string, ways ...func(ctx context.Context, psid, what string) (string, error)) {
	p.t.Helper()
	p.eventually(func() error {
		var final error
		for _, tap := range ways {
			_, err := tap(p.t.Context(), p.ID, what)
			switch {
			case err == nil:
				return nil
			case errors.Is(err, simulator.ErrAmbiguous):
				return fmt.Errorf("messengertest: %w; use TapsPayload", err)
			case isFinal(err):
				final = err
			}
		}
		if final != nil {
			return fmt.Errorf("messengertest: %w", final)
		}
		return fmt.Errorf("messengertest: nothing on offer has the %s; on offer are:\n%s%s", sought, p.offers(), hint)
	})
}

// offers lists what this person could tap, once each.
func (p *Person) offers() string {
	var lines []string
	for _, o := range p.chat.Offers(p.ID) {
		line := fmt.Sprintf("  %s %q", o.Where, o.Title)
		switch {
		case o.Payload != "":
			line += fmt.Sprintf(", payload %q", o.Payload)
		case o.Type != "":
			line += ", of the type " + o.Type
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "  nothing"
	}
	return strings.Join(lines, "\n")
}

// Reacts puts an emoji on the message of the page that this person has seen last,
// by Sees or Next. Chat.React puts one on any message.
func (p *Person) Reacts(emoji string) {
	p.t.Helper()
	if p.last == "" {
		p.t.Fatalf("messengertest: no message to react to was seen yet: call Sees or Next first")
	}
	p.act("", p.chat.React(p.t.Context(), p.ID, p.last, emoji))
}

// GetsStarted taps Get Started, once the bot has applied its thread settings.
func (p *Person) GetsStarted() {
	p.t.Helper()
	p.eventually(func() error {
		_, err := p.chat.GetStarted(p.t.Context(), p.ID)
		return err
	})
}

// isFinal reports whether an act fails in the same way however long a test waits.
func isFinal(err error) bool {
	return slices.ContainsFunc([]error{
		simulator.ErrAmbiguous, simulator.ErrClosed, simulator.ErrNoPerson, simulator.ErrOpensLink,
	}, func(final error) bool { return errors.Is(err, final) })
}

// eventually tries until it works, the error is final, or the chat's patience is
// over.
func (p *Person) eventually(try func() error) {
	p.t.Helper()
	over := time.NewTimer(p.chat.patience())
	defer over.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		if isFinal(err) {
			p.t.Fatalf("%v", err)
		}
		select {
		case <-over.C:
			p.t.Fatalf("%v", err)
		case <-again.C:
		}
	}
}

// SendsThumb sends the thumb.
func (p *Person) SendsThumb() {
	p.t.Helper()
	p.act(p.chat.SendSticker(p.t.Context(), p.ID, simulator.ThumbSmall))
}

// SendsImage sends the image at a URL.
func (p *Person) SendsImage(url string) {
	p.t.Helper()
	p.act(p.chat.SendImage(p.t.Context(), p.ID, url))
}

// SendsLocation sends a place, in degrees.
func (p *Person) SendsLocation(lat, long float64) {
	p.t.Helper()
	p.act(p.chat.SendLocation(p.t.Context(), p.ID, lat, long, "Here"))
}

func (p *Person) act(_ string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%v", err)
	}
}

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
