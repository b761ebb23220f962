// Package sending says what goes out: messages, and the senders that compose
// them.
//
// A [Message] is plain data. Builders make the usual ones:
//
//	sending.Text("Hello!")
//	sending.Image("https://shop.example/shirt.png")
//	sending.Text("Which size?").WithQuickReplies(
//		sending.TextReply("Small", "S"),
//		sending.TextReply("Large", "L"),
//	)
//
// A [Sender] composes messages in answer to an event. It does no I/O: the bot
// delivers what it returns, after the turn has committed, in order. The
// built-in senders ([SimpleMessage], [QuickReplies], [Buttons], [Multimedia],
// …) are values that a routing policy names, or that a program embeds in a
// sender of its own.
//
// A handler answers through a [Replier].
//
// # Texts
//
// The texts and titles of the built-in senders are message ids: they are looked
// up in the person's language (package i18n), and then placeholders are filled
// in: %{first_name} becomes the value of that name, or nothing, and
// %{first_name|there} becomes "there" if there is no value. %%{ stands for a
// literal %{. The bot gives the person's first_name, last_name and name; a
// handler gives more with [Replier.Set].
//
// # Limits
//
// [Message.Validate] checks what the platform documents. It is called when a
// message is composed, so that a message that is too long is an error of the
// turn that made it and never a request. Every mistake is a [FieldError].
package sending
