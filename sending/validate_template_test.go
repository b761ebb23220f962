package sending_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
)

// raw is a template as somebody wrote it by hand.
func raw(t *testing.T, templateType, payload string) sending.Message {
	t.Helper()
	m, err := sending.Template(templateType, json.RawMessage(payload))
	require.NoError(t, err)
	return m
}

func TestValidateKnowsTheLimitsOfGenericTemplates(t *testing.T) {
	t.Parallel()
	card := sending.Element{Title: "t", Subtitle: "s"}
	cards := func(n int) sending.Message {
		return sending.GenericTemplate{Elements: slices.Repeat([]sending.Element{card}, n)}.Message()
	}
	one := func(e sending.Element) sending.Message { return sending.GenericTemplate{}.WithElements(e).Message() }
	const at = "attachment.payload."
	checkMistakes(t, map[string]mistakes{
		"10 elements":        {cards(10), "", nil},
		"11 elements":        {cards(11), "", []string{at + "elements"}},
		"no elements":        {cards(0), "", []string{at + "elements"}},
		"title and subtitle": {one(sending.Element{Title: accents(80), Subtitle: accents(80)}), "", nil},
		"title over":         {one(card.WithTitle(accents(81))), "", []string{at + "elements[0].title"}},
		"no title":           {one(card.WithTitle("")), "", []string{at + "elements[0].title"}},
		"subtitle over":      {one(card.WithSubtitle(accents(81))), "", []string{at + "elements[0].subtitle"}},
		"a title only":       {one(sending.Element{Title: "t"}), "", []string{at + "elements[0]"}},
		"title and image":    {one(sending.Element{Title: "t"}.WithImage("https://a.example/")), "", nil},
		"title and action":   {one(sending.Element{Title: "t"}.WithDefaultAction("https://a.example/")), "", nil},
		"title and button":   {one(sending.Element{Title: "t"}.WithPostback("t", "p")), "", nil},
		"image":              {one(card.WithImage("a.png")), "", []string{at + "elements[0].image_url"}},
		"action without URL": {one(card.WithDefaultAction("")), "", []string{at + "elements[0].default_action.url"}},
		"action with a title": {
			one(sending.Element{Title: "t", DefaultAction: new(sending.URLButton("t", "https://a.example/"))}), "",
			[]string{at + "elements[0].default_action.title"},
		},
		"action of another kind": {
			one(sending.Element{Title: "t", DefaultAction: new(sending.PostbackButton("t", "p"))}), "",
			[]string{at + "elements[0].default_action.type"},
		},
		"3 buttons": {one(card.WithURL("t", "https://a.example/").WithPostback("t", "p").WithPostback("t", "p")), "", nil},
		"4 buttons": {
			one(card.WithButtons(slices.Repeat([]sending.Button{sending.PostbackButton("t", "p")}, 4)...)), "",
			[]string{at + "elements[0].buttons"},
		},
		"button title": {one(card.WithPostback(accents(21), "p")), "", []string{at + "elements[0].buttons[0].title"}},
		"aspect ratio": {sending.GenericTemplate{ImageAspectRatio: "round"}.WithElements(card).Message(), "", []string{at + "image_aspect_ratio"}},
	})
}

func TestValidateKnowsTheLimitsOfMediaAndProducts(t *testing.T) {
	t.Parallel()
	post := func(url string) sending.Message { return sending.MediaTemplate{}.WithPost("image", url).Message() }
	products := func(n int) sending.Message {
		return sending.ProductTemplate{ProductIDs: slices.Repeat([]string{"1"}, n)}.Message()
	}
	const at = "attachment.payload.elements"
	checkMistakes(t, map[string]mistakes{
		"uploaded":         {sending.MediaTemplate{}.WithUploaded("video", "1").Message(), "", nil},
		"post":             {post("https://facebook.com/a"), "", nil},
		"other site":       {post("https://a.example/"), "", []string{at + "[0].url"}},
		"lookalike":        {post("https://notfacebook.com/a"), "", []string{at + "[0].url"}},
		"over http":        {post("http://www.facebook.com/a"), "", []string{at + "[0].url"}},
		"neither":          {sending.MediaTemplate{MediaType: "image"}.Message(), "", []string{at + "[0]"}},
		"both":             {sending.MediaTemplate{MediaType: "image", AttachmentID: "1", URL: "https://facebook.com/a"}.Message(), "", []string{at + "[0]"}},
		"no kind":          {sending.MediaTemplate{AttachmentID: "1"}.Message(), "", []string{at + "[0].media_type"}},
		"audio":            {sending.MediaTemplate{}.WithUploaded("audio", "1").Message(), "", []string{at + "[0].media_type"}},
		"button":           {sending.MediaTemplate{}.WithUploaded("image", "1").WithURL("t", "a").Message(), "", []string{at + "[0].buttons[0].url"}},
		"two elements":     {raw(t, "media", `{"elements":[{"media_type":"image","attachment_id":1},{"media_type":"image","attachment_id":"1"}]}`), "", []string{at}},
		"10 products":      {products(10), "", nil},
		"11 products":      {products(11), "", []string{at}},
		"no products":      {products(0), "", []string{at}},
		"an empty product": {sending.ProductTemplate{}.WithProducts("1", "").Message(), "", []string{at + "[1].id"}},
		"a numeric id":     {raw(t, "product", `{"elements":[{"id":1}]}`), "", nil},
		"a strange id":     {raw(t, "product", `{"elements":[{"id":["1"]}]}`), "", []string{at + "[0].id"}},
	})
}

func TestValidateKnowsTheLimitsOfReceipts(t *testing.T) {
	t.Parallel()
	least := sending.ReceiptTemplate{
		RecipientName: "Ada", OrderNumber: "1", Currency: "USD", PaymentMethod: "Cash",
		Summary: sending.ReceiptSummary{TotalCost: "0"},
	}
	line := sending.ReceiptElement{Title: "t", Price: "1"}
	lines := func(n int) sending.Message {
		return least.WithElements(slices.Repeat([]sending.ReceiptElement{line}, n)...).Message()
	}
	total := func(a sending.Amount) sending.Message {
		return least.WithSummary(sending.ReceiptSummary{TotalCost: a}).Message()
	}
	const at = "attachment.payload."
	checkMistakes(t, map[string]mistakes{
		"least": {least.Message(), "", nil},
		"nothing": {sending.ReceiptTemplate{}.Message(), "", []string{
			at + "recipient_name", at + "order_number", at + "currency", at + "payment_method", at + "summary.total_cost",
		}},
		"100 elements":       {lines(100), "", nil},
		"101 elements":       {lines(101), "", []string{at + "elements"}},
		"no title, no price": {least.WithElements(sending.ReceiptElement{}).Message(), "", []string{at + "elements[0].title", at + "elements[0].price"}},
		"negative":           {total("-1.50"), "", nil},
		"comma":              {total("1,50"), "", []string{at + "summary.total_cost"}},
		"currency":           {total("$1"), "", []string{at + "summary.total_cost"}},
		"exponent":           {total("1e3"), "", []string{at + "summary.total_cost"}},
		"leading zero":       {total("01"), "", []string{at + "summary.total_cost"}},
		"adjustment":         {least.WithAdjustment("Coupon", "ten").Message(), "", []string{at + "adjustments[0].amount"}},
		"a discount":         {least.WithAdjustment("Coupon", "10").WithAdjustment("Nothing off", "0").Message(), "", nil},
		"negative discount":  {least.WithAdjustment("Coupon", "10").WithAdjustment("Coupon", "-10").Message(), "", []string{at + "adjustments[1].amount"}},
		"negative cents":     {least.WithAdjustment("Coupon", sending.Cents(-1)).Message(), "", []string{at + "adjustments[0].amount"}},
		"negative, as a string": {
			raw(t, "receipt", `{"recipient_name":"a","order_number":"1","currency":"USD","payment_method":"x","summary":{"total_cost":1},"adjustments":[{"amount":"-1"}]}`), "",
			[]string{at + "adjustments[0].amount"},
		},
		"amount as a string": {raw(t, "receipt", `{"recipient_name":"a","order_number":"1","currency":"USD","payment_method":"x","summary":{"total_cost":"1.50"}}`), "", nil},
		"amount as a list":   {raw(t, "receipt", `{"recipient_name":"a","order_number":"1","currency":"USD","payment_method":"x","summary":{"total_cost":[1]}}`), "", []string{at + "summary.total_cost"}},
		"unchecked fields of any shape": {
			raw(t, "receipt", `{"recipient_name":"a","order_number":"1","currency":"USD","payment_method":"x","timestamp":7,"address":"home","sharable":"yes",
				"summary":{"total_cost":1},"elements":[{"title":"t","price":1,"quantity":"two"}]}`), "", nil,
		},
		"summary of another shape": {
			raw(t, "receipt", `{"recipient_name":"a","order_number":"1","currency":"USD","payment_method":"x","summary":[]}`), "",
			[]string{at + "summary"},
		},
	})
}

func TestValidateKnowsTheLimitsOfCouponsAndGrids(t *testing.T) {
	t.Parallel()
	coupon := sending.CouponTemplate{Title: "t", Code: "c"}
	grid := func(images ...sending.GridImage) sending.Message {
		return sending.ImageGridTemplate{}.WithImages(images...).Message()
	}
	image := sending.GridImage{URL: "https://a.example/"}
	images := func(n int) sending.ImageGridTemplate {
		return sending.ImageGridTemplate{Images: slices.Repeat([]sending.GridImage{image}, n)}
	}
	const at, element = "attachment.payload.", "attachment.payload.elements[0]."
	checkMistakes(t, map[string]mistakes{
		"coupon at the limits": {coupon.WithTitle(accents(80)).WithSubtitle(accents(80)).Message(), "", nil},
		"title over":           {coupon.WithTitle(accents(81)).Message(), "", []string{at + "title"}},
		"no title":             {coupon.WithTitle("").Message(), "", []string{at + "title"}},
		"coupon subtitle over": {coupon.WithSubtitle(accents(81)).Message(), "", []string{at + "subtitle"}},
		"spaces":               {coupon.WithCode("a b", "").Message(), "", []string{at + "coupon_code"}},
		"a space before":       {coupon.WithCode(" a", "").Message(), "", []string{at + "coupon_code"}},
		"code and URL":         {coupon.WithURL("t", "https://a.example/").Message(), "", nil},
		"neither":              {sending.CouponTemplate{Title: "t"}.Message(), "", []string{at + "coupon_code"}},
		"coupon URL":           {sending.CouponTemplate{Title: "t", URL: "a"}.Message(), "", []string{at + "coupon_url"}},
		"coupon image":         {coupon.WithImage("a").Message(), "", []string{at + "image_url"}},

		"2 images":             {images(2).Message(), "", nil},
		"6 images":             {images(6).Message(), "", nil},
		"1 image":              {images(1).Message(), "", []string{element + "images"}},
		"7 images":             {images(7).Message(), "", []string{element + "images"}},
		"grid at the limits":   {images(2).WithTitle(accents(45)).WithSubtitle(accents(80)).Message(), "", nil},
		"grid title over":      {images(2).WithTitle(accents(46)).Message(), "", []string{element + "title"}},
		"grid subtitle over":   {images(2).WithSubtitle(accents(81)).Message(), "", []string{element + "subtitle"}},
		"one hero":             {grid(image.AsHero(), image), "", nil},
		"two heroes":           {grid(image.AsHero(), image.AsHero()), "", []string{element + "images"}},
		"image without URL":    {grid(image, sending.GridImage{}), "", []string{element + "images[1].url"}},
		"action without URL":   {grid(image, image.WithURL("")), "", []string{element + "images[1].action.url"}},
		"action payload":       {grid(image, image.WithPostback("t", accents(1000))), "", nil},
		"action payload over":  {grid(image, image.WithPostback("t", accents(1001))), "", []string{element + "images[1].action.payload"}},
		"action of a new kind": {grid(image, sending.GridImage{URL: "https://a.example/", Action: &sending.GridAction{Type: "call"}}), "", []string{element + "images[1].action.type"}},
		"grid buttons":         {images(2).WithURL("t", "https://a.example/").WithPostback("t", "p").WithPostback("t", "p").Message(), "", nil},
		"4 grid buttons":       {images(2).WithButtons(slices.Repeat([]sending.Button{sending.PostbackButton("t", "p")}, 4)...).Message(), "", []string{element + "buttons"}},
		"grid phone button":    {images(2).WithButtons(sending.PhoneButton("t", "+1")).Message(), "", []string{element + "buttons[0].type"}},
	})
}

func TestValidateKnowsTheLimitsOfForms(t *testing.T) {
	t.Parallel()
	question := sending.FeedbackQuestion{ID: "q", Type: sending.FeedbackNPS}
	feedback := sending.CustomerFeedbackTemplate{Title: "t", Question: question, PrivacyURL: "https://a.example/"}
	asking := func(q sending.FeedbackQuestion) sending.Message { return feedback.WithQuestion(q).Message() }
	titled := func(n int) sending.FeedbackQuestion {
		return sending.FeedbackQuestion{ID: strings.Repeat("q", 80), Type: "ces", Title: accents(n)}
	}
	information := sending.CustomerInformationTemplate{PrivacyURL: "https://a.example/"}
	news := sending.NotificationMessagesTemplate{}
	const at, q = "attachment.payload.", "attachment.payload.feedback_screens[0].questions[0]."
	checkMistakes(t, map[string]mistakes{
		"feedback at the limits": {
			feedback.WithTitle(accents(65)).WithSubtitle(accents(80)).WithButtonTitle(accents(20)).WithExpiry(7).
				WithQuestion(titled(85).WithFollowUp(accents(65))).Message(), "", nil,
		},
		"feedback title over":    {feedback.WithTitle(accents(66)).Message(), "", []string{at + "title"}},
		"feedback subtitle over": {feedback.WithSubtitle(accents(81)).Message(), "", []string{at + "subtitle"}},
		"button title over":      {feedback.WithButtonTitle(accents(21)).Message(), "", []string{at + "button_title"}},
		"8 days":                 {feedback.WithExpiry(8).Message(), "", []string{at + "expires_in_days"}},
		"-1 days":                {feedback.WithExpiry(-1).Message(), "", []string{at + "expires_in_days"}},
		"no privacy":             {feedback.WithPrivacy("").Message(), "", []string{at + "business_privacy"}},
		"privacy URL":            {feedback.WithPrivacy("a").Message(), "", []string{at + "business_privacy.url"}},
		"no question":            {asking(sending.FeedbackQuestion{}), "", []string{at + "feedback_screens"}},
		"question title over":    {asking(titled(86)), "", []string{q + "title"}},
		"question without id":    {asking(sending.FeedbackQuestion{Type: "nps"}), "", []string{q + "id"}},
		"question without type":  {asking(sending.FeedbackQuestion{ID: "q"}), "", []string{q + "type"}},
		"id of 81":               {asking(sending.FeedbackQuestion{ID: strings.Repeat("q", 81), Type: "nps"}), "", []string{q + "id"}},
		"id with a dash":         {asking(sending.FeedbackQuestion{ID: "a-b", Type: "nps"}), "", []string{q + "id"}},
		"placeholder over":       {asking(question.WithFollowUp(accents(66))), "", []string{q + "follow_up.placeholder"}},
		"two questions": {
			raw(t, "customer_feedback", `{"title":"t","business_privacy":{"url":"https://a.example/"},
				"feedback_screens":[{"questions":[{"id":"a","type":"nps"},{"id":"b","type":"nps"}]}]}`), "",
			[]string{at + "feedback_screens[0].questions"},
		},
		"days as a text": {raw(t, "customer_information", `{"business_privacy":{"url":"https://a.example/"},"expires_in_days":"1"}`), "", []string{at + "expires_in_days"}},

		"information":            {information.Message(), "", nil},
		"information, 7 days":    {information.WithExpiry(7).Message(), "", nil},
		"information, 8 days":    {information.WithExpiry(8).Message(), "", []string{at + "expires_in_days"}},
		"information, privacy":   {information.WithPrivacy("").Message(), "", []string{at + "business_privacy"}},
		"an empty country":       {information.WithCountries("US", "").Message(), "", []string{at + "countries[1]"}},
		"override of no country": {information.WithAddressOverrides(sending.AddressOverride{}).Message(), "", []string{at + "address_overrides[0].country"}},

		"news":                 {news.Message(), "", nil},
		"news title":           {news.WithTitle(accents(65)).Message(), "", nil},
		"news title over":      {news.WithTitle(accents(66)).Message(), "", []string{at + "title"}},
		"news image":           {news.WithImage("a").Message(), "", []string{at + "image_url"}},
		"news button":          {news.WithCTAText("BUY").Message(), "", []string{at + "notification_messages_cta_text"}},
		"news element's title": {news.WithElements(sending.NotificationElement{Title: accents(66)}).Message(), "", []string{at + "elements[0].title"}},
	})
}

func TestValidateKnowsWhatUtilityTemplatesNeed(t *testing.T) {
	t.Parallel()
	component := func(kind string) sending.Message {
		return sending.UtilityTemplate{Name: "n", Language: "en", Components: []sending.UtilityComponent{{Type: kind}}}.Message()
	}
	const at = "utility."
	checkMistakes(t, map[string]mistakes{
		"nothing":            {sending.UtilityTemplate{}.Message(), "", []string{at + "name", at + "language"}},
		"a component":        {component("header"), "", nil},
		"unknown component":  {component("footer"), "", []string{at + "components[0].type"}},
		"no component type":  {component(""), "", []string{at + "components[0].type"}},
		"empty text":         {utility().WithBody(sending.TextParameter("a"), sending.TextParameter("")).Message(), "", []string{at + "components[0].parameters[1].text"}},
		"payload":            {utility().WithButtons(sending.PostbackParameter(accents(1000))).Message(), "", nil},
		"payload over":       {utility().WithButtons(sending.PostbackParameter(accents(1001))).Message(), "", []string{at + "components[0].parameters[0].payload"}},
		"no URL":             {utility().WithButtons(sending.URLParameter("")).Message(), "", []string{at + "components[0].parameters[0].url"}},
		"no type":            {utility().WithBody(sending.UtilityParameter{}).Message(), "", []string{at + "components[0].parameters[0].type"}},
		"a type of tomorrow": {utility().WithBody(sending.UtilityParameter{Type: "image"}).Message(), "", nil},
	})
}

func TestValidateTellsShapesApart(t *testing.T) {
	t.Parallel()
	const at = "attachment.payload."
	checkMistakes(t, map[string]mistakes{
		"new template":           {raw(t, "tomorrow", `{"elements":7,"buttons":{}}`), "", nil},
		"elements are an object": {raw(t, "generic", `{"elements":{}}`), "", []string{at + "elements"}},
		"an element is a text":   {raw(t, "generic", `{"elements":["a"]}`), "", []string{at + "elements[0]"}},
		"an element is null":     {raw(t, "generic", `{"elements":[null]}`), "", []string{at + "elements[0]"}},
		"a title is a number":    {raw(t, "generic", `{"elements":[{"title":7,"subtitle":"s"}]}`), "", []string{at + "elements[0].title"}},
		"a button is a list":     {raw(t, "button", `{"text":"t","buttons":[[]]}`), "", []string{at + "buttons[0]"}},
		"new fields of a card":   {raw(t, "generic", `{"elements":[{"title":"t","subtitle":"s","new":{"a":[1]}}],"new":1}`), "", nil},
		"an action is a text":    {raw(t, "generic", `{"elements":[{"title":"t","default_action":"a"}]}`), "", []string{at + "elements[0].default_action"}},
		"a payload that is a list": {
			sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(`[]`)}}, "",
			[]string{"attachment.payload"},
		},
		"a type that is a number": {
			sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(`{"template_type":7}`)}}, "",
			[]string{at + "template_type"},
		},
	})
}

func TestFieldErrorNamesTheElementAndTheLimit(t *testing.T) {
	t.Parallel()
	card := sending.Element{Title: "t"}.WithPostback("Buy", "buy")
	m := sending.GenericTemplate{}.WithElements(card, card, sending.Element{Title: "t"}.WithPostback("A title that is too long", "x")).Message()
	require.EqualError(t, m.Validate(""), "sending: attachment.payload.elements[2].buttons[0].title: 24 characters, limit 20")
}
