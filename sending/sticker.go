package sending

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
)

// StickerLike is the thumb that points up.
const StickerLike = "369239263222822"

// Sticker is a sticker: one of the platform's own free ones, or [StickerLike].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
type Sticker struct {
	// ID is the sticker's number.
	ID string `json:"id"`
}

// Message makes the message.
func (s Sticker) Message() Message { return s.message() }

// Compose makes the message.
func (s Sticker) Compose(context.Context, *receiving.Event) ([]Message, error) {
	return []Message{s.message()}, nil
}

// Validate reports an id that is missing or no number.
func (s Sticker) Validate() error {
	if s.ID == "" {
		return &FieldError{Field: "id", Problem: "is missing"}
	}
	return s.message().Validate("")
}

func (s Sticker) message() Message { return Message{StickerID: s.ID} }
