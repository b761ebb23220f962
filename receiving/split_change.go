package receiving

import (
	"cmp"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// changeParts is a change that was not looked into yet.
type changeParts struct {
	field string
	value []byte // nil if there is none
	at    int    // where the value begins
	raw   []byte
	start int // where raw begins
	// inEntry reports that raw is the entry, of which some fields are not the change's.
	inEntry bool
}

// changed reads an element of "changes".
func (s *splitter) changed() {
	s.change(false)
}

// changeInEntry reads an entry that is itself a change, as apps with Instagram Login get it.
func (s *splitter) changeInEntry() {
	s.change(true)
}

// change reads a change: a field and its value, in either order.
func (s *splitter) change(inEntry bool) {
	c := changeParts{start: s.Offset(), inEntry: inEntry}
	c.at = c.start
	s.Deep() // forgets what was nested too deeply before
	for s.Enter(); s.NextKey(); {
		switch string(s.Key()) {
		case "field":
			s.name(&c.field)
		case "value":
			c.at = s.Offset()
			c.value = s.Value()
		default:
			s.Skip()
		}
	}
	c.raw = s.Since(c.start)
	if c.field == "" {
		c.field = "changes"
	}
	if s.Deep() {
		s.elements++
		s.report(c.start, "is nested too deeply")
		return
	}
	if len(c.value) > 0 && c.value[0] == '[' && s.spread(c) {
		return
	}
	s.addChange(c)
}

// spread makes an event of each object of a value that is an array, as one page of the documentation describes it. It returns false
// if there is none.
func (s *splitter) spread(c changeParts) bool {
	some := false
	s.within(c.at, c.value, func() {
		for s.Enter(); s.NextItem(); {
			at, is := s.Offset(), s.Kind()
			item := s.Value()
			if is != '{' {
				s.report(at, "is "+kindName(is)+", not an object")
				continue
			}
			some = true
			if s.elements >= MaxElements { // and no copy of what is left out
				s.elements++
				continue
			}
			one := c
			one.value, one.at = item, at
			one.raw = append([]byte(nil), `{"field":`...)
			one.raw, _ = jsontext.AppendQuote(one.raw, c.field)
			one.raw = append(append(append(one.raw, `,"value":`...), item...), '}')
			s.addChange(one)
		}
	})
	return some
}

// addChange makes an event of a change.
func (s *splitter) addChange(c changeParts) {
	if s.elements++; s.elements > MaxElements {
		return
	}
	s.envelopes = append(s.envelopes, Envelope{Field: c.field, Raw: c.raw})
	e := &s.envelopes[len(s.envelopes)-1]
	content := c.value
	if len(content) == 0 || content[0] == 'n' { // nothing but what stands beside it can tell two such changes apart
		content = s.flatContent(c)
	}
	if k := changes[e.Field]; c.value == nil && k != nil && k.flat {
		c.value, c.at = c.raw, c.start
	}
	id := identity{kind: e.Field}
	if isMessagingField(e.Field) {
		e.Standby = e.Field == "standby"
		id = s.messagingChange(e, c)
	} else {
		s.within(c.at, c.value, func() { id.own = s.about(e) })
	}
	id.content = content
	s.identities = append(s.identities, id)
}

// messagingChange reads a change whose value is a messaging element, as the dashboard's test button sends it.
func (s *splitter) messagingChange(e *Envelope, c changeParts) (id identity) {
	s.within(c.at, c.value, func() {
		if s.Kind() != '{' {
			s.refuse("an object")
			e.Thread = e.Field + "/"
			id = identity{kind: e.Field}
			return
		}
		id = s.element(e, e.Field)
	})
	return id
}

// flatContent returns the content of a change without a value, which may have its fields in the place of it: of an entry, all but the
// entry's own fields, of which the time is that of the notification.
func (s *splitter) flatContent(c changeParts) []byte {
	if !c.inEntry {
		return c.raw
	}
	return s.unframed(c.raw)
}

// unframed returns the fields of an entry that are not the entry's own.
func (s *splitter) unframed(entry []byte) []byte {
	start := len(s.mids)
	s.within(0, entry, func() {
		for s.Enter(); s.NextKey(); {
			f := entryFieldOf(s.Key())
			if f != entryOther {
				s.Skip()
				continue
			}
			s.mids = append(append(s.mids, s.Key()...), 0)
			s.mids = append(append(s.mids, s.Value()...), 0)
		}
	})
	return s.mids[start:]
}

// call reads an element of "calls".
func (s *splitter) call(e *Envelope) identity {
	e.Field = fieldCalls
	return identity{kind: e.Field, own: s.about(e)}
}

// about reads what a value is about into its envelope: the person, the time, the conversation. It returns what identifies it, if it
// is known by ids alone.
func (s *splitter) about(e *Envelope) (own []byte) {
	k := changes[e.Field]
	of := s.subject(k)
	e.PSID, e.Time = of.person(s.page), of.at
	if e.Thread = e.PSID; e.Thread == "" {
		e.Thread = e.Field + "/" + of.about()
	}
	if k == nil {
		return nil
	}
	return s.own(k.identity, &of)
}

// subject is what Split reads of the value of a change.
type subject struct {
	comment, post, media, own string
	user, from, to, direction string
	at                        time.Time

	item, verb, photo, video, share, event, album, published string // of what is identified by them
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
		case key == "from" && k.person == personSelf:
			s.self(&of.user)
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
		case k.identity != identityContent:
			s.feedField(&of)
		default:
			s.Skip()
		}
	}
	return of
}

// self reads the author of a comment, who is a person that can be written to if it is the account itself.
func (s *splitter) self(to *string) {
	*to = ""
	if !s.object() {
		return
	}
	for s.NextKey() {
		switch string(s.Key()) {
		case "self_ig_scoped_id":
			s.name(to)
		default:
			s.Skip()
		}
	}
}

// about returns the id of what a value is about: of a comment, else of a post, else of media, else its own. It is "" if there
// is none.
func (of *subject) about() string {
	return cmp.Or(of.comment, of.post, of.media, of.own)
}

// person returns the person of a value, for a call the party that is not the page.
func (of *subject) person(pageID string) string {
	switch {
	case of.user != "":
		return of.user
	case of.from != "" && of.from == pageID:
		return of.to
	case of.to != "" && of.to == pageID:
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
	*to = ""
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
