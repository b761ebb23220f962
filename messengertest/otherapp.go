package messengertest

import (
	"slices"

	"github.com/djmessenger/messenger/simulator"
)

// OtherApp is another app on the page than the bot's, or someone at work who answers in the page's inbox. Each method
// fails the test if the act is not possible. What it writes is seen like any message of the page ([Person.Sees]). Use it
// from the test's own goroutine only. simulator.OtherApp has the rules by which apps get a conversation.
type OtherApp struct {
	chat *Chat
	app  simulator.OtherApp
}

// HandoverFields are the webhook fields that a bot needs to notice people at work and other apps, besides those of
// simulator.DefaultFields: message_echoes, messaging_handovers, standby.
func HandoverFields() []string { return []string{"message_echoes", "messaging_handovers", "standby"} }

// Human is someone at work who answers in the inbox of the page. If the platform has a default app
// (simulator.Config.DefaultApp), an answer takes the conversation from the bot; otherwise the bot sees only the echo.
//
// The bot learns of it by webhook fields that a page is not subscribed to by default ([HandoverFields]); without
// message_echoes the test fails.
func (c *Chat) Human() *OtherApp {
	c.t.Helper()
	c.needField("message_echoes", "what someone at work writes")
	return &OtherApp{c, c.Inbox()}
}

// OtherApp is the app with this id, of digits, which is not [AppID]. The bot learns of what it does by webhook fields
// that a page is not subscribed to by default ([HandoverFields]); without messaging_handovers the test fails.
func (c *Chat) OtherApp(id string) *OtherApp {
	c.t.Helper()
	c.needField("messaging_handovers", "what another app does")
	return &OtherApp{c, c.Simulator.OtherApp(id)}
}

func (c *Chat) needField(field, what string) {
	c.t.Helper()
	if !slices.Contains(c.fields, field) {
		c.t.Fatalf("messengertest: the bot cannot learn %s: start it with StartOn and simulator.Config.Fields: "+
			"append(simulator.DefaultFields(), messengertest.HandoverFields()...), which have %s", what, field)
	}
}

// Says writes a text to a person.
func (a *OtherApp) Says(p *Person, text string) {
	p.t.Helper()
	p.act(a.app.Say(p.t.Context(), p.ID, text))
}

// TakesThread takes the conversation with a person.
func (a *OtherApp) TakesThread(p *Person) {
	p.t.Helper()
	p.act("", a.app.TakeThread(p.t.Context(), p.ID, ""))
}

// PassesThread gives the conversation with a person to the bot.
func (a *OtherApp) PassesThread(p *Person) {
	p.t.Helper()
	p.act("", a.app.PassThread(p.t.Context(), p.ID, "", ""))
}

// RequestsThread asks the bot for the conversation with a person.
func (a *OtherApp) RequestsThread(p *Person) {
	p.t.Helper()
	p.act("", a.app.RequestThread(p.t.Context(), p.ID, ""))
}

// ReleasesThread gives the conversation with a person up: the default app has it next, or any app may answer.
func (a *OtherApp) ReleasesThread(p *Person) {
	p.t.Helper()
	p.act("", a.app.ReleaseThread(p.t.Context(), p.ID))
}
