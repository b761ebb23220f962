package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

// label is a mark that a page puts on people.
type label struct {
	serial   int
	id, name string
	people   []string
}

// callLabels makes and lists the labels of a page, see
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels
// The name is page_label_name; older clients call it name.
func (s *Simulator) callLabels(c *call) (any, *GraphError) {
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	if c.page.instagram {
		return nil, errObject(c.method, c.node)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.method == http.MethodGet {
		return listLabels(c, c.page.labels, fields)
	}
	var ck check
	v := c.get("page_label_name")
	if old := c.get("name"); old.present() && !v.present() {
		v = old
	}
	name := ck.required(v, 80)
	if ck.err != nil {
		return nil, ck.err
	}
	if slices.ContainsFunc(c.page.labels, func(l *label) bool { return l.name == name }) {
		return nil, refuse(0, "A label with the name %q exists already", name)
	}
	l := &label{serial: s.nextSerial(), id: "3" + c.page.random.digits(15), name: name}
	c.page.labels = append(c.page.labels, l)
	return map[string]string{"id": l.id}, nil
}

// callLabelsOf lists the labels of a person.
func (s *Simulator) callLabelsOf(c *call) (any, *GraphError) {
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.page.people[c.node] == nil || c.page.instagram {
		return nil, errObject(c.method, c.node)
	}
	var theirs []*label
	for _, l := range c.page.labels {
		if slices.Contains(l.people, c.node) {
			theirs = append(theirs, l)
		}
	}
	return listLabels(c, theirs, fields)
}

func listLabels(c *call, labels []*label, fields []field) (any, *GraphError) {
	return list(c, labels, func(l *label) string { return strconv.Itoa(l.serial) },
		func(l *label) (any, *GraphError) { return l.read(fields) })
}

func (l *label) read(fields []field) (any, *GraphError) {
	return choose(l.id, fields, nil, map[string]any{"page_label_name": l.name, "name": l.name})
}

// callLabel puts a label on a person, or takes it off.
func (s *Simulator) callLabel(c *call) (any, *GraphError) {
	var ck check
	psid := ck.neededID(c.get("user"))
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := c.page.labelByID(c.node)
	switch {
	case l == nil:
		return nil, errObject(c.method, c.node)
	case c.page.people[psid] == nil && !s.meet(c.page, psid):
		return nil, c.page.known("person unknown")
	}
	l.people = slices.DeleteFunc(l.people, func(id string) bool { return id == psid })
	if c.method == http.MethodPost {
		l.people = append(l.people, psid)
	}
	return successful, nil
}

// callOneLabel reads or deletes a label, which takes it off everyone. s.mu must be held.
func (s *Simulator) callOneLabel(c *call, l *label, fields []field) (any, *GraphError) {
	if c.method == http.MethodDelete {
		c.page.labels = slices.DeleteFunc(c.page.labels, func(other *label) bool { return other == l })
		return successful, nil
	}
	return l.read(fields)
}

// labelByID returns nil if the page has none of that id.
func (p *page) labelByID(id string) *label {
	at := slices.IndexFunc(p.labels, func(l *label) bool { return l.id == id })
	if at < 0 {
		return nil
	}
	return p.labels[at]
}

// LabelsOf returns the names of the labels that the page has put on a person, in the order in which the labels were made.
func (s *Simulator) LabelsOf(psid string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	if pg == nil {
		return nil
	}
	var names []string
	for _, l := range pg.labels {
		if slices.Contains(l.people, psid) {
			names = append(names, l.name)
		}
	}
	return names
}
