package simulator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrOpensLink is returned, wrapped with the title, when a person taps
// something that opens a web page, a phone or a login: the platform sends the
// bot no event.
var ErrOpensLink = errors.New("simulator: it opens a link, nothing reaches the bot")

// ErrAmbiguous is returned, wrapped with the choices, when several buttons of a
// message have the title that a person is to tap. [Simulator.TapButtonPayload]
// taps one of them.
var ErrAmbiguous = errors.New("simulator: several buttons have that title")

// ErrNotOffered is what an error is ([errors.Is]) of an act that taps or answers what the page has not offered, or not yet.
var ErrNotOffered = errors.New("simulator: it is not on offer")

// notOfferedError says what a person was to tap and could not.
type notOfferedError string

// Is makes it an [ErrNotOffered].
func (e notOfferedError) Is(target error) bool { return target == ErrNotOffered }

// Error implements error.
func (e notOfferedError) Error() string { return string(e) }

var errNothing = errors.New("simulator: neither a title nor a payload to tap")
var errOldOffer = errors.New("simulator: what was offered earlier has both a title and a payload")

// TapQuickReply lets a person tap a chip, found by its title or payload, or by
// user_phone_number or user_email. Chips can be tapped while the message they
// came with is the newest of the conversation.
func (s *Simulator) TapQuickReply(ctx context.Context, psid, titleOrPayload string) (mid string, err error) {
	return s.tapQuickReply(ctx, psid, titleOrPayload, titleOrPayload)
}

// TapQuickReplyPayload is [Simulator.TapQuickReply] that goes by the payload alone.
func (s *Simulator) TapQuickReplyPayload(ctx context.Context, psid, payload string) (mid string, err error) {
	return s.tapQuickReply(ctx, psid, "", payload)
}

func (s *Simulator) tapQuickReply(ctx context.Context, psid, title, payload string) (string, error) {
	if title == "" && payload == "" {
		return "", errNothing
	}
	what := Act{Type: ActQuickReply, Title: title, Payload: payload}
	if title != "" {
		what.Payload = "" // the title decides
	}
	return s.act(ctx, psid, what, func(c *conversation, _ time.Time) (doing, error) {
		var chips []QuickReply
		if m := c.newest(); m != nil { // a person's message has no chips
			chips = m.QuickReplies
		}
		i := slices.IndexFunc(chips, func(q QuickReply) bool { return title != "" && q.Title == title && q.ContentType == "text" })
		if i < 0 {
			i = slices.IndexFunc(chips, func(q QuickReply) bool {
				return q.Payload == payload && q.ContentType == "text" || q.ContentType == payload && q.ContentType != "text"
			})
		}
		if i < 0 {
			return doing{}, notOfferedError(fmt.Sprintf("simulator: no quick reply %q under the newest message", cmp.Or(title, payload)))
		}
		text, sent := chips[i].Title, chips[i].Payload
		switch person := s.home[psid].people[psid]; chips[i].ContentType {
		case "user_phone_number":
			text, sent = person.Phone, person.Phone
		case "user_email":
			text, sent = person.Email, person.Email
		}
		if text == "" {
			return doing{}, fmt.Errorf("simulator: person %s has no %s to send", psid, chips[i].ContentType)
		}
		return quickReply(text, sent), nil
	})
}

// quickReply is an act that taps a chip.
func quickReply(text, payload string) doing {
	return writing(Message{Text: text, Payload: payload}, eventMessage{Text: text, QuickReply: &eventQuickReply{Payload: payload}})
}

// TapButton lets a person tap a postback button, found by title in the latest
// message that has one. If several cards of it have one, with different payloads,
// it returns [ErrAmbiguous].
func (s *Simulator) TapButton(ctx context.Context, psid, title string) (mid string, err error) {
	return s.tapButton(ctx, psid, "", title, "")
}

// TapButtonPayload lets a person tap a postback button, found by payload in the
// latest message that has one.
func (s *Simulator) TapButtonPayload(ctx context.Context, psid, payload string) (mid string, err error) {
	return s.tapButton(ctx, psid, "", "", payload)
}

// tapButton taps the button with this title or this payload, or both, of the
// message with that mid, or of the latest that has one. What is empty is not
// asked for.
func (s *Simulator) tapButton(ctx context.Context, psid, mid, title, payload string) (string, error) {
	if title == "" && payload == "" {
		return "", errNothing
	}
	return s.act(ctx, psid, Act{Type: ActButton, MID: mid, Title: title, Payload: payload}, func(c *conversation, _ time.Time) (doing, error) {
		for _, m := range slices.Backward(c.messages) {
			if m.From != FromPage || mid != "" && m.ID != mid {
				continue
			}
			found := slices.DeleteFunc(m.buttons(), func(b Button) bool {
				return title != "" && b.Title != title || payload != "" && b.Payload != payload
			})
			if len(found) > 0 {
				return tapOne(found)
			}
		}
		return doing{}, notOfferedError(fmt.Sprintf("simulator: no button %q in this conversation", cmp.Or(title, payload)))
	})
}

// tapOne taps the one postback among buttons that are alike.
func tapOne(alike []Button) (doing, error) {
	var postbacks []Button
	for _, b := range alike {
		if b.Type == "postback" && !slices.ContainsFunc(postbacks, func(p Button) bool { return p.Payload == b.Payload }) {
			postbacks = append(postbacks, b)
		}
	}
	switch len(postbacks) {
	case 0:
		return tap(alike[0])
	case 1:
		return tap(postbacks[0])
	}
	payloads := make([]string, len(postbacks))
	for i, b := range postbacks {
		payloads[i] = strconv.Quote(b.Payload)
	}
	return doing{}, fmt.Errorf("%w: %q, with the payloads %s", ErrAmbiguous, postbacks[0].Title, strings.Join(payloads, ", "))
}

func tap(b Button) (doing, error) {
	if b.Type != "postback" {
		return doing{}, fmt.Errorf("%q: %w", b.Title, ErrOpensLink)
	}
	return postback(b.Title, b.Payload), nil
}

// GetStarted lets a person tap the Get Started button of the welcome screen. The
// page's profile must have one.
func (s *Simulator) GetStarted(ctx context.Context, psid string) (mid string, err error) {
	return s.act(ctx, psid, Act{Type: ActGetStarted}, func(*conversation, time.Time) (doing, error) {
		var button struct{ Payload string }
		if json.Unmarshal(s.home[psid].profile["get_started"], &button) != nil {
			return doing{}, notOfferedError("simulator: the page has no Get Started button")
		}
		return postback("Get Started", button.Payload), nil
	})
}

// TapMenu lets a person tap an item of the persistent menu, found by title in the
// menu of their locale.
func (s *Simulator) TapMenu(ctx context.Context, psid, title string) (mid string, err error) {
	return s.tapMenu(ctx, psid, Act{Type: ActMenu, Title: title}, func(item Button) bool { return item.Title == title })
}

// TapMenuPayload is [Simulator.TapMenu] that goes by the payload.
func (s *Simulator) TapMenuPayload(ctx context.Context, psid, payload string) (mid string, err error) {
	return s.tapMenu(ctx, psid, Act{Type: ActMenu, Payload: payload}, func(item Button) bool { return item.Payload == payload })
}

// menu is the persistent menu in one locale.
type menu struct {
	CallToActions []Button `json:"call_to_actions"`
}

func (s *Simulator) tapMenu(ctx context.Context, psid string, what Act, match func(Button) bool) (string, error) {
	sought := cmp.Or(what.Title, what.Payload)
	if sought == "" {
		return "", errNothing
	}
	return s.act(ctx, psid, what, func(*conversation, time.Time) (doing, error) {
		pg := s.home[psid]
		found, ok := inLocale[menu](pg.menuOf(psid), pg.people[psid].Locale)
		if !ok {
			return doing{}, notOfferedError("simulator: the page has no persistent menu")
		}
		for _, item := range found.CallToActions {
			if match(item) {
				return tap(item)
			}
		}
		return doing{}, notOfferedError(fmt.Sprintf("simulator: no menu item %q", sought))
	})
}

// TapIceBreaker lets a person tap one of the questions of the welcome screen.
func (s *Simulator) TapIceBreaker(ctx context.Context, psid, question string) (mid string, err error) {
	return s.act(ctx, psid, Act{Type: ActIceBreaker, Title: question}, func(*conversation, time.Time) (doing, error) {
		type set struct {
			CallToActions []struct{ Question, Payload string } `json:"call_to_actions"`
		}
		pg := s.home[psid]
		property := pg.profile["ice_breakers"]
		found, ok := inLocale[set](property, pg.people[psid].Locale)
		if isFlat(property) {
			ok = json.Unmarshal(property, &found.CallToActions) == nil
		}
		if !ok {
			return doing{}, notOfferedError("simulator: the page has no ice breakers")
		}
		for _, item := range found.CallToActions {
			if item.Question == question {
				return postback(item.Question, item.Payload), nil
			}
		}
		return doing{}, notOfferedError(fmt.Sprintf("simulator: no ice breaker %q", question))
	})
}

// inLocale picks the entry of a profile property for a locale, or its default.
func inLocale[T any](property json.RawMessage, locale string) (T, bool) {
	var (
		zero    T
		entries []json.RawMessage
	)
	if json.Unmarshal(property, &entries) != nil {
		return zero, false
	}
	for _, want := range []string{locale, "default"} {
		for _, raw := range entries {
			var head struct{ Locale string }
			var value T
			if json.Unmarshal(raw, &head) == nil && head.Locale == want && json.Unmarshal(raw, &value) == nil {
				return value, true
			}
		}
	}
	return zero, false
}
