package messengertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// Person is someone who writes to the page. Each method fails the test if it
// cannot do what it says. It is for use from the test's own goroutine.
type Person struct {
	// ID is the person's PSID.
	ID string

	chat *Chat
	t    testing.TB
	seen map[string]bool // messages that an expectation has taken
	last string          // the newest of them
}

// Says writes a text.
func (p *Person) Says(text string) { p.t.Helper(); p.act(p.chat.Say(p.t.Context(), p.ID, text)) }

// Taps taps what the page's messages and its menu offer under that title: a
// quick reply of the newest message, a button of the newest message that has
// it, or an item of the persistent menu. It waits for it to be there, and takes
// what is there already: expect a message (Sees, Next) before tapping what an
// older one offers too. If several cards of the message have a button of that
// title, the test fails at once and names their payloads, for TapsPayload.
func (p *Person) Taps(title string) {
	p.t.Helper()
	p.taps("nothing to tap is called "+strconv.Quote(title), title, p.chat.TapQuickReply, p.chat.TapButton, p.chat.TapMenu)
}

// TapsPayload is [Person.Taps] of what has that payload, whatever its title. What
// has a payload of a type is found by what payload.Kind encodes.
func (p *Person) TapsPayload(payload string) {
	p.t.Helper()
	p.taps("nothing to tap has the payload "+strconv.Quote(payload), payload,
		p.chat.TapQuickReplyPayload, p.chat.TapButtonPayload, p.chat.TapMenuPayload)
}

// taps tries the ways to tap in order, until one works.
func (p *Person) taps(failure, what string, ways ...func(ctx context.Context, psid, what string) (string, error)) {
	p.t.Helper()
	p.eventually(func() error {
		errs := []error{}
		for _, tap := range ways {
			_, err := tap(p.t.Context(), p.ID, what)
			switch {
			case err == nil:
				return nil
			case errors.Is(err, simulator.ErrAmbiguous):
				p.t.Fatalf("messengertest: %v; use TapsPayload", err)
			}
			errs = append(errs, err)
		}
		return fmt.Errorf("%s: %w", failure, errors.Join(errs...))
	})
}

// Reacts puts an emoji on the message of the page that this person has seen last,
// by Sees or Next. Chat.React puts one on any message.
func (p *Person) Reacts(emoji string) {
	p.t.Helper()
	if p.last == "" {
		p.t.Fatalf("messengertest: no message was seen yet that could be reacted to: call Sees or Next first")
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

// eventually tries until it works or [Patience] is over.
func (p *Person) eventually(try func() error) {
	p.t.Helper()
	over := time.NewTimer(Patience)
	defer over.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := try()
		if err == nil {
			return
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

// Sees waits for the next message from the page and fails unless its text, or
// the text of its template, is this one.
func (p *Person) Sees(text string) {
	p.t.Helper()
	m := p.Next()
	if got := Text(m); got != text {
		p.t.Fatalf("the page's next message is %q, want %q\n%s", got, text, describe(m))
	}
}

// Next waits for the next message from the page that no expectation has taken
// yet.
func (p *Person) Next() simulator.Message {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), Patience)
	defer cancel()
	m, err := p.chat.Wait(ctx, p.ID, func(m simulator.Message) bool { return !p.seen[m.ID] })
	if err != nil {
		p.t.Fatalf("no message from the page within %v; the conversation so far:\n%s", Patience, p.transcript())
	}
	p.seen[m.ID], p.last = true, m.ID
	return m
}

// SeesNothing waits until the bot is idle and fails if the page has said
// anything that no expectation has taken yet.
func (p *Person) SeesNothing() {
	p.t.Helper()
	p.chat.Idle()
	for _, m := range p.chat.Messages(p.ID) {
		if m.From == simulator.FromPage && !p.seen[m.ID] {
			p.t.Fatalf("the page has said more: %s", describe(m))
		}
	}
}

func (p *Person) transcript() string {
	var lines []string
	for _, m := range p.chat.Messages(p.ID) {
		lines = append(lines, fmt.Sprintf("%8s: %s", m.From, describe(m)))
	}
	return strings.Join(lines, "\n")
}

// Text returns what a message says: its text, or the text or first title of its
// template, or else the order number of a receipt. It is empty for what says
// nothing of the kind, such as an image.
func Text(m simulator.Message) string {
	if m.Text != "" {
		return m.Text
	}
	for _, a := range m.Attachments {
		if a.Template == nil {
			continue
		}
		if a.Template.Text != "" {
			return a.Template.Text
		}
		for _, e := range a.Template.Elements {
			return e.Title
		}
		var receipt struct {
			OrderNumber string `json:"order_number"`
		}
		if json.Unmarshal(a.Template.Raw, &receipt) == nil {
			return receipt.OrderNumber
		}
	}
	return ""
}

func describe(m simulator.Message) string {
	m.Raw, m.Answer = nil, nil
	text, err := json.Marshal(m)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
