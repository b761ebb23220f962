package simulator

import "net/http"

// callNode reads an object by its id, or deletes it: the page, a person, a persona, a label, a utility template, a
// conversation, a message, a comment.
func (s *Simulator) callNode(c *call) (any, *GraphError) {
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	switch {
	case pg == nil && c.node == "me" && c.method == http.MethodGet:
		return choose("1"+c.app, fields, []string{"name"}, map[string]any{"name": "Simulated Person"})
	case pg == nil:
		return nil, errObject(c.method, c.node)
	}
	if p := pg.personaByID(c.node); p != nil {
		return s.callPersona(c, p, fields)
	}
	if l := pg.labelByID(c.node); l != nil {
		return s.callOneLabel(c, l, fields)
	}
	if c.method != http.MethodGet {
		return nil, errObject(c.method, c.node)
	}
	if c.node == pg.id {
		return s.readPage(c, fields)
	}
	if p := pg.people[c.node]; p != nil {
		return s.readPerson(c, p, fields)
	}
	if t := pg.templateByID(c.node); t != nil {
		return t.read(fields)
	}
	if psid := pg.conversationByID(c.node); psid != "" {
		return pg.readConversation(c, psid, fields)
	}
	if psid, m := pg.messageByID(c.node); m != nil {
		return s.callMessage(c, psid, m, fields)
	}
	if comment := pg.commentByID(c.node); comment != nil {
		return pg.readComment(*comment, fields)
	}
	return nil, errObject(c.method, c.node)
}

// readPerson is the User Profile API, which gives the fields that were asked for and have a value. See
// https://developers.facebook.com/docs/messenger-platform/identity/user-profile
func (s *Simulator) readPerson(c *call, p *Person, fields []field) (any, *GraphError) {
	picture := p.ProfilePic
	if picture == "" {
		picture = c.base + "/simulator/pictures/" + p.ID
	}
	if c.page.instagram {
		return c.page.instagramProfile(s, p, fields, picture)
	}
	all := map[string]any{
		"name": p.name(), "first_name": p.FirstName, "last_name": p.LastName, "profile_pic": picture,
		"locale": p.Locale, "gender": p.Gender, "timezone": nil,
	}
	if p.Locale != "" || p.Timezone != 0 {
		all["timezone"] = p.Timezone
	}
	return choose(p.ID, fields, []string{"first_name", "last_name", "profile_pic"}, all)
}

// readPage answers with the fields of the page or account itself. s.mu must be held.
func (s *Simulator) readPage(c *call, fields []field) (any, *GraphError) {
	pg := c.page
	picture := map[string]any{"data": map[string]any{"height": 50, "width": 50, "is_silhouette": false, "url": c.base + "/simulator/pictures/" + pg.id}}
	if pg.instagram {
		all := map[string]any{
			"name": pg.name, "username": pg.username(), "user_id": nil, "account_type": nil, "profile_picture_url": c.base + "/simulator/pictures/" + pg.id,
			"followers_count": 0, "follows_count": 0, "media_count": 1,
		}
		if pg.ownLogin() {
			all["user_id"], all["account_type"] = pg.id, "BUSINESS"
		}
		return choose(pg.id, fields, []string{"username"}, all)
	}
	all := map[string]any{
		"name": pg.name, "username": pg.username(), "about": nil, "category": "Product/Service", "link": "https://www.facebook.com/" + pg.id,
		"category_list": []any{map[string]string{"id": "2201", "name": "Product/Service"}}, "picture": picture, "is_published": true,
		"fan_count": 0, "followers_count": 0, "access_token": nil, "instagram_business_account": nil, "connected_instagram_account": nil,
		"tasks": nil, "recipient": nested(func(field) (any, *GraphError) { return pg.linkedPerson(c) }),
		"messaging_feature_status": map[string]bool{"hop_v2": pg.defaultApp != "", "ig_multi_app": true, "msgr_multi_app": true},
	}
	if account := s.accountOf(pg); account != nil {
		all["instagram_business_account"] = map[string]string{"id": account.id}
		all["connected_instagram_account"] = all["instagram_business_account"]
	}
	if c.user {
		c.secret = true
		all["access_token"], all["tasks"] = pg.token, pageTasks
	}
	return choose(pg.id, fields, []string{"name"}, all)
}
