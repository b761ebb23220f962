package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// readNode answers GET of the page itself and of a person: the User Profile API,
// which gives the fields that were asked for and have a value. See
// https://developers.facebook.com/docs/messenger-platform/identity/user-profile
func (s *Simulator) readNode(c *call) (any, *GraphError) {
	if c.method != http.MethodGet {
		return nil, errNotSimulated(c.method, c.path)
	}
	names := fieldNames(c.get("fields"))
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	if c.node == pg.id && pg.instagram {
		return pick(c.node, names, []string{"id", "username"}, map[string]any{"name": pg.name, "username": pg.username()})
	}
	if c.node == pg.id {
		return pick(c.node, names, []string{"id", "name"}, map[string]any{"name": pg.name})
	}
	p := pg.people[c.node]
	switch {
	case p != nil:
	case digits(c.node) || s.cfg.Strangers:
		return nil, errObject(c.method, c.node)
	default: // no id of a person's: a message, a conversation, debug_token, …
		return nil, errNotSimulated(c.method, c.path)
	}
	picture := p.ProfilePic
	if picture == "" {
		picture = c.base + "/simulator/pictures/" + p.ID
	}
	if pg.instagram {
		return pg.instagramProfile(s, p, names, picture)
	}
	all := map[string]any{
		"name": p.name(), "first_name": p.FirstName, "last_name": p.LastName, "profile_pic": picture,
		"locale": p.Locale, "gender": p.Gender, "timezone": nil,
	}
	if p.Locale != "" || p.Timezone != 0 {
		all["timezone"] = p.Timezone
	}
	return pick(p.ID, names, []string{"id", "first_name", "last_name", "profile_pic"}, all)
}

// pick answers the asked-for fields, or the usual ones if none was named.
func pick(id string, names, usual []string, all map[string]any) (any, *GraphError) {
	if len(names) == 0 {
		names = usual
	}
	answer := map[string]any{"id": id}
	for _, name := range names {
		v, ok := all[name]
		if !ok && name != "id" {
			return nil, refuse(0, "Tried accessing nonexisting field (%s)", name)
		}
		if ok && v != nil && v != "" {
			answer[name] = v
		}
	}
	return answer, nil
}

// callSubscriptions is the page's list of apps and their webhook fields, see
// https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
func (s *Simulator) callSubscriptions(c *call) (any, *GraphError) {
	names := fieldNames(c.get("subscribed_fields"))
	if problem := c.page.checkFields(names); problem != "" {
		return nil, refuse(0, "Param subscribed_fields: %s.", problem)
	}
	if c.method == http.MethodPost && len(names) == 0 {
		return nil, refuse(0, "The parameter subscribed_fields is required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c.method {
	case http.MethodGet:
		data := []map[string]any{}
		if len(c.page.fields) > 0 && !c.page.unsubscribed {
			data = append(data, map[string]any{"id": c.page.appID, "subscribed_fields": c.page.fields})
		}
		return map[string]any{"data": data}, nil
	case http.MethodPost:
		c.page.resubscribe(names)
	case http.MethodDelete:
		c.page.fields = nil
	default:
		return nil, errMethod(c.method)
	}
	return map[string]bool{"success": true}, nil
}

// checkFields says what is wrong with webhook fields, empty if nothing is.
func (p *page) checkFields(names []string) string {
	fields, whose := subscribable, "a page"
	if p.instagram {
		fields, whose = instagramFields, "an Instagram account"
	}
	for _, name := range names {
		if !slices.Contains(fields, name) {
			return fmt.Sprintf("%q is not a webhook field of %s", name, whose)
		}
	}
	return ""
}

// hue gives each person a colour of their own.
func hue(id string) int {
	n, _ := strconv.ParseUint(id, 10, 64) // ids are digits; one too long is as good as any
	return int(n * 137 % 360)
}
