package messengertest

// RevealsCoupon reveals the code of the newest coupon. A coupon that has only a link fails the test.
func (p *Person) RevealsCoupon() {
	p.t.Helper()
	p.eventually(func() error { return p.chat.RevealCoupon(p.t.Context(), p.ID, "") })
}

// AnswersFeedback answers the newest customer feedback template: a number as the type of its question has them, such as "4", or a text.
// The comment is for a question with a follow-up, and may be empty. The page must be subscribed to messaging_feedback, which it is not by
// default. An answer that does not fit fails the test.
func (p *Person) AnswersFeedback(answer, comment string) {
	p.t.Helper()
	p.needs("messaging_feedback", "")
	p.eventually(func() error { return p.chat.AnswerFeedback(p.t.Context(), p.ID, "", answer, comment) })
}

// GivesInformation fills in the newest customer information template: answers by key, such as "zip". The page must be subscribed to
// messaging_customer_information, which it is not by default.
func (p *Person) GivesInformation(answers map[string]string) {
	p.t.Helper()
	p.needs("messaging_customer_information", "")
	p.eventually(func() error { return p.chat.GiveInformation(p.t.Context(), p.ID, "", answers) })
}

// AllowsNotifications taps the newest request for marketing messages, or for one message later (sending.NotificationMessagesTemplate,
// and templates of the type one_time_notif_req), and returns the token that the bot gets. A message to the token is seen like any other (Sees), once the
// 24-hour window has closed too.
func (p *Person) AllowsNotifications() (token string) {
	p.t.Helper()
	p.eventually(func() (err error) {
		token, err = p.chat.AllowNotifications(p.t.Context(), p.ID, "")
		return err
	})
	return token
}

// StopsNotifications stops the marketing messages that this person has allowed last; messages to the token are refused from now on. It
// fails the test if there are none.
func (p *Person) StopsNotifications() {
	p.t.Helper()
	p.act("", p.chat.StopNotifications(p.t.Context(), p.ID))
}

// ResumesNotifications undoes [Person.StopsNotifications].
func (p *Person) ResumesNotifications() {
	p.t.Helper()
	p.act("", p.chat.ResumeNotifications(p.t.Context(), p.ID))
}
