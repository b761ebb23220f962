package receiving

import "github.com/djmessenger/messenger/receiving/internal/scan"

// change reads a change: a field and its value, in either order.
func (s *splitter) change(e *Envelope) identity {
	var value []byte
	at := 0
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
	if !isMessagingField(e.Field) {
		s.within(at, value, func() { e.Thread = e.Field + "/" + s.about() })
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
	e.Field = "calls"
	e.Thread = e.Field + "/" + s.about()
	return identity{kind: e.Field}
}

// about returns the id of what a value is about: of a comment, else of a post, else its own. It is "" if there is none.
func (s *splitter) about() string {
	if s.Kind() != '{' {
		s.Skip()
		return ""
	}
	var comment, post, own string
	for s.Enter(); s.NextKey(); {
		switch string(s.Key()) {
		case "comment_id":
			s.name(&comment)
		case "post_id":
			s.name(&post)
		case "id":
			s.name(&own)
		default:
			s.Skip()
		}
	}
	switch {
	case comment != "":
		return comment
	case post != "":
		return post
	}
	return own
}

// within reads a part of the callback, whose place in it is known, once more.
func (s *splitter) within(at int, part []byte, read func()) {
	outer, base := s.Reader, s.base
	s.Reader, s.base = scan.NewReader(part), base+at
	read()
	s.Reader, s.base = outer, base
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
