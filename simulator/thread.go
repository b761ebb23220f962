package simulator

import (
	"cmp"
	"encoding/json"
	"time"
)

// The inboxes in which people at work answer, as events and calls name them.
const (
	InboxApp          = "263902037430900"  // of a page
	InstagramInboxApp = "1217981644879628" // of an Instagram account
)

// threadLife is how long an app has a thread after the person's last message.
const threadLife = 24 * time.Hour

// thread says which app has the conversation, and until when.
type thread struct {
	owner string // app id; empty if none has it
	until time.Time
}

// ownerAt is the app that has the conversation, empty if it is idle.
func (c *conversation) ownerAt(at time.Time) string {
	if !at.Before(c.thread.until) {
		return ""
	}
	return c.thread.owner
}

// give makes an app the owner for as long as the platform's rule says. No app makes the conversation idle.
func (c *conversation) give(appID string, at time.Time) {
	c.thread = thread{owner: appID, until: at.Add(threadLife)}
}

// holder is the app that may answer: the owner, or while the conversation is idle the page's default app. It is empty if
// every app may.
func (p *page) holder(c *conversation, at time.Time) string {
	return cmp.Or(c.ownerAt(at), p.defaultApp)
}

// onStandby reports whether another app than the page's may answer, so that the page's app only listens.
func (p *page) onStandby(c *conversation, at time.Time) bool {
	holder := p.holder(c, at)
	return holder != "" && holder != p.appID
}

// arrive notes a person's act: control lasts for 24 hours from now, and an idle conversation goes to the default app.
func (p *page) arrive(c *conversation, at time.Time) {
	c.lastAct = at
	if owner := p.holder(c, at); owner != "" {
		c.thread.owner = owner
		c.thread.until = later(c.thread.until, at.Add(threadLife))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// report queues the callback of an event of a conversation, if the page is subscribed to it: under standby while another
// app has the thread, for which the page must be subscribed to standby too, else under messaging. s.mu must be held.
func (s *Simulator) report(pg *page, c *conversation, d Delivery, event json.RawMessage) error {
	if !s.hears(pg, d.Field) {
		s.warnNotSubscribed(pg, d)
		return nil
	}
	fill := messagingOf(event)
	if pg.onStandby(c, d.Time) {
		d.Field = "standby"
		fill = standbyOf(event)
	}
	return s.reportUnder(pg, d, fill)
}

// reportUnder queues a callback of the page, if the page is subscribed to its field. s.mu must be held.
func (s *Simulator) reportUnder(pg *page, d Delivery, fill func(*entry)) error {
	if !s.hears(pg, d.Field) {
		return nil
	}
	d.Field = pg.fieldName(d.Field)
	body, err := pg.entryOf(d.Time, fill)
	if err != nil {
		return err
	}
	d.page, d.Body = pg, string(body)
	s.enqueue(&d)
	return nil
}

// handover is what happens to the control of a conversation.
type handover struct {
	PreviousOwner json.RawMessage `json:"previous_owner_app_id,omitempty"` // a string, or null from an idle conversation
	NewOwner      json.RawMessage `json:"new_owner_app_id,omitempty"`
	Requested     json.RawMessage `json:"requested_owner_app_id,omitempty"`
	Metadata      string          `json:"metadata"`
}

// ownerOrNull writes the id of an owner: null if there is none.
func ownerOrNull(appID string) json.RawMessage {
	if appID == "" {
		return json.RawMessage("null")
	}
	return mustJSON(appID)
}

// tellHandover queues an event of Conversation Routing, which comes under messaging whoever has the thread. s.mu must be
// held.
func (s *Simulator) tellHandover(pg *page, psid string, at time.Time, e element) error {
	e.Sender, e.Recipient, e.Timestamp = &party{ID: psid}, &party{ID: pg.id}, at.UnixMilli()
	raw, err := encode(e)
	if err != nil {
		return err
	}
	return s.reportUnder(pg, Delivery{PSID: psid, Field: "messaging_handovers", Time: at},
		messagingOf(raw))
}

// pass gives a conversation to another app, which is told. s.mu must be held.
func (s *Simulator) pass(pg *page, psid, target, metadata string, at time.Time) error {
	c := pg.conversation(psid)
	previous := c.ownerAt(at)
	c.give(target, at)
	s.publishThread(pg, psid, at)
	if target != pg.appID {
		return nil // the event goes to the app that gets the conversation
	}
	return s.tellHandover(pg, psid, at, element{PassThreadControl: &handover{
		PreviousOwner: ownerOrNull(previous), NewOwner: json.RawMessage(number(target)), Metadata: metadata,
	}})
}

// take makes an app the owner. The page's app is told if another app takes the conversation. s.mu must be held.
func (s *Simulator) take(pg *page, psid, appID, metadata string, at time.Time) error {
	c := pg.conversation(psid)
	previous := pg.holder(c, at)
	c.give(appID, at)
	s.publishThread(pg, psid, at)
	if appID == pg.appID || previous == appID {
		return nil
	}
	return s.tellHandover(pg, psid, at, element{TakeThreadControl: &handover{
		PreviousOwner: ownerOrNull(previous), NewOwner: mustJSON(appID), Metadata: metadata,
	}})
}

// request asks the owner for a conversation; an idle one goes to who asks. s.mu must be held.
func (s *Simulator) request(pg *page, psid, appID, metadata string, at time.Time) error {
	c := pg.conversation(psid)
	owner := c.ownerAt(at)
	if owner == "" {
		c.give(appID, at)
		s.publishThread(pg, psid, at)
		return nil
	}
	if owner != pg.appID || appID == pg.appID {
		return nil // another app is told
	}
	return s.tellHandover(pg, psid, at, element{RequestThreadControl: &handover{
		Requested: json.RawMessage(number(appID)), Metadata: metadata,
	}})
}

// release makes a conversation idle. No app is told. s.mu must be held.
func (s *Simulator) release(pg *page, psid string, at time.Time) {
	pg.conversation(psid).give("", at)
	s.publishThread(pg, psid, at)
}

// Thread is the state of a conversation's control.
type Thread struct {
	PSID   string    `json:"person_id"`
	Owner  string    `json:"owner"`            // the app that has it; empty while it is idle
	Until  time.Time `json:"until,omitzero"`   // when it becomes idle
	Holder string    `json:"holder,omitempty"` // the app that may answer; empty: every app may
}

func (p *page) threadOf(psid string, at time.Time) Thread {
	c := p.conversation(psid)
	t := Thread{PSID: psid, Owner: c.ownerAt(at), Holder: p.holder(c, at)}
	if t.Owner != "" {
		t.Until = c.thread.until
	}
	return t
}

// lapseThreads makes the conversations idle whose control has ended by the clock, so that the live stream shows it. s.mu must be held.
func (s *Simulator) lapseThreads() {
	at := s.now()
	for _, pg := range s.pages {
		for psid, c := range pg.conversations {
			if c.thread.owner != "" && c.ownerAt(at) == "" {
				c.thread.owner = ""
				s.publishThread(pg, psid, at)
			}
		}
	}
}

func (s *Simulator) publishThread(pg *page, psid string, at time.Time) {
	s.publish("thread", pg.threadOf(psid, at))
}
