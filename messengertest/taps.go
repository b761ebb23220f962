package messengertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

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
	p.taps("payload "+strconv.Quote(payload), "\nTapsOldButton and TapsOldQuickReply tap what the page offered before the test.", payload,
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
				return fmt.Errorf("%w; use TapsPayload", err)
			case !errors.Is(err, simulator.ErrNotOffered):
				final = err
			}
		}
		if final != nil {
			return final
		}
		return notOnOfferError{fmt.Sprintf("nothing on offer has the %s; on offer are:\n%s%s", sought, p.offers(), hint)}
	})
}

// notOnOfferError is why nothing was tapped, or not yet.
type notOnOfferError struct{ text string }

func (e notOnOfferError) Error() string { return e.text }

func (e notOnOfferError) Unwrap() error { return simulator.ErrNotOffered }

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
