package sending

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
)

// Images is several images in one message: at most 30, on Instagram 10. A
// custom sender embeds it and adds to it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
type Images struct {
	// URLs are images that the platform fetches, each of at most 8 MB.
	URLs []string `json:"urls,omitempty"`
	// AttachmentIDs are images that were uploaded before. They come after those
	// of URLs.
	AttachmentIDs []string `json:"attachment_ids,omitempty"`
}

// WithURLs returns a copy with more images at URLs.
func (s Images) WithURLs(urls ...string) Images {
	s.URLs = slices.Concat(s.URLs, urls)
	return s
}

// WithUploaded returns a copy with more images that were uploaded before.
func (s Images) WithUploaded(attachmentIDs ...string) Images {
	s.AttachmentIDs = slices.Concat(s.AttachmentIDs, attachmentIDs)
	return s
}

// Message makes the message.
func (s Images) Message() Message { return s.message() }

// Compose makes the message.
func (s Images) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	s.URLs = slices.Clone(s.URLs)
	for i := range s.URLs {
		e.url(entry("attachments", i)+".payload.url", &s.URLs[i])
	}
	return e.composed(s.message())
}

// Validate reports malformed URLs and too many images. An empty list of images
// is allowed: an embedding sender may add them.
func (s Images) Validate() error {
	if len(s.URLs)+len(s.AttachmentIDs) == 0 {
		return nil
	}
	return s.message().validate(check{blanks: true})
}

func (s Images) message() Message {
	var m Message
	for _, url := range s.URLs {
		m.Attachments = append(m.Attachments, *Image(url).Attachment)
	}
	for _, id := range s.AttachmentIDs {
		m.Attachments = append(m.Attachments, *Uploaded(attachment.Image, id).Attachment)
	}
	return m
}
