package sending_test

import (
	"testing"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func TestValidateKnowsWhatInstagramHas(t *testing.T) {
	t.Parallel()
	const instagram = receiving.ObjectInstagram
	element := sending.Element{Title: "t", Subtitle: "s"}
	card := func(b sending.Button) sending.Message {
		return sending.GenericTemplate{}.WithElements(element.WithButtons(b)).Message()
	}
	known := func(templateType string) sending.Message { return templateSamples()[templateType] }
	checkMistakes(t, map[string]mistakes{
		"image":          {sending.Image("https://a.example/"), instagram, nil},
		"audio":          {sending.Audio("https://a.example/"), instagram, nil},
		"video":          {sending.Video("https://a.example/"), instagram, nil},
		"file":           {sending.File("https://a.example/"), instagram, nil},
		"10 images":      {manyImages(10), instagram, nil},
		"11 images":      {manyImages(11), instagram, []string{"attachments"}},
		"text reply":     {sending.Text("a").WithQuickReplies(sending.TextReply("t", "p")), instagram, nil},
		"phone reply":    {sending.Text("a").WithQuickReplies(sending.PhoneReply()), instagram, []string{"quick_replies[0].content_type"}},
		"e-mail reply":   {sending.Text("a").WithQuickReplies(sending.EmailReply()), instagram, []string{"quick_replies[0].content_type"}},
		"typing":         {sending.TypingOn.Message(), instagram, nil},
		"seen":           {sending.MarkSeen.Message(), instagram, nil},
		"reaction":       {sending.ReactTo("m", "😍"), instagram, nil},
		"reply to":       {sending.Text("a").InReplyTo("m"), instagram, nil},
		"human agent":    {sending.Text("a").WithTag(sending.TagHumanAgent), instagram, nil},
		"thread control": {sending.Text("a").ReleaseThread(), instagram, nil},
		"utility":        {utility().Message(), instagram, []string{"utility"}},

		"like heart":                  {sending.LikeHeart(), instagram, nil},
		"like heart on Messenger":     {sending.LikeHeart(), receiving.ObjectPage, []string{"attachment.type"}},
		"like heart, not known where": {sending.LikeHeart(), "", nil},
		"post":                        {sending.MediaShare("1"), instagram, nil},
		"post on Messenger":           {sending.MediaShare("1"), receiving.ObjectPage, []string{"attachment.type"}},
		"post without id":             {sending.MediaShare(""), instagram, []string{"attachment.payload.id"}},

		"button template":   {sending.ButtonTemplate("a", sending.URLButton("t", "https://a.example/")), instagram, nil},
		"web_url":           {card(sending.URLButton("t", "https://a.example/")), instagram, nil},
		"postback":          {card(sending.PostbackButton("t", "p")), instagram, nil},
		"phone_number":      {card(sending.PhoneButton("t", "+15105551234")), instagram, []string{"attachment.payload.elements[0].buttons[0].type"}},
		"account_link":      {card(sending.LinkButton("https://a.example/")), instagram, []string{"attachment.payload.elements[0].buttons[0].type"}},
		"audio_call":        {sending.ButtonTemplate("a", sending.CallButton("t")), instagram, []string{"attachment.payload.buttons[0].type"}},
		"default action":    {sending.GenericTemplate{}.WithElements(element.WithDefaultAction("https://a.example/")).Message(), instagram, nil},
		"product":           {known("product"), instagram, nil},
		"opt-in":            {known("notification_messages"), instagram, nil},
		"template, unknown": {raw(t, "tomorrow", `{}`), instagram, nil},
		"receipt":           {known("receipt"), instagram, []string{"attachment.payload.template_type"}},
		"media":             {known("media_post"), instagram, []string{"attachment.payload.template_type"}},
		"coupon":            {known("coupon_code"), instagram, []string{"attachment.payload.template_type"}},
		"feedback":          {known("customer_feedback"), instagram, []string{"attachment.payload.template_type"}},
		"information":       {known("customer_information"), instagram, []string{"attachment.payload.template_type"}},
		"image grid":        {known("image_grid"), instagram, []string{"attachment.payload.template_type"}},
	})
}
