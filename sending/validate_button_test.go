package sending_test

import (
	"testing"

	"github.com/djmessenger/messenger/sending"
)

func TestValidateKnowsWhatEachButtonTakes(t *testing.T) {
	t.Parallel()
	with := func(b sending.Button) sending.Message { return sending.ButtonTemplate("a", b) }
	web := sending.URLButton("t", "https://a.example/")
	game := sending.GameButton("t")
	call := sending.CallButton("t")
	const at = "attachment.payload.buttons[0]."
	checkMistakes(t, map[string]mistakes{
		"title at the limit": {with(sending.URLButton(accents(20), "https://a.example/")), "", nil},
		"title over":         {with(sending.URLButton(accents(21), "https://a.example/")), "", []string{at + "title"}},
		"no URL":             {with(sending.URLButton("t", "")), "", []string{at + "url"}},
		"webview":            {with(web.WithWebview(sending.WebviewCompact)), "", nil},
		"webview ratio":      {with(web.WithWebview("wide")), "", []string{at + "webview_height_ratio"}},
		"extensions":         {with(web.WithExtensions("")), "", nil},
		"fallback":           {with(web.WithExtensions("https://b.example/")), "", nil},
		"fallback alone":     {with(sending.Button{Type: "web_url", Title: "t", URL: "https://a.example/", FallbackURL: "https://b.example/"}), "", []string{at + "fallback_url"}},
		"fallback, no URL":   {with(web.WithExtensions("b")), "", []string{at + "fallback_url"}},
		"share":              {with(web.WithoutShare()), "", nil},
		"share, shown":       {with(sending.Button{Type: "web_url", Title: "t", URL: "https://a.example/", WebviewShareButton: "show"}), "", []string{at + "webview_share_button"}},
		"URL and payload":    {with(sending.Button{Type: "web_url", Title: "t", URL: "https://a.example/", Payload: "p"}), "", []string{at + "payload"}},

		"payload at the limit": {with(sending.PostbackButton("t", accents(1000))), "", nil},
		"payload over":         {with(sending.PostbackButton("t", accents(1001))), "", []string{at + "payload"}},
		"no payload":           {with(sending.PostbackButton("t", "")), "", []string{at + "payload"}},
		"postback with URL":    {with(sending.Button{Type: "postback", Title: "t", Payload: "p", URL: "https://a.example/"}), "", []string{at + "url"}},
		"postback, extensions": {with(sending.PostbackButton("t", "p").WithExtensions("")), "", []string{at + "messenger_extensions"}},

		"phone":           {with(sending.PhoneButton("t", "+1 510 555-1234")), "", nil},
		"phone, no plus":  {with(sending.PhoneButton("t", "15105551234")), "", []string{at + "payload"}},
		"phone, no digit": {with(sending.PhoneButton("t", "+")), "", []string{at + "payload"}},
		"no phone":        {with(sending.PhoneButton("t", "")), "", []string{at + "payload"}},

		"link":            {with(sending.LinkButton("https://a.example/")), "", nil},
		"link over http":  {with(sending.LinkButton("http://a.example/")), "", []string{at + "url"}},
		"no link":         {with(sending.LinkButton("")), "", []string{at + "url"}},
		"link, title":     {with(sending.Button{Type: "account_link", URL: "https://a.example/", Title: "t"}), "", []string{at + "title"}},
		"unlink":          {with(sending.UnlinkButton()), "", nil},
		"unlink with URL": {with(sending.Button{Type: "account_unlink", URL: "https://a.example/"}), "", []string{at + "url"}},

		"game":              {with(game), "", nil},
		"game, no title":    {with(sending.GameButton("")), "", []string{at + "title"}},
		"game payload":      {with(game.WithGame(accents(1000), sending.GameMetadata{PlayerID: "1"})), "", nil},
		"game payload over": {with(game.WithGame(accents(1001), sending.GameMetadata{PlayerID: "1"})), "", []string{at + "payload"}},
		"game with both":    {with(game.WithGame("", sending.GameMetadata{PlayerID: "1", ContextID: "2"})), "", []string{at + "game_metadata"}},
		"game with neither": {with(game.WithGame("", sending.GameMetadata{})), "", []string{at + "game_metadata"}},

		"call":           {with(call), "", nil},
		"call, 7 days":   {with(call.WithExpiry(7)), "", nil},
		"call, 8 days":   {with(call.WithExpiry(8)), "", []string{at + "expires_in_days"}},
		"call, -1 days":  {with(call.WithExpiry(-1)), "", []string{at + "expires_in_days"}},
		"call, payload":  {with(sending.Button{Type: "audio_call", Title: "t", Payload: "p"}), "", []string{at + "payload"}},
		"call, no title": {with(sending.CallButton("")), "", []string{at + "title"}},

		"new kind, title over": {with(sending.Button{Type: "new_kind", Title: accents(21)}), "", []string{at + "title"}},
	})
}
