// Package sending has messages, and the senders that compose them.
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
// [Images] sends several images in one message, [Sticker] a sticker;
// [LikeHeart] and [MediaShare] are for Instagram only. The methods of a message
// set its recipient, persona, tag, notification type and thread control.
//
// A [Sender] composes messages in answer to an event. It does no I/O: the bot
// delivers what it returns, after the turn has committed, in order. The
// built-in senders ([SimpleMessage], [QuickReplies], [Buttons], [Multimedia],
// …) are values that a routing policy names, or that a program embeds in a
// sender of its own.
//
// [LongText] sends a text of any length, as several messages ([SplitText]), and
// [Typing] has messages typed at a human pace.
//
// A handler answers through a [Replier].
//
// # Senders of a program's own
//
// A custom sender embeds a built-in one, overrides Compose, adds to a copy with
// the With… methods, and calls the embedded Compose, as it would call "super"
// elsewhere:
//
//	type Sizes struct {
//		sending.QuickReplies
//		InStock func(ctx context.Context) []string
//	}
//
//	func (s Sizes) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
//		q := s.QuickReplies
//		for _, size := range s.InStock(ctx) {
//			q = q.WithReply(size, "size:"+size)
//		}
//		return q.Compose(ctx, ev)
//	}
//
// The Example of [QuickReplies] is that sender at work, and the embedded Example of
// [GenericTemplate] does the same with cards. No method of a built-in sender calls
// another that may be overridden.
//
// # Templates
//
// Each template of the platform is one type with four uses: plain data, a chain
// of With… methods that return changed copies, a Sender that translates its
// texts, and a base to embed. Its Message method returns the message without
// translation:
//
//	sending.GenericTemplate{}.WithElements(
//		sending.Element{Title: "Shirt"}.WithImage(shirt).WithPostback("Buy", "buy:shirt"),
//		sending.Element{Title: "Shoes"}.WithImage(shoes).WithPostback("Buy", "buy:shoes"),
//	)
//
// They are [Buttons], [GenericTemplate], [MediaTemplate], [ReceiptTemplate],
// [ProductTemplate], [CouponTemplate], [CustomerFeedbackTemplate],
// [CustomerInformationTemplate], [ImageGridTemplate],
// [NotificationMessagesTemplate] and [UtilityTemplate]. [Template] makes any
// other.
//
// # Texts
//
// The texts and titles of the built-in senders are message ids: they are looked
// up in the person's language (package i18n), and then placeholders are filled
// in: %{first_name} becomes the value of that name, and %{first_name|there}
// becomes "there" if there is no value or an empty one. A name that nothing gives a
// value to stays as it is, so that no text has a gap. A choice of a catalogue, such
// as a plural, is made by the values too. %%{ stands for a literal %{. A handler gives values with [Replier.Set]. The bot gives the person's
// first_name, last_name and name, as far as it knows them: it asks the platform
// for them only if the policy has handling.UserProfile under TypeDefault. A person
// on Instagram has a name only, as they wrote it ("Ada Lovelace", "the lamp shop"):
// it is not split, first_name and last_name have no value there, and
// %{first_name|there} is "there". A text for both products uses %{name|there}.
//
// A text from elsewhere (another service's answer, what the person wrote) is
// not a message id, and %{ in it is not a placeholder. Send it unchanged
// through Replier.Set and a placeholder:
//
//	reply.Set("answer", answer)
//	…
//	sending.LongText{Text: "%{answer}"}
//
// or as a message: [Text] and [LongMessages] are neither translated nor filled in.
//
// A URL of a built-in sender has placeholders too, in its path, its query or its
// fragment. A value is escaped for its place:
//
//	sending.Buttons{Text: "Your order"}.WithURL("Track", "https://shop.example/orders/%{number}")
//
// A URL is not translated. [ExpandURL] has the rules.
//
// # Limits
//
// Every URL is checked against RFC 3986, before and after it is filled in: a
// space, a character that is not ASCII, a malformed percent escape or an empty
// host is a mistake, and the text of the error says how to write it.
//
// [Message.Validate] checks what the platform documents. It is called when a
// message is composed, so that a message that is too long fails the turn that
// made it and is never sent. Every mistake is a [FieldError].
package sending
