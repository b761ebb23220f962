package sending

import "fmt"

// checkEnvelope checks all but the content.
func (m Message) checkEnvelope(c *check) {
	if r := m.Recipient; r != nil {
		if set := len(r.named()); set != 1 {
			c.fail("recipient", fmt.Sprintf("exactly one of its fields must be set, not %d", set))
		}
	}
	m.checkMessagingType(c)
	switch m.NotificationType {
	case "", NotifyRegular, NotifySilent, NotifyNone:
	default:
		c.fail("notification_type", fmt.Sprintf("%q is none of REGULAR, SILENT_PUSH, NO_PUSH", m.NotificationType))
	}
	if t := m.ThreadControl; t != nil {
		t.check(c)
	}
	m.checkDelivery(c)
}

// checkDelivery checks when a message goes out, and under which key.
func (m Message) checkDelivery(c *check) {
	if m.Delay < 0 || m.Delay > MaxDelay {
		c.fail("delay", fmt.Sprintf("%v is not between 0 and %v", m.Delay, MaxDelay))
	}
	if len(m.Key) > MaxKey {
		c.fail("key", fmt.Sprintf("%d bytes, limit %d", len(m.Key), MaxKey))
	}
}

func (m Message) checkMessagingType(c *check) {
	switch m.MessagingType {
	case "", MessagingResponse, MessagingUpdate, MessagingUtility:
		if m.Tag != "" && m.MessagingType != "" {
			c.fail("tag", "goes with the messaging type MESSAGE_TAG, not "+string(m.MessagingType))
		}
	case MessagingTag:
		if m.Tag == "" {
			c.fail("tag", "is missing, but the messaging type is MESSAGE_TAG")
		}
	default:
		c.fail("messaging_type", fmt.Sprintf("%q is none of RESPONSE, UPDATE, MESSAGE_TAG, UTILITY", m.MessagingType))
	}
	if deadTags[m.Tag] {
		c.fail("tag", m.Tag+" was removed on 2026-04-27; use utility messages")
	}
}

// checkUtilityType checks that a utility template and the messaging type UTILITY
// come together.
func (m Message) checkUtilityType(c *check) {
	switch {
	case m.Utility == nil && m.MessagingType == MessagingUtility:
		c.fail("messaging_type", "UTILITY goes with a utility template only")
	case m.Utility != nil && m.MessagingType != "" && m.MessagingType != MessagingUtility:
		c.fail("messaging_type", "a utility template goes with UTILITY only, not "+string(m.MessagingType))
	case m.Utility != nil && m.Tag != "" && m.MessagingType == "":
		c.fail("tag", "does not go with a utility template")
	}
}

func (t *ThreadControl) check(c *check) {
	switch t.Type {
	case ControlPass:
	case "", ControlRelease:
		if t.AppID != "" {
			c.fail("thread_control.app_id", "goes with the control type pass only")
		}
	default:
		c.fail("thread_control.control_type", fmt.Sprintf("%q is neither pass nor release", t.Type))
	}
}

func (m Message) checkAction(c *check) {
	if len(m.contents()) > 0 || len(m.QuickReplies) > 0 || m.Metadata != "" || m.ThreadControl != nil {
		c.fail("sender_action", "goes alone, without content, quick replies, metadata or thread control")
	}
	switch m.SenderAction {
	case TypingOn, TypingOff, MarkSeen:
		if m.Reaction != nil {
			c.fail("reaction", "goes with the sender actions react and unreact only")
		}
	case React, Unreact:
		switch {
		case m.Reaction == nil || m.Reaction.MID == "":
			c.fail("reaction.message_id", "is missing")
		case m.SenderAction == React && m.Reaction.Reaction == "":
			c.fail("reaction.reaction", "is missing")
		}
	default:
		c.fail("sender_action", fmt.Sprintf("%q is none of typing_on, typing_off, mark_seen, react, unreact", m.SenderAction))
	}
}
