package chatpage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

type drawn struct {
	builder string // what of package sending makes it
	message sending.Message
	parts   []string // as page.Accessible has them
}

// drawings are a message of each builder, with the parts that people see of it. pic is an image that can be fetched.
func drawings(pic string) []drawn {
	button := func(name string) string { return "button " + name }
	link := func(name string) string { return "link " + name }
	text := func(name string) string { return "StaticText " + name }
	image := "Open Image: " + ada
	return []drawn{
		{"Text", sending.Text("Hello <b>you</b>"), []string{text("Hello <b>you</b>")}},
		{"Image", sending.Image(pic), []string{button(image)}},
		{"Audio", sending.Audio(pic), []string{link(ada)}},
		{"Video", sending.Video(pic), []string{link(ada)}},
		{"File", sending.File("https://shop.example/plan.pdf"), []string{link("file: plan.pdf")}},
		{"Media", sending.Media(attachment.Image, pic), []string{button(image)}},
		{"ReusableMedia", sending.ReusableMedia(attachment.Image, pic), []string{button(image)}},
		{"ButtonTemplate", sending.ButtonTemplate("What next?", sending.PostbackButton("Buy", "BUY"), sending.URLButton("See", "https://shop.example"), sending.PhoneButton("Call us", "+15555550100")),
			[]string{text("What next?"), button("Buy"), link("See"), link("Call us")}},
		{"LinkButton", sending.ButtonTemplate("Your account", sending.LinkButton("https://shop.example/login"), sending.UnlinkButton()), []string{button("Log In"), button("Log Out")}},
		{"GenericTemplate", sending.GenericTemplate{}.WithElements(
			sending.Element{Title: "Shirt", Subtitle: "Cotton"}.WithImage(pic).WithPostback("Take it", "shirt"),
			sending.Element{Title: "Shoes", Subtitle: "Leather"}.WithPostback("Take them", "shoes")).Message(),
			[]string{text("Shirt"), text("Cotton"), button("Take it"), button("Take them"), button("Next card"), button("Previous card"), "group 2 cards", "group 1 of 2"}},
		{"ReceiptTemplate", receipt(pic), []string{text("Order 17"), text("Lamp shop"), text("Blue lamp × 2"), text("€79.80"), text("Shipping"), text("Total"), text("Visa"), text("-€5.00"), text("Road 1, 10117 Berlin, BE, DE")}},
		{"MediaTemplate", sending.MediaTemplate{}.WithPost(attachment.Video, "https://www.facebook.com/lamps/videos/17").WithPostback("More lamps", "more").Message(),
			[]string{link("https://www.facebook.com/lamps/videos/17"), button("More lamps")}},
		{"ProductTemplate", sending.ProductTemplate{}.WithProducts("4419002233").Message(), []string{text("Product 4419002233")}},
		{"CouponTemplate", sending.CouponTemplate{PreMessage: "A gift"}.WithTitle("Ten percent").WithSubtitle("Until Sunday").WithCode("LAMP10", "spring").WithURL("Use it", "https://shop.example").Message(),
			[]string{text("A gift"), text("Ten percent"), text("Until Sunday"), button("Reveal code"), link("Use it")}},
		{"CustomerFeedbackTemplate", sending.CustomerFeedbackTemplate{}.WithTitle("Rate us").WithSubtitle("It takes a minute").WithButtonTitle("Rate").
			WithQuestion(sending.FeedbackQuestion{ID: "q1", Type: sending.FeedbackCSAT}.WithFollowUp("More")).WithPrivacy("https://shop.example/privacy").WithExpiry(3).Message(),
			[]string{text("Rate us"), text("It takes a minute"), button("Rate"), link("Privacy policy")}},
		{"CustomerInformationTemplate", sending.CustomerInformationTemplate{}.WithCountries("US").WithPrivacy("https://shop.example/privacy").Message(), []string{text("In US"), button("Fill in"), link("Privacy policy")}},
		{"ImageGridTemplate", sending.ImageGridTemplate{Title: "Lamps", Subtitle: "All of them", Images: []sending.GridImage{sending.GridImage{URL: pic}.AsHero(), {URL: pic, Action: &sending.GridAction{Type: "postback", Payload: "P", Text: "The blue one"}}}}.Message(),
			[]string{text("Lamps"), text("All of them"), button("The blue one")}},
		{"NotificationMessagesTemplate", sending.NotificationMessagesTemplate{CTAText: sending.CTAGetUpdates, Payload: "news"}.WithTitle("News of lamps").Message(), []string{text("News of lamps"), button("Get updates")}},
		{"UtilityTemplate", utility(), []string{text("Parcel 17"), text("It arrives on Friday."), link("Track")}},
		{"Template", template("one_time_notif_req", map[string]string{"title": "When it is back", "payload": "back"}), []string{text("When it is back"), button("Notify me")}},
		{"Template", template("instant_form", map[string]string{"form_id": "770012345"}), []string{text("Form 770012345")}},
		{"Template", template("calling_optin", map[string]string{}), []string{button("Approve"), button("Reject")}},
		{"Sticker", sending.Sticker{ID: "500000000000103"}.Message(), []string{"image Heart"}},
		{"Images", sending.Images{URLs: []string{pic, pic, pic, pic, pic, pic}}.Message(), []string{"group 6 images", button("+1, show all 6 images")}},
		{"QuickReplies", sending.Text("Which?").WithQuickReplies(thirteen()...), []string{text("Which?"), button("Choice 1"), button("Choice 13")}},
	}
}

// Every builder is drawn so that its parts are found by role and name, within the screen, and without a violation of a rule.
func TestEveryMessageIsDrawn(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("Show me all")
	require.Equal(t, 200, w.call("POST", "me/message_templates", map[string]any{"name": "parcel", "language": "en_US", "category": "UTILITY", "components": []map[string]any{
		{"type": "HEADER", "format": "TEXT", "text": "Parcel {{1}}"}, {"type": "BODY", "text": "It arrives on {{1}}."}, {"type": "BUTTONS", "buttons": []map[string]any{{"type": "URL", "text": "Track", "url": "https://shop.example/{{1}}"}}},
	}}))
	all := drawings(w.url + "simulator/pictures/" + ada)
	for _, d := range all {
		w.sends(d.message)
	}
	require.NotEqual(t, 200, w.call("POST", "me/messages", map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]string{"text": strings.Repeat("x", 2001)}}))
	browsertest.Each(t, func(t *testing.T, as browsertest.Look) {
		p := open(t, w.url+"#p="+ada, as)
		p.Until("all messages are there", fmt.Sprintf(`document.querySelectorAll("[data-testid=message]").length >= %d && find("quick-reply", "Choice 13") !== undefined`, len(all)))
		there := p.Accessible()
		for _, d := range all {
			for _, want := range d.parts {
				require.Containsf(t, there, want, "%s: what is there is\n%s", d.builder, strings.Join(there, "\n"))
			}
		}
		p.IsWithin()
		p.IsAccessible()
		if as.Width < 700 {
			require.Equal(t, "true", p.Eval(`(() => { const c = document.getElementById("chips"); return c.scrollWidth > c.clientWidth && c.clientHeight < 80; })()`), "13 quick replies are in one row")
		}
		p.Picture(as.String() + "-1-end")
		for i := 1; browsertest.Shots() != "" && i < 9; i++ {
			p.Eval(fmt.Sprintf(`document.getElementById("scroll").scrollTop = document.getElementById("scroll").scrollHeight - %d`, i*620))
			p.Picture(fmt.Sprintf("%s-2-up-%d", as, i))
		}
		p.HasNotComplained()
	})
}

func thirteen() []sending.QuickReply {
	var list []sending.QuickReply
	for i := range 13 {
		list = append(list, sending.TextReply(fmt.Sprintf("Choice %d", i+1), fmt.Sprint(i)))
	}
	return list
}

func template(kind string, payload any) sending.Message {
	m, err := sending.Template(kind, payload)
	if err != nil {
		panic(err)
	}
	return m
}

func utility() sending.Message {
	return sending.UtilityTemplate{Name: "parcel", Language: "en_US"}.WithHeader(sending.TextParameter("17")).
		WithBody(sending.TextParameter("Friday")).WithButtons(sending.URLParameter("17")).Message()
}

func receipt(pic string) sending.Message {
	return sending.ReceiptTemplate{}.WithMerchantName("Lamp shop").WithRecipientName("Ada Byron").WithOrder("17", "EUR", "Visa").
		WithElements(sending.ReceiptElement{Title: "Blue lamp", Subtitle: "LED", Quantity: 2, Price: "79.80", Currency: "EUR", ImageURL: pic}).
		WithAddress(sending.ReceiptAddress{Street1: "Road 1", City: "Berlin", PostalCode: "10117", State: "BE", Country: "DE"}).
		WithAdjustment("New customer", "5").
		WithSummary(sending.ReceiptSummary{Subtotal: "79.80", ShippingCost: "4.95", TotalCost: "79.75"}).Message()
}
