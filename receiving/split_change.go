package receiving

import (
	"cmp"
	"time"
)

// change reads a change: a field and its value, in either order.
func (s *splitter) change(e *Envelope) identity {
	var value []byte
	start := s.Offset()
	at := start
	for s.Enter(); s.NextKey(); {
		switch string(s.Key()) {
		case "field":
			s.name(&e.Field)
		case "value":
			at = s.Offset()
			value = s.Value()
		default:
			s.Skip()
		}
	}
	if e.Field == "" {
		e.Field = "changes"
	}
	if k := changes[e.Field]; value == nil && k != nil && k.flat {
		value = s.Since(start)
	}
	if !isMessagingField(e.Field) {
		s.within(at, value, func() { s.about(e) })
		return identity{kind: e.Field}
	}
	e.Standby = e.Field == "standby"
	id := identity{kind: e.Field}
	s.within(at, value, func() {
		if s.Kind() != '{' {
			s.refuse("an object")
			e.Thread = e.Field + "/"
			return
		}
		id = s.element(e, e.Field)
	})
	id.content = value
	return id
}

// call reads an element of "calls".
func (s *splitter) call(e *Envelope) identity {
	e.Field = fieldCalls
	s.about(e)
	return identity{kind: e.Field}
}

// about reads what a value is about into its envelope: the person, the time, the conversation.
func (s *splitter) about(e *Envelope) {
	of := s.subject(changes[e.Field])
	e.PersonID, e.Time = of.person(s.page), of.at
	if e.Thread = e.PersonID; e.Thread == "" {
		e.Thread = e.Field + "/" + of.about()
	}
}

// subject is what Split reads of the value of a change.
type subject struct {
	comment, post, media, own string
	user, from, to, direction string
	at                        time.Time
}

// subject reads a value of a kind that may be nil, for a field that is not known.
func (s *splitter) subject(k *changeKind) subject {
	var of subject
	if s.Kind() != '{' {
		s.Skip()
		return of
	}
	if k == nil {
		k = &changeKind{}
	}
	for s.Enter(); s.NextKey(); {
		switch key := string(s.Key()); {
		case key == "comment_id":
			s.name(&of.comment)
		case key == "post_id":
			s.name(&of.post)
		case key == "media_id":
			s.name(&of.media)
		case key == "id":
			s.name(&of.own)
		case key == "user" && k.person == personUser:
			var user party
			s.party(&user)
			of.user = user.id
		case key == "recipient_id" && (k.person == personRecipient || k.person == personCaller):
			s.name(&of.user)
		case key == "from" && k.person == personCaller:
			s.name(&of.from)
		case key == "to" && k.person == personCaller:
			s.name(&of.to)
		case key == "call_direction" && k.person == personCaller:
			s.name(&of.direction)
		case key == k.time && key != "":
			s.time(&of.at)
		default:
			s.Skip()
		}
	}
	return of
}

// about returns the id of what a value is about: of a comment, else of a post, else of media, else its own. It is "" if there
// is none.
func (of subject) about() string {
	return cmp.Or(of.comment, of.post, of.media, of.own)
}

// person returns the person of a value, for a call the party that is not the page.
func (of subject) person(page string) string {
	switch {
	case of.user != "":
		return of.user
	case of.from != "" && of.from == page:
		return of.to
	case of.to != "" && of.to == page:
		return of.from
	case of.direction == "business_initiated":
		return of.to
	}
	return of.from
}

// maxName is the most bytes of an id or a field's name; the platform's are far below it.
const maxName = 256

// isName reports whether text can be part of a key in any database.
func isName(text []byte) bool {
	if len(text) > maxName {
		return false
	}
	for _, c := range text {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// name reads an id or a field's name, and refuses what cannot be one.
func (s *splitter) name(to *string) {
	s.scalar("an id", func(text []byte) bool {
		switch {
		case string(text) == s.page:
			*to = s.page
		case isName(text):
			*to = string(text)
		default:
			return false
		}
		return true
	})
}
