package receiving

// AsQuickReply returns a copy of a message's event as the tap on a quick reply with
// that title and payload: what the person has typed counts as the tap. As of a real
// tap, the title is the message's text. It keeps the event's Key, Raw and all else of
// the message. It returns nil for an event that is no message of the person, and for an
// empty payload.
func (e *Event) AsQuickReply(title, payload string) *Event {
	m, ok := e.Payload.(*Message)
	if !ok || m.IsEcho || payload == "" {
		return nil
	}
	tap, message := *e, *m
	message.Text, message.QuickReply = title, &QuickReply{Payload: payload}
	tap.Type, tap.Payload = TypeQuickReply, &message
	return &tap
}

// AsPostback returns a copy of a message's event as the tap on a button, or an item of
// the menu, with that title and payload. The payload decides the type, as it does for
// a real tap. It returns nil where [Event.AsQuickReply] does.
func (e *Event) AsPostback(title, payload string) *Event {
	m, ok := e.Payload.(*Message)
	if !ok || m.IsEcho || payload == "" {
		return nil
	}
	tap := *e
	postback := &Postback{
		MID: m.MID, Title: title, Payload: payload, Referral: m.Referral, IsSelf: m.IsSelf, PriorMessage: m.PriorMessage,
	}
	tap.Type, tap.Payload = classifyPostback(postback), postback
	return &tap
}
