package receiving

import "time"

// entryField is a field of an entry that Split reads.
type entryField uint

const (
	entryOther entryField = iota
	entryID
	entryTime
	entryMessaging
	entryStandby
	entryChanges
	entryCalls
	entryName
	entryValue
	entryFields // how many there are
)

// entryFieldOf returns the field of that name.
func entryFieldOf(key []byte) entryField {
	switch string(key) {
	case "id":
		return entryID
	case "time":
		return entryTime
	case "messaging":
		return entryMessaging
	case "standby":
		return entryStandby
	case "changes":
		return entryChanges
	case "calls":
		return entryCalls
	case "field":
		return entryName
	case "value":
		return entryValue
	}
	return entryOther
}

// entryRead is what was read of an entry, besides its events.
type entryRead struct {
	page   string
	at     time.Time
	lists  bool // it has a list of events
	change bool // it is itself a change: it has a field or a value
	others bool // it has fields that Split does not know
}

// entry reads one entry.
func (s *splitter) entry() {
	before, reader := s.mark(), s.Reader
	start := s.Offset()
	s.findPage(nil)
	read, once := s.entryFields(nil)
	if !once { // the last one of each name counts: read it again, and only those
		s.rewind(before)
		s.Reader = reader
		last := s.lastFields()
		s.Reader = reader
		s.findPage(last)
		read, _ = s.entryFields(last)
	}
	switch {
	case read.change: // as apps with Instagram Login get it
		s.within(start, s.Since(start), s.changeInEntry)
	case !read.lists && read.others: // some samples have the event in the place of its entry
		s.within(start, s.Since(start), s.elementInEntry)
	}
	for i, id := range s.identities {
		e := &s.envelopes[before.envelopes+i]
		if read.page != "" {
			e.PageID = read.page
		}
		s.scratch = id.identify(s.scratch, e)
		if e.Time.IsZero() { // after identify: the time of the notification is no part of a key
			e.Time = read.at
		}
	}
}

// entryFields reads the fields of an entry. It stops and returns false where one comes twice, unless last says where the last one of
// each is; then it skips all others.
func (s *splitter) entryFields(last *[entryFields]int) (read entryRead, once bool) {
	var seen uint // bits by field
	s.identities, s.mids = s.identities[:0], s.mids[:0]
	for s.Enter(); s.NextKey(); {
		f := entryFieldOf(s.Key())
		switch {
		case f == entryOther:
			read.others = true
			s.Skip()
			continue
		case last != nil:
			if s.Offset() != last[f] {
				s.Skip()
				continue
			}
		case seen&(1<<f) != 0:
			return read, false
		}
		seen |= 1 << f
		s.entryField(f, &read)
	}
	return read, true
}

func (s *splitter) entryField(f entryField, read *entryRead) {
	switch f {
	case entryID:
		s.name(&read.page)
	case entryTime:
		s.time(&read.at)
	case entryMessaging:
		read.lists = true
		s.list(s.messaging)
	case entryStandby:
		read.lists = true
		s.list(s.standby)
	case entryChanges:
		read.lists = true
		s.list(s.changed)
	case entryCalls:
		read.lists = true
		s.list(s.calling)
	default:
		read.change = read.change || s.Kind() != 'n'
		s.Skip()
	}
}

// lastFields returns where, in the entry that comes next, the last value of each field begins.
func (s *splitter) lastFields() *[entryFields]int {
	var last [entryFields]int
	for s.Enter(); s.NextKey(); s.Skip() {
		last[entryFieldOf(s.Key())] = s.Offset()
	}
	return &last
}

// findPage looks for the id of the entry that comes next, since who is the person of a call or an echo depends on it. last is as in
// entryFields.
func (s *splitter) findPage(last *[entryFields]int) {
	entry := s.Reader
	var id []byte
	for s.Enter(); s.NextKey(); s.Skip() {
		if string(s.Key()) != "id" || last != nil && s.Offset() != last[entryID] {
			continue
		}
		switch s.Kind() {
		case '"':
			id = s.Text()
		case '0':
			id = s.Value()
		}
		break
	}
	switch {
	case !isName(id):
		s.page = ""
	case string(id) != s.page:
		s.page = string(id)
	}
	s.Reader = entry
}
