package graph_test

import (
	"context"
	"testing"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

func TestStickers(t *testing.T) {
	t.Parallel()
	stickers := func(call func(ctx context.Context, c *graph.Client) (any, error), wire string) exchange {
		return exchange{
			call: call, bearer: appToken, wire: wire,
			answer: `{"data":[{"id":369239263222822,"name":"Thumb","image_url":"https://i"},{"sticker_id":"2","preview_image_url":"https://p"},{"name":[]}]}`,
			want: []graph.Sticker{
				{ID: "369239263222822", ImageURL: "https://i", Name: "Thumb", Raw: []byte(`{"id":369239263222822,"name":"Thumb","image_url":"https://i"}`)},
				{ID: "2", ImageURL: "https://p", Raw: []byte(`{"sticker_id":"2","preview_image_url":"https://p"}`)},
				{Raw: []byte(`{"name":[]}`)},
			},
		}
	}
	packs := func(locale, wire string) exchange {
		return exchange{
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.StickerPacks(ctx, appCredentials(), locale))
			},
			answer: `{"data":[{"id":"8","name":"Cats","description":"Meow","preview_image_url":"https://p","sticker_count":21},{"sticker_count":"many"}]}`,
			bearer: appToken, wire: wire,
			want: []graph.StickerPack{
				{
					Count: 21, Description: "Meow", ID: "8", Name: "Cats", PreviewURL: "https://p",
					Raw: []byte(`{"id":"8","name":"Cats","description":"Meow","preview_image_url":"https://p","sticker_count":21}`),
				},
				{Raw: []byte(`{"sticker_count":"many"}`)},
			},
		}
	}
	runExchanges(t, map[string]exchange{
		"packs":            packs("", `GET sticker_packs`),
		"packs, in German": packs("de_DE", `GET sticker_packs?locale=de_DE`),
		"of a pack": stickers(func(ctx context.Context, c *graph.Client) (any, error) {
			return collect(c.Stickers(ctx, appCredentials(), "8/x", "ja_JP"))
		}, `GET sticker_packs/8%2Fx/stickers?locale=ja_JP`),
		"search": stickers(func(ctx context.Context, c *graph.Client) (any, error) {
			return collect(c.SearchStickers(ctx, appCredentials(), "ää", ""))
		}, `GET sticker_search?q=%C3%A4%C3%A4`),
	})
}

func TestStickersThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"packs, no token": func(ctx context.Context, c *graph.Client) error {
			return drain(c.StickerPacks(ctx, secret.Value{}, ""))
		},
		"pack, no token": func(ctx context.Context, c *graph.Client) error {
			return drain(c.Stickers(ctx, secret.Value{}, "8", ""))
		},
		"search, no token": func(ctx context.Context, c *graph.Client) error {
			return drain(c.SearchStickers(ctx, secret.Value{}, "hi", ""))
		},
		"no pack": func(ctx context.Context, c *graph.Client) error {
			return drain(c.Stickers(ctx, appCredentials(), "", ""))
		},
		"one character": func(ctx context.Context, c *graph.Client) error {
			return drain(c.SearchStickers(ctx, appCredentials(), "ä", ""))
		},
	})
}
