package simulator

import (
	"context"
	"time"
)

// TapOldButton lets a person tap a postback button that the conversation does not show: of a message that the page sent
// earlier or by another program, such as the bot that this one replaces, or of a menu that is no longer the page's. People
// can tap such buttons for years, so a bot meets payloads that it has never sent. Title and payload go to the bot as they
// are; neither may be empty.
//
// [Simulator.TapButton] taps what the conversation does show, and fails if it is not there.
func (s *Simulator) TapOldButton(ctx context.Context, psid, title, payload string) (mid string, err error) {
	if title == "" || payload == "" {
		return "", errOldOffer
	}
	return s.act(ctx, psid, Act{Type: ActOldButton, Title: title, Payload: payload}, func(*conversation, time.Time) (doing, error) { return postback(title, payload), nil })
}

// TapOldQuickReply is [Simulator.TapOldButton] of a quick reply, of which the title is the text of the person's message.
// The platform shows quick replies until the conversation goes on, so a bot meets those of
// another program only as the first event of a conversation.
func (s *Simulator) TapOldQuickReply(ctx context.Context, psid, title, payload string) (mid string, err error) {
	if title == "" || payload == "" {
		return "", errOldOffer
	}
	return s.act(ctx, psid, Act{Type: ActOldQuickReply, Title: title, Payload: payload}, func(*conversation, time.Time) (doing, error) { return quickReply(title, payload), nil })
}
