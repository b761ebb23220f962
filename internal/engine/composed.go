package engine

import (
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// composed returns the plan of a send that a route of this turn has composed. It has what its body
// in the outbox would be decoded to. It is nil if the body must be decoded: it holds the message as
// it was when the route ended, and the program may still change parts that it shares with the
// message.
func (t *turn) composed(send store.Send) *plan {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.routes {
		r := &t.routes[i]
		for at := range r.sends {
			if r.sends[at].Key != send.Key {
				continue
			}
			m := r.messages[at]
			if !standsAlone(&m) {
				return nil
			}
			if m.Recipient != nil {
				m = m.To(*m.Recipient)
			}
			p := &plan{send: store.QueuedSend{Send: send}}
			p.delivery = delivery(&p.send, &outgoing{Object: t.ev.Object, CreatedAt: r.queuedAt.Round(0), Message: m})
			return p
		}
	}
	return nil
}

// standsAlone reports whether a message shares nothing with the program that has made it, except
// its recipient.
func standsAlone(m *sending.Message) bool {
	return m.Public == nil && m.ThreadControl == nil && m.Reaction == nil && m.Attachment == nil && m.Utility == nil &&
		m.Attachments == nil && m.QuickReplies == nil
}
