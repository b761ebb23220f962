package sending_test

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// show prints what goes to the platform, or what is wrong.
func show(m sending.Message) {
	if err := m.Validate(""); err != nil {
		fmt.Println(err)
		return
	}
	body, err := m.Request(sending.Recipient{ID: "42"}, m.Metadata)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(body))
}

// showAll prints what a sender composes in answer to a message of Ada's.
func showAll(sender sending.Sender) {
	ctx := sending.WithValues(context.Background(), map[string]string{"first_name": "Ada"})
	ctx = sending.WithTexts(ctx, sending.Texts{Default: "Sorry, I did not understand that."})
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{MID: "m_1", Text: "hi"}}
	messages, err := sender.Compose(ctx, ev)
	if err != nil {
		fmt.Println(err)
	}
	for _, m := range messages {
		show(m)
	}
}

func ExampleImage() {
	show(sending.Image("https://shop.example/shirt.png"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"image","payload":{"url":"https://shop.example/shirt.png"}}}}
}

func ExampleAudio() {
	show(sending.Audio("https://shop.example/jingle.mp3"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"audio","payload":{"url":"https://shop.example/jingle.mp3"}}}}
}

func ExampleVideo() {
	show(sending.Video("https://shop.example/shirt.mp4"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"video","payload":{"url":"https://shop.example/shirt.mp4"}}}}
}

func ExampleFile() {
	show(sending.File("https://shop.example/terms.pdf"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"file","payload":{"url":"https://shop.example/terms.pdf"}}}}
}

func ExampleMedia() {
	show(sending.Media(attachment.Image, "ftp://shop.example/shirt.png"))
	// Output: sending: attachment.payload.url: is not an absolute http or https URL
}

func ExampleReusableMedia() {
	show(sending.ReusableMedia(attachment.Video, "https://shop.example/shirt.mp4"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"video","payload":{"url":"https://shop.example/shirt.mp4","is_reusable":true}}}}
}

func ExampleUploaded() {
	show(sending.Uploaded(attachment.Video, "1745504518999123"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"video","payload":{"attachment_id":"1745504518999123"}}}}
}

func ExampleImages() {
	showAll(sending.Images{}.WithURLs("https://shop.example/a.png", "https://shop.example/b.png"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachments":[{"type":"image","payload":{"url":"https://shop.example/a.png"}},{"type":"image","payload":{"url":"https://shop.example/b.png"}}]}}
}

func ExampleSticker() {
	showAll(sending.Sticker{ID: sending.StickerLike})
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"sticker_id":369239263222822}}
}

func ExampleLikeHeart() {
	show(sending.LikeHeart())
	fmt.Println(sending.LikeHeart().Validate(receiving.ObjectPage))
	// Output:
	// {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"like_heart"}}}
	// sending: attachment.type: like_heart is for Instagram only
}

func ExampleMediaShare() {
	show(sending.MediaShare("17895695668004550"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"17895695668004550"}}}}
}

func ExampleTextReply() {
	m := sending.Text("Which size?").WithQuickReplies(
		sending.TextReply("Small", "S").WithImage("https://shop.example/s.png"))
	fmt.Println(m.QuickReplies[0].Title, m.QuickReplies[0].Payload)
	// Output: Small S
}

func ExamplePhoneReply() {
	show(sending.Text("How can we reach you?").WithQuickReplies(sending.PhoneReply(), sending.EmailReply()))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"text":"How can we reach you?","quick_replies":[{"content_type":"user_phone_number"},{"content_type":"user_email"}]}}
}

func ExampleReactTo() {
	show(sending.ReactTo("m_1", "😍"))
	show(sending.UnreactTo("m_1"))
	// Output:
	// {"recipient":{"id":"42"},"sender_action":"react","payload":{"message_id":"m_1","reaction":"😍"}}
	// {"recipient":{"id":"42"},"sender_action":"unreact","payload":{"message_id":"m_1"}}
}

func ExampleAction_Message() {
	show(sending.TypingOn.Message())
	// Output: {"recipient":{"id":"42"},"sender_action":"typing_on"}
}

func ExampleMessage_To() {
	show(sending.Text("Thanks for your comment!").To(sending.Recipient{CommentID: "17_42"}))
	show(sending.Text("Back in stock.").To(sending.Recipient{NotificationMessagesToken: "token"}))
	// Output:
	// {"recipient":{"comment_id":"17_42"},"messaging_type":"RESPONSE","message":{"text":"Thanks for your comment!"}}
	// {"recipient":{"notification_messages_token":"token"},"messaging_type":"RESPONSE","message":{"text":"Back in stock."}}
}

func ExampleMessage_AsPersona() {
	show(sending.Text("Grace here.").AsPersona("1008"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","persona_id":"1008","message":{"text":"Grace here."}}
}

func ExampleMessage_WithTag() {
	show(sending.Text("I have looked into it.").WithTag(sending.TagHumanAgent))
	show(sending.Text("Your order has shipped.").WithTag("POST_PURCHASE_UPDATE"))
	// Output:
	// {"recipient":{"id":"42"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"I have looked into it."}}
	// sending: tag: POST_PURCHASE_UPDATE was removed on 2026-04-27; use utility messages
}

func ExampleMessage_WithNotification() {
	show(sending.Text("No hurry.").WithNotification(sending.NotifySilent))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","notification_type":"SILENT_PUSH","message":{"text":"No hurry."}}
}

func ExampleMessage_WithMessagingType() {
	show(sending.Text("Your order has shipped.").WithMessagingType(sending.MessagingUpdate))
	// Output: {"recipient":{"id":"42"},"messaging_type":"UPDATE","message":{"text":"Your order has shipped."}}
}

func ExampleMessage_InReplyTo() {
	show(sending.Text("To that, yes.").InReplyTo("m_1"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","reply_to":{"mid":"m_1"},"message":{"text":"To that, yes."}}
}

func ExampleMessage_PassThread() {
	show(sending.Text("A colleague takes over.").PassThread(graph.InboxApp))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","thread_control":{"control_type":"pass","app_id":"263902037430900"},"message":{"text":"A colleague takes over."}}
}

func ExampleMessage_ReleaseThread() {
	show(sending.Text("That was all.").ReleaseThread())
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","thread_control":{"control_type":"release"},"message":{"text":"That was all."}}
}

func ExampleMessage_WindowFree() {
	fmt.Println(sending.Text("Hello").WindowFree())
	fmt.Println(sending.UtilityTemplate{Name: "order_shipped", Language: "en_US"}.Message().WindowFree())
	// Output:
	// false
	// true
}

func ExampleSimpleMessage() {
	showAll(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"})
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"text":"Hello, Ada!"}}
}

func ExampleDefault() {
	showAll(sending.Default{})
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"text":"Sorry, I did not understand that."}}
}

func ExampleSenderAction() {
	showAll(sending.SenderAction{Action: sending.React, Emoji: "👍"})
	// Output: {"recipient":{"id":"42"},"sender_action":"react","payload":{"message_id":"m_1","reaction":"👍"}}
}

func ExampleMultimedia() {
	showAll(sending.Multimedia{Type: attachment.File, URL: "https://shop.example/terms.pdf"})
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"file","payload":{"url":"https://shop.example/terms.pdf"}}}}
}

func ExampleAfter() {
	messages, err := sending.After(time.Hour, sending.SimpleMessage{Text: "Still there?"}).
		Compose(context.Background(), &receiving.Event{})
	fmt.Println(messages[0].Text, messages[0].Delay, err)
	// Output: Still there? 1h0m0s <nil>
}
