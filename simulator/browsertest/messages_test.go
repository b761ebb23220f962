package browsertest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// part is something that a person finds in a message, as a screen reader says it.
type part struct{ role, name string }

type drawn struct {
	builder string // what of package sending makes it
	message sending.Message
	parts   []part
}

// drawings are a message of each builder, with the parts that people see of it. pic is an image that can be fetched.
func drawings(pic string) []drawn {
	button := func(name string) part { return part{"button", name} }
	link := func(name string) part { return part{"link", name} }
	text := func(name string) part { return part{"StaticText", name} }
	image := "Open Image: " + ada
	return []drawn{
		{"Text", sending.Text("Hello <b>you</b>"), []part{text("Hello <b>you</b>")}},
		{"Image", sending.Image(pic), []part{button(image)}},
		{"Audio", sending.Audio(pic), []part{link(ada)}},
		{"Video", sending.Video(pic), []part{link(ada)}},
		{"File", sending.File("https://shop.example/plan.pdf"), []part{link("file: plan.pdf")}},
		{"Media", sending.Media(attachment.Image, pic), []part{button(image)}},
		{"ReusableMedia", sending.ReusableMedia(attachment.Image, pic), []part{button(image)}},
		{"ButtonTemplate", sending.ButtonTemplate("What next?", sending.PostbackButton("Buy", "BUY"), sending.URLButton("See", "https://shop.example"), sending.PhoneButton("Call us", "+15555550100")),
			[]part{text("What next?"), button("Buy"), link("See"), link("Call us")}},
		{"LinkButton", sending.ButtonTemplate("Your account", sending.LinkButton("https://shop.example/login"), sending.UnlinkButton()), []part{button("Log In"), button("Log Out")}},
		{"GenericTemplate", sending.GenericTemplate{}.WithElements(
			sending.Element{Title: "Shirt", Subtitle: "Cotton"}.WithImage(pic).WithPostback("Take it", "shirt"),
			sending.Element{Title: "Shoes", Subtitle: "Leather"}.WithPostback("Take them", "shoes")).Message(),
			[]part{text("Shirt"), text("Cotton"), button("Take it"), button("Take them"), button("Next card"), button("Previous card"), {"group", "2 cards"}, {"group", "1 of 2"}}},
		{"ReceiptTemplate", receipt(pic), []part{text("Order 17"), text("Lamp shop"), text("Blue lamp × 2"), text("€79.80"), text("Shipping"), text("Total"), text("Visa"), text("-€5.00"), text("Road 1, 10117 Berlin, BE, DE")}},
		{"MediaTemplate", sending.MediaTemplate{}.WithPost(attachment.Video, "https://www.facebook.com/lamps/videos/17").WithPostback("More lamps", "more").Message(),
			[]part{link("https://www.facebook.com/lamps/videos/17"), button("More lamps")}},
		{"ProductTemplate", sending.ProductTemplate{}.WithProducts("4419002233").Message(), []part{text("Product 4419002233")}},
		{"CouponTemplate", sending.CouponTemplate{PreMessage: "A gift"}.WithTitle("Ten percent").WithSubtitle("Until Sunday").WithCode("LAMP10", "spring").WithURL("Use it", "https://shop.example").Message(),
			[]part{text("A gift"), text("Ten percent"), text("Until Sunday"), button("Reveal code"), link("Use it")}},
		{"CustomerFeedbackTemplate", sending.CustomerFeedbackTemplate{}.WithTitle("Rate us").WithSubtitle("It takes a minute").WithButtonTitle("Rate").
			WithQuestion(sending.FeedbackQuestion{ID: "q1", Type: sending.FeedbackCSAT}.WithFollowUp("More")).WithPrivacy("https://shop.example/privacy").WithExpiry(3).Message(),
			[]part{text("Rate us"), text("It takes a minute"), button("Rate"), link("Privacy policy")}},
		{"CustomerInformationTemplate", sending.CustomerInformationTemplate{}.WithCountries("US").WithPrivacy("https://shop.example/privacy").Message(), []part{text("In US"), button("Fill in"), link("Privacy policy")}},
		{"ImageGridTemplate", sending.ImageGridTemplate{Title: "Lamps", Subtitle: "All of them", Images: []sending.GridImage{sending.GridImage{URL: pic}.AsHero(), {URL: pic, Action: &sending.GridAction{Type: "postback", Payload: "P", Text: "The blue one"}}}}.Message(),
			[]part{text("Lamps"), text("All of them"), button("The blue one")}},
		{"NotificationMessagesTemplate", sending.NotificationMessagesTemplate{CTAText: sending.CTAGetUpdates, Payload: "news"}.WithTitle("News of lamps").Message(), []part{text("News of lamps"), button("Get updates")}},
		{"UtilityTemplate", utility(), []part{text("Parcel 17"), text("It arrives on Friday."), link("Track")}},
		{"Template", template("one_time_notif_req", map[string]string{"title": "When it is back", "payload": "back"}), []part{text("When it is back"), button("Notify me")}},
		{"Template", template("instant_form", map[string]string{"form_id": "770012345"}), []part{text("Form 770012345")}},
		{"Template", template("calling_optin", map[string]string{}), []part{button("Approve"), button("Reject")}},
		{"Sticker", sending.Sticker{ID: "500000000000103"}.Message(), []part{{"image", "Heart"}}},
		{"Images", sending.Images{URLs: []string{pic, pic, pic, pic, pic, pic}}.Message(), []part{{"group", "6 images"}, button("+1, show all 6 images")}},
		{"QuickReplies", sending.Text("Which?").WithQuickReplies(thirteen()...), []part{text("Which?"), button("Choice 1"), button("Choice 13")}},
	}
}

// Every builder is drawn so that its parts are found by role and name, within the screen, and without a violation of a rule.
func TestEveryMessageIsDrawn(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
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
	each(t, func(t *testing.T, as look) {
		p := open(t, browser, w.url+"#p="+ada, as)
		p.until("all messages are there", fmt.Sprintf(`document.querySelectorAll("[data-testid=message]").length >= %d && find("quick-reply", "Choice 13") !== undefined`, len(all)))
		there := p.accessible()
		for _, d := range all {
			for _, want := range d.parts {
				require.Truef(t, there[want], "%s: no %s %q; there are\n%s", d.builder, want.role, want.name, names(there))
			}
		}
		p.isWithin()
		p.isAccessible()
		if as.width < 700 {
			require.Equal(t, "true", p.eval(`(() => { const c = document.getElementById("chips"); return c.scrollWidth > c.clientWidth && c.clientHeight < 80; })()`), "13 quick replies are in one row")
		}
		p.picture(as.String() + "-1-end")
		for i := 1; os.Getenv("MESSENGER_TEST_SHOTS") != "" && i < 9; i++ {
			p.eval(fmt.Sprintf(`document.getElementById("scroll").scrollTop = document.getElementById("scroll").scrollHeight - %d`, i*620))
			p.picture(fmt.Sprintf("%s-2-up-%d", as, i))
		}
		p.hasNotComplained()
	})
}

// accessible is what a screen reader finds on the page.
func (p *page) accessible() map[part]bool {
	p.t.Helper()
	found := map[part]bool{}
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(p.t, err)
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil || node.Name == nil {
			continue
		}
		found[part{unquoted(node.Role.Value), unquoted(node.Name.Value)}] = true
	}
	return found
}

func names(there map[part]bool) string {
	var lines []string
	for p := range there {
		if p.name != "" {
			lines = append(lines, p.role+" "+p.name)
		}
	}
	return strings.Join(lines, "\n")
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

// unquoted is a text of the browser's protocol.
func unquoted(value []byte) string {
	var text string
	_ = json.Unmarshal(value, &text) // what is no text has no name
	return text
}
