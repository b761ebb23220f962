package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The acts of a person. Each changes the conversation and queues a signed
// callback; it does not wait for the bot, see [Simulator.Flush]. ctx is looked at
// before the act only. All return [ErrNoPerson] for an unknown psid and
// [ErrClosed] after Close.

// Say lets a person write text and returns its mid. A text that starts with one of
// the page's commands ("/name") carries it in message.commands.
func (s *Simulator) Say(ctx context.Context, psid, text string) (mid string, err error) {
	return s.Reply(ctx, psid, "", text)
}

// Reply lets a person answer one message with text: message.reply_to names it.
func (s *Simulator) Reply(ctx context.Context, psid, toMID, text string) (mid string, err error) {
	if text == "" {
		return "", errors.New("simulator: the text is empty")
	}
	what := Act{Type: ActSay, Text: text}
	if toMID != "" {
		what = Act{Type: ActReply, MID: toMID, Text: text}
	}
	return s.act(ctx, psid, what, func(c *conversation, _ time.Time) (doing, error) {
		pg := s.home[psid]
		wire := eventMessage{Text: text, Commands: pg.commandsIn(text)}
		if toMID != "" {
			if c.find(toMID) == nil {
				return doing{}, errNoMessage(toMID)
			}
			wire.ReplyTo = pg.replyTo(c, toMID, FromPerson)
		}
		return writing(Message{Text: text, ReplyTo: toMID}, wire), nil
	})
}

func errNoMessage(mid string) error {
	if mid == "" {
		return &controlError{err: errors.New("simulator: mid is missing"), field: "mid"}
	}
	return fmt.Errorf("simulator: no message %q in this conversation", mid)
}

func (p *page) commandsIn(text string) []eventCommand {
	name, ok := strings.CutPrefix(text, "/")
	if !ok {
		return nil
	}
	name, _, _ = strings.Cut(name, " ")
	var sets []struct{ Commands []struct{ Name string } }
	if json.Unmarshal(p.profile["commands"], &sets) != nil {
		return nil
	}
	for _, set := range sets {
		for _, command := range set.Commands {
			if command.Name == name {
				return []eventCommand{{Name: name}}
			}
		}
	}
	return nil
}

// Edit lets a person change a text they sent; the platform allows five edits.
func (s *Simulator) Edit(ctx context.Context, psid, mid, text string) error {
	_, err := s.act(ctx, psid, Act{Type: ActEdit, MID: mid, Text: text}, func(c *conversation, _ time.Time) (doing, error) {
		m := c.find(mid)
		switch {
		case m == nil:
			return doing{}, errNoMessage(mid)
		case m.From != FromPerson || m.Text == "" || m.Kind != KindMessage:
			return doing{}, fmt.Errorf("simulator: message %q is not a text of this person", mid)
		case m.Edits >= 5:
			return doing{}, fmt.Errorf("simulator: message %q was edited five times", mid)
		}
		return doing{
			field: "message_edits",
			event: element{MessageEdit: &eventEdit{MID: mid, Text: text, NumEdit: m.Edits + 1}},
			apply: func(*conversation) {
				m.Text = text
				m.Edits++
				s.publish("message", *m)
			},
		}, nil
	})
	return err
}

// SendSticker lets a person send a sticker, in the one form the platform has
// used since 2026-08-31. [ThumbSmall] is the Like button. Of Instagram's
// stickers the bot gets no callback.
func (s *Simulator) SendSticker(ctx context.Context, psid, stickerID string) (mid string, err error) {
	if !digits(stickerID) {
		return "", fmt.Errorf("simulator: sticker id %q is not digits", stickerID)
	}
	link := "https://scontent.xx.fbcdn.net/v/t39.1997-6/" + stickerID + ".png"
	return s.act(ctx, psid, Act{Type: ActSticker, StickerID: stickerID}, func(*conversation, time.Time) (doing, error) {
		d := writing(Message{Attachments: []Attachment{{Type: "sticker", URL: link, StickerID: stickerID}}},
			eventMessage{Attachments: []eventAttachment{
				{Type: "sticker", Payload: mediaPayload{URL: link, StickerID: number(stickerID)}},
			}})
		if s.home[psid].instagram {
			d.field = ""
		}
		return d, nil
	})
}

// SendImage lets a person send an image that can be fetched at an absolute URL.
func (s *Simulator) SendImage(ctx context.Context, psid, link string) (mid string, err error) {
	return s.SendAttachment(ctx, psid, "image", link)
}

// SendAttachment lets a person send media or a shared link: kind is image, audio,
// video, file, reel, ig_reel, post, ig_post or fallback; on Instagram image,
// audio, video, file, share, reel, ig_reel, ig_post or story_mention. The bot gets
// the URL as it is.
func (s *Simulator) SendAttachment(ctx context.Context, psid, kind, link string) (mid string, err error) {
	return s.SendAttachments(ctx, psid, kind, link)
}

// SendAttachments is [Simulator.SendAttachment] of several in one message, as people send photos: up to 30.
func (s *Simulator) SendAttachments(ctx context.Context, psid, kind string, links ...string) (mid string, err error) {
	if len(links) == 0 || len(links) > 30 {
		return "", &controlError{err: fmt.Errorf("simulator: a message has 1 to 30 attachments, not %d", len(links)), field: "urls"}
	}
	for _, link := range links {
		if err := checkURL(link); err != nil {
			return "", fmt.Errorf("simulator: the URL of an attachment %w", err)
		}
	}
	what := Act{Type: ActAttachment, Kind: kind, URL: links[0]}
	if len(links) > 1 {
		what = Act{Type: ActAttachment, Kind: kind, URLs: slices.Clone(links)}
	}
	return s.act(ctx, psid, what, func(*conversation, time.Time) (doing, error) {
		kinds := []string{"image", "audio", "video", "file", "reel", "ig_reel", "post", "ig_post", "fallback"}
		if s.home[psid].instagram {
			kinds = []string{"image", "audio", "video", "file", "share", "reel", "ig_reel", "ig_post", "story_mention"}
		}
		if !slices.Contains(kinds, kind) {
			return doing{}, fmt.Errorf("simulator: a person cannot send an attachment of type %q", kind)
		}
		var shown Message
		var wire eventMessage
		for _, link := range links {
			shown.Attachments = append(shown.Attachments, Attachment{Type: kind, URL: link})
			wire.Attachments = append(wire.Attachments, eventAttachment{Type: kind, Payload: mediaPayload{URL: link}})
		}
		return writing(shown, wire), nil
	})
}

// SendLocation lets a person send where they are, in degrees. Messenger itself
// has sent no locations since 2020; old clients may. Instagram has none.
func (s *Simulator) SendLocation(ctx context.Context, psid string, lat, long float64, title string) (mid string, err error) {
	if !(lat >= -90 && lat <= 90 && long >= -180 && long <= 180) {
		return "", fmt.Errorf("simulator: %v, %v is not a valid latitude and longitude", lat, long)
	}
	link := "https://www.facebook.com/l.php?u=" + url.QueryEscape("https://www.bing.com/maps/default.aspx?where1="+
		strconv.FormatFloat(lat, 'f', -1, 64)+","+strconv.FormatFloat(long, 'f', -1, 64))
	return s.write(ctx, psid, "a location", Act{Type: ActLocation, Latitude: lat, Longitude: long, Title: title},
		Message{Attachments: []Attachment{{Type: "location", Title: title, Latitude: lat, Longitude: long, URL: link}}},
		eventMessage{Attachments: []eventAttachment{{
			Title: title, URL: link, Type: "location", Payload: locationPayload{coordinates{lat, long}},
		}}})
}

// number writes an id of digits as a JSON number.
func number(id string) json.Number {
	id = strings.TrimLeft(id, "0")
	if id == "" {
		id = "0"
	}
	return json.Number(id)
}
