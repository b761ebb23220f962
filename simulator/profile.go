package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// profileFields are the properties of the Messenger Profile and what is checked of
// each, see
// https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api
var profileFields = map[string]func(*check, value){
	"get_started":         checkGetStarted,
	"greeting":            checkGreeting,
	"ice_breakers":        checkIceBreakers,
	"persistent_menu":     checkMenu,
	"commands":            checkCommands,
	"whitelisted_domains": checkDomains,
	"account_linking_url": func(c *check, v value) { c.link(v, true) },
	"description":         func(c *check, v value) { c.list(v, 0, 1000) },
	"subject_to_new_eu_privacy_rules": func(c *check, v value) {
		c.refuse("Param %s can only be read.", v.path)
	},
}

// callProfile is the Messenger Profile API. Each call counts, reads and refused ones too.
func (s *Simulator) callProfile(c *call) (any, *GraphError) {
	if err := s.countProfileCall(c); err != nil {
		return nil, err
	}
	switch c.method {
	case http.MethodGet:
		return s.readProfile(c)
	case http.MethodPost:
		return s.writeProfile(c)
	}
	return s.deleteProfile(c)
}

// countProfileCall refuses a call beyond what the platform takes for a page.
func (s *Simulator) countProfileCall(c *call) *GraphError {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg, limit := c.page, s.cfg.ProfileCalls
	if pg.profileCalls.allow(c.at, limit) {
		return nil
	}
	c.warn("The platform takes %d calls of the Messenger Profile API in 10 minutes for a page, reads too: the next one in %v. "+
		"A bot reads the profile and changes only what differs. Here the clock can be moved, a reset clears the count, and "+
		"Config.ProfileCalls (--profile-calls) sets another limit.", limit, pg.profileCalls.free(c.at).Round(time.Second))
	return pg.known("calls limit")
}

var success = map[string]string{"result": "success"}

func (s *Simulator) readProfile(c *call) (any, *GraphError) {
	names := fieldNames(c.get("fields"))
	if len(names) == 0 {
		return nil, refuse(0, "The parameter fields is required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]json.RawMessage{}
	for _, name := range names {
		if !c.page.hasProperty(name) {
			return nil, refuse(0, "Tried accessing nonexisting field (%s)", name)
		}
		if raw, ok := c.page.profile[name]; ok {
			found[name] = raw
		}
	}
	data := []map[string]json.RawMessage{}
	if len(found) > 0 {
		data = append(data, found)
	}
	return map[string]any{"data": data}, nil
}

// fieldNames reads a list of names, in commas or as JSON.
func fieldNames(v value) []string {
	var names []string
	if json.Unmarshal(v.unquoted().raw, &names) == nil {
		return names
	}
	if !v.present() {
		return nil
	}
	for name := range strings.SplitSeq(v.string(), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (s *Simulator) writeProfile(c *call) (any, *GraphError) {
	var ck check
	ck.instagram = c.page.instagram
	if err := c.strangeProperty(); err != nil {
		return nil, err
	}
	set := map[string]json.RawMessage{}
	for name, test := range profileFields {
		if v := c.get(name); v.present() {
			if !c.page.hasProperty(name) {
				return nil, refuse(0, "Param %s is not for Instagram.", name)
			}
			test(&ck, v)
			set[name] = v.unquoted().raw
		}
	}
	if ck.err != nil {
		return nil, ck.err
	}
	if len(set) == 0 {
		return nil, refuse(0, "You must set at least one property of the profile.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, started := c.page.profile["get_started"]
	if set["persistent_menu"] != nil && !c.page.instagram && !started && set["get_started"] == nil {
		return nil, known("menu without button")
	}
	maps.Copy(c.page.profile, set)
	s.publish("profile", c.page.profileState())
	return success, nil
}

// goneProperties are those that the Messenger Profile had.
var goneProperties = []string{"home_url", "payment_settings", "target_audience"}

// strangeProperty refuses what is no property of the profile.
func (c *call) strangeProperty() *GraphError {
	for _, name := range goneProperties {
		if c.get(name).present() {
			return refuse(0, "Param %s is not supported any more.", name)
		}
	}
	var ck check
	ck.strange(c.params, slices.Collect(maps.Keys(profileFields)), []string{"platform"}, commonParams)
	return ck.err
}

func (s *Simulator) deleteProfile(c *call) (any, *GraphError) {
	var ck check
	if ck.strange(c.params, []string{"platform"}, commonParams); ck.err != nil {
		return nil, ck.err
	}
	names := fieldNames(c.get("fields"))
	if len(names) == 0 {
		return nil, refuse(0, "The parameter fields is required.")
	}
	for _, name := range names {
		if !c.page.hasProperty(name) {
			return nil, refuse(0, "Param fields: %q is no property of the profile.", name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, menu := c.page.profile["persistent_menu"]
	if menu && slices.Contains(names, "get_started") && !slices.Contains(names, "persistent_menu") {
		return nil, known("menu without button")
	}
	for _, name := range names {
		delete(c.page.profile, name)
	}
	s.publish("profile", c.page.profileState())
	return success, nil
}

// Profile is [PageControl.Profile] of the page of [Config.PageID].
func (s *Simulator) Profile() map[string]json.RawMessage { return s.mainPage().Profile() }

// profileState is what the chat page shows of a profile.
func (p *page) profileState() map[string]any {
	return map[string]any{"page_id": p.id, "profile": p.profile}
}

func checkGetStarted(c *check, v value) {
	c.required(c.object(v, "payload")("payload"), maxPayload)
}

func checkGreeting(c *check, v value) {
	c.localized(v, func(get func(string) value) { c.required(get("text"), 160) }, "text")
}

var locale = regexp.MustCompile(`^([a-z]{2,3}_[A-Z]{2}|default)$`)

// localized checks a list with one entry per locale, one of them the default.
func (c *check) localized(v value, each func(get func(string) value), keys ...string) {
	seen := map[string]bool{}
	for _, item := range c.list(v, 1, 200) {
		get := c.object(item, append(keys, "locale")...)
		name := c.required(get("locale"), 10)
		if !locale.MatchString(name) {
			c.refuse("Param %s[locale] must be like en_US, or default.", item.path)
		}
		if seen[name] {
			c.refuse("Param %s has the locale %s twice.", v.path, name)
		}
		seen[name] = true
		each(get)
	}
	if !seen["default"] {
		c.refuse("Param %s must have an entry for the locale default.", v.path)
	}
}

// checkIceBreakers takes both documented forms: a list of questions, and one list for each locale.
func checkIceBreakers(c *check, v value) {
	questions := func(v value) {
		for _, item := range c.list(v, 1, 4) {
			part := c.object(item, "question", "payload")
			c.required(part("question"), 80)
			c.required(part("payload"), maxPayload)
		}
	}
	if isFlat(v.unquoted().raw) {
		questions(v)
		return
	}
	c.localized(v, func(get func(string) value) { questions(get("call_to_actions")) }, "call_to_actions")
}

// isFlat reports whether ice breakers are a list of questions for every locale.
func isFlat(iceBreakers json.RawMessage) bool {
	var head []struct {
		Question *string `json:"question"`
	}
	return json.Unmarshal(iceBreakers, &head) == nil && len(head) > 0 && head[0].Question != nil
}

// hasProperty reports whether the platform has a property of the profile.
func (p *page) hasProperty(name string) bool {
	if p.instagram {
		return name == "ice_breakers" || name == "persistent_menu"
	}
	return profileFields[name] != nil
}

func checkMenu(c *check, v value) {
	keys := []string{"call_to_actions", "composer_input_disabled", "disabled_surfaces"}
	if c.instagram {
		keys = keys[:1]
	}
	c.localized(v, func(get func(string) value) {
		c.boolean(get("composer_input_disabled"))
		actions := get("call_to_actions")
		if !actions.present() && c.boolean(get("composer_input_disabled")) {
			return
		}
		for _, item := range c.list(actions, 1, 20) {
			c.readButton(item, buttonOfMenu)
		}
	}, keys...)
}

func checkCommands(c *check, v value) {
	c.localized(v, func(get func(string) value) {
		for _, item := range c.list(get("commands"), 1, 100) {
			part := c.object(item, "name", "description")
			c.required(part("name"), 32)
			c.required(part("description"), 64)
		}
	}, "commands")
}

func checkDomains(c *check, v value) {
	for _, item := range c.list(v, 1, 50) {
		c.link(item, true)
	}
}
