package sending

import (
	"context"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// CustomerFeedbackTemplate asks how satisfied a person is. The answer is an
// event of its own. With [TagCustomerFeedback] it may go out up to 7 days after
// the person's last act. The platform calls it in development. Messenger only.
//
// As a sender it translates the texts. A custom sender embeds it and adds to
// it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/customer-feedback-template
type CustomerFeedbackTemplate struct {
	// Title is at most 65 characters.
	Title string `json:"title,omitempty"`
	// Subtitle is at most 80 characters.
	Subtitle string `json:"subtitle,omitempty"`
	// ButtonTitle is at most 20 characters.
	ButtonTitle string `json:"button_title,omitempty"`
	// Question is what is asked.
	Question FeedbackQuestion `json:"question"`
	// PrivacyURL is the business's privacy policy.
	PrivacyURL string `json:"privacy_url,omitempty"`
	// ExpiresInDays is how many days it can be answered, 1 to 7. Default: 1.
	ExpiresInDays int `json:"expires_in_days,omitempty"`
}

// FeedbackQuestion is the question of a [CustomerFeedbackTemplate].
type FeedbackQuestion struct {
	// ID comes back with the answer: at most 80 letters, digits and underscores.
	ID string `json:"id"`
	// Type is FeedbackCSAT, FeedbackNPS or FeedbackCES.
	Type string `json:"type"`
	// Title is at most 85 characters. Default: the platform's, in the person's
	// language.
	Title string `json:"title,omitempty"`
	// ScoreLabel is how the ends of the scale are labeled: "neg_pos".
	ScoreLabel string `json:"score_label,omitempty"`
	// ScoreOption is how the scale looks: "five_stars".
	ScoreOption string `json:"score_option,omitempty"`
	// FollowUp asks for a text after the score. Default: none.
	FollowUp *FeedbackFollowUp `json:"follow_up,omitempty"`
}

// FeedbackFollowUp asks for a text.
type FeedbackFollowUp struct {
	// Type is "free_form".
	Type string `json:"type"`
	// Placeholder is at most 65 characters.
	Placeholder string `json:"placeholder,omitempty"`
}

// The scores of a [FeedbackQuestion].
const (
	FeedbackCSAT = "csat" // how satisfied, 1 to 5
	FeedbackNPS  = "nps"  // how likely to recommend, 0 to 10
	FeedbackCES  = "ces"  // how easy, 1 to 7
)

// WithTitle returns a copy with another title.
func (q FeedbackQuestion) WithTitle(title string) FeedbackQuestion {
	q.Title = title
	return q
}

// WithScore returns a copy whose scale has other labels and another look:
// "neg_pos", "five_stars". An empty one is the platform's default.
func (q FeedbackQuestion) WithScore(label, option string) FeedbackQuestion {
	q.ScoreLabel, q.ScoreOption = label, option
	return q
}

// WithFollowUp returns a copy that asks for a text after the score.
func (q FeedbackQuestion) WithFollowUp(placeholder string) FeedbackQuestion {
	q.FollowUp = &FeedbackFollowUp{Type: "free_form", Placeholder: placeholder}
	return q
}

// WithTitle returns a copy with another title.
func (t CustomerFeedbackTemplate) WithTitle(title string) CustomerFeedbackTemplate {
	t.Title = title
	return t
}

// WithSubtitle returns a copy with another subtitle.
func (t CustomerFeedbackTemplate) WithSubtitle(subtitle string) CustomerFeedbackTemplate {
	t.Subtitle = subtitle
	return t
}

// WithButtonTitle returns a copy with another title of its button.
func (t CustomerFeedbackTemplate) WithButtonTitle(title string) CustomerFeedbackTemplate {
	t.ButtonTitle = title
	return t
}

// WithQuestion returns a copy with another question.
func (t CustomerFeedbackTemplate) WithQuestion(question FeedbackQuestion) CustomerFeedbackTemplate {
	t.Question = question
	return t
}

// WithPrivacy returns a copy that names the business's privacy policy.
func (t CustomerFeedbackTemplate) WithPrivacy(url string) CustomerFeedbackTemplate {
	t.PrivacyURL = url
	return t
}

// WithExpiry returns a copy that can be answered for that many days, 1 to 7.
func (t CustomerFeedbackTemplate) WithExpiry(days int) CustomerFeedbackTemplate {
	t.ExpiresInDays = days
	return t
}

// Message makes the message as it is, without translation.
func (t CustomerFeedbackTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t CustomerFeedbackTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t CustomerFeedbackTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

func (t CustomerFeedbackTemplate) expand(e *expander) CustomerFeedbackTemplate {
	const question = "feedback_screens[0].questions[0]"
	e.text("title", &t.Title, maxFeedbackTitle)
	e.text("subtitle", &t.Subtitle, maxCardText)
	e.text("button_title", &t.ButtonTitle, MaxTitle)
	e.text(question+".title", &t.Question.Title, maxFeedbackQuestion)
	e.url("business_privacy.url", &t.PrivacyURL)
	if t.Question.FollowUp != nil {
		followUp := *t.Question.FollowUp
		e.text(question+".follow_up.placeholder", &followUp.Placeholder, maxFeedbackHint)
		t.Question.FollowUp = &followUp
	}
	return t
}

// The limits of the texts of a customer feedback template.
const (
	maxFeedbackTitle    = 65
	maxFeedbackQuestion = 85
	maxFeedbackHint     = 65
)

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t CustomerFeedbackTemplate) Validate() error {
	return validateDraft(t.payload(), node.checkCustomerFeedback)
}

func (t CustomerFeedbackTemplate) message() Message {
	return template("customer_feedback", t.payload())
}

type feedbackPayload struct {
	Title           string           `json:"title,omitempty"`
	Subtitle        string           `json:"subtitle,omitempty"`
	ButtonTitle     string           `json:"button_title,omitempty"`
	FeedbackScreens []feedbackScreen `json:"feedback_screens,omitempty"`
	BusinessPrivacy *businessPrivacy `json:"business_privacy,omitempty"`
	ExpiresInDays   int              `json:"expires_in_days,omitempty"`
}

type feedbackScreen struct {
	Questions []FeedbackQuestion `json:"questions"`
}

type businessPrivacy struct {
	URL string `json:"url"`
}

func (t CustomerFeedbackTemplate) payload() feedbackPayload {
	payload := feedbackPayload{
		Title:           t.Title,
		Subtitle:        t.Subtitle,
		ButtonTitle:     t.ButtonTitle,
		BusinessPrivacy: privacy(t.PrivacyURL),
		ExpiresInDays:   t.ExpiresInDays,
	}
	if t.Question != (FeedbackQuestion{}) {
		payload.FeedbackScreens = []feedbackScreen{{Questions: []FeedbackQuestion{t.Question}}}
	}
	return payload
}

func privacy(url string) *businessPrivacy {
	if url == "" {
		return nil
	}
	return &businessPrivacy{url}
}

func (n node) checkCustomerFeedback() {
	n.get("title").needText(maxFeedbackTitle)
	n.get("subtitle").text(maxCardText)
	n.get("button_title").text(MaxTitle)
	n.get("expires_in_days").days()
	n.checkPrivacy()
	for _, screen := range n.get("feedback_screens").list(1, 1) {
		if !screen.isObject() {
			continue
		}
		for _, question := range screen.get("questions").list(1, 1) {
			question.checkFeedbackQuestion()
		}
	}
}

func (n node) checkFeedbackQuestion() {
	if !n.isObject() {
		return
	}
	n.get("id").identifier(80)
	n.get("type").needText(0)
	n.get("title").text(maxFeedbackQuestion)
	if followUp := n.get("follow_up"); followUp.present() && followUp.isObject() {
		followUp.get("type").needText(0)
		followUp.get("placeholder").text(maxFeedbackHint)
	}
}

func (n node) checkPrivacy() {
	if privacy := n.get("business_privacy"); privacy.isObject() {
		privacy.get("url").needURL()
	}
}
