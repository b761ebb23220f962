package messengertest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/djmessenger/messenger/simulator"
)

// Person is a person who writes to a page. What they do reaches the bot as a signed callback; the methods do not wait for the bot.
// Those that tap or answer something wait for the page to offer it. Each method fails the test if the act is not possible, and shows the
// conversation. Use it from the test's own goroutine only.
type Person struct {
	// ID is the person's PSID.
	ID string

	chat    *Chat
	t       testing.TB
	seen    map[string]bool // messages and public replies that an expectation has taken
	refused map[int]bool    // refused calls that an expectation has taken, by their place in the log
	last    string          // the newest of the messages
}

// act ends what a person has done: the test fails if it was not possible.
func (p *Person) act(_ string, err error) {
	p.t.Helper()
	if err != nil {
		between := "; "
		if strings.Contains(err.Error(), "\n") {
			between = "\n"
		}
		p.t.Fatalf("messengertest: %v%s%s", err, between, p.soFar())
	}
}

// eventually tries an act until it works, as long as the page does not offer what it needs and the chat's patience is not over.
func (p *Person) eventually(try func() error) {
	p.t.Helper()
	w := p.chat.waits()
	defer w.stop()
	for {
		err := try()
		if !errors.Is(err, simulator.ErrNotOffered) || !w.again() {
			p.act("", err)
			return
		}
	}
}

// needs fails the test unless the person's page is subscribed to the field by which the bot learns of an act. Pages are not subscribed to
// it by default. On Instagram the field has another name.
func (p *Person) needs(field, onInstagram string) {
	p.t.Helper()
	p.needsField(field, onInstagram, "it")
}

// needsField fails the test unless the person's page is subscribed to a field, which is among what has to be added.
func (p *Person) needsField(field, onInstagram, add string) {
	p.t.Helper()
	page, ok := p.chat.pageOf(p)
	if page.Platform == simulator.PlatformInstagram {
		field = onInstagram
	}
	if ok && field != "" && !slices.Contains(page.Fields, field) {
		p.t.Fatalf("messengertest: the bot cannot learn of this act: page %s is not subscribed to %s; add %s to simulator.DefaultFields in "+
			"simulator.Config.Fields, and give it to StartOn", page.ID, field, add)
	}
}
