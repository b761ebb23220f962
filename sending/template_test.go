package sending_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// builder is what every template is: a sender that checks itself and is a
// message without translation.
type builder interface {
	sending.Sender
	Message() sending.Message
	Validate() error
}

// pairs are senders of each kind, and what they compose for Ada, who reads
// Spanish.
func pairs() map[string]struct{ before, after builder } {
	english := sending.PostbackButton("Buy", "buy")
	spanish := sending.PostbackButton("Comprar", "buy")
	type pair = struct{ before, after builder }
	return map[string]pair{
		"generic": {
			sending.GenericTemplate{Sharable: true}.WithElements(
				sending.Element{Title: "Hello, %{name}", Subtitle: "Shirt"}.WithDefaultAction("https://a.example/").WithButtons(english)),
			sending.GenericTemplate{Sharable: true}.WithElements(
				sending.Element{Title: "Hola, Ada", Subtitle: "Camisa"}.WithDefaultAction("https://a.example/").WithButtons(spanish)),
		},
		"buttons": {
			sending.Buttons{Text: "Hello, %{name}"}.WithButtons(english),
			sending.Buttons{Text: "Hola, Ada"}.WithButtons(spanish),
		},
		"media": {
			sending.MediaTemplate{}.WithUploaded("image", "1").WithButtons(english),
			sending.MediaTemplate{}.WithUploaded("image", "1").WithButtons(spanish),
		},
		"receipt": {
			sending.ReceiptTemplate{MerchantName: "Shirt", PaymentMethod: "Cash"}.WithRecipientName("%{name}").
				WithElements(sending.ReceiptElement{Title: "Shirt", Subtitle: "Cotton", Price: "1"}).WithAdjustment("Cash", "1"),
			sending.ReceiptTemplate{MerchantName: "Camisa", PaymentMethod: "Efectivo"}.WithRecipientName("Ada").
				WithElements(sending.ReceiptElement{Title: "Camisa", Subtitle: "Algodón", Price: "1"}).WithAdjustment("Efectivo", "1"),
		},
		"product": {sending.ProductTemplate{}.WithProducts("Shirt"), sending.ProductTemplate{}.WithProducts("Shirt")},
		"coupon": {
			sending.CouponTemplate{Title: "Shirt", Subtitle: "Cotton", PreMessage: "Hello, %{name}"}.
				WithURL("Buy", "https://a.example/").WithCode("Shirt", "Shirt"),
			sending.CouponTemplate{Title: "Camisa", Subtitle: "Algodón", PreMessage: "Hola, Ada"}.
				WithURL("Comprar", "https://a.example/").WithCode("Shirt", "Shirt"),
		},
		"feedback": {
			sending.CustomerFeedbackTemplate{Title: "Hello, %{name}", Subtitle: "Shirt", ButtonTitle: "Buy"}.
				WithQuestion(sending.FeedbackQuestion{ID: "q", Type: "nps", Title: "Cotton"}.WithFollowUp("Cash")),
			sending.CustomerFeedbackTemplate{Title: "Hola, Ada", Subtitle: "Camisa", ButtonTitle: "Comprar"}.
				WithQuestion(sending.FeedbackQuestion{ID: "q", Type: "nps", Title: "Algodón"}.WithFollowUp("Efectivo")),
		},
		"information": {
			sending.CustomerInformationTemplate{}.WithContactOverride("phone", sending.FieldOverride{Label: "Cash"}).
				WithAddressOverrides(sending.AddressOverride{Country: "US", Overrides: map[string]sending.FieldOverride{"city": {Label: "Shirt"}}}),
			sending.CustomerInformationTemplate{}.WithContactOverride("phone", sending.FieldOverride{Label: "Efectivo"}).
				WithAddressOverrides(sending.AddressOverride{Country: "US", Overrides: map[string]sending.FieldOverride{"city": {Label: "Camisa"}}}),
		},
		"grid": {
			sending.ImageGridTemplate{Title: "Shirt", Subtitle: "Cotton"}.WithButtons(english).
				WithImages(sending.GridImage{URL: "https://a.example/"}.WithPostback("Buy", "Buy"), sending.GridImage{URL: "https://a.example/"}),
			sending.ImageGridTemplate{Title: "Camisa", Subtitle: "Algodón"}.WithButtons(spanish).
				WithImages(sending.GridImage{URL: "https://a.example/"}.WithPostback("Comprar", "Buy"), sending.GridImage{URL: "https://a.example/"}),
		},
		"opt-in": {
			sending.NotificationMessagesTemplate{Title: "Shirt", Payload: "Shirt"}.WithElements(sending.NotificationElement{Title: "Cotton"}),
			sending.NotificationMessagesTemplate{Title: "Camisa", Payload: "Shirt"}.WithElements(sending.NotificationElement{Title: "Algodón"}),
		},
		"utility": {
			sending.UtilityTemplate{Name: "Shirt", Language: "es"}.WithBody(sending.NamedParameter("Cash", "%{name}"), sending.TextParameter("Shirt")),
			sending.UtilityTemplate{Name: "Shirt", Language: "es"}.WithBody(sending.NamedParameter("Cash", "Ada"), sending.TextParameter("Camisa")),
		},
		"images":  {sending.Images{}.WithURLs("https://a.example/"), sending.Images{}.WithURLs("https://a.example/")},
		"sticker": {sending.Sticker{ID: "1"}, sending.Sticker{ID: "1"}},
	}
}

func TestTemplatesSpeakThePersonsLanguage(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"es": {
		"Hello, %{name}": "Hola, %{name}", "Shirt": "Camisa", "Cotton": "Algodón", "Buy": "Comprar", "Cash": "Efectivo",
	}})
	require.NoError(t, err)
	ctx := sending.WithValues(i18n.With(t.Context(), catalog.For("es_ES")), map[string]string{"name": "Ada"})
	for name, p := range pairs() {
		require.NoError(t, p.before.Validate(), name)
		untouched := p.before.Message()
		require.Equal(t, p.after.Message(), compose(t, ctx, p.before), name)
		require.Equal(t, untouched, p.before.Message(), "%s: composing has changed the sender", name)
	}
}

// A sender is data: it can be written to a file and read from one.
func TestTemplatesSurviveJSON(t *testing.T) {
	t.Parallel()
	for name, p := range pairs() {
		raw, err := json.Marshal(p.before)
		require.NoError(t, err, name)
		require.NotRegexp(t, `"[A-Z]\w*":`, string(raw), "%s has a field without a name in JSON", name)
		after := reflect.New(reflect.TypeOf(p.before))
		require.NoError(t, json.Unmarshal(raw, after.Interface()), name)
		require.Equal(t, p.before.Message(), after.Elem().Interface().(builder).Message(), name)
	}
	at := time.Unix(1458692752, 0)
	raw, err := json.Marshal(sending.ReceiptTemplate{Timestamp: at})
	require.NoError(t, err)
	var receipt sending.ReceiptTemplate
	require.NoError(t, json.Unmarshal(raw, &receipt))
	require.True(t, at.Equal(receipt.Timestamp))
}

// A template as somebody embeds it: empty when the bot is built, and filled in
// for each event.
type (
	cards   struct{ sending.GenericTemplate }
	receipt struct{ sending.ReceiptTemplate }
)

func (s cards) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	return s.WithElements(sending.Element{Title: "t", Subtitle: ev.Text()}).Compose(ctx, ev)
}

func (s receipt) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	r := s.WithOrder(ev.Text(), "USD", "Cash").WithRecipientName("Ada")
	r.Summary.TotalCost = sending.Cents(100)
	return r.Compose(ctx, ev)
}

func TestTemplatesCanBeEmbedded(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]builder{"cards": cards{}, "receipt": receipt{}} {
		require.NoError(t, s.Validate(), name)
		messages, err := s.Compose(t.Context(), textFrom("42"))
		require.NoError(t, err, name)
		require.Len(t, messages, 1, name)
		require.NoError(t, messages[0].Validate(""), name)
		require.Contains(t, string(messages[0].Attachment.Payload), `"hi"`, name)
		require.Error(t, s.Message().Validate(""), "%s: the embedded part alone has nothing to send", name)
	}
}

func TestTemplatesReportTheirMistakesBeforeTheyCompose(t *testing.T) {
	t.Parallel()
	card := sending.Element{Title: "t", Subtitle: "s"}
	image := sending.GridImage{URL: "https://a.example/"}
	for name, c := range map[string]struct {
		sender builder
		want   []string
	}{
		"no cards":           {sending.GenericTemplate{}, nil},
		"a card, no title":   {sending.GenericTemplate{}.WithElements(card, card.WithTitle("")), []string{"elements[1].title"}},
		"a long title":       {sending.GenericTemplate{}.WithElements(card.WithTitle(accents(81))), []string{"elements[0].title"}},
		"may become shorter": {sending.GenericTemplate{}.WithElements(card.WithTitle("%{name|" + accents(81) + "}")), nil},
		"too many cards":     {sending.GenericTemplate{Elements: slices.Repeat([]sending.Element{card}, 11)}, []string{"elements"}},
		"no button text":     {sending.Buttons{}.WithPostback("t", "p"), []string{"text"}},
		"a long button":      {sending.Buttons{Text: "a"}.WithPostback(accents(21), "p"), []string{"buttons[0].title"}},
		"no media":           {sending.MediaTemplate{}, nil},
		"media by two ways":  {sending.MediaTemplate{AttachmentID: "1", URL: "https://facebook.com/a"}, []string{""}},
		"another site":       {sending.MediaTemplate{}.WithPost("image", "https://a.example/"), []string{"url"}},
		"no receipt":         {sending.ReceiptTemplate{}, nil},
		"no amount":          {sending.ReceiptTemplate{Summary: sending.ReceiptSummary{TotalTax: "ten"}}, []string{"summary.total_tax"}},
		"a free line":        {sending.ReceiptTemplate{}.WithElements(sending.ReceiptElement{Title: "t"}), []string{"elements[0].price"}},
		"no products":        {sending.ProductTemplate{}, nil},
		"an empty product":   {sending.ProductTemplate{}.WithProducts(""), []string{"elements[0].id"}},
		"no coupon":          {sending.CouponTemplate{}, nil},
		"spaces":             {sending.CouponTemplate{Code: "a b"}, []string{"coupon_code"}},
		"no feedback":        {sending.CustomerFeedbackTemplate{}, nil},
		"question, no id":    {sending.CustomerFeedbackTemplate{Question: sending.FeedbackQuestion{Type: "nps"}}, []string{"feedback_screens[0].questions[0].id"}},
		"8 days":             {sending.CustomerFeedbackTemplate{ExpiresInDays: 8}, []string{"expires_in_days"}},
		"no information":     {sending.CustomerInformationTemplate{}, nil},
		"8 days to answer":   {sending.CustomerInformationTemplate{ExpiresInDays: 8}, []string{"expires_in_days"}},
		"no grid":            {sending.ImageGridTemplate{}, nil},
		"one image so far":   {sending.ImageGridTemplate{}.WithImages(image), nil},
		"7 images":           {sending.ImageGridTemplate{Images: slices.Repeat([]sending.GridImage{image}, 7)}, []string{"images"}},
		"image, no URL":      {sending.ImageGridTemplate{}.WithImages(sending.GridImage{}), []string{"images[0].url"}},
		"no opt-in":          {sending.NotificationMessagesTemplate{}, nil},
		"another button":     {sending.NotificationMessagesTemplate{CTAText: "BUY"}, []string{"notification_messages_cta_text"}},
		"no utility":         {sending.UtilityTemplate{}, nil},
		"empty parameter":    {sending.UtilityTemplate{}.WithBody(sending.TextParameter("")), []string{"components[0].parameters[0].text"}},
		"no images":          {sending.Images{}, nil},
		"31 images":          {sending.Images{URLs: slices.Repeat([]string{"https://a.example/"}, 31)}, []string{"attachments"}},
		"no image URL":       {sending.Images{}.WithURLs("a.png"), []string{"attachments[0].payload.url"}},
		"no sticker":         {sending.Sticker{}, []string{"id"}},
		"no number":          {sending.Sticker{ID: "like"}, []string{"sticker_id"}},
	} {
		err := c.sender.Validate()
		require.Equal(t, c.want, fields(err), "%s: %v", name, err)
	}
}

// Two that were made from one share nothing: what is added to the one does not
// show in the other.
func TestWithReturnsIndependentCopies(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(text string) builder{
		"generic": adding(sending.GenericTemplate{}, func(s sending.GenericTemplate, text string) sending.GenericTemplate {
			return s.WithElements(sending.Element{Title: text}.WithSubtitle(text).WithImage(text).WithDefaultAction(text))
		}),
		"cards": adding(sending.Element{}, func(e sending.Element, text string) sending.Element {
			return e.WithPostback(text, text).WithURL(text, text)
		}, func(e sending.Element) builder { return sending.GenericTemplate{}.WithElements(e) }),
		"buttons": adding(sending.Buttons{}, func(s sending.Buttons, text string) sending.Buttons { return s.WithPostback(text, text) }),
		"media":   adding(sending.MediaTemplate{}, func(s sending.MediaTemplate, text string) sending.MediaTemplate { return s.WithPostback(text, text) }),
		"lines": adding(sending.ReceiptTemplate{}, func(s sending.ReceiptTemplate, text string) sending.ReceiptTemplate {
			return s.WithElements(sending.ReceiptElement{Title: text}).WithAdjustment(text, "1")
		}),
		"products": adding(sending.ProductTemplate{}, func(s sending.ProductTemplate, text string) sending.ProductTemplate { return s.WithProducts(text) }),
		"countries": adding(sending.CustomerInformationTemplate{}, func(s sending.CustomerInformationTemplate, text string) sending.CustomerInformationTemplate {
			return s.WithCountries(text).WithContactOverride("phone", sending.FieldOverride{Label: text}).
				WithAddressOverrides(sending.AddressOverride{Country: text})
		}),
		"grid": adding(sending.ImageGridTemplate{}, func(s sending.ImageGridTemplate, text string) sending.ImageGridTemplate {
			return s.WithImages(sending.GridImage{URL: text}).WithPostback(text, text)
		}),
		"opt-in": adding(sending.NotificationMessagesTemplate{}, func(s sending.NotificationMessagesTemplate, text string) sending.NotificationMessagesTemplate {
			return s.WithElements(sending.NotificationElement{Title: text})
		}),
		"utility": adding(sending.UtilityTemplate{}, func(s sending.UtilityTemplate, text string) sending.UtilityTemplate {
			return s.WithBody(sending.TextParameter(text)).WithHeader(sending.TextParameter(text))
		}),
		"images": adding(sending.Images{}, func(s sending.Images, text string) sending.Images { return s.WithURLs(text).WithUploaded(text) }),
	} {
		one := add("one")
		before := one.Message()
		add("two")
		require.Equal(t, before, one.Message(), name)
	}
}

// adding returns a function that adds to what has three entries already, so that
// a slice would have room for a fourth.
func adding[T any](empty T, add func(T, string) T, wrap ...func(T) builder) func(string) builder {
	base := add(add(add(empty, "a"), "b"), "c")
	return func(text string) builder {
		value := add(base, text)
		if len(wrap) > 0 {
			return wrap[0](value)
		}
		return any(value).(builder)
	}
}

func TestQuickRepliesCarryAnAttachment(t *testing.T) {
	t.Parallel()
	q := sending.QuickReplies{Attachment: sending.Image("https://a.example/").Attachment}.WithReply("Small", "s")
	require.NoError(t, q.Validate())
	require.Equal(t, sending.Image("https://a.example/").WithQuickReplies(sending.TextReply("Pequeña", "s")), compose(t, spanish(t), q))

	q = q.WithText("Size?")
	require.Nil(t, q.Attachment, "one content, not two")
	q = q.WithAttachment(*sending.Image("a.png").Attachment)
	require.Empty(t, q.Text)
	require.Equal(t, []string{"attachment.payload.url"}, fields(q.Validate()))
	q.Text = "and a text"
	require.Equal(t, []string{"text"}, fields(q.Validate()))
}

func TestMultimediaIsKeptForReuse(t *testing.T) {
	t.Parallel()
	s := sending.Multimedia{Type: attachment.Image, URL: "https://a.example/", Reusable: true}
	require.NoError(t, s.Validate())
	require.Equal(t, sending.ReusableMedia(attachment.Image, "https://a.example/"), compose(t, t.Context(), s))
}
