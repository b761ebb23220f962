package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

// maxPersonaName is the length of a persona's name in characters.
const maxPersonaName = 50

// persona is one of the page's.
type persona struct {
	serial            int
	id, name, picture string
}

// callPersonas makes and lists the personas of a page, see
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas
// The picture is not fetched.
func (s *Simulator) callPersonas(c *call) (any, *GraphError) {
	if c.page.instagram {
		return nil, errObject(c.method, c.node)
	}
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	if c.method == http.MethodPost {
		return s.createPersona(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return list(c, c.page.personas, func(p persona) string { return strconv.Itoa(p.serial) },
		func(p persona) (any, *GraphError) { return p.read(fields) })
}

func (s *Simulator) createPersona(c *call) (any, *GraphError) {
	var ck check
	name := ck.required(c.get("name"), maxPersonaName)
	picture := ck.link(c.get("profile_picture_url"), false)
	if picture == "" {
		ck.refuse("Param profile_picture_url must be the URL of a picture.")
	}
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := persona{s.nextSerial(), "2" + c.page.random.digits(15), name, picture}
	c.page.personas = append(c.page.personas, p)
	return map[string]string{"id": p.id}, nil
}

func (p persona) read(fields []field) (any, *GraphError) {
	return choose(p.id, fields, []string{"name", "profile_picture_url"}, map[string]any{
		"name": p.name, "profile_picture_url": p.picture,
	})
}

// personaByID returns nil if the page has none of that id.
func (p *page) personaByID(id string) *persona {
	for i := range p.personas {
		if p.personas[i].id == id {
			return &p.personas[i]
		}
	}
	return nil
}

// callPersona reads or deletes a persona. Messages that appeared under it stay as they are. s.mu must be held.
func (s *Simulator) callPersona(c *call, p *persona, fields []field) (any, *GraphError) {
	if c.method == http.MethodDelete {
		id := p.id
		c.page.personas = slices.DeleteFunc(c.page.personas, func(p persona) bool { return p.id == id })
		return successful, nil
	}
	return p.read(fields)
}
