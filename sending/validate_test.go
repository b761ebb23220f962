package sending_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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

func TestValidateNamesEveryMistake(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("é", n) }
	replies := func(n int) []sending.QuickReply {
		return slices.Repeat([]sending.QuickReply{sending.TextReply("t", "p")}, n)
	}
	buttons := func(n int) []sending.Button {
		return slices.Repeat([]sending.Button{sending.PostbackButton("t", "p")}, n)
	}
	for name, c := range map[string]struct {
		message sending.Message
		object  receiving.Object
		want    []string
	}{
		"text at the limit":             {sending.Text(long(2000)), "", nil},
		"text over the limit":           {sending.Text(long(2001)), "", []string{"text"}},
		"Instagram text at the limit":   {sending.Text(long(500)), receiving.ObjectInstagram, nil},
		"Instagram text over the limit": {sending.Text(long(500) + "a"), receiving.ObjectInstagram, []string{"text"}},
		"nothing":                       {sending.Message{}, "", []string{"text"}},
		"bad UTF-8":                     {sending.Text("a\xff"), "", []string{"text"}},
		"text and attachment": {
			sending.Message{Text: "a", Attachment: sending.Image("https://a.example/b").Attachment}, "", []string{"text"},
		},
		"13 quick replies":      {sending.Text("a").WithQuickReplies(replies(13)...), "", nil},
		"14 quick replies":      {sending.Text("a").WithQuickReplies(replies(14)...), "", []string{"quick_replies"}},
		"title at the limit":    {sending.Text("a").WithQuickReplies(sending.TextReply(long(20), long(1000))), "", nil},
		"title over the limit":  {sending.Text("a").WithQuickReplies(sending.TextReply(long(21), "p")), "", []string{"quick_replies[0].title"}},
		"payload over":          {sending.Text("a").WithQuickReplies(sending.TextReply("t", long(1001))), "", []string{"quick_replies[0].payload"}},
		"reply without title":   {sending.Text("a").WithQuickReplies(sending.TextReply("", "")), "", []string{"quick_replies[0].title", "quick_replies[0].payload"}},
		"phone with title":      {sending.Text("a").WithQuickReplies(sending.QuickReply{ContentType: "user_email", Title: "t"}), "", []string{"quick_replies[0].content_type"}},
		"dead location reply":   {sending.Text("a").WithQuickReplies(sending.QuickReply{ContentType: "location"}), "", []string{"quick_replies[0].content_type"}},
		"reply image":           {sending.Text("a").WithQuickReplies(sending.QuickReply{ContentType: "text", Title: "t", Payload: "p", ImageURL: "x"}), "", []string{"quick_replies[0].image_url"}},
		"button text at limit":  {sending.ButtonTemplate(long(640), buttons(3)...), "", nil},
		"button text over":      {sending.ButtonTemplate(long(641), buttons(1)...), "", []string{"attachment.payload.text"}},
		"no buttons":            {sending.ButtonTemplate("a"), "", []string{"attachment.payload.buttons"}},
		"four buttons":          {sending.ButtonTemplate("a", buttons(4)...), "", []string{"attachment.payload.buttons"}},
		"button URL":            {sending.ButtonTemplate("a", sending.URLButton("t", "shop.example")), "", []string{"attachment.payload.buttons[0].url"}},
		"button title":          {sending.ButtonTemplate("a", sending.PostbackButton(long(21), "p")), "", []string{"attachment.payload.buttons[0].title"}},
		"button of a new kind":  {sending.ButtonTemplate("a", sending.Button{Type: "audio_call", Title: "t"}), "", nil},
		"button without type":   {sending.ButtonTemplate("a", sending.Button{Title: "t"}), "", []string{"attachment.payload.buttons[0].type"}},
		"image without URL":     {sending.Image(""), "", []string{"attachment.payload"}},
		"image with a bad URL":  {sending.Image("ftp://a.example/"), "", []string{"attachment.payload.url"}},
		"attachment not JSON":   {sending.Message{Attachment: &sending.Attachment{Type: "sticker", Payload: json.RawMessage(`{`)}}, "", []string{"attachment.payload"}},
		"template without type": {sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(`{}`)}}, "", []string{"attachment.payload.template_type"}},
		"template of a new kind with other fields": {
			sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(`{"template_type":"new","text":7}`)}}, "", nil,
		},
		"unknown action":         {sending.Action("dance").Message(), "", []string{"sender_action"}},
		"action with text":       {sending.Message{SenderAction: sending.TypingOn, Text: "a"}, "", []string{"sender_action"}},
		"react without message":  {sending.Message{SenderAction: sending.React}, "", []string{"reaction.message_id"}},
		"react without reaction": {sending.Message{SenderAction: sending.React, Reaction: &sending.Reaction{MessageID: "m"}}, "", []string{"reaction.reaction"}},
		"two recipients":         {sending.Text("a").To(sending.Recipient{ID: "1", UserRef: "2"}), "", []string{"recipient"}},
		"no recipient":           {sending.Text("a").To(sending.Recipient{}), "", []string{"recipient"}},
		"messaging type":         {sending.Message{Text: "a", MessagingType: "PROMO"}, "", []string{"messaging_type"}},
		"tag type without tag":   {sending.Message{Text: "a", MessagingType: sending.MessagingTag}, "", []string{"tag"}},
		"tag with other type":    {sending.Message{Text: "a", MessagingType: sending.MessagingUpdate, Tag: "HUMAN_AGENT"}, "", []string{"tag"}},
		"notification type":      {sending.Message{Text: "a", NotificationType: "LOUD"}, "", []string{"notification_type"}},
		"metadata":               {sending.Text("a").WithMetadata(long(901)), "", []string{"metadata"}},
		"negative delay":         {sending.Text("a").After(-1), "", []string{"delay"}},
		"key":                    {sending.Text("a").WithKey(long(101)), "", []string{"key"}},
		"several at once": {
			sending.Message{Text: long(2001), NotificationType: "LOUD", QuickReplies: replies(14)}, "",
			[]string{"notification_type", "text", "quick_replies"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.message.Validate(c.object)
			require.Equal(t, c.want, fields(err), "%v", err)
		})
	}
}

func TestFieldErrorSaysWhatAndHowMuch(t *testing.T) {
	t.Parallel()
	err := sending.Text("a").WithQuickReplies(sending.TextReply("This title is much too long", "p")).Validate("")
	require.EqualError(t, err, "sending: quick_replies[0].title: 27 characters, limit 20")
}
