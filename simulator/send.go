package simulator

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// callMessages is the Send API, see
// https://developers.facebook.com/docs/messenger-platform/reference/send-api
func (s *Simulator) callMessages(c *call) (any, *GraphError) {
	if c.get("message").present() && c.get("sender_action").present() {
		return nil, known("message and action")
	}
	sd := c.readSend()
	if sd.check.err != nil {
		return nil, sd.check.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, known("unavailable")
	}
	if control := sd.message.ThreadControl; control != nil && control.ControlType == "pass" && !digits(cmp.Or(control.AppID, c.page.defaultApp)) {
		return nil, known("app id")
	}
	if err := s.admit(c.page, sd, c.at); err != nil {
		return nil, err
	}
	if id := sd.message.PersonaID; id != "" {
		p := c.page.personaByID(id)
		if p == nil {
			return nil, refuse(0, "Param persona_id: the page has no persona %s", shortened(id))
		}
		sd.message.Persona = &Persona{p.id, p.name, p.picture}
	}
	if sd.action != "" {
		return s.doAction(c.page, sd, c.at)
	}
	if sd.template[0] != "" {
		if err := c.page.admitTemplate(c, sd.template[0], sd.template[1]); err != nil {
			return nil, err
		}
		if t := c.page.templateNamed(sd.template[0], sd.template[1]); t != nil {
			t.fill(sd.message.Attachments[0].Template)
		}
	}
	return s.takeMessage(sd, c)
}

// send is a call of the Send API that was read and is well formed.
type send struct {
	check
	to            string // conversation: person, user_ref, …
	toKind        string // id, user_ref, comment_id, …
	optIn         *optIn // whose token it is; nil: no one's here
	origin        string // the comment or post a private reply answers
	action        string
	message       Message
	tag           string
	messagingType string
	reaction      string    // of the sender action react
	target        string    // its message
	template      [2]string // of a utility message: name and language
	reusable      bool
	upload        *upload // filedata that no attachment has taken yet
	uploaded      *upload // filedata of the attachment
}

// recipients are the ways to name a recipient.
var recipients = []string{
	"id", "user_ref", "comment_id", "post_id", "notification_messages_token", "one_time_notif_token", "phone_number",
}

// sendParams are the parameters of the Send API, besides those that every call can have.
var sendParams = []string{
	"folder", "message", "messaging_type", "notification_type", "page", "payload", "persona_id", "platform", "recipient", "reply_to",
	"sender_action", "suggestion_action", "tag", "thread_control",
}

// commonParams are the parameters that every call can have, see https://developers.facebook.com/docs/graph-api/overview
var commonParams = []string{"appsecret_proof", "appsecret_time", "fields", "format", "include_headers", "locale", "suppress_http_code"}

// strange refuses parameters that a call does not have.
func (c *check) strange(p *params, there ...[]string) {
	var names []string
	for name := range p.values {
		if !slices.ContainsFunc(there, func(known []string) bool { return slices.Contains(known, name) }) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		c.refuse("Invalid parameters: there is no %q.", shortened(strings.Join(names, ", ")))
	}
}

func (c *call) readSend() *send {
	sd := &send{check: check{instagram: c.page.instagram}}
	sd.strange(c.params, sendParams, commonParams)
	to := sd.object(c.get("recipient"), append([]string{"name"}, recipients...)...)
	for _, kind := range recipients {
		if v := to(kind); v.present() {
			if sd.to != "" {
				sd.refuse("Param recipient must name exactly one recipient.")
			}
			sd.to, sd.toKind = sd.id(v), kind
		}
	}
	if sd.to == "" {
		sd.refuse("Param recipient must name exactly one recipient.")
	}
	kinds := []string{"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}
	if sd.instagram {
		kinds = kinds[:3]
		if sd.to != "" && sd.toKind != "id" && sd.toKind != "comment_id" {
			sd.refuse("Param recipient[%s] is not for Instagram.", sd.toKind)
		}
	}
	sd.messagingType = sd.oneOf(c.get("messaging_type"), kinds...)
	sd.oneOf(c.get("notification_type"), "REGULAR", "SILENT_PUSH", "NO_PUSH")
	if sd.message.PersonaID = sd.id(c.get("persona_id")); sd.message.PersonaID != "" && sd.instagram {
		sd.refuse("Param persona_id is not for Instagram.")
	}
	sd.action = sd.oneOf(c.get("sender_action"), "typing_on", "typing_off", "mark_seen", "react", "unreact")
	if sd.action != "" {
		sd.readAction(c)
		sd.message.Raw = c.raw()
		return sd
	}
	if c.get("payload").present() {
		sd.refuse("Param payload is for the sender actions react and unreact.")
	}
	sd.readTag(c)
	sd.upload = c.upload
	sd.readMessage(c.get("message"))
	if sd.upload != nil {
		sd.refuse("There is a filedata that no attachment uses.")
	}
	sd.message.MessagingType, sd.message.Tag = sd.messagingType, sd.tag
	if reply := c.get("reply_to"); reply.present() {
		sd.message.ReplyTo = sd.required(sd.object(reply, "mid")("mid"), 1000)
	}
	if control := c.get("thread_control"); control.present() {
		sd.readThreadControl(control)
	}
	sd.message.Raw = c.raw()
	return sd
}

func (sd *send) readThreadControl(v value) {
	field := sd.object(v, "control_type", "app_id")
	control := ThreadControl{
		ControlType: cmp.Or(sd.oneOf(field("control_type"), "pass", "release"), "release"), AppID: sd.id(field("app_id")),
	}
	sd.message.ThreadControl = &control
}

func (sd *send) readAction(c *call) {
	payload := c.get("payload")
	if sd.action != "react" && sd.action != "unreact" {
		if payload.present() {
			sd.refuse("Param payload is for the sender actions react and unreact.")
		}
		return
	}
	fields := sd.object(payload, "message_id", "reaction")
	sd.target = sd.required(fields("message_id"), 1000)
	if sd.action == "react" {
		sd.reaction = sd.required(fields("reaction"), 64)
	}
}

// deadTags have been refused since 2026-04-27.
var deadTags = []string{"ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"}

// readTag checks messaging_type and tag.
func (sd *send) readTag(c *call) {
	if v := c.get("tag"); v.present() {
		if sd.err == nil && slices.Contains(deadTags, strings.ToUpper(v.string())) {
			sd.err = known("dead tag")
		}
		tags := []string{"HUMAN_AGENT", "CUSTOMER_FEEDBACK", "NON_PROMOTIONAL_SUBSCRIPTION"}
		if sd.instagram {
			tags = tags[:1]
		}
		sd.tag = sd.oneOf(v, tags...)
	}
	if sd.messagingType == "MESSAGE_TAG" && sd.tag == "" {
		sd.refuse("Param tag is required when messaging_type is MESSAGE_TAG.")
	}
}

// Windows after a person's last act, see
// https://developers.facebook.com/docs/messenger-platform/policy/policy-overview
const (
	standardWindow = 24 * time.Hour
	tagWindow      = 7 * 24 * time.Hour
)

// admit decides whether the page may send to this recipient now, and turns a
// comment into the person who wrote it. s.mu must be held.
func (s *Simulator) admit(pg *page, sd *send, at time.Time) *GraphError {
	if pg.removed { // since its token was checked: the same call once more is about what there is now
		return known("unavailable")
	}
	switch sd.toKind {
	case "id":
	case "comment_id", "post_id":
		origin := sd.to
		if sd.action != "" {
			return refuse(0, "A private reply must be a message")
		}
		if slices.Contains(pg.removedIDs, origin) {
			return pg.known("comment invalid")
		}
		if slices.Contains(pg.replied, origin) {
			return pg.known("already replied")
		}
		if author, ok := pg.authors[origin]; ok {
			if at.Sub(author.at) > tagWindow {
				return pg.known("person not replyable")
			}
			sd.to = author.id
		}
		sd.origin = origin
		return nil
	default:
		return pg.admitOptIn(sd, at)
	}
	if pg.people[sd.to] == nil && !s.meet(pg, sd.to) {
		return pg.known("person unknown")
	}
	conv := pg.conversation(sd.to)
	if conv.blocked {
		return pg.known("person unavailable")
	}
	if pg.onStandby(conv, at) {
		return pg.notOwner()
	}
	window := standardWindow
	switch {
	case sd.messagingType == "UTILITY", sd.tag == "NON_PROMOTIONAL_SUBSCRIPTION":
		return nil
	case sd.tag != "":
		window = tagWindow
	}
	if conv.lastAct.IsZero() && s.cfg.Strangers {
		return nil
	}
	if conv.lastAct.IsZero() || at.Sub(conv.lastAct) > window {
		return pg.known("outside window")
	}
	return nil
}

// doAction carries a sender action out. s.mu must be held.
func (s *Simulator) doAction(pg *page, sd *send, at time.Time) (any, *GraphError) {
	conv := pg.conversation(sd.to)
	switch sd.action {
	case "react", "unreact":
		m := conv.find(sd.target)
		if m == nil {
			return nil, refuse(0, "Param payload[message_id] is no message of this conversation.")
		}
		m.PageReaction = sd.reaction
		s.publish("message", *m)
	default:
		a := Action{PSID: sd.to, Name: sd.action, Time: at}
		if m := conv.newest(); m != nil {
			a.After = m.ID
		}
		conv.actions = trim(append(conv.actions, a), s.cfg.History)
		switch sd.action {
		case "mark_seen":
			conv.seen = at
		default:
			conv.typing = sd.action == "typing_on"
		}
		s.publish("action", a)
	}
	s.happened(conv, happening{Raw: sd.message.Raw})
	if sd.toKind == "user_ref" {
		return map[string]string{}, nil
	}
	return map[string]string{"recipient_id": sd.to}, nil
}

// takeMessage lets a message arrive: the conversation shows it, echo and receipt
// join the person's queue. s.mu must be held.
func (s *Simulator) takeMessage(sd *send, c *call) (any, *GraphError) {
	pg := c.page
	attachmentID, err := pg.resolve(s, sd, c)
	if err != nil {
		return nil, err
	}
	conv := pg.conversation(sd.to)
	if to := sd.message.ReplyTo; to != "" && conv.find(to) == nil {
		return nil, refuse(0, "Param reply_to[mid] is no message of this conversation.")
	}
	m := sd.message
	m.ID, m.From, m.Kind, m.PSID, m.Time, m.AppID = pg.newMID(), FromPage, KindMessage, sd.to, c.at, pg.appID
	known := pg.people[sd.to] != nil
	answer := sent{MessageID: m.ID, AttachmentID: attachmentID}
	if known || sd.toKind != "user_ref" && sd.toKind != "phone_number" {
		answer.RecipientID = sd.to
	}
	m.Answer = mustJSON(answer)
	if sd.origin != "" {
		pg.replied = trim(append(pg.replied, sd.origin), s.cfg.History)
	}
	if sd.optIn != nil {
		sd.optIn.used = sd.optIn.request == oneTimeRequest
	}
	s.record(conv, &m)
	s.happened(conv, happening{MID: m.ID})
	if known {
		s.echo(pg, &m, c.at)
		s.controlAfter(pg, &m, c.at)
	}
	return answer, nil
}

// sent is the answer to a message.
type sent struct {
	RecipientID  string `json:"recipient_id,omitempty"`
	MessageID    string `json:"message_id"`
	AttachmentID string `json:"attachment_id,omitempty"`
}
