package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"unicode/utf8"

	"github.com/djmessenger/messenger/secret"
)

// MinStickerSearch is how many characters a search for stickers needs.
const MinStickerSearch = 2

// StickerPack is a set of Meta's own stickers.
type StickerPack struct {
	Count       int // of its stickers
	Description string
	ID          string
	Name        string
	PreviewURL  string
	Raw         json.RawMessage // all of it
}

// Sticker is one of Meta's own stickers. A message names it by sticker_id.
type Sticker struct {
	ID       string
	ImageURL string
	Name     string
	Raw      json.RawMessage // all of it
}

// StickerPacks lists the packs, with names in the language of a locale such as ja_JP, or in English if locale is empty.
// The call bears an app's own token (see [AppToken]).
//
// Errors are those of [List]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sticker-api.
func (c *Client) StickerPacks(ctx context.Context, appToken secret.Value, locale string) iter.Seq2[StickerPack, error] {
	if appToken.IsZero() {
		return noList[StickerPack](refuse("stickers: there is no app token"))
	}
	request := Request{Path: "sticker_packs", Query: stickerQuery("", locale), Token: appToken}
	return listOf(ctx, c, request, func(members map[string]json.RawMessage, raw json.RawMessage) StickerPack {
		return StickerPack{
			Count:       decodeInt(members["sticker_count"]),
			Description: decodeText(members["description"]),
			ID:          decodeText(members["id"]),
			Name:        decodeText(members["name"]),
			PreviewURL:  decodeText(members["preview_image_url"]),
			Raw:         raw,
		}
	})
}

// Stickers lists the stickers of a pack. Token, locale and errors are as with [Client.StickerPacks].
func (c *Client) Stickers(ctx context.Context, appToken secret.Value, packID, locale string) iter.Seq2[Sticker, error] {
	if packID == "" {
		return noList[Sticker](refuse("stickers: the pack's id is empty"))
	}
	return c.stickers(ctx, Request{Path: "sticker_packs/" + edge(packID, "stickers"), Query: stickerQuery("", locale), Token: appToken})
}

// SearchStickers lists the stickers that a text of at least 2 characters finds. Token, locale and errors are as with
// [Client.StickerPacks].
func (c *Client) SearchStickers(ctx context.Context, appToken secret.Value, text, locale string) iter.Seq2[Sticker, error] {
	if utf8.RuneCountInString(text) < MinStickerSearch {
		return noList[Sticker](refuse("stickers: the text has less than 2 characters"))
	}
	return c.stickers(ctx, Request{Path: "sticker_search", Query: stickerQuery(text, locale), Token: appToken})
}

func (c *Client) stickers(ctx context.Context, request Request) iter.Seq2[Sticker, error] {
	if request.Token.IsZero() {
		return noList[Sticker](refuse("stickers: there is no app token"))
	}
	return listOf(ctx, c, request, func(members map[string]json.RawMessage, raw json.RawMessage) Sticker {
		return Sticker{
			ID:       cmp.Or(decodeText(members["id"]), decodeText(members["sticker_id"])),
			ImageURL: cmp.Or(decodeText(members["image_url"]), decodeText(members["preview_image_url"]), decodeText(members["url"])),
			Name:     decodeText(members["name"]),
			Raw:      raw,
		}
	})
}

func stickerQuery(text, locale string) url.Values {
	query := make(url.Values)
	if text != "" {
		query.Set("q", text)
	}
	if locale != "" {
		query.Set("locale", locale)
	}
	return query
}
