package chatpage_test

import (
	"testing"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// Templates that ask something are answered, and the bot is told.
func TestForms(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{Fields: append(simulator.DefaultFields(), "messaging_feedback", "messaging_customer_information", "messaging_in_thread_lead_form_submit", "call_permission_reply")})
	w.says("Ask me")
	p := open(t, w.url+"#p="+ada, browsertest.PhoneLight)

	w.sends(sending.CustomerFeedbackTemplate{}.WithTitle("Rate us").WithButtonTitle("Rate").
		WithQuestion(sending.FeedbackQuestion{ID: "q1", Type: sending.FeedbackCSAT, Title: "How was it?"}.WithFollowUp("Tell us more")).WithPrivacy("https://shop.example/privacy").Message())
	p.TapsOn("button", "Rate")
	p.Until("the question is shown", `the("dialog", "Rate us")?.innerText.includes("How was it?")`)
	p.IsAccessible("dialog")
	p.Picture("375-light-form-feedback")
	p.TapsOn("radio", "4 of 5")
	p.Fills("Tell us more", "Nice lamps")
	p.TapsOn("button", "Send")
	w.told(`"messaging_feedback"`, `"q1"`, `"payload":"4"`, "Nice lamps")
	p.Until("that is said", `find("feedback").innerText.includes("Feedback sent")`)

	w.sends(sending.CustomerInformationTemplate{}.WithCountries("US", "CA").WithPrivacy("https://shop.example/privacy").Message())
	p.TapsOn("button", "Fill in")
	p.Chooses("Country", "CA")
	p.TapsOn("button", "Next")
	p.IsAccessible("dialog")
	p.Picture("375-light-form-information")
	p.Fills("Street", "Rue 1")
	p.Fills("City", "Montréal")
	p.Fills("Postal code", "H2Y 1C6")
	p.TapsOn("button", "Send")
	w.told(`"messaging_customer_information"`, "Montréal", "H2Y 1C6", `"CA"`)
	p.Until("that is said", `find("information").innerText.includes("Address sent")`)

	w.sends(sending.NotificationMessagesTemplate{CTAText: sending.CTAGetUpdates, Payload: "news"}.WithTitle("News of lamps").Message())
	p.TapsOn("button", "Get updates")
	w.told(`"optin"`, `"notification_messages"`, `"payload":"news"`)
	p.TapsOn("button", "Stop")
	w.told("STOP NOTIFICATIONS")
	p.TapsOn("button", "Resume")
	w.told("RESUME NOTIFICATIONS")

	w.sends(template("one_time_notif_req", map[string]string{"title": "When it is back", "payload": "back"}))
	p.TapsOn("button", "Notify me")
	w.told("one_time_notif_req", `"payload":"back"`)

	w.sends(template("calling_optin", map[string]string{}))
	p.TapsOn("button", "Approve")
	w.told("call_permission_reply", `"approve"`)

	w.sends(template("instant_form", map[string]string{"form_id": "770012345"}))
	p.TapsOn("button", "Fill in")
	w.told("770012345")
	p.IsWithin()
	p.IsAccessible("#chat")
	p.Picture("375-light-form-end")
	p.HasNotComplained()
}
