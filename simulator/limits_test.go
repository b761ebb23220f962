package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// repeat is n characters that are several bytes each.
func repeat(n int) string { return strings.Repeat("é", n) }

func many(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
	}
	return "[" + strings.Join(items, ",") + "]"
}

func template(payload string) string {
	return `{"attachment":{"type":"template","payload":` + payload + `}}`
}

const (
	chip   = `{"content_type":"text","title":"t#","payload":"p"}`
	tapIt  = `{"type":"postback","title":"t#","payload":"p"}`
	card   = `{"title":"t#","subtitle":"s"}`
	image  = `{"type":"image","payload":{"url":"https://example.com/#.png"}}`
	webURL = `{"type":"web_url","title":"t","url":"https://example.com"}`
)

// TestLimits pairs, for every limit, what still fits with what does not and the
// words the refusal must have.
func TestLimits(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	text := func(n int) string { return `{"text":"` + repeat(n) + `"}` }
	with := func(more string) string { return `{"text":"x",` + more + `}` }
	button := func(n int, buttons string) string {
		return template(`{"template_type":"button","text":"` + repeat(n) + `","buttons":` + buttons + `}`)
	}
	oneButton := func(b string) string { return button(1, "["+b+"]") }
	generic := func(elements string) string {
		return template(`{"template_type":"generic","elements":` + elements + `}`)
	}
	oneCard := func(e string) string { return generic("[" + e + "]") }
	grid := func(images, more string) string {
		return template(`{"template_type":"image_grid","elements":[{"images":` + images + more + `}]}`)
	}
	cell := `{"url":"https://example.com/#.png"}`
	receipt := func(more string) string {
		return template(`{"template_type":"receipt","recipient_name":"A","order_number":"1","currency":"USD","payment_method":"Visa",` + more + `}`)
	}
	feedback := func(id string) string {
		return template(`{"template_type":"customer_feedback","title":"T","feedback_screens":[{"questions":[{"id":"` + id +
			`","type":"csat"}]}],"business_privacy":{"url":"https://example.com"}}`)
	}
	for _, test := range []struct{ name, fits, breaks, field string }{
		{"text", text(2000), text(2001), "message[text]"},
		{"text empty", text(1), text(0), "message[text]"},
		{"text kind", text(1), `{"text":5}`, "message[text]"},
		{"text like JSON", `{"text":"{\"a\":1}"}`, `{"text":{"a":1}}`, "message[text]"},
		{"one content", text(1), with(`"attachment":` + image), "exactly one"},
		{"some content", text(1), `{"metadata":"x"}`, "exactly one"},
		{"unknown key", text(1), with(`"txet":"x"`), `"txet"`},
		{"metadata", with(`"metadata":"` + repeat(1000) + `"`), with(`"metadata":"` + repeat(1001) + `"`), "message[metadata]"},
		{"sticker", `{"sticker_id":369239263222822}`, `{"sticker_id":"x"}`, "message[sticker_id]"},

		{"quick replies", with(`"quick_replies":` + many(13, chip)), with(`"quick_replies":` + many(14, chip)), "message[quick_replies]"},
		{"no quick replies", text(1), with(`"quick_replies":[]`), "message[quick_replies]"},
		{"chip title", with(`"quick_replies":[{"content_type":"text","title":"` + repeat(20) + `","payload":"p"}]`), with(`"quick_replies":[{"content_type":"text","title":"` + repeat(21) + `","payload":"p"}]`), "message[quick_replies][0][title]"},
		{"chip without title", with(`"quick_replies":[{"content_type":"user_email"}]`), with(`"quick_replies":[{"content_type":"text","payload":"p"}]`), "[0][title]"},
		{"chip payload", with(`"quick_replies":[{"content_type":"text","title":"t","payload":"` + repeat(1000) + `"}]`), with(`"quick_replies":[{"content_type":"text","title":"t","payload":"` + repeat(1001) + `"}]`), "[0][payload]"},
		{"chip kind", with(`"quick_replies":[{"content_type":"user_phone_number"}]`), with(`"quick_replies":[{"content_type":"location"}]`), "content_type"},
		{"chips under a sticker", with(`"quick_replies":` + many(1, chip)), `{"sticker_id":369239263222822,"quick_replies":` + many(1, chip) + `}`, "quick_replies"},

		{"attachment kind", `{"attachment":` + image + `}`, `{"attachment":{"type":"sticker","payload":{"url":"https://example.com/1"}}}`, "message[attachment][type]"},
		{"attachment URL", `{"attachment":{"type":"file","payload":{"url":"http://example.com/1"}}}`, `{"attachment":{"type":"file","payload":{"url":"/1"}}}`, "message[attachment][payload][url]"},
		{"one source", `{"attachment":` + image + `}`, `{"attachment":{"type":"image","payload":{"url":"https://example.com/1","attachment_id":"1"}}}`, "exactly one of url"},
		{"some source", `{"attachment":` + image + `}`, `{"attachment":{"type":"image","payload":{}}}`, "exactly one of url"},
		{"images", `{"attachments":` + many(30, image) + `}`, `{"attachments":` + many(31, image) + `}`, "message[attachments]"},
		{"images only", `{"attachments":` + many(2, image) + `}`, `{"attachments":[{"type":"file","payload":{"url":"https://example.com/1"}}]}`, "must be image"},

		{"button text", button(640, many(1, tapIt)), button(641, many(1, tapIt)), "[payload][text]"},
		{"buttons", button(1, many(3, tapIt)), button(1, many(4, tapIt)), "[payload][buttons]"},
		{"no buttons", button(1, many(1, tapIt)), button(1, "[]"), "[payload][buttons]"},
		{"button title", oneButton(`{"type":"postback","title":"` + repeat(20) + `","payload":"p"}`), oneButton(`{"type":"postback","title":"` + repeat(21) + `","payload":"p"}`), "[buttons][0][title]"},
		{"button payload", oneButton(`{"type":"postback","title":"t","payload":"` + repeat(1000) + `"}`), oneButton(`{"type":"postback","title":"t","payload":"` + repeat(1001) + `"}`), "[buttons][0][payload]"},
		{"button without payload", oneButton(many1(tapIt)), oneButton(`{"type":"postback","title":"t"}`), "[buttons][0][payload]"},
		{"button kind", oneButton(webURL), oneButton(`{"type":"element_share"}`), "[buttons][0][type]"},
		{"payment button", oneButton(webURL), oneButton(`{"type":"payment","title":"t","payload":"p"}`), "[buttons][0][type]"},
		{"button URL", oneButton(webURL), oneButton(`{"type":"web_url","title":"t","url":"example.com"}`), "[buttons][0][url]"},
		{"phone", oneButton(`{"type":"phone_number","title":"t","payload":"+15555550101"}`), oneButton(`{"type":"phone_number","title":"t","payload":"5555550101"}`), "phone number"},
		{"account link", oneButton(`{"type":"account_link","url":"https://example.com"}`), oneButton(`{"type":"account_link","url":"http://example.com"}`), "https"},
		{"audio call", oneButton(`{"type":"audio_call","title":"t","expires_in_days":7}`), oneButton(`{"type":"audio_call","title":"t","expires_in_days":8}`), "expires_in_days"},
		{"fallback", oneButton(`{"type":"web_url","title":"t","url":"https://example.com","messenger_extensions":true,"fallback_url":"https://example.com"}`), oneButton(`{"type":"web_url","title":"t","url":"https://example.com","fallback_url":"https://example.com"}`), "messenger_extensions"},
		{"height", oneButton(`{"type":"web_url","title":"t","url":"https://example.com","webview_height_ratio":"tall"}`), oneButton(`{"type":"web_url","title":"t","url":"https://example.com","webview_height_ratio":"huge"}`), "webview_height_ratio"},

		{"elements", generic(many(10, card)), generic(many(11, card)), "[payload][elements]"},
		{"card title", oneCard(`{"title":"` + repeat(80) + `","subtitle":"s"}`), oneCard(`{"title":"` + repeat(81) + `","subtitle":"s"}`), "[elements][0][title]"},
		{"card subtitle", oneCard(`{"title":"t","subtitle":"` + repeat(80) + `"}`), oneCard(`{"title":"t","subtitle":"` + repeat(81) + `"}`), "[elements][0][subtitle]"},
		{"card with a title alone", oneCard(`{"title":"t","image_url":"https://example.com/1.png"}`), oneCard(`{"title":"t"}`), "beside its title"},
		{"card buttons", oneCard(`{"title":"t","buttons":` + many(3, tapIt) + `}`), oneCard(`{"title":"t","buttons":` + many(4, tapIt) + `}`), "[elements][0][buttons]"},
		{"card action", oneCard(`{"title":"t","default_action":{"type":"web_url","url":"https://example.com"}}`), oneCard(`{"title":"t","default_action":{"type":"web_url","title":"t","url":"https://example.com"}}`), "takes no title"},

		{"media", template(`{"template_type":"media","elements":[{"media_type":"image","url":"https://www.facebook.com/photo/1"}]}`), template(`{"template_type":"media","elements":[{"media_type":"image","url":"https://example.com/1"}]}`), "Facebook URL"},
		{"media count", template(`{"template_type":"media","elements":[{"media_type":"video","url":"https://facebook.com/1"}]}`), template(`{"template_type":"media","elements":` + many(2, `{"media_type":"image","url":"https://facebook.com/1"}`) + `}`), "[elements]"},
		{"receipt", receipt(`"summary":{"total_cost":1.5}`), receipt(`"summary":{"subtotal":1}`), "total_cost"},
		{"receipt items", receipt(`"summary":{"total_cost":1},"elements":` + many(100, `{"title":"t","price":1}`)), receipt(`"summary":{"total_cost":1},"elements":` + many(101, `{"title":"t","price":1}`)), "[elements]"},
		{"product", template(`{"template_type":"product","elements":` + many(10, `{"id":"1#"}`) + `}`), template(`{"template_type":"product","elements":` + many(11, `{"id":"1#"}`) + `}`), "[elements]"},
		{"coupon", template(`{"template_type":"coupon","title":"t","coupon_code":"SAVE"}`), template(`{"template_type":"coupon","title":"t","coupon_code":"SA VE"}`), "no spaces"},
		{"coupon without code", template(`{"template_type":"coupon","title":"t","coupon_url":"https://example.com"}`), template(`{"template_type":"coupon","title":"t"}`), "coupon_url"},
		{"coupon title", template(`{"template_type":"coupon","title":"` + repeat(80) + `","coupon_code":"A"}`), template(`{"template_type":"coupon","title":"` + repeat(81) + `","coupon_code":"A"}`), "[title]"},
		{"feedback", feedback("q_1"), feedback("q-1"), "[questions][0][id]"},
		{"information", template(`{"template_type":"customer_information","countries":["US"],"business_privacy":{"url":"https://example.com"},"expires_in_days":7}`), template(`{"template_type":"customer_information","countries":["US"],"business_privacy":{"url":"https://example.com"},"expires_in_days":8}`), "expires_in_days"},
		{"grid least", grid(many(2, cell), ""), grid(many(1, cell), ""), "[images]"},
		{"grid most", grid(many(6, cell), ""), grid(many(7, cell), ""), "[images]"},
		{"grid title", grid(many(2, cell), `,"title":"`+repeat(45)+`"`), grid(many(2, cell), `,"title":"`+repeat(46)+`"`), "[title]"},
		{"grid heroes", grid(many(2, cell), ""), grid(many(2, `{"url":"https://example.com","is_hero_image":true}`), ""), "hero"},
		{"opt-in title", template(`{"template_type":"notification_messages","title":"` + repeat(65) + `"}`), template(`{"template_type":"notification_messages","title":"` + repeat(66) + `"}`), "[title]"},
		{"call opt-in", template(`{"template_type":"calling_optin"}`), template(`{"template_type":"calling_optin","x":1}`), `"x"`},
		{"airline", oneButton(webURL), template(`{"template_type":"airline_boardingpass"}`), "template_type"},
		{"list", oneButton(webURL), template(`{"template_type":"list","elements":[]}`), "template_type"},
		{"open graph", oneButton(webURL), template(`{"template_type":"open_graph"}`), "template_type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p.sendMessage(t, ada, test.fits)
			a := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":`+test.breaks+`}`)
			code, _ := a.code(t)
			require.Equal(t, 100, code, "%s", a.body)
			require.Equal(t, http.StatusBadRequest, a.status)
			require.Contains(t, strings.ReplaceAll(string(a.body), `\"`, `"`), test.field)
		})
	}
}

func many1(format string) string { return strings.ReplaceAll(format, "#", "") }

// TestCallParameters does the same for what stands beside the message.
func TestCallParameters(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	mid, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	const to, hello = `"recipient":{"id":"` + ada + `"}`, `"message":{"text":"x"}`
	utility := `"messaging_type":"UTILITY","message":{"template":{"name":"n","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"x"}]}]}}`
	for _, test := range []struct {
		name, fits, breaks string
		code, subcode      int
	}{
		{"recipient", to + "," + hello, hello, 100, 0},
		{"one recipient", to + "," + hello, `"recipient":{"id":"` + ada + `","user_ref":"r"},` + hello, 100, 0},
		{"numeric recipient", `"recipient":{"id":` + ada + `},` + hello, `"recipient":{"id":true},` + hello, 100, 0},
		{"recipient key", to + "," + hello, `"recipient":{"id":"` + ada + `","psid":"1"},` + hello, 100, 0},
		{"known recipient", to + "," + hello, `"recipient":{"id":"1"},` + hello, 100, 2018001},
		{"message or action", to + "," + hello, to + `,"sender_action":"typing_on",` + hello, 100, 2018014},
		{"something", to + `,"sender_action":"MARK_SEEN"`, to, 100, 0},
		{"action", to + `,"sender_action":"typing_off"`, to + `,"sender_action":"dance"`, 100, 0},
		{"messaging_type", to + `,"messaging_type":"UPDATE",` + hello, to + `,"messaging_type":"NON_PROMOTIONAL",` + hello, 100, 0},
		{"tag needed", to + `,"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT",` + hello, to + `,"messaging_type":"MESSAGE_TAG",` + hello, 100, 0},
		{"ACCOUNT_UPDATE", to + "," + hello, to + `,"messaging_type":"MESSAGE_TAG","tag":"ACCOUNT_UPDATE",` + hello, 100, 1893061},
		{"CONFIRMED_EVENT_UPDATE", to + "," + hello, to + `,"messaging_type":"MESSAGE_TAG","tag":"CONFIRMED_EVENT_UPDATE",` + hello, 100, 1893061},
		{"POST_PURCHASE_UPDATE", to + "," + hello, to + `,"messaging_type":"MESSAGE_TAG","tag":"POST_PURCHASE_UPDATE",` + hello, 100, 1893061},
		{"CUSTOMER_FEEDBACK", to + "," + hello, to + `,"messaging_type":"MESSAGE_TAG","tag":"CUSTOMER_FEEDBACK",` + hello, 100, 0},
		{"utility", to + "," + utility, to + `,"messaging_type":"UTILITY",` + hello, 100, 0},
		{"utility type", to + "," + utility, to + "," + strings.Replace(utility, "UTILITY", "RESPONSE", 1), 100, 0},
		{"notification_type", to + `,"notification_type":"NO_PUSH",` + hello, to + `,"notification_type":"LOUD",` + hello, 100, 0},
		{"reply_to", to + `,"reply_to":{"mid":"` + mid + `"},` + hello, to + `,"reply_to":{"mid":"m_x"},` + hello, 100, 0},
		{"react", to + `,"sender_action":"react","payload":{"message_id":"` + mid + `","reaction":"😊"}`, to + `,"sender_action":"react","payload":{"message_id":"m_x","reaction":"😊"}`, 100, 0},
		{"react with", to + `,"sender_action":"unreact","payload":{"message_id":"` + mid + `"}`, to + `,"sender_action":"react","payload":{"message_id":"` + mid + `"}`, 100, 0},
		{"payload", to + "," + hello, to + `,"payload":{"message_id":"x"},` + hello, 100, 0},
		{"removed pretty", to + "," + hello, to + `,"pretty":1,` + hello, 100, 0},
		{"removed debug", to + "," + hello, to + `,"debug":"all",` + hello, 100, 0},
		{"removed date_format", to + "," + hello, to + `,"date_format":"U",` + hello, 100, 0},
		{"removed method override", to + "," + hello, to + `,"method":"delete",` + hello, 100, 0},
		{"removed JSONP", to + "," + hello, to + `,"callback":"f",` + hello, 100, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := p.send(t, "{"+test.fits+"}")
			require.Equal(t, 200, a.status, "%s", a.body)
			a = p.send(t, "{"+test.breaks+"}")
			code, subcode := a.code(t)
			require.Equal(t, []int{test.code, test.subcode}, []int{code, subcode}, "%s", a.body)
		})
	}
}
