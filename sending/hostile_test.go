package sending_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Text that is no UTF-8 is refused wherever it stands, and its place is named.
// JSON would take it with replacement characters and nobody would notice.
func TestValidateFindsWhatIsNotUTF8Anywhere(t *testing.T) {
	t.Parallel()
	const bad = "a\xff"
	card := sending.Element{Title: "t", Subtitle: "s"}
	image := sending.GridImage{URL: "https://a.example/"}
	receipt := sending.ReceiptTemplate{
		RecipientName: "Ada", OrderNumber: "1", Currency: "USD", PaymentMethod: "Cash",
		Summary: sending.ReceiptSummary{TotalCost: "1"},
	}
	broken := func(payload string) sending.Message {
		return sending.Message{Attachment: &sending.Attachment{Type: "template", Payload: json.RawMessage(payload)}}
	}
	const at = "attachment.payload."
	checkMistakes(t, map[string]mistakes{
		"text":            {sending.Text(bad), "", []string{"text"}},
		"metadata":        {sending.Text("a").WithMetadata(bad), "", []string{"metadata"}},
		"recipient":       {sending.Text("a").To(sending.Recipient{ID: bad}), "", []string{"recipient.id"}},
		"token":           {sending.Text("a").To(sending.Recipient{NotificationMessagesToken: bad}), "", []string{"recipient.notification_messages_token"}},
		"tag":             {sending.Text("a").WithTag(bad), "", []string{"tag"}},
		"persona":         {sending.Text("a").AsPersona(bad), "", []string{"persona_id"}},
		"reply to":        {sending.Text("a").InReplyTo(bad), "", []string{"reply_to"}},
		"key":             {sending.Text("a").WithKey(bad), "", []string{"key"}},
		"app":             {sending.Text("a").PassThread(bad), "", []string{"thread_control.app_id"}},
		"reaction":        {sending.ReactTo("m", bad), "", []string{"reaction.reaction"}},
		"quick reply":     {sending.Text("a").WithQuickReplies(sending.TextReply(bad, bad)), "", []string{"quick_replies[0].payload", "quick_replies[0].title"}},
		"media URL":       {sending.Image("https://a.example/" + bad), "", []string{at + "url"}},
		"attachment id":   {sending.Uploaded("image", bad), "", []string{at + "attachment_id"}},
		"images":          {sending.Images{}.WithUploaded("1", bad).Message(), "", []string{"attachments[1].payload.attachment_id"}},
		"post":            {sending.MediaShare(bad), receiving.ObjectInstagram, []string{at + "id"}},
		"button text":     {sending.ButtonTemplate(bad, sending.PostbackButton("t", "p")), "", []string{at + "text"}},
		"button":          {sending.ButtonTemplate("a", sending.PostbackButton("t", bad)), "", []string{at + "buttons[0].payload"}},
		"card":            {sending.GenericTemplate{}.WithElements(card, card.WithTitle(bad)).Message(), "", []string{at + "elements[1].title"}},
		"receipt":         {receipt.WithRecipientName(bad).Message(), "", []string{at + "recipient_name"}},
		"receipt address": {receipt.WithAddress(sending.ReceiptAddress{City: bad}).Message(), "", []string{at + "address.city"}},
		"product":         {sending.ProductTemplate{}.WithProducts(bad).Message(), "", []string{at + "elements[0].id"}},
		"coupon":          {sending.CouponTemplate{Title: "t"}.WithCode(bad, "").Message(), "", []string{at + "coupon_code"}},
		"grid action":     {sending.ImageGridTemplate{}.WithImages(image, image.WithPostback(bad, "p")).Message(), "", []string{at + "elements[0].images[1].action.text"}},
		"opt-in":          {sending.NotificationMessagesTemplate{}.WithPayload(bad).Message(), "", []string{at + "payload"}},
		"utility":         {utility().WithBody(sending.TextParameter(bad)).Message(), "", []string{"utility.components[0].parameters[0].text"}},
		"override's label": {
			sending.CustomerInformationTemplate{PrivacyURL: "https://a.example/"}.
				WithContactOverride("phone", sending.FieldOverride{Label: bad}).Message(), "",
			[]string{at + "contact_overrides.phone.label"},
		},
		"question": {
			sending.CustomerFeedbackTemplate{
				Title: "t", PrivacyURL: "https://a.example/", Question: sending.FeedbackQuestion{ID: "q", Type: "nps", Title: bad},
			}.Message(), "", []string{at + "feedback_screens[0].questions[0].title"},
		},
		"a value of raw JSON": {broken("{\"template_type\":\"new\",\"a\":[\"\xff\"]}"), "", []string{at + "a[0]"}},
		"a name of raw JSON":  {broken("{\"template_type\":\"new\",\"\xff\":1}"), "", []string{"attachment.payload"}},
		"an unfinished rune":  {sending.Text("日本\xe8\xaa"), "", []string{"text"}},

		"a replacement character": {sending.Text("a\ufffd"), "", nil},
		"one in a template":       {sending.ButtonTemplate("a\ufffd", sending.PostbackButton("t", `\ufffd`)), "", nil},
		"an escape as a text":     {sending.Text(`\ufffd`), "", nil},
		"a backslash before":      {sending.Text("\\\xff"), "", []string{"text"}},
	})
	require.Error(t, sending.GenericTemplate{}.WithElements(card.WithTitle(bad)).Validate(), "when the bot is built")
}

func TestErrorsOfValidateHoldNoTexts(t *testing.T) {
	t.Parallel()
	const secret = "my PIN is 1234"
	for name, m := range map[string]sending.Message{
		"text":    sending.Text(secret + string(make([]byte, 2000))),
		"title":   sending.GenericTemplate{}.WithElements(sending.Element{Title: secret + accents(80)}).Message(),
		"phone":   sending.ButtonTemplate("a", sending.PhoneButton("t", secret)),
		"amount":  sending.ReceiptTemplate{}.WithSummary(sending.ReceiptSummary{TotalCost: secret}).Message(),
		"sticker": sending.Sticker{ID: secret}.Message(),
		"URL":     sending.Image(secret),
		"raw":     media(`{"url":"` + secret),
		"code":    sending.CouponTemplate{Title: "t", Code: secret}.Message(),
	} {
		err := m.Validate("")
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "PIN", name)
	}
}

// FuzzMessageJSON reads what a database gives back. Whatever that is, nothing
// panics, and what is valid gives a request that is JSON.
func FuzzMessageJSON(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"text":"a"}`, `{"text":"a","attachment":null,"quick_replies":[{}]}`,
		`{"attachment":{"type":"image","payload":{"url":"https://a.example/"}}}`,
		`{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"t","subtitle":"s","buttons":[{"type":"postback","title":"t","payload":"p"}]}]}}}`,
		`{"attachment":{"type":"template","payload":{"template_type":"receipt","summary":{"total_cost":1e999}}}}`,
		`{"attachment":{"type":"template","payload":{"template_type":"image_grid","elements":[{"images":[{},null,7]}]}}}`,
		`{"attachment":{"type":"template","payload":{"template_type":"customer_feedback","feedback_screens":[{"questions":[[]]}]}}}`,
		`{"attachment":{"type":"template","payload":null}}`, `{"attachment":{"type":"like_heart"}}`,
		`{"attachments":[{"type":"image","payload":{"attachment_id":"1"}}]}`, `{"sticker_id":"1"}`, `{"sticker_id":"1e5"}`,
		`{"utility":{"name":"n","language":"en","components":[{"type":"body","parameters":[{"type":"text","text":"a"}]}]}}`,
		`{"sender_action":"react","reaction":{"message_id":"m","reaction":"x"}}`,
		`{"text":"a","recipient":{"id":"1"},"thread_control":{"control_type":"pass","app_id":"1"},"delay":-1}`,
		"{\"text\":\"\xff\",\"attachment\":{\"type\":\"new\",\"payload\":\"\xff\\ufffd\"}}",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, instagram bool) {
		var m sending.Message
		if json.Unmarshal(data, &m) != nil {
			return
		}
		object := receiving.ObjectPage
		if instagram {
			object = receiving.ObjectInstagram
		}
		invalid := m.Validate(object)
		_, _, _ = m.Kind(), m.WindowFree(), errors.Unwrap(invalid)
		body, err := m.Request(sending.Recipient{ID: "42"}, m.Metadata)
		if invalid != nil {
			return
		}
		require.NoError(t, err)
		require.True(t, json.Valid(body), "%s", body)

		stored, err := json.Marshal(m)
		require.NoError(t, err)
		var again sending.Message
		require.NoError(t, json.Unmarshal(stored, &again))
		require.NoError(t, again.Validate(object))
		second, err := again.Request(sending.Recipient{ID: "42"}, m.Metadata)
		require.NoError(t, err)
		require.Equal(t, string(body), string(second))
	})
}
