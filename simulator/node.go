package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

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
		s.publish("page", map[string]string{"changed": c.page.id})
	case http.MethodDelete:
		c.page.fields = []string{}
		s.publish("page", map[string]string{"changed": c.page.id})
	}
	return successful, nil
}

// checkFields says what is wrong with webhook fields, empty if nothing is.
func (p *page) checkFields(names []string) string {
	fields, whose := subscribable, "a page"
	if p.instagram {
		fields, whose = fieldsOfInstagram(p.ownLogin()), "an Instagram account"
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
