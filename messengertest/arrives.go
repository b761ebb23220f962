package messengertest

import "github.com/djmessenger/messenger/simulator"

// GetsStarted taps Get Started, once the bot has applied its thread settings.
func (p *Person) GetsStarted() {
	p.t.Helper()
	p.eventually(func() error {
		_, err := p.chat.GetStarted(p.t.Context(), p.ID)
		return err
	})
}

// TapsIceBreaker taps a question of the welcome screen, once the bot has applied its thread settings.
func (p *Person) TapsIceBreaker(question string) {
	p.t.Helper()
	p.eventually(func() error {
		_, err := p.chat.TapIceBreaker(p.t.Context(), p.ID, question)
		return err
	})
}

// OpensLink opens the conversation by an m.me link with this ref.
func (p *Person) OpensLink(ref string) {
	p.t.Helper()
	p.act("", p.chat.FollowLink(p.t.Context(), p.ID, ref))
}

// ClicksAd opens the conversation by an ad, of which each field has a default.
func (p *Person) ClicksAd(ad simulator.Ad) {
	p.t.Helper()
	p.act("", p.chat.ClickAd(p.t.Context(), p.ID, ad))
}

// OptsIn presses a Send-to-Messenger button on a web site, with this data-ref. Instagram has none. Requests in the conversation are
// answered by [Person.AllowsNotifications].
func (p *Person) OptsIn(ref string) { p.t.Helper(); p.act("", p.chat.OptIn(p.t.Context(), p.ID, ref)) }

// LinksAccount finishes the login of an account_link button: the bot gets the authorization code of your site. Instagram has none.
func (p *Person) LinksAccount(code string) {
	p.t.Helper()
	p.act("", p.chat.LinkAccount(p.t.Context(), p.ID, code))
}

// UnlinksAccount taps an account_unlink button. Instagram has none.
func (p *Person) UnlinksAccount() { p.t.Helper(); p.act("", p.chat.UnlinkAccount(p.t.Context(), p.ID)) }

// Blocks blocks the page: what the bot sends is refused from now on (551), and the bot learns of it in no other way.
func (p *Person) Blocks() { p.t.Helper(); p.act("", p.chat.Block(p.ID)) }

// Unblocks undoes [Person.Blocks].
func (p *Person) Unblocks() { p.t.Helper(); p.act("", p.chat.Unblock(p.ID)) }

// RepliesToStory writes a text in answer to a story of the Instagram account, which can be seen at an absolute URL. Only people of
// Instagram can.
func (p *Person) RepliesToStory(url, text string) {
	p.t.Helper()
	p.act(p.chat.ReplyToStory(p.t.Context(), p.ID, url, text))
}

// MentionsInStory mentions the Instagram account in a story of this person, which can be seen at an absolute URL. Only people of Instagram
// can.
func (p *Person) MentionsInStory(url string) {
	p.t.Helper()
	p.act(p.chat.MentionInStory(p.t.Context(), p.ID, url))
}
