package sending_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// sample is a message and what it is for; no object is Messenger's.
type sample struct {
	message sending.Message
	object  receiving.Object
}

// samples are messages of every kind. The wire form of each lies in
// testdata/requests, under its name.
func samples(t *testing.T) map[string]sample {
	t.Helper()
	hello := sending.Text("Hello")
	form, err := sending.Template("instant_form", map[string]string{"form_id": "12"})
	require.NoError(t, err)
	opaque, err := sending.Template("calling_optin", nil)
	require.NoError(t, err)
	instagram := func(m sending.Message) sample { return sample{m, receiving.ObjectInstagram} }

	all := map[string]sample{
		"like_heart":  instagram(sending.LikeHeart()),
		"media_share": instagram(sending.MediaShare("1789")),
	}
	for name, m := range map[string]sending.Message{
		"text":          hello,
		"text_metadata": hello.WithMetadata("order 4711"),
		"quick_replies": sending.Text("Which size?").WithQuickReplies(
			sending.TextReply("Small", "S").WithImage("https://shop.example/s.png"), sending.PhoneReply(), sending.EmailReply()),
		"quick_replies_image": sending.Image("https://shop.example/sizes.png").WithQuickReplies(sending.TextReply("Small", "S")),
		"messaging_type":      sending.Text("Shipped.").WithMessagingType(sending.MessagingUpdate),
		"tag_human_agent":     sending.Text("I have looked into it.").WithTag(sending.TagHumanAgent),
		"notification":        sending.Text("No hurry.").WithNotification(sending.NotifySilent),
		"persona":             sending.Text("Grace here.").AsPersona("1008"),
		"reply_to":            sending.Text("To that, yes.").InReplyTo("m_1"),
		"thread_pass":         sending.Text("A colleague takes over.").PassThread("263902037430900"),
		"thread_release":      sending.Text("That was all.").ReleaseThread(),

		"to_user_ref":                    hello.To(sending.Recipient{UserRef: "ref-1"}),
		"to_comment":                     hello.To(sending.Recipient{CommentID: "1_2"}),
		"to_post":                        hello.To(sending.Recipient{PostID: "1_3"}),
		"to_notification_messages_token": hello.To(sending.Recipient{NotificationMessagesToken: "t-1"}),
		"to_one_time_notif_token":        hello.To(sending.Recipient{OneTimeNotifToken: "t-2"}),

		"image":          sending.Image("https://shop.example/a.png"),
		"audio":          sending.Audio("https://shop.example/a.mp3"),
		"video":          sending.Video("https://shop.example/a.mp4"),
		"file":           sending.File("https://shop.example/a.pdf"),
		"media_reusable": sending.ReusableMedia(attachment.Image, "https://shop.example/a.png"),
		"uploaded":       sending.Uploaded(attachment.Video, "77"),
		"images": sending.Images{}.WithURLs("https://shop.example/a.png", "https://shop.example/b.png").
			WithUploaded("77").Message(),
		"sticker": sending.Sticker{ID: sending.StickerLike}.Message(),

		"typing_on":  sending.TypingOn.Message(),
		"typing_off": sending.TypingOff.Message(),
		"mark_seen":  sending.MarkSeen.Message(),
		"react":      sending.ReactTo("m_1", "😍"),
		"unreact":    sending.UnreactTo("m_1"),

		"any_template":                form,
		"any_template_without_fields": opaque,
	} {
		all[name] = sample{message: m}
	}
	for name, m := range templateSamples() {
		all[name] = sample{message: m}
	}
	return all
}

// templateSamples are those of the samples that are templates.
func templateSamples() map[string]sending.Message {
	return map[string]sending.Message{
		"button_web_url": sending.ButtonTemplate("Choose",
			sending.URLButton("Web", "https://shop.example/?a=1&b=2"),
			sending.URLButton("Basket", "https://shop.example/basket").WithWebview(sending.WebviewTall).
				WithExtensions("https://shop.example/plain").WithoutShare()),
		"button_postback_phone": sending.Buttons{Text: "Choose"}.WithPostback("Go", "go").
			WithButtons(sending.PhoneButton("Call", "+15105551234")).Message(),
		"button_account": sending.ButtonTemplate("Your account",
			sending.LinkButton("https://shop.example/login"), sending.UnlinkButton()),
		"button_game_call": sending.ButtonTemplate("Play or talk",
			sending.GameButton("Play").WithGame("level 3", sending.GameMetadata{PlayerID: "7"}),
			sending.GameButton("Play together").WithGame("", sending.GameMetadata{ContextID: "8"}),
			sending.CallButton("Talk").WithExpiry(2)),
		"generic": sending.GenericTemplate{}.WithImageAspectRatio(sending.AspectSquare).WithSharable(true).WithElements(
			sending.Element{}.WithTitle("Shirt").WithSubtitle("Cotton").WithImage("https://shop.example/shirt.png").
				WithDefaultAction("https://shop.example/shirt").
				WithURL("Look", "https://shop.example/shirt").
				WithPostback("Buy", "buy:shirt").
				WithButtons(sending.PhoneButton("Ask", "+15105551234")),
			sending.Element{Title: "Shoes"}.WithPostback("Buy", "buy:shoes"),
		).Message(),
		"media_uploaded": sending.MediaTemplate{}.WithUploaded(attachment.Video, "77").WithSharable(true).
			WithURL("Look", "https://shop.example/").WithPostback("Buy", "buy").Message(),
		"media_post": sending.MediaTemplate{}.WithPost(attachment.Image, "https://www.facebook.com/shop/photos/1").Message(),
		"receipt": sending.ReceiptTemplate{
			MerchantName: "The Shop", OrderURL: "https://shop.example/orders/4711", Sharable: true,
		}.WithRecipientName("Ada Lovelace").
			WithOrder("4711", "USD", "Visa 1234").
			WithTimestamp(time.Unix(1458692752, 0)).
			WithAddress(sending.ReceiptAddress{
				Street1: "1 Hacker Way", Street2: "2nd floor", City: "Menlo Park", PostalCode: "94025", State: "CA", Country: "US",
			}).
			WithSummary(sending.ReceiptSummary{
				Subtotal: "75.00", ShippingCost: sending.Cents(495), TotalTax: "6.19", TotalCost: sending.Cents(5614),
			}).
			WithAdjustment("New customer", "20").WithAdjustment("Coupon", sending.Cents(1000)).
			WithElements(sending.ReceiptElement{
				Title: "Shirt", Subtitle: "Cotton", Quantity: 2, Price: "50", Currency: "USD", ImageURL: "https://shop.example/shirt.png",
			}, sending.ReceiptElement{Title: "Sticker", Price: "0"}).
			Message(),
		"receipt_least": sending.ReceiptTemplate{
			RecipientName: "Ada Lovelace", OrderNumber: "4711", Currency: "JPY", PaymentMethod: "Cash",
			Summary: sending.ReceiptSummary{TotalCost: "5600"},
		}.Message(),
		"product": sending.ProductTemplate{}.WithProducts("9001").WithProducts("9002").Message(),
		"coupon_code": sending.CouponTemplate{}.WithTitle("10 % off").WithSubtitle("All shirts").
			WithCode("SHIRT10", "revealed:SHIRT10").WithPreMessage("For you:").WithImage("https://shop.example/10.png").Message(),
		"coupon_url": sending.CouponTemplate{Title: "10 % off"}.WithURL("Shop now", "https://shop.example/10").Message(),
		"customer_feedback": sending.CustomerFeedbackTemplate{}.WithTitle("How was it?").
			WithSubtitle("Tell us about your order").WithButtonTitle("Rate").
			WithQuestion(sending.FeedbackQuestion{
				ID: "order_4711", Type: sending.FeedbackCSAT, Title: "How do you rate your order?",
				ScoreLabel: "neg_pos", ScoreOption: "five_stars",
			}.WithFollowUp("What else?")).
			WithPrivacy("https://shop.example/privacy").WithExpiry(3).
			Message().WithTag(sending.TagCustomerFeedback),
		"customer_information": sending.CustomerInformationTemplate{}.WithCountries("US").WithCountries("CA").
			WithPrivacy("https://shop.example/privacy").WithExpiry(7).
			WithAddressOverrides(sending.AddressOverride{
				Country:   "US",
				Overrides: map[string]sending.FieldOverride{"street_2": {Label: "Floor", Required: new(false)}},
			}).
			WithContactOverride("phone", sending.FieldOverride{Required: new(true)}).
			WithPurpose(sending.PurposeShipping).Message(),
		"image_grid": sending.ImageGridTemplate{}.WithTitle("New").WithSubtitle("This week").
			WithImages(
				sending.GridImage{URL: "https://shop.example/a.png"}.AsHero(),
				sending.GridImage{URL: "https://shop.example/b.png"}.WithURL("https://shop.example/b"),
				sending.GridImage{URL: "https://shop.example/c.png"}.WithPostback("I want it", "buy:c"),
			).
			WithURL("All", "https://shop.example/").WithPostback("Stop", "stop").Message(),
		"notification_messages": sending.NotificationMessagesTemplate{}.WithTitle("News about shirts").
			WithImage("https://shop.example/shirt.png").WithPayload("news:shirts").
			WithTimezone("America/New_York").WithCTAText(sending.CTAGetUpdates).
			WithReoptin(sending.ReoptinEnabled).Message(),
		"notification_messages_carousel": sending.NotificationMessagesTemplate{}.WithElements(
			sending.NotificationElement{
				Title: "Shirts", ImageURL: "https://shop.example/shirt.png", Payload: "news:shirts",
				Timezone: "America/New_York", CTAText: sending.CTASignUp,
			},
			sending.NotificationElement{Title: "Shoes", Payload: "news:shoes"},
		).Message(),
		"utility": sending.UtilityTemplate{Name: "order_shipped", Language: "en_US"}.
			WithHeader(sending.TextParameter("4711")).
			WithBody(sending.NamedParameter("first_name", "Ada")).
			WithBody(sending.NamedParameter("day", "tomorrow")).
			WithButtons(sending.PostbackParameter("where:4711"), sending.URLParameter("https://shop.example/orders/4711")).
			Message(),
		"utility_least": sending.UtilityTemplate{Name: "welcome", Language: "es"}.Message(),
	}
}

const requestsDir = "testdata/requests"

func golden(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(requestsDir, name+".json"))
	require.NoError(t, err, "write by hand, from the platform's documentation, what the request of this message is")
	return string(raw)
}

func TestRequestIsWhatThePlatformDocuments(t *testing.T) {
	t.Parallel()
	for name, s := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, s.message.Validate(s.object))
			got, err := s.message.Request(sending.Recipient{ID: "42"}, s.message.Metadata)
			require.NoError(t, err)
			require.JSONEq(t, golden(t, name), string(got),
				"the file is what the platform documents; change it only if that has changed")
		})
	}
}

// JSONEq reads numbers as float64, and 75.00 as 75: here the digits count.
func TestAmountsKeepTheirDigits(t *testing.T) {
	t.Parallel()
	got, err := samples(t)["receipt"].message.Request(sending.Recipient{ID: "42"}, "")
	require.NoError(t, err)
	require.Contains(t, string(got), `"summary":{"subtotal":75.00,"shipping_cost":4.95,"total_tax":6.19,"total_cost":56.14}`)
	got, err = samples(t)["sticker"].message.Request(sending.Recipient{ID: "42"}, "")
	require.NoError(t, err)
	require.Contains(t, string(got), `"sticker_id":369239263222822`)
}

func TestEveryRequestFileIsUsed(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(requestsDir)
	require.NoError(t, err)
	known := samples(t)
	for _, file := range files {
		name, ok := strings.CutSuffix(file.Name(), ".json")
		require.True(t, ok, "%s is no JSON file", file.Name())
		require.Contains(t, known, name, "no sample has the name of %s: add one to samples, or remove the file", file.Name())
	}
}

// A field that no sample sets could be spelled wrongly and nobody would know.
func TestEveryFieldIsInSomeRequest(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var collect func(value any)
	collect = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, inner := range v {
				seen[name] = true
				collect(inner)
			}
		case []any:
			for _, inner := range v {
				collect(inner)
			}
		}
	}
	for name := range samples(t) {
		var value any
		require.NoError(t, json.Unmarshal([]byte(golden(t, name)), &value))
		collect(value)
	}
	// These are the bot's own, or have another name on the wire.
	elsewhere := map[string]string{"delay": "", "key": "", "public": "", "reaction": "payload", "utility": "template"}
	for _, kind := range []reflect.Type{
		reflect.TypeFor[sending.Message](), reflect.TypeFor[sending.Recipient](), reflect.TypeFor[sending.ThreadControl](),
		reflect.TypeFor[sending.Reaction](), reflect.TypeFor[sending.QuickReply](), reflect.TypeFor[sending.Attachment](),
		reflect.TypeFor[sending.Button](), reflect.TypeFor[sending.GameMetadata](),
		reflect.TypeFor[sending.GenericTemplate](), reflect.TypeFor[sending.Element](),
		reflect.TypeFor[sending.ReceiptTemplate](), reflect.TypeFor[sending.ReceiptSummary](),
		reflect.TypeFor[sending.ReceiptElement](), reflect.TypeFor[sending.ReceiptAddress](),
		reflect.TypeFor[sending.ReceiptAdjustment](), reflect.TypeFor[sending.CouponTemplate](),
		reflect.TypeFor[sending.FeedbackQuestion](), reflect.TypeFor[sending.FeedbackFollowUp](),
		reflect.TypeFor[sending.AddressOverride](), reflect.TypeFor[sending.FieldOverride](),
		reflect.TypeFor[sending.ImageGridTemplate](), reflect.TypeFor[sending.GridImage](), reflect.TypeFor[sending.GridAction](),
		reflect.TypeFor[sending.NotificationMessagesTemplate](), reflect.TypeFor[sending.NotificationElement](),
		reflect.TypeFor[sending.UtilityTemplate](), reflect.TypeFor[sending.UtilityComponent](), reflect.TypeFor[sending.UtilityParameter](),
	} {
		for field := range kind.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if wire, ok := elsewhere[name]; ok {
				name = wire
			}
			require.True(t, name == "" || name == "-" || seen[name], "no file in %s has the field %q of %s", requestsDir, name, kind)
		}
	}
}

func TestMessageSurvivesJSON(t *testing.T) {
	t.Parallel()
	for name, s := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := s.message.After(time.Hour).WithKey("k")
			raw, err := json.Marshal(before)
			require.NoError(t, err)
			var after sending.Message
			require.NoError(t, json.Unmarshal(raw, &after))
			require.Equal(t, before.Delay, after.Delay)
			require.Equal(t, before.Key, after.Key)
			require.Equal(t, before.Kind(), after.Kind())
			require.Equal(t, before.WindowFree(), after.WindowFree())

			want, err := before.Request(sending.Recipient{ID: "42"}, "meta")
			require.NoError(t, err)
			got, err := after.Request(sending.Recipient{ID: "42"}, "meta")
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
			require.NoError(t, after.Validate(s.object))
		})
	}
}

// What was queued before a release of this library goes out after it.
func TestMessagesOfEarlierReleasesAreRead(t *testing.T) {
	t.Parallel()
	var m sending.Message
	require.NoError(t, json.Unmarshal([]byte(`{"recipient":{"id":"42"},"messaging_type":"RESPONSE","text":"Size?",`+
		`"quick_replies":[{"content_type":"text","title":"S","payload":"s"}],"metadata":"m","delay":60000000000,"key":"k"}`), &m))
	require.Equal(t, sending.Message{
		Recipient: &sending.Recipient{ID: "42"}, MessagingType: sending.MessagingResponse, Text: "Size?",
		QuickReplies: []sending.QuickReply{sending.TextReply("S", "s")}, Metadata: "m", Delay: time.Minute, Key: "k",
	}, m)
	raw, err := json.Marshal(sending.Text("a"))
	require.NoError(t, err)
	require.JSONEq(t, `{"text":"a"}`, string(raw))
}

func TestWindowFree(t *testing.T) {
	t.Parallel()
	free := []string{
		"tag_human_agent", "customer_feedback", "utility", "utility_least",
		"to_user_ref", "to_comment", "to_post", "to_notification_messages_token", "to_one_time_notif_token",
	}
	for name, s := range samples(t) {
		require.Equal(t, slices.Contains(free, name), s.message.WindowFree(), name)
	}
	require.False(t, sending.Text("a").To(sending.Recipient{ID: "1"}).WindowFree())
	require.True(t, sending.Message{Text: "a", MessagingType: sending.MessagingUtility}.WindowFree())
	require.True(t, sending.UtilityTemplate{}.Message().To(sending.Recipient{ID: "1"}).WindowFree())
}

// Whatever fills in a messaging type on the way, a utility template goes as
// what it is.
func TestUtilityTemplatesGoAsUtility(t *testing.T) {
	t.Parallel()
	m := samples(t)["utility_least"].message.WithMessagingType(sending.MessagingUpdate)
	require.Error(t, m.Validate(""))
	got, err := m.Request(sending.Recipient{ID: "42"}, "")
	require.NoError(t, err)
	require.JSONEq(t, golden(t, "utility_least"), string(got))
}
