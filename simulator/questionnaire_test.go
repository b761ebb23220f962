package simulator_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// Templates that people answer in a form, or tap.
const (
	couponTemplate   = `{"template_type":"coupon","title":"10 %","coupon_code":"LAMP10","payload":"SPRING"}`
	feedbackTemplate = `{"template_type":"customer_feedback","title":"How was it?","button_title":"Rate","business_privacy":{"url":"https://example.com/privacy"},
		"feedback_screens":[{"questions":[{"id":"q1","type":"csat","title":"How do you like it?","follow_up":{"type":"free_form"}}]}]}`
	informationTemplate = `{"template_type":"customer_information","countries":["US"],"business_privacy":{"url":"https://example.com/privacy"}}`
)

// answers serves a page that is subscribed to what people answer.
func answers(t *testing.T) (platform, *bot) {
	t.Helper()
	b := newBot(t)
	p := serve(t, simulator.Config{
		WebhookURL: b.URL, Now: newClock().now,
		Fields: append(simulator.DefaultFields(), "messaging_feedback", "messaging_customer_information"),
	})
	p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"hi"}`)
	return p, b
}

// acts lets Ada act over HTTP, and returns the event without its parties and time.
func (p platform) acts(t *testing.T, b *bot, act string) string {
	t.Helper()
	p.ok(t, "POST", "/simulator/people/"+ada+"/acts", act)
	require.NoError(t, p.Flush(t.Context()))
	all := b.events(t)
	event := all[len(all)-1]
	delete(event, "sender")
	delete(event, "recipient")
	delete(event, "timestamp")
	return string(must(json.Marshal(event)))
}

func TestPeopleAnswerTemplates(t *testing.T) {
	t.Parallel()
	p, b := answers(t)
	first := p.sendMessage(t, ada, template(couponTemplate))
	p.sendMessage(t, ada, template(`{"template_type":"coupon","title":"20 %","coupon_code":"LAMP20"}`))
	p.sendMessage(t, ada, template(feedbackTemplate))
	p.sendMessage(t, ada, template(informationTemplate))
	for act, want := range map[string]string{
		`{"type":"coupon"}`:                                                      `{"template":{"type":"coupon","coupon_code":"LAMP20"}}`,
		`{"type":"coupon","mid":"` + first + `"}`:                                `{"template":{"type":"coupon","payload":"SPRING","coupon_code":"LAMP10"}}`,
		`{"type":"feedback","answer":"4"}`:                                       `{"messaging_feedback":{"feedback_screens":[{"screen_id":0,"questions":{"q1":{"type":"csat","payload":"4"}}}]}}`,
		`{"type":"feedback","answer":"1","text":"torn"}`:                         `{"messaging_feedback":{"feedback_screens":[{"screen_id":0,"questions":{"q1":{"type":"csat","payload":"1","follow_up":{"type":"free_form","payload":"torn"}}}}]}}`,
		`{"type":"customer_information","answers":{"zip":"10117","name":"Ada"}}`: `{"messaging_customer_information":{"screens":[{"screen_id":"shipping","responses":[{"key":"name","value":"Ada"},{"key":"zip","value":"10117"}]}]}}`,
		`{"type":"ad","ref":"lamp","title":"Lamps"}`:                             `{"referral":{"ref":"lamp","source":"ADS","type":"OPEN_THREAD","ad_id":"6045246247433","ads_context_data":{"ad_title":"Lamps","post_id":"` + page + `_1"}}}`,
		`{"type":"ad","ad_id":"17"}`:                                             `{"referral":{"source":"ADS","type":"OPEN_THREAD","ad_id":"17","ads_context_data":{"ad_title":"An ad","post_id":"` + page + `_1"}}}`,
	} {
		require.JSONEq(t, want, p.acts(t, b, act), act)
	}
	mid := must(p.SendAttachments(t.Context(), ada, "image", "https://example.com/a.png", "https://example.com/b.png"))
	require.NoError(t, p.Flush(t.Context()))
	all := b.events(t)
	require.JSONEq(t, `{"mid":"`+mid+`","attachments":[{"type":"image","payload":{"url":"https://example.com/a.png"}},{"type":"image","payload":{"url":"https://example.com/b.png"}}]}`,
		string(must(json.Marshal(all[len(all)-1]["message"]))))
	var previews []string
	for _, e := range p.Log() {
		previews = append(previews, e.Preview)
	}
	for _, want := range []string{`reveals the coupon "LAMP10"`, "gives feedback", "fills in the form", `comes by "ad 17"`} {
		require.Contains(t, previews, want)
	}
}

func TestAnswersThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	p, _ := answers(t)
	acts := "/simulator/people/" + ada + "/acts"
	require.Contains(t, string(p.do(t, "POST", acts, `{"type":"coupon"}`).body), `"not_offered"`)
	p.sendMessage(t, ada, template(`{"template_type":"coupon","title":"10 %","coupon_url":"https://example.com/coupon"}`))
	p.sendMessage(t, ada, template(feedbackTemplate))
	p.sendMessage(t, ada, template(informationTemplate))
	text := p.sendText(t, ada, "no template")
	for act, want := range map[string]string{
		`{"type":"coupon"}`:                                       `opens a link`,
		`{"type":"coupon","mid":"` + text + `"}`:                  `has no template of the type coupon`,
		`{"type":"feedback","answer":"6"}`:                        `a number from 1 to 5, not \"6\"`,
		`{"type":"feedback","answer":"good"}`:                     `a number from 1 to 5, not \"good\"`,
		`{"type":"feedback"}`:                                     `"field":"answer"`,
		`{"type":"customer_information"}`:                         `there are no answers`,
		`{"type":"ad","ad_id":"x"}`:                               `digits`,
		`{"type":"attachment","kind":"image","urls":["x"]}`:       `the URL of an attachment`,
		`{"type":"notification_optin"}`:                           `no template of the type notification_messages`,
		`{"type":"notification_stop"}`:                            `no marketing messages that they could stop`,
		`{"type":"notification_resume"}`:                          `has stopped no marketing messages`,
		`{"type":"story_mention","url":"https://example.com/s"}`:  `cannot send an attachment of type`,
		`{"type":"coupon","answer":"4"}`:                          `no field \"answer\"`,
		`{"type":"customer_information","answers":{"zip":10117}}`: `cannot be a JSON number`,
	} {
		a := p.do(t, "POST", acts, act)
		require.Equal(t, 400, a.status, act)
		require.Contains(t, string(a.body), want, act)
	}
	_, err := p.SendAttachments(t.Context(), ada, "image")
	require.ErrorContains(t, err, "1 to 30 attachments, not 0")
}
