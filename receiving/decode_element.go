package receiving

import "cmp"

// naming finds the name of a messaging element. It does not depend on the order of the keys.
type naming struct {
	kind  *kind  // the known one of the lowest rank
	other string // of the keys that this library does not know the first in the alphabet
}

// see takes note of a key of the element; k is its kind, or nil.
func (n *naming) see(key []byte, k *kind) {
	switch {
	case k != nil:
		if n.kind == nil || k.rank < n.kind.rank {
			n.kind = k
		}
	case n.kind == nil && len(key) > 0 && (n.other == "" || string(key) < n.other) && isName(key) && !isFrame(string(key)):
		n.other = string(key)
	}
}

// name returns field if there is one, else the name of the kind, else the other key.
func (n *naming) name(field string) string {
	switch {
	case field != "":
		return field
	case n.kind != nil:
		return n.kind.name
	}
	return n.other
}

// candidate is a key of a messaging element that names a kind, with what was read of its value.
type candidate struct {
	kind    *kind
	offset  int     // where the value begins
	is      byte    // what the value is, as [scan.Reader.Kind] says it
	head    head    // what Split reads
	payload Payload // what Event reads
}

// fits reports whether the value can be that of its kind.
func (c *candidate) fits() bool {
	return c.is == '{' || c.kind.flat && c.is != 'n'
}

// withCandidate returns the list with an empty candidate of that kind, and where in it that is. What an earlier key of the same name
// has left is gone.
func withCandidate(list []candidate, k *kind) (_ []candidate, at int) {
	for i := range list {
		if list[i].kind == k {
			list[i] = candidate{kind: k}
			return list, i
		}
	}
	return append(list, candidate{kind: k}), len(list)
}

// reportMisfits reports the values that are no objects, though their kind's are, and which so have made a difference. chosen is the
// kind of the element, or nil. A null beside it is no fault, nor is a field that a flat kind reads itself; nulls says whether one
// alone is.
func (d *decoder) reportMisfits(list []candidate, chosen *candidate, nulls bool) {
	for i := range list {
		c := &list[i]
		switch {
		case c.fits() || c.kind.flat:
		case c.is == 'n' && (chosen != nil || !nulls):
		case chosen == nil || !chosen.kind.flat && c.kind.rank < chosen.kind.rank:
			d.report(c.offset, "is "+kindName(c.is)+", not an object")
		}
	}
}

// element decodes a messaging element. Its keys identify its kind; of several, the lowest rank wins. If there is none, the event is
// named by field, or if that is empty by a key that could be a name.
func (d *decoder) element(field string) Payload {
	start := d.Offset()
	if !d.object() {
		return &Unknown{Field: field}
	}
	var names naming
	var beside siblings
	var one [1]candidate // mostly there is no other
	list := one[:0]
	for d.NextKey() {
		k := kinds[string(d.Key())]
		names.see(d.Key(), k)
		if k == nil {
			d.sibling(&beside)
			continue
		}
		var at int
		list, at = withCandidate(list, k)
		c := &list[at]
		if c.offset, c.is = d.Offset(), d.Kind(); c.is == '{' && !k.flat {
			c.payload = k.decode(d)
		} else {
			d.Skip()
		}
	}
	var chosen *candidate
	for i := range list {
		c := &list[i]
		if c.fits() && (c.payload != nil || c.kind.flat) && (chosen == nil || c.kind.rank < chosen.kind.rank) {
			chosen = c
		}
	}
	d.reportMisfits(list, chosen, false)
	if chosen != nil && chosen.kind.flat {
		d.within(start, d.Since(start), func() { chosen.payload = chosen.kind.decode(d) })
	}
	if chosen == nil || chosen.payload == nil {
		return &Unknown{Field: names.name(field)}
	}
	beside.join(chosen.payload)
	return chosen.payload
}

// siblings are what the platform writes beside an event that it belongs to.
type siblings struct {
	hopContext   *HopContext
	lead         *Lead
	priorMessage *PriorMessage
	self         bool
}

// sibling reads a field of a messaging element that names no kind of event.
func (d *decoder) sibling(to *siblings) {
	switch string(d.Key()) {
	case "hop_context":
		to.hopContext = d.hopContext()
	case "lead":
		to.lead = d.lead()
	case "prior_message":
		to.priorMessage = d.priorMessage()
	case "is_self":
		d.flag(&to.self)
	default:
		d.Skip()
	}
}

// join puts the siblings into the payload that they belong to.
func (s *siblings) join(p Payload) {
	switch p := p.(type) {
	case *Message:
		p.HopContext = cmp.Or(s.hopContext, p.HopContext)
		p.PriorMessage = cmp.Or(s.priorMessage, p.PriorMessage)
		p.IsSelf = p.IsSelf || s.self
	case *Postback:
		p.PriorMessage = cmp.Or(s.priorMessage, p.PriorMessage)
		p.IsSelf = p.IsSelf || s.self
	case *Referral:
		p.Lead = cmp.Or(s.lead, p.Lead)
		p.IsSelf = p.IsSelf || s.self
	case *Reaction:
		p.IsSelf = p.IsSelf || s.self
	case *MessageEdit:
		p.IsSelf = p.IsSelf || s.self
	case *Read:
		p.IsSelf = p.IsSelf || s.self
	}
}
