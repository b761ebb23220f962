package dialog

import (
	"context"
	"net/mail"
	"regexp"
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
// It checks the form, not that the address exists. Of "Ada <ada@example.com>" the value is
// ada@example.com; several addresses are refused.
func Email() Answer[string] { return contact{takeEmail, sending.EmailReply()} }

// Phone asks for a phone number. On Messenger a chip offers that of the person's account. The
// value has digits only, behind a plus sign if it was written with a country code ("+1…",
// "001…"). It has 7 to 15 digits, as ITU-T E.164 allows. A date is refused, and what has the
// form of a postal code of the United States, Brazil or Japan ("12345-6789").
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
	text = strings.TrimPrefix(plainText(text), "mailto:")
	parsed, err := mail.ParseAddress(text)
	if err != nil || len(parsed.Address) > maxEmail || strings.ContainsAny(parsed.Address, " \"") {
		return "", Refuse(refuseEmail)
	}
	_, domain, _ := strings.Cut(parsed.Address, "@")
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" {
			return "", Refuse(refuseEmail)
		}
	}
	if last := strings.LastIndex(domain, "."); last < 0 || len(domain)-last-1 < 2 {
		return "", Refuse(refuseEmail)
	}
	return parsed.Address, nil
}

// noPhone is what has as many digits as a phone number and is none: postal codes and dates.
var noPhone = regexp.MustCompile(`^(\d{5}-\d{4}|\d{5}-\d{3}|\d{3}-\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})$`)

func takePhone(text string) (string, error) {
	text = strings.TrimPrefix(digits(norm.NFKC.String(plainText(text))), "tel:")
	if noPhone.MatchString(text) {
		return "", Refuse(refusePhone)
	}
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "00") {
		text = strings.Replace(text, "(0)", "", 1) // is dialled within the country only
	}
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
