package simulator

import "slices"

// rawsKeep is how many bytes of [Message.Raw], of templates' too, are kept in all.
const rawsKeep = 64 << 20

// rawSize is how many bytes of it count for rawsKeep.
func (m *Message) rawSize() int {
	sum := len(m.Raw)
	for _, a := range m.Attachments {
		if a.Template != nil {
			sum += len(a.Template.Raw)
		}
	}
	return sum
}

// withoutRaw lets go of what went over the wire. Copies of the message that were given out keep it.
func (m *Message) withoutRaw() {
	m.Raw, m.Attachments = nil, slices.Clone(m.Attachments)
	for i, a := range m.Attachments {
		if a.Template != nil {
			template := *a.Template
			template.Raw = nil
			m.Attachments[i].Template = &template
		}
	}
}

// keepRaw counts what a new message keeps. When there is too much, the oldest messages lose theirs. s.mu must be held.
func (s *Simulator) keepRaw(m *Message) {
	size := m.rawSize()
	if size == 0 {
		return
	}
	s.raws = append(s.raws, m)
	s.rawBytes += size
	for s.rawBytes > rawsKeep {
		oldest := s.raws[0]
		s.raws = s.raws[1:]
		s.rawBytes -= oldest.rawSize()
		oldest.withoutRaw()
	}
}

// countRaws counts the messages that there are. s.mu must be held.
func (s *Simulator) countRaws() {
	s.raws, s.rawBytes = nil, 0
	for _, pg := range s.pages {
		for _, c := range pg.conversations {
			for _, m := range c.messages {
				s.keepRaw(m)
			}
		}
	}
}
