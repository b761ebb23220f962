package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
)

// userSettings are what the page has set for one person.
type userSettings struct {
	menu  json.RawMessage // nil: the page's
	calls recentCalls
}

// callUserSettings reads and sets the persistent menu of one person, see
// https://developers.facebook.com/docs/messenger-platform/send-messages/persistent-menu#user_level_menu
func (s *Simulator) callUserSettings(c *call) (any, *GraphError) {
	var ck check
	psid := ck.neededID(c.get("psid"))
	var menu json.RawMessage
	if c.method == http.MethodPost {
		v := c.get("persistent_menu")
		checkMenu(&ck, v)
		menu = v.unquoted().raw
	}
	if c.method == http.MethodDelete {
		names := fieldNames(c.get("params"))
		if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return name != "persistent_menu" }) {
			ck.refuse("Param params must be [\"persistent_menu\"].")
		}
	}
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	if pg.instagram {
		return nil, errObject(c.method, c.node)
	}
	if pg.people[psid] == nil && !s.meet(pg, psid) {
		return nil, pg.known("person unknown")
	}
	own := &pg.conversation(psid).settings
	if !own.calls.allow(c.at, maxCalls) {
		return nil, known("calls limit")
	}
	switch c.method {
	case http.MethodPost:
		if _, started := pg.profile["get_started"]; !started {
			return nil, known("menu without button")
		}
		own.menu = menu
	case http.MethodDelete:
		own.menu = nil
	default:
		data := map[string]any{}
		if own.menu != nil {
			data["user_level_persistent_menu"] = own.menu
		}
		if of := pg.profile["persistent_menu"]; of != nil {
			data["page_level_persistent_menu"] = of
		}
		return map[string]any{"data": []any{data}}, nil
	}
	s.publish("menu", map[string]any{"person_id": psid, "menu": own.menu})
	return success, nil
}

// menuOf is the persistent menu that a person sees: their own, or else the page's.
func (p *page) menuOf(psid string) json.RawMessage {
	if c := p.conversations[psid]; c != nil && c.settings.menu != nil {
		return c.settings.menu
	}
	return p.profile["persistent_menu"]
}
