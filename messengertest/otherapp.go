package messengertest

import "github.com/djmessenger/messenger/simulator"

// OtherApp is another app on the page than the bot's, or someone at work who answers in the page's inbox. Each method
// fails the test if the act is not possible. What it writes is seen like any message of the page ([Person.Sees]). Use it
// from the test's own goroutine only. simulator.OtherApp has the rules by which apps get a conversation.
type OtherApp struct {
	chat *Chat
	app  simulator.OtherApp
}

// HandoverFields are the webhook fields that a bot needs to notice people at work and other apps on a page, besides those
// of simulator.DefaultFields: message_echoes, messaging_handovers, standby. On an Instagram account these are
// messaging_handover and standby; echoes are among its messages.
func HandoverFields() []string { return []string{"message_echoes", "messaging_handovers", "standby"} }

// Human is someone at work who answers in the inbox of a person's page. If the page has a default app
// (simulator.Config.DefaultApp), an answer takes the conversation from the bot; otherwise the bot sees only the echo.
//
// The bot learns of what they do by webhook fields that a page is not subscribed to by default ([HandoverFields]). An act
// of which it could not learn fails the test.
func (c *Chat) Human() *OtherApp { return &OtherApp{c, c.Inbox()} }

// OtherApp is the app with this id, of digits, which is not the bot's. The bot learns of what it does as it does of a
// [Chat.Human].
func (c *Chat) OtherApp(id string) *OtherApp { return &OtherApp{c, c.Simulator.OtherApp(id)} }

// Says writes a text to a person.
func (a *OtherApp) Says(p *Person, text string) {
	p.t.Helper()
	a.needs(p, "message_echoes", "messages")
	p.act(a.app.Say(p.t.Context(), p.ID, text))
}

// TakesThread takes the conversation with a person.
func (a *OtherApp) TakesThread(p *Person) {
	p.t.Helper()
	a.needs(p, "messaging_handovers", "messaging_handover")
	p.act("", a.app.TakeThread(p.t.Context(), p.ID, ""))
}

// PassesThread gives the conversation with a person to the bot.
func (a *OtherApp) PassesThread(p *Person) {
	p.t.Helper()
	a.needs(p, "messaging_handovers", "messaging_handover")
	p.act("", a.app.PassThread(p.t.Context(), p.ID, "", ""))
}

// RequestsThread asks the bot for the conversation with a person.
func (a *OtherApp) RequestsThread(p *Person) {
	p.t.Helper()
	a.needs(p, "messaging_handovers", "messaging_handover")
	p.act("", a.app.RequestThread(p.t.Context(), p.ID, ""))
}

// ReleasesThread gives the conversation with a person up: the default app has it next, or any app may answer.
func (a *OtherApp) ReleasesThread(p *Person) {
	p.t.Helper()
	p.act("", a.app.ReleaseThread(p.t.Context(), p.ID))
}

// ExpireThread ends the control that an app has of the conversation with a person, as 24 hours after the person's last message do
// ([Chat.Advance]). The bot gets no event of it. It fails the test if no app has the conversation.
func (c *Chat) ExpireThread(p *Person) {
	c.t.Helper()
	p.act("", c.Simulator.ExpireThread(c.t.Context(), p.ID))
}

// needs fails the test unless the person's page is subscribed to the field by which the bot learns of an act, as [Person.needs] does.
func (a *OtherApp) needs(p *Person, field, onInstagram string) {
	p.t.Helper()
	p.needsField(field, onInstagram, "messengertest.HandoverFields")
}
