package dialog

import (
	"context"
	"net/mail"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

const (
	refuseEmail = "Please write an e-mail address, such as name@example.com."
	refusePhone = "Please write a phone number with its country code, such as +1 202 555 0147."
)

// maxEmail is the most bytes of an e-mail address, by RFC 5321.
const maxEmail = 254

// Email asks for an e-mail address. On Messenger a chip offers that of the person's account.
// It checks the form, not that the address exists.
func Email() Answer[string] { return contact{takeEmail, sending.EmailReply()} }

// Phone asks for a phone number. On Messenger a chip offers that of the person's account. The
// value has digits only, behind a plus sign if it was written with a country code ("+1…",
// "001…"). It has 7 to 15 digits, as ITU-T E.164 allows.
func Phone() Answer[string] { return contact{takePhone, sending.PhoneReply()} }

// contact is an answer that a chip of the platform can give.
type contact struct {
	take func(text string) (string, error)
	chip sending.QuickReply
}

func (contact) Choices(context.Context, string) ([]Choice, error) { return nil, nil }

func (c contact) Take(_ context.Context, in Input, into *string) (bool, error) {
	v, err := c.take(shared(in.Event))
	if err == nil {
		*into = v
	}
	return false, err
}

func (contact) Show(_ context.Context, v string) string { return v }

// sharesContact returns the chip by which the platform offers what it knows of the person.
func (c contact) sharesContact() sending.QuickReply { return c.chip }

// shared is what the person wrote, or what their tap on the platform's own chip shares: that
// sends it as the payload.
func shared(ev *receiving.Event) string {
	if text := ev.PayloadText(); text != "" {
		return text
	}
	return ev.Text()
}

func takeEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	text = strings.TrimPrefix(text, "mailto:")
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > maxEmail || strings.ContainsAny(text, " \"") {
		return "", Refuse(refuseEmail)
	}
	_, domain, _ := strings.Cut(text, "@")
	if host, top, ok := cutLast(domain, "."); !ok || host == "" || len(top) < 2 {
		return "", Refuse(refuseEmail)
	}
	return text, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func takePhone(text string) (string, error) {
	text = digits(strings.TrimSpace(norm.NFKC.String(text)))
	text = strings.TrimPrefix(text, "tel:")
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0().-/‐–", r) {
			return -1
		}
		return r
	}, text)
	number, international := strings.CutPrefix(plain, "+")
	if !international {
		number, international = strings.CutPrefix(plain, "00")
	}
	if len(number) < 7 || len(number) > 15 || strings.Trim(number, "0123456789") != "" {
		return "", Refuse(refusePhone)
	}
	if international {
		return "+" + number, nil
	}
	return number, nil
}
