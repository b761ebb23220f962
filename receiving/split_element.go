package receiving

func (s *splitter) messaging() {
	s.envelope(func(e *Envelope) identity { return s.element(e, "") })
}

func (s *splitter) standby() {
	s.envelope(func(e *Envelope) identity {
		e.Standby = true
		return s.element(e, "")
	})
}

func (s *splitter) changed() {
	s.envelope(s.change)
}

func (s *splitter) calling() {
	s.envelope(s.call)
}

// envelope reads one element into an envelope, except for what only its entry knows.
func (s *splitter) envelope(read func(*Envelope) identity) {
	if s.elements++; s.elements > MaxElements {
		s.Skip()
		return
	}
	start, n := s.Offset(), len(s.envelopes)
	s.envelopes = append(s.envelopes, Envelope{})
	e := &s.envelopes[n]
	s.Deep() // forgets what was nested too deeply before
	id := read(e)
	if s.Deep() {
		s.envelopes = s.envelopes[:n]
		s.report(start, "is nested too deeply")
		return
	}
	e.Raw = s.Since(start)
	if id.content == nil {
		id.content = e.Raw
	}
	s.identities = append(s.identities, id)
}

// head is what Split reads of a kind's value.
type head struct {
	mid              []byte // in splitter.mids
	sendKey, userRef string
	echo, deleted    bool
}

// party is a sender or recipient.
type party struct {
	id, userRef string
}

// element reads a messaging element. The event is named as in [decoder.element].
func (s *splitter) element(e *Envelope, field string) identity {
	start := s.Offset()
	var sender, recipient party
	var kind *kind
	var head head
	for s.Enter(); s.NextKey(); {
		switch string(s.Key()) {
		case "sender":
			s.party(&sender)
			continue
		case "recipient":
			s.party(&recipient)
			continue
		case "timestamp":
			s.time(&e.Time)
			continue
		}
		k := kinds[string(s.Key())]
		if k == nil {
			if field == "" && isName(s.Key()) && !isFrame(string(s.Key())) {
				field = string(s.Key())
			}
			s.Skip()
			continue
		}
		if field == "" {
			field = k.name
		}
		switch {
		case k.flat:
			if kind == nil {
				kind = k
			}
			s.Skip()
		case s.Kind() != '{':
			s.refuse("an object")
		case kind != nil && k.rank > kind.rank:
			s.Skip()
		default:
			kind, head = k, s.head(k)
		}
	}
	if head.echo {
		e.SendKey = head.sendKey
		if s.page == "" || recipient.id != s.page { // an echo that names the page as its recipient is none of the platform's
			sender, recipient = recipient, sender
		}
	}
	e.PersonID, e.UserRef, e.PageID = sender.id, sender.userRef, recipient.id
	if e.UserRef == "" {
		e.UserRef = head.userRef
	}
	e.Thread = thread(e, field)
	if kind != nil && kind.flat && e.PersonID+e.UserRef == "" {
		s.within(start, s.Since(start), func() { e.Thread = kind.name + "/" + s.subject(nil).about() })
	}
	return identify(kind, field, head)
}

// thread names the conversation of a messaging element.
func thread(e *Envelope, field string) string {
	switch {
	case e.PersonID != "":
		return e.PersonID
	case e.UserRef != "":
		return "user_ref/" + e.UserRef
	}
	return field + "/"
}

func identify(kind *kind, field string, head head) identity {
	switch {
	case kind == nil:
		return identity{kind: field}
	case head.echo && head.deleted:
		return identity{kind: kindEchoDeleted, mid: head.mid}
	case head.echo:
		return identity{kind: kindEcho, mid: head.mid}
	case head.deleted:
		return identity{kind: kindDeleted, mid: head.mid}
	}
	return identity{kind: kind.name, mid: head.mid}
}

// head reads what Split needs of a kind's value, which is an object.
func (s *splitter) head(k *kind) head {
	var h head
	if k.carries == carriesNothing {
		s.Skip()
		return h
	}
	for s.Enter(); s.NextKey(); {
		switch key, message := s.Key(), k.carries == carriesMessage; {
		case k.carries == carriesUserRef && string(key) == "user_ref":
			s.name(&h.userRef)
		case k.carries != carriesUserRef && string(key) == "mid" && s.Kind() == '"':
			start := len(s.mids)
			s.mids = append(s.mids, s.Text()...)
			h.mid = s.mids[start:]
		case message && string(key) == "is_echo" && s.Kind() != 'n':
			h.echo = s.Kind() == 't'
			s.Skip()
		case message && string(key) == "is_deleted" && s.Kind() != 'n':
			h.deleted = s.Kind() == 't'
			s.Skip()
		case message && string(key) == "metadata" && s.Kind() == '"':
			h.sendKey, _ = DecodeMetadata(string(s.Text()))
		default:
			s.Skip()
		}
	}
	return h
}

func (s *splitter) party(to *party) {
	if !s.object() {
		return
	}
	for s.NextKey() {
		switch string(s.Key()) {
		case "id":
			s.name(&to.id)
		case "user_ref":
			s.name(&to.userRef)
		default:
			s.Skip()
		}
	}
}
