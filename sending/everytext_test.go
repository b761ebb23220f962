package sending_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// everySender has one sender of each kind that has texts, complete, so that what it composes is valid.
func everySender() []sending.Sender {
	const url = "https://shop.example/x"
	buttons := []sending.Button{
		sending.URLButton("t", url), sending.PostbackButton("t", "p"), sending.CallButton("t"),
	}
	plain := buttons[:2]
	return []sending.Sender{
		sending.SimpleMessage{},
		sending.LongText{Replies: []sending.QuickReply{sending.TextReply("t", "p")}},
		sending.QuickReplies{Replies: []sending.QuickReply{sending.TextReply("t", "p").WithImage(url), sending.TextReply("t", "p")}},
		sending.Buttons{Buttons: buttons},
		sending.GenericTemplate{Elements: []sending.Element{{ImageURL: url, DefaultAction: &sending.Button{Type: sending.ButtonURL, URL: url}, Buttons: buttons}, {}}},
		sending.MediaTemplate{MediaType: attachment.Image, AttachmentID: "1", Buttons: buttons},
		sending.ReceiptTemplate{
			OrderNumber: "1", Currency: "EUR", OrderURL: url, Timestamp: time.Unix(1, 0), Summary: sending.ReceiptSummary{TotalCost: "1"},
			Adjustments: []sending.ReceiptAdjustment{{Amount: "1"}}, Elements: []sending.ReceiptElement{{Price: "1", ImageURL: url}},
			Address: &sending.ReceiptAddress{Street1: "s", City: "c", PostalCode: "1", State: "s", Country: "c"},
		},
		sending.CouponTemplate{Code: "X1", URL: url, ImageURL: url, Payload: "p"},
		sending.CustomerFeedbackTemplate{
			PrivacyURL: url, Question: sending.FeedbackQuestion{ID: "q", Type: sending.FeedbackCSAT, FollowUp: &sending.FeedbackFollowUp{Type: "free_form"}},
		},
		sending.CustomerInformationTemplate{
			PrivacyURL: url, AddressOverrides: []sending.AddressOverride{{Country: "US", Overrides: map[string]sending.FieldOverride{"city": {}}}},
			ContactOverrides: map[string]sending.FieldOverride{"email": {}},
		},
		sending.ImageGridTemplate{
			Images:  []sending.GridImage{{URL: url, Action: &sending.GridAction{Type: sending.ButtonPostback, Payload: "p"}}, {URL: url}},
			Buttons: plain,
		},
		sending.NotificationMessagesTemplate{ImageURL: url, Payload: "p", Elements: []sending.NotificationElement{{Payload: "p"}}},
		sending.UtilityTemplate{Name: "n", Language: "de_DE", Components: []sending.UtilityComponent{{Type: "body", Parameters: []sending.UtilityParameter{{Type: "text"}}}}},
	}
}

// forMachines are the fields that people do not read, or that are another's: an order's number, an address.
var forMachines = map[string]bool{
	"Button.Type": true, "Button.URL": true, "Button.Payload": true, "Button.WebviewHeightRatio": true, "Button.FallbackURL": true,
	"Button.WebviewShareButton": true, "QuickReply.ContentType": true, "QuickReply.Payload": true, "QuickReply.ImageURL": true,
	"Element.ImageURL": true, "GenericTemplate.ImageAspectRatio": true, "MediaTemplate.MediaType": true, "MediaTemplate.AttachmentID": true,
	"MediaTemplate.URL": true, "ReceiptTemplate.OrderNumber": true, "ReceiptTemplate.Currency": true, "ReceiptTemplate.OrderURL": true,
	"ReceiptElement.Price": true, "ReceiptElement.Currency": true, "ReceiptElement.ImageURL": true, "ReceiptAdjustment.Amount": true,
	"ReceiptSummary.Subtotal": true, "ReceiptSummary.ShippingCost": true, "ReceiptSummary.TotalTax": true, "ReceiptSummary.TotalCost": true,
	"ReceiptAddress.Street1": true, "ReceiptAddress.Street2": true, "ReceiptAddress.City": true, "ReceiptAddress.PostalCode": true,
	"ReceiptAddress.State": true, "ReceiptAddress.Country": true, "CouponTemplate.Code": true, "CouponTemplate.URL": true,
	"CouponTemplate.ImageURL": true, "CouponTemplate.Payload": true, "CustomerFeedbackTemplate.PrivacyURL": true, "FeedbackQuestion.ID": true,
	"FeedbackQuestion.Type": true, "FeedbackQuestion.ScoreLabel": true, "FeedbackQuestion.ScoreOption": true, "FeedbackFollowUp.Type": true,
	"CustomerInformationTemplate.PrivacyURL": true, "CustomerInformationTemplate.Purpose": true, "AddressOverride.Country": true,
	"GridImage.URL": true, "GridAction.Type": true, "GridAction.URL": true, "GridAction.Payload": true,
	"NotificationMessagesTemplate.ImageURL": true, "NotificationMessagesTemplate.Payload": true, "NotificationMessagesTemplate.Timezone": true,
	"NotificationMessagesTemplate.CTAText": true, "NotificationMessagesTemplate.Reoptin": true, "NotificationElement.ImageURL": true,
	"NotificationElement.Payload": true, "NotificationElement.Timezone": true, "NotificationElement.CTAText": true,
	"UtilityTemplate.Name": true, "UtilityTemplate.Language": true, "UtilityComponent.Type": true, "UtilityParameter.Type": true,
	"UtilityParameter.Name": true, "UtilityParameter.Payload": true, "UtilityParameter.URL": true,
	"Attachment.Type": true,
}

// fillTexts gives each field that people read a text of its own, in a copy, and returns the texts.
func fillTexts(t *testing.T, sender sending.Sender) (filled sending.Sender, texts []string) {
	t.Helper()
	var walk func(v reflect.Value, name string) reflect.Value
	walk = func(v reflect.Value, name string) reflect.Value {
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		switch v.Kind() {
		case reflect.String:
			if !forMachines[name] {
				texts = append(texts, fmt.Sprintf("%s %d", name, len(texts)))
				out.SetString(texts[len(texts)-1])
			}
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[time.Time]() {
				return out
			}
			action := v.Type() == reflect.TypeFor[sending.Button]() && name == "Element.DefaultAction" // which has no title
			for i := range v.NumField() {
				if field := v.Type().Field(i); field.IsExported() && !action {
					out.Field(i).Set(walk(v.Field(i), v.Type().Name()+"."+field.Name))
				}
			}
		case reflect.Pointer:
			if !v.IsNil() {
				out.Set(reflect.New(v.Type().Elem()))
				out.Elem().Set(walk(v.Elem(), name))
			}
		case reflect.Slice:
			if v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8 {
				out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
				for i := range v.Len() {
					out.Index(i).Set(walk(v.Index(i), name))
				}
			}
		case reflect.Map:
			if v.Len() > 0 {
				out.Set(reflect.MakeMap(v.Type()))
				for _, key := range v.MapKeys() {
					out.SetMapIndex(key, walk(v.MapIndex(key), name))
				}
			}
		}
		return out
	}
	filled, ok := reflect.TypeAssert[sending.Sender](walk(reflect.ValueOf(sender), reflect.TypeOf(sender).Name()))
	require.True(t, ok)
	return filled, texts
}

// What a sender shows a person is translated: each field that is not for machines. A field that is added to a template fails
// this test until it is translated, or listed above.
func TestEveryTextOfASenderIsTranslated(t *testing.T) {
	t.Parallel()
	for _, sender := range everySender() {
		t.Run(fmt.Sprintf("%T", sender), func(t *testing.T) {
			t.Parallel()
			filled, texts := fillTexts(t, sender)
			require.NotEmpty(t, texts)
			german := map[string]string{}
			for i, text := range texts {
				german[text] = fmt.Sprintf("Deutsch %d", i)
			}
			raw := composedIn(t, german, filled)
			for _, text := range texts {
				require.Contains(t, raw, `"`+german[text]+`"`)
				require.NotContains(t, raw, text)
			}
			for _, around := range []sending.Sender{filled, sending.After(time.Second, filled), sending.Typing{Senders: sending.List(filled)}, sending.Publicly(filled)} {
				var named []string
				user, ok := around.(i18n.TextUser)
				require.True(t, ok, "%T", around)
				for _, ref := range user.TextRefs() {
					require.NotEmpty(t, ref.Place)
					named = append(named, ref.Key)
				}
				require.ElementsMatch(t, texts, named, "%T names what it translates", around)
			}
		})
	}
}

// A translation that is too long for the platform costs its end, and not the message.
func TestATranslationThatIsTooLongIsShortened(t *testing.T) {
	t.Parallel()
	for _, sender := range everySender() {
		t.Run(fmt.Sprintf("%T", sender), func(t *testing.T) {
			t.Parallel()
			filled, texts := fillTexts(t, sender)
			long := map[string]string{}
			for _, text := range texts {
				long[text] = strings.Repeat("ü", 2500)
			}
			raw := composedIn(t, long, filled)
			user, ok := filled.(i18n.TextUser)
			require.True(t, ok)
			for _, ref := range user.TextRefs() {
				if ref.Limit > 0 {
					require.Contains(t, raw, `"`+strings.Repeat("ü", ref.Limit-1)+`…"`, ref.Place)
				}
			}
		})
	}
}

// composedIn returns what a sender composes for a German, as JSON. It must be valid.
func composedIn(t *testing.T, german map[string]string, sender sending.Sender) string {
	t.Helper()
	catalog, err := i18n.New(map[string]map[string]string{"de": german})
	require.NoError(t, err)
	ctx := i18n.With(t.Context(), catalog.For("de_DE"))
	messages, err := sender.Compose(ctx, &receiving.Event{Object: receiving.ObjectPage, PSID: "1", Type: receiving.TypeSimpleText, Payload: &receiving.Message{}})
	require.NoError(t, err)
	for _, m := range messages {
		require.NoError(t, m.Validate(""))
	}
	raw, err := json.Marshal(messages)
	require.NoError(t, err)
	return string(raw)
}

// A text that is too long as the program has it is the program's mistake: it is not hidden.
func TestASourceTextThatIsTooLongIsRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 21)
	require.Error(t, sending.QuickReplies{Text: "t", Replies: []sending.QuickReply{sending.TextReply(long, "p")}}.Validate())
	require.Equal(t, long, sending.ExpandWithin(t.Context(), long, sending.MaxTitle))
}

// What a person's name makes too long is shortened, too, and counted once.
func TestAValueThatMakesATitleTooLongIsShortened(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"en": {"buttons.for": "For %{first_name}"}})
	require.NoError(t, err)
	ctx := i18n.With(sending.WithValues(t.Context(), map[string]string{"first_name": strings.Repeat("Adah", 9)}), catalog.For("en_US"))
	for range 2 {
		require.Equal(t, "For AdahAdahAdahAda…", sending.ExpandWithin(ctx, "buttons.for", sending.MaxTitle))
		require.Equal(t, "Für AdahAdahAdahAda…", sending.ExpandWithin(ctx, "Für %{first_name}", sending.MaxTitle))
	}
	var met []string
	for _, p := range catalog.Problems() {
		met = append(met, fmt.Sprintf("%s %q: %d", p.Kind, p.Key, p.Count))
	}
	require.Equal(t, []string{`too long "": 2`, `too long "buttons.for": 2`}, met)
}

// The prefix counts, and so does the way in which the text goes out.
func TestTheTextOfAMessageIsWithinWhatTakesIt(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"Hello": strings.Repeat("ü", 9000), "bot.prefix": "Automat: "}})
	require.NoError(t, err)
	said := func(ev *receiving.Event, sender sending.Sender) string {
		ctx := i18n.With(sending.WithTexts(t.Context(), sending.Texts{Prefix: "bot.prefix"}), catalog.For("de_DE"))
		messages, err := sender.Compose(ctx, ev)
		require.NoError(t, err)
		require.NoError(t, messages[0].Validate(ev.Object))
		require.True(t, strings.HasPrefix(messages[0].Text, "Automat: ü"))
		require.True(t, strings.HasSuffix(messages[0].Text, "ü…"))
		return messages[0].Text
	}
	text := sending.SimpleMessage{Text: "Hello"}
	page := &receiving.Event{Object: receiving.ObjectPage, PSID: "1", Type: receiving.TypeSimpleText, Payload: &receiving.Message{}}
	instagram := &receiving.Event{Object: receiving.ObjectInstagram, PSID: "1", Type: receiving.TypeSimpleText, Payload: &receiving.Message{}}
	require.Equal(t, sending.MaxText, utf8.RuneCountInString(said(page, text)))
	require.LessOrEqual(t, len(said(instagram, text)), sending.MaxTextInstagram)
	require.Equal(t, sending.MaxComment, utf8.RuneCountInString(said(page, sending.Publicly(text))))
	require.Equal(t, sending.MaxCommentInstagram, utf8.RuneCountInString(said(instagram, sending.Publicly(text))))
}
