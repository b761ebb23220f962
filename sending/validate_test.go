package sending_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// fields returns the paths of all mistakes of a message.
func fields(err error) []string {
	var found []string
	var walk func(error)
	walk = func(err error) {
		var joined interface{ Unwrap() []error }
		var field *sending.FieldError
		switch {
		case errors.As(err, &joined):
			for _, e := range joined.Unwrap() {
				walk(e)
			}
		case errors.As(err, &field):
			found = append(found, field.Field)
		}
	}
	walk(err)
	return found
}

// mistakes are the fields of a message that Validate complains of.
type mistakes struct {
	message sending.Message
	object  receiving.Object
	want    []string
}

func checkMistakes(t *testing.T, cases map[string]mistakes) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.message.Validate(c.object)
			require.Equal(t, c.want, fields(err), "%v", err)
		})
	}
}

func manyImages(n int) sending.Message {
	return sending.Images{URLs: slices.Repeat([]string{"https://a.example/b"}, n)}.Message()
}

func media(payload string) sending.Message {
	return sending.Message{Attachment: &sending.Attachment{Type: attachment.Image, Payload: json.RawMessage(payload)}}
}

func utility() sending.UtilityTemplate {
	return sending.UtilityTemplate{Name: "order_shipped", Language: "en_US"}
}

// accents is a text of n characters, and of 2n bytes.
func accents(n int) string { return strings.Repeat("é", n) }

func TestValidateNamesEveryMistake(t *testing.T) {
	t.Parallel()
	replies := func(n int) []sending.QuickReply {
		return slices.Repeat([]sending.QuickReply{sending.TextReply("t", "p")}, n)
	}
	buttons := func(n int) []sending.Button {
		return slices.Repeat([]sending.Button{sending.PostbackButton("t", "p")}, n)
	}
	checkMistakes(t, map[string]mistakes{
		"text at the limit":             {sending.Text(accents(2000)), "", nil},
		"text over the limit":           {sending.Text(accents(2001)), "", []string{"text"}},
		"Instagram text at the limit":   {sending.Text(accents(500)), receiving.ObjectInstagram, nil},
		"Instagram text over the limit": {sending.Text(accents(500) + "a"), receiving.ObjectInstagram, []string{"text"}},
		"nothing":                       {sending.Message{}, "", []string{"text"}},
		"bad UTF-8":                     {sending.Text("a\xff"), "", []string{"text"}},
		"text and attachment": {
			sending.Message{Text: "a", Attachment: sending.Image("https://a.example/b").Attachment}, "", []string{"text"},
		},
		"all contents at once": {
			sending.Message{
				Text: "a", Attachment: sending.Image("https://a.example/b").Attachment,
				Attachments: sending.Images{URLs: []string{"https://a.example/b"}}.Message().Attachments,
				StickerID:   "1", Utility: &sending.UtilityTemplate{Name: "n", Language: "en"},
			}, "", []string{"text"},
		},
		"sticker and image": {
			sending.Message{StickerID: "1", Attachment: sending.Image("https://a.example/b").Attachment}, "", []string{"attachment"},
		},
		"sticker":                    {sending.Sticker{ID: "369239263222822"}.Message(), "", nil},
		"sticker, 20 digits":         {sending.Sticker{ID: strings.Repeat("9", 20)}.Message(), "", nil},
		"sticker, 21 digits":         {sending.Sticker{ID: strings.Repeat("9", 21)}.Message(), "", []string{"sticker_id"}},
		"sticker, no number":         {sending.Sticker{ID: "like"}.Message(), "", []string{"sticker_id"}},
		"sticker, no JSON number":    {sending.Sticker{ID: "007"}.Message(), "", []string{"sticker_id"}},
		"sticker with quick replies": {sending.Sticker{ID: "1"}.Message().WithQuickReplies(replies(1)...), "", []string{"quick_replies"}},
		"30 images":                  {manyImages(30), "", nil},
		"31 images":                  {manyImages(31), "", []string{"attachments"}},
		"images with quick replies":  {manyImages(2).WithQuickReplies(replies(1)...), "", nil},
		"an image without URL":       {sending.Images{URLs: []string{"https://a.example/b", ""}}.Message(), "", []string{"attachments[1].payload"}},
		"a video among images":       {sending.Message{Attachments: []sending.Attachment{*sending.Video("https://a.example/b").Attachment}}, "", []string{"attachments[0].type"}},
		"empty images":               {sending.Images{}.Message(), "", []string{"text"}},
		"media by two ways":          {media(`{"url":"https://a.example/","attachment_id":"1"}`), "", []string{"attachment.payload"}},
		"media, numeric id":          {media(`{"attachment_id":77}`), "", nil},
		"media, URL is a number":     {media(`{"url":7}`), "", []string{"attachment.payload.url"}},
		"media, a list":              {media(`[]`), "", []string{"attachment.payload"}},
		"media, no payload":          {media(``), "", []string{"attachment.payload"}},
		"media, null":                {media(`null`), "", []string{"attachment.payload"}},
		"media, two values":          {media(`{}{}`), "", []string{"attachment.payload"}},
		"media, with a new field":    {media(`{"url":"https://a.example/","new":[1e999]}`), "", nil},
		"nested too deep":            {media(`{"url":"https://a.example/","new":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`), "", []string{"attachment.payload"}},
		"attachment without type":    {sending.Message{Attachment: &sending.Attachment{}}, "", []string{"attachment.type"}},
		"attachment of a new kind":   {sending.Message{Attachment: &sending.Attachment{Type: "new"}}, "", nil},
		"13 quick replies":           {sending.Text("a").WithQuickReplies(replies(13)...), "", nil},
		"14 quick replies":           {sending.Text("a").WithQuickReplies(replies(14)...), "", []string{"quick_replies"}},
		"title at the limit":         {sending.Text("a").WithQuickReplies(sending.TextReply(accents(20), accents(1000))), "", nil},
		"title over the limit":       {sending.Text("a").WithQuickReplies(sending.TextReply(accents(21), "p")), "", []string{"quick_replies[0].title"}},
		"payload over":               {sending.Text("a").WithQuickReplies(sending.TextReply("t", accents(1001))), "", []string{"quick_replies[0].payload"}},
		"reply without title":        {sending.Text("a").WithQuickReplies(sending.TextReply("", "")), "", []string{"quick_replies[0].title", "quick_replies[0].payload"}},
		"phone with title":           {sending.Text("a").WithQuickReplies(sending.QuickReply{ContentType: "user_email", Title: "t"}), "", []string{"quick_replies[0].content_type"}},
		"dead location reply":        {sending.Text("a").WithQuickReplies(sending.QuickReply{ContentType: "location"}), "", []string{"quick_replies[0].content_type"}},
		"reply image":                {sending.Text("a").WithQuickReplies(sending.QuickReply{ContentType: "text", Title: "t", Payload: "p", ImageURL: "x"}), "", []string{"quick_replies[0].image_url"}},
		"button text at limit":       {sending.ButtonTemplate(accents(640), buttons(3)...), "", nil},
		"button text over":           {sending.ButtonTemplate(accents(641), buttons(1)...), "", []string{"attachment.payload.text"}},
		"no buttons":                 {sending.ButtonTemplate("a"), "", []string{"attachment.payload.buttons"}},
		"four buttons":               {sending.ButtonTemplate("a", buttons(4)...), "", []string{"attachment.payload.buttons"}},
		"button URL":                 {sending.ButtonTemplate("a", sending.URLButton("t", "shop.example")), "", []string{"attachment.payload.buttons[0].url"}},
		"button title":               {sending.ButtonTemplate("a", sending.PostbackButton(accents(21), "p")), "", []string{"attachment.payload.buttons[0].title"}},
		"button of a new kind":       {sending.ButtonTemplate("a", sending.Button{Type: "new_kind", Title: "t", URL: "x", Payload: "y"}), "", nil},
		"button without type":        {sending.ButtonTemplate("a", sending.Button{Title: "t"}), "", []string{"attachment.payload.buttons[0].type"}},
		"image without URL":          {sending.Image(""), "", []string{"attachment.payload"}},
		"image with a bad URL":       {sending.Image("ftp://a.example/"), "", []string{"attachment.payload.url"}},
		"attachment not JSON":        {sending.Message{Attachment: &sending.Attachment{Type: "sticker", Payload: json.RawMessage(`{`)}}, "", []string{"attachment.payload"}},
		"template without type":      {sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(`{}`)}}, "", []string{"attachment.payload.template_type"}},
		"template of a new kind with other fields": {
			sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(`{"template_type":"new","text":7}`)}}, "", nil,
		},
		"unknown action":         {sending.Action("dance").Message(), "", []string{"sender_action"}},
		"action with text":       {sending.Message{SenderAction: sending.TypingOn, Text: "a"}, "", []string{"sender_action"}},
		"react without message":  {sending.Message{SenderAction: sending.React}, "", []string{"reaction.message_id"}},
		"react without reaction": {sending.Message{SenderAction: sending.React, Reaction: &sending.Reaction{MID: "m"}}, "", []string{"reaction.reaction"}},
		"two recipients":         {sending.Text("a").To(sending.Recipient{ID: "1", UserRef: "2"}), "", []string{"recipient"}},
		"no recipient":           {sending.Text("a").To(sending.Recipient{}), "", []string{"recipient"}},
		"messaging type":         {sending.Message{Text: "a", MessagingType: "PROMO"}, "", []string{"messaging_type"}},
		"tag type without tag":   {sending.Message{Text: "a", MessagingType: sending.MessagingTag}, "", []string{"tag"}},
		"tag with other type":    {sending.Message{Text: "a", MessagingType: sending.MessagingUpdate, Tag: "HUMAN_AGENT"}, "", []string{"tag"}},
		"notification type":      {sending.Message{Text: "a", NotificationType: "LOUD"}, "", []string{"notification_type"}},
		"metadata":               {sending.Text("a").WithMetadata(accents(901)), "", []string{"metadata"}},
		"negative delay":         {sending.Text("a").After(-1), "", []string{"delay"}},
		"key":                    {sending.Text("a").WithKey(accents(101)), "", []string{"key"}},
		"a dead tag":             {sending.Text("a").WithTag("ACCOUNT_UPDATE"), "", []string{"tag"}},
		"a tag of tomorrow":      {sending.Text("a").WithTag("TOMORROW"), "", nil},
		"feedback tag, text":     {sending.Text("a").WithTag(sending.TagCustomerFeedback), "", []string{"tag"}},
		"feedback tag, template": {sending.Buttons{Text: "a"}.WithPostback("t", "p").Message().WithTag(sending.TagCustomerFeedback), "", []string{"tag"}},
		"utility type, text":     {sending.Text("a").WithMessagingType(sending.MessagingUtility), "", []string{"messaging_type"}},
		"utility, other type":    {utility().Message().WithMessagingType(sending.MessagingResponse), "", []string{"messaging_type"}},
		"utility, tag":           {utility().Message().WithTag("HUMAN_AGENT"), "", []string{"messaging_type"}},
		"utility, bare tag":      {sending.Message{Utility: new(utility()), Tag: "HUMAN_AGENT"}, "", []string{"tag"}},
		"utility, quick replies": {utility().Message().WithQuickReplies(replies(1)...), "", []string{"quick_replies"}},
		"utility":                {utility().Message().WithMessagingType(sending.MessagingUtility), "", nil},
		"two tokens":             {sending.Text("a").To(sending.Recipient{NotificationMessagesToken: "1", OneTimeNotifToken: "2"}), "", []string{"recipient"}},
		"control type":           {sending.Message{Text: "a", ThreadControl: &sending.ThreadControl{Type: "take"}}, "", []string{"thread_control.control_type"}},
		"release to an app":      {sending.Message{Text: "a", ThreadControl: &sending.ThreadControl{AppID: "1"}}, "", []string{"thread_control.app_id"}},
		"default control":        {sending.Message{Text: "a", ThreadControl: &sending.ThreadControl{}}, "", nil},
		"action with control":    {sending.TypingOn.Message().ReleaseThread(), "", []string{"sender_action"}},
		"action with images":     {sending.Message{SenderAction: sending.TypingOn, Attachments: manyImages(1).Attachments}, "", []string{"sender_action"}},
		"action with sticker":    {sending.Message{SenderAction: sending.TypingOn, StickerID: "1"}, "", []string{"sender_action"}},
		"action with utility":    {sending.Message{SenderAction: sending.TypingOn, Utility: new(utility())}, "", []string{"sender_action"}},
		"action from a persona":  {sending.TypingOn.Message().AsPersona("1008"), "", nil},
		"several at once": {
			sending.Message{Text: accents(2001), NotificationType: "LOUD", QuickReplies: replies(14)}, "",
			[]string{"notification_type", "text", "quick_replies"},
		},
	})
}

func TestFieldErrorSaysWhatAndHowMuch(t *testing.T) {
	t.Parallel()
	err := sending.Text("a").WithQuickReplies(sending.TextReply("This title is much too long", "p")).Validate("")
	require.EqualError(t, err, "sending: quick_replies[0].title: 27 characters, limit 20")
}
