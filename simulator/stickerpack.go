package simulator

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// minStickerSearch is how many characters a search must have.
const minStickerSearch = 2

// stickerPack is a set of stickers. The simulator has a small one of its own: Meta's are not public.
type stickerPack struct {
	id, name, description string
	stickers              []packedSticker
}

type packedSticker struct{ id, name, emoji string }

var stickerPacks = []stickerPack{
	{"500000000000001", "Basics", "Thumbs and faces", []packedSticker{
		{ThumbSmall, "Thumbs up", "👍"}, {"500000000000101", "Smiling face", "😀"}, {"500000000000102", "Sad face", "😢"}, {"500000000000103", "Heart", "❤️"},
	}},
	{"500000000000002", "Work", "For orders and dates", []packedSticker{
		{"500000000000201", "Parcel", "📦"}, {"500000000000202", "Calendar", "📅"}, {"500000000000203", "Thank you", "🙏"},
	}},
}

// callStickerPacks lists the packs, see
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/stickers
func (s *Simulator) callStickerPacks(c *call) (any, *GraphError) {
	return list(c, stickerPacks, func(p stickerPack) string { return p.id }, func(p stickerPack) (any, *GraphError) {
		return map[string]any{
			"id": p.id, "name": p.name, "description": p.description, "sticker_count": len(p.stickers), "preview_image_url": p.stickers[0].image(),
		}, nil
	})
}

// callStickers lists the stickers of one pack.
func (s *Simulator) callStickers(c *call) (any, *GraphError) {
	id := strings.Split(c.path, "/")[2]
	at := slices.IndexFunc(stickerPacks, func(p stickerPack) bool { return p.id == id })
	if at < 0 {
		return nil, errObject(c.method, id)
	}
	return listStickers(c, stickerPacks[at].stickers)
}

// callStickerSearch finds stickers by their names.
func (s *Simulator) callStickerSearch(c *call) (any, *GraphError) {
	text := strings.ToLower(c.get("q").string())
	if utf8.RuneCountInString(text) < minStickerSearch {
		return nil, refuse(0, "Param q must have at least %d characters.", minStickerSearch)
	}
	var found []packedSticker
	for _, p := range stickerPacks {
		for _, sticker := range p.stickers {
			if strings.Contains(strings.ToLower(sticker.name), text) {
				found = append(found, sticker)
			}
		}
	}
	return listStickers(c, found)
}

func listStickers(c *call, stickers []packedSticker) (any, *GraphError) {
	return list(c, stickers, func(s packedSticker) string { return s.id }, func(s packedSticker) (any, *GraphError) {
		return map[string]string{"id": s.id, "name": s.name, "image_url": s.image()}, nil
	})
}

// image is the sticker's picture, which needs no network.
func (s packedSticker) image() string {
	return "data:image/svg+xml," + url.PathEscape(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><text y="38" font-size="40">`+s.emoji+`</text></svg>`)
}
