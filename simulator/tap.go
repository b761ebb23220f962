package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrOpensLink is returned, wrapped with the title, when a person taps something
// that opens a web page, a phone or a login: the platform tells the bot nothing.
var ErrOpensLink = errors.New("simulator: it opens a link, nothing reaches the bot")

// TapQuickReply lets a person tap a chip, found by its title or payload, or by
// user_phone_number or user_email. Chips can be tapped while the message they
// came with is the newest of the conversation.
func (s *Simulator) TapQuickReply(ctx context.Context, psid, titleOrPayload string) (mid string, err error) {
	return s.act(ctx, psid, func(c *conversation, _ time.Time) (doing, error) {
		var chips []QuickReply
		if m := c.newest(); m != nil { // a person's message has no chips
			chips = m.QuickReplies
		}
		i := slices.IndexFunc(chips, func(q QuickReply) bool { return q.Title == titleOrPayload && q.ContentType == "text" })
		if i < 0 {
			i = slices.IndexFunc(chips, func(q QuickReply) bool {
				return q.Payload == titleOrPayload && q.ContentType == "text" || q.ContentType == titleOrPayload && q.ContentType != "text"
			})
		}
		if i < 0 {
			return doing{}, fmt.Errorf("simulator: no quick reply %q under the newest message", titleOrPayload)
		}
		text, payload := chips[i].Title, chips[i].Payload
		switch person := s.page.people[psid]; chips[i].ContentType {
		case "user_phone_number":
			text, payload = person.Phone, person.Phone
		case "user_email":
			text, payload = person.Email, person.Email
		}
		if text == "" {
			return doing{}, fmt.Errorf("simulator: person %s has no %s to send", psid, chips[i].ContentType)
		}
		return writing(Message{Text: text, Payload: payload},
			eventMessage{Text: text, QuickReply: &eventQuickReply{Payload: payload}}), nil
	})
}

// TapButton lets a person tap a postback button, found by title in the latest
// message that has one.
func (s *Simulator) TapButton(ctx context.Context, psid, title string) (mid string, err error) {
	return s.tapButton(ctx, psid, "", title, "")
}

// tapButton taps the button with this title; mid and payload, when given, say
// which one of several.
func (s *Simulator) tapButton(ctx context.Context, psid, mid, title, payload string) (string, error) {
	return s.act(ctx, psid, func(c *conversation, _ time.Time) (doing, error) {
		for _, m := range slices.Backward(c.messages) {
			if m.From != FromPage || mid != "" && m.ID != mid {
				continue
			}
			for _, b := range m.buttons() {
				if b.Title == title && (payload == "" || b.Payload == payload) {
					return tap(b)
				}
			}
		}
		return doing{}, fmt.Errorf("simulator: no button %q in this conversation", title)
	})
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
	return s.act(ctx, psid, func(*conversation, time.Time) (doing, error) {
		var button struct{ Payload string }
		if json.Unmarshal(s.page.profile["get_started"], &button) != nil {
			return doing{}, errors.New("simulator: the page has no Get Started button")
		}
		return postback("Get Started", button.Payload), nil
	})
}

// TapMenu lets a person tap an item of the persistent menu, found by title in the
// menu of their locale.
func (s *Simulator) TapMenu(ctx context.Context, psid, title string) (mid string, err error) {
	return s.act(ctx, psid, func(*conversation, time.Time) (doing, error) {
		type menu struct {
			CallToActions []Button `json:"call_to_actions"`
		}
		found, ok := inLocale[menu](s.page.profile["persistent_menu"], s.page.people[psid].Locale)
		if !ok {
			return doing{}, errors.New("simulator: the page has no persistent menu")
		}
		for _, item := range found.CallToActions {
			if item.Title == title {
				return tap(item)
			}
		}
		return doing{}, fmt.Errorf("simulator: no menu item %q", title)
	})
}

// TapIceBreaker lets a person tap one of the questions of the welcome screen.
func (s *Simulator) TapIceBreaker(ctx context.Context, psid, question string) (mid string, err error) {
	return s.act(ctx, psid, func(*conversation, time.Time) (doing, error) {
		type set struct {
			CallToActions []struct{ Question, Payload string } `json:"call_to_actions"`
		}
		found, ok := inLocale[set](s.page.profile["ice_breakers"], s.page.people[psid].Locale)
		if !ok {
			return doing{}, errors.New("simulator: the page has no ice breakers")
		}
		for _, item := range found.CallToActions {
			if item.Question == question {
				return postback(item.Question, item.Payload), nil
			}
		}
		return doing{}, fmt.Errorf("simulator: no ice breaker %q", question)
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
