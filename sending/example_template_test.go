package sending_test

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func ExampleTemplate() {
	m, err := sending.Template("instant_form", map[string]string{"form_id": "12"})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(m)
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"form_id":"12","template_type":"instant_form"}}}}
}

func ExampleButtonTemplate() {
	show(sending.ButtonTemplate("What next?",
		sending.URLButton("Basket", "https://shop.example/basket").WithWebview(sending.WebviewTall),
		sending.PhoneButton("Call us", "+15105551234"),
	))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"What next?","buttons":[{"type":"web_url","title":"Basket","url":"https://shop.example/basket","webview_height_ratio":"tall"},{"type":"phone_number","title":"Call us","payload":"+15105551234"}]}}}}
}

func ExampleButtons() {
	showAll(sending.Buttons{Text: "What next, %{first_name}?"}.WithURL("Basket", "https://shop.example/").WithPostback("Help", "help"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"What next, Ada?","buttons":[{"type":"web_url","title":"Basket","url":"https://shop.example/"},{"type":"postback","title":"Help","payload":"help"}]}}}}
}

func ExampleURLButton() {
	show(sending.ButtonTemplate("Your basket", sending.URLButton("Open", "https://shop.example/basket").
		WithExtensions("https://shop.example/plain").WithoutShare()))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"Your basket","buttons":[{"type":"web_url","title":"Open","url":"https://shop.example/basket","messenger_extensions":true,"fallback_url":"https://shop.example/plain","webview_share_button":"hide"}]}}}}
}

func ExampleLinkButton() {
	show(sending.ButtonTemplate("Your account", sending.LinkButton("https://shop.example/login"), sending.UnlinkButton()))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"Your account","buttons":[{"type":"account_link","url":"https://shop.example/login"},{"type":"account_unlink"}]}}}}
}

func ExampleGameButton() {
	show(sending.ButtonTemplate("A game?", sending.GameButton("Play").WithGame("level 3", sending.GameMetadata{PlayerID: "7"})))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"A game?","buttons":[{"type":"game_play","title":"Play","payload":"level 3","game_metadata":{"player_id":"7"}}]}}}}
}

func ExampleCallButton() {
	show(sending.ButtonTemplate("Let us talk", sending.CallButton("Call").WithExpiry(2)))
	show(sending.ButtonTemplate("Let us talk", sending.CallButton("Call").WithExpiry(8)))
	// Output:
	// {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"Let us talk","buttons":[{"type":"audio_call","title":"Call","expires_in_days":2}]}}}}
	// sending: attachment.payload.buttons[0].expires_in_days: 8 days, must be 1 to 7
}

// A carousel of two cards.
func ExampleGenericTemplate() {
	showAll(sending.GenericTemplate{}.WithElements(
		sending.Element{Title: "For %{first_name|you}: a shirt", Subtitle: "Cotton"}.
			WithDefaultAction("https://shop.example/shirt").
			WithPostback("Buy", "buy:shirt"),
		sending.Element{Title: "Shoes"}.
			WithImage("https://shop.example/shoes.png").
			WithPostback("Buy", "buy:shoes"),
	))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"For Ada: a shirt","subtitle":"Cotton","default_action":{"type":"web_url","url":"https://shop.example/shirt"},"buttons":[{"type":"postback","title":"Buy","payload":"buy:shirt"}]},{"title":"Shoes","image_url":"https://shop.example/shoes.png","buttons":[{"type":"postback","title":"Buy","payload":"buy:shoes"}]}]}}}}
}

// Arrivals shows what is new. It embeds the template and adds a card for each
// article.
type Arrivals struct {
	sending.GenericTemplate

	Articles func() []string
}

func (s Arrivals) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	t := s.GenericTemplate
	for _, article := range s.Articles() {
		t = t.WithElements(sending.Element{Title: article}.WithPostback("Buy", "buy:"+article))
	}
	return t.Compose(ctx, ev)
}

func ExampleGenericTemplate_embedded() {
	showAll(Arrivals{Articles: func() []string { return []string{"Hat", "Scarf"} }})
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"Hat","buttons":[{"type":"postback","title":"Buy","payload":"buy:Hat"}]},{"title":"Scarf","buttons":[{"type":"postback","title":"Buy","payload":"buy:Scarf"}]}]}}}}
}

func ExampleElement() {
	card := sending.Element{Title: "Shirt"}.WithSubtitle("Cotton").WithURL("Look", "https://shop.example/shirt")
	show(sending.GenericTemplate{ImageAspectRatio: sending.AspectSquare}.WithElements(card).Message())
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"Shirt","subtitle":"Cotton","buttons":[{"type":"web_url","title":"Look","url":"https://shop.example/shirt"}]}],"image_aspect_ratio":"square"}}}}
}

func ExampleMediaTemplate() {
	showAll(sending.MediaTemplate{}.WithUploaded(attachment.Video, "1745504518999123").WithPostback("More", "more"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"media","elements":[{"media_type":"video","attachment_id":"1745504518999123","buttons":[{"type":"postback","title":"More","payload":"more"}]}]}}}}
}

func ExampleProductTemplate() {
	showAll(sending.ProductTemplate{}.WithProducts("3412345678", "3412345679"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"product","elements":[{"id":"3412345678"},{"id":"3412345679"}]}}}}
}

func ExampleCouponTemplate() {
	showAll(sending.CouponTemplate{Title: "10 % off for %{first_name|you}"}.WithCode("SHIRT10", "revealed:SHIRT10"))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"coupon","title":"10 % off for Ada","coupon_code":"SHIRT10","payload":"revealed:SHIRT10"}}}}
}

func ExampleReceiptTemplate() {
	show(sending.ReceiptTemplate{RecipientName: "Ada Lovelace"}.
		WithOrder("4711", "USD", "Visa 1234").
		WithTimestamp(time.Unix(1458692752, 0)).
		WithElements(sending.ReceiptElement{Title: "Shirt", Quantity: 2, Price: sending.Cents(2500)}).
		WithSummary(sending.ReceiptSummary{TotalCost: sending.Cents(5000)}).
		Message())
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"receipt","recipient_name":"Ada Lovelace","order_number":"4711","currency":"USD","payment_method":"Visa 1234","summary":{"total_cost":50.00},"elements":[{"title":"Shirt","quantity":2,"price":25.00}],"timestamp":"1458692752"}}}}
}

func ExampleAmount() {
	order := sending.ReceiptTemplate{RecipientName: "Ada", OrderNumber: "1", Currency: "EUR", PaymentMethod: "Cash"}
	fmt.Println(order.WithSummary(sending.ReceiptSummary{TotalCost: "12,50"}).Message().Validate(""))
	// Output: sending: attachment.payload.summary.total_cost: is not a decimal number
}

func ExampleCents() {
	fmt.Println(sending.Cents(1250), sending.Cents(-5))
	// Output: 12.50 -0.05
}

// Up to 7 days after the person's last act.
func ExampleCustomerFeedbackTemplate() {
	show(sending.CustomerFeedbackTemplate{Title: "How was it?", ButtonTitle: "Rate"}.
		WithQuestion(sending.FeedbackQuestion{ID: "order_4711", Type: sending.FeedbackCSAT}.WithFollowUp("What else?")).
		WithPrivacy("https://shop.example/privacy").
		Message().WithTag(sending.TagCustomerFeedback))
	// Output: {"recipient":{"id":"42"},"messaging_type":"MESSAGE_TAG","tag":"CUSTOMER_FEEDBACK","message":{"attachment":{"type":"template","payload":{"template_type":"customer_feedback","title":"How was it?","button_title":"Rate","feedback_screens":[{"questions":[{"id":"order_4711","type":"csat","follow_up":{"type":"free_form","placeholder":"What else?"}}]}],"business_privacy":{"url":"https://shop.example/privacy"}}}}}
}

func ExampleCustomerInformationTemplate() {
	showAll(sending.CustomerInformationTemplate{}.WithCountries("US").
		WithPrivacy("https://shop.example/privacy").
		WithContactOverride("phone", sending.FieldOverride{Required: new(true)}))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"customer_information","countries":["US"],"business_privacy":{"url":"https://shop.example/privacy"},"contact_overrides":{"phone":{"required":true}}}}}}
}

func ExampleImageGridTemplate() {
	showAll(sending.ImageGridTemplate{Title: "New for %{first_name|you}"}.WithImages(
		sending.GridImage{URL: "https://shop.example/shirt.png"}.AsHero(),
		sending.GridImage{URL: "https://shop.example/shoes.png"}.WithPostback("I want these", "buy:shoes"),
	))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"image_grid","elements":[{"images":[{"url":"https://shop.example/shirt.png","is_hero_image":true},{"url":"https://shop.example/shoes.png","action":{"type":"postback","payload":"buy:shoes","text":"I want these"}}],"title":"New for Ada"}]}}}}
}

func ExampleNotificationMessagesTemplate() {
	showAll(sending.NotificationMessagesTemplate{Title: "News about shirts?", Payload: "news:shirts"}.
		WithCTAText(sending.CTAGetUpdates))
	// Output: {"recipient":{"id":"42"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"notification_messages","title":"News about shirts?","payload":"news:shirts","notification_messages_cta_text":"GET_UPDATES"}}}}
}

// It may go out at any time.
func ExampleUtilityTemplate() {
	showAll(sending.UtilityTemplate{Name: "order_shipped", Language: "en_US"}.
		WithBody(sending.NamedParameter("first_name", "%{first_name|there}"), sending.NamedParameter("number", "4711")).
		WithButtons(sending.URLParameter("https://shop.example/orders/4711")))
	// Output: {"recipient":{"id":"42"},"messaging_type":"UTILITY","message":{"template":{"name":"order_shipped","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","parameter_name":"first_name","text":"Ada"},{"type":"text","parameter_name":"number","text":"4711"}]},{"type":"buttons","parameters":[{"type":"URL","url":"https://shop.example/orders/4711"}]}]}}}
}
