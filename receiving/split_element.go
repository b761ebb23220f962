package receiving

import "github.com/djmessenger/messenger/internal/metadata"

func (s *splitter) messaging() {
	s.envelope(func(e *Envelope) identity { return s.element(e, "") })
}

func (s *splitter) standby() {
	s.envelope(func(e *Envelope) identity {
		e.Standby = true
		return s.element(e, "")
	})
}

// elementInEntry reads an entry that is itself a messaging element.
func (s *splitter) elementInEntry() {
	s.envelope(func(e *Envelope) identity {
		start := s.Offset()
		id := s.element(e, "")
		id.content = s.unframed(s.Since(start))
		return id
	})
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
	mid                 []byte // in splitter.mids
	sendKey, userRef    string
	echo, deleted, self bool
}

// party is a sender or recipient.
type party struct {
	id, userRef string
}

// element reads a messaging element. Its kind and name are found as by [decoder.element].
func (s *splitter) element(e *Envelope, field string) identity {
	start := s.Offset()
	var sender, recipient party
	var names naming
	self := false
	var one [1]candidate // mostly there is no other
	list := one[:0]
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
		case "is_self":
			s.flag(&self)
			continue
		}
		k := kinds[string(s.Key())]
		names.see(s.Key(), k)
		if k == nil {
			s.Skip()
			continue
		}
		var at int
		list, at = withCandidate(list, k)
		c := &list[at]
		if c.offset, c.is = s.Offset(), s.Kind(); c.is == '{' && !k.flat {
			s.head(k, &c.head)
		} else {
			s.Skip()
		}
	}
	var chosen *candidate
	if len(list) == 1 && list[0].fits() {
		chosen = &list[0]
	} else {
		chosen = choose(list)
		s.reportMisfits(list, chosen, true)
	}
	field = names.name(field)
	head := &nothing
	if chosen != nil {
		head = &chosen.head
	}
	switch {
	case head.echo: // one that names the page as its recipient is none of the platform's
		e.SendKey = head.sendKey
		if s.page == "" || recipient.id != s.page {
			sender, recipient = recipient, sender
		}
	case self || head.self: // the account has written to itself, and is named by its own id as the sender
		if s.page == "" || sender.id == s.page {
			sender, recipient = recipient, sender
		}
	}
	address(e, sender, recipient)
	if e.UserRef == "" {
		e.UserRef = head.userRef
	}
	e.Thread = thread(e, field)
	switch {
	case chosen == nil:
		return identity{kind: field}
	case !chosen.kind.flat:
		return identify(chosen.kind, head)
	}
	id := identity{kind: chosen.kind.name}
	s.within(start, s.Since(start), func() {
		of := s.subject(groupFeeds)
		id.own = s.own(groupFeeds.identity, &of)
		if e.PSID+e.UserRef == "" {
			e.Thread = chosen.kind.name + "/" + of.about()
		}
	})
	return id
}

// choose returns the candidate of the lowest rank whose value fits, or nil.
func choose(list []candidate) (chosen *candidate) {
	for i := range list {
		if c := &list[i]; c.fits() && (chosen == nil || c.kind.rank < chosen.kind.rank) {
			chosen = c
		}
	}
	return chosen
}

// address takes the person and the page from the parties.
func address(e *Envelope, person, page party) {
	e.PSID, e.UserRef, e.PageID = person.id, person.userRef, page.id
}

// thread names the conversation of a messaging element.
func thread(e *Envelope, field string) string {
	switch {
	case e.PSID != "":
		return e.PSID
	case e.UserRef != "":
		return "user_ref/" + e.UserRef
	}
	return field + "/"
}

func identify(kind *kind, head *head) identity {
	switch {
	case head.echo && head.deleted:
		return identity{kind: kindEchoDeleted, mid: head.mid}
	case head.echo:
		return identity{kind: kindEcho, mid: head.mid}
	case head.deleted:
		return identity{kind: kindDeleted, mid: head.mid}
	case kind.carries == carriesEdit:
		return identity{kind: kind.name, edited: head.mid}
	}
	return identity{kind: kind.name, mid: head.mid}
}

// head reads what Split needs of a kind's value, which is an object, into an empty head.
func (s *splitter) head(k *kind, h *head) {
	message := k.carries == carriesMessage
	for s.Enter(); s.NextKey(); {
		read := true
		switch string(s.Key()) {
		case "is_self":
			s.flag(&h.self)
		case "mid":
			if read = message || k.carries == carriesMID || k.carries == carriesEdit; read {
				h.mid = s.mid()
			}
		case "is_echo":
			if read = message; read {
				s.flag(&h.echo)
			}
		case "is_deleted":
			if read = message; read {
				s.flag(&h.deleted)
			}
		case "metadata":
			if read = message; read {
				h.sendKey = s.sendKey()
			}
		case "user_ref":
			if read = k.carries == carriesUserRef; read {
				s.name(&h.userRef)
			}
		default:
			read = false
		}
		if !read {
			s.Skip()
		}
	}
}

// nothing is what Split reads of an element of no kind.
var nothing head

// mid reads a message id, which is a string. Anything else is left to [Envelope.Event] to report.
func (s *splitter) mid() []byte {
	if s.Kind() != '"' {
		s.Skip()
		return nil
	}
	start := len(s.mids)
	s.mids = append(s.mids, s.Text()...)
	return s.mids[start:]
}

// sendKey reads the idempotency key in an echo's metadata.
func (s *splitter) sendKey() string {
	if s.Kind() != '"' {
		s.Skip()
		return ""
	}
	key, _ := metadata.Decode(string(s.Text()))
	return key
}

func (s *splitter) party(to *party) {
	*to = party{}
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
