package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// savedPage is a [Page] with all that belongs to it.
type savedPage struct {
	Page
	Usage         string                     `json:"usage,omitempty"`
	Unsubscribed  bool                       `json:"unsubscribed,omitempty"`
	TokenError    *savedTokenError           `json:"token_error,omitempty"` // while the token is revoked
	TokenAt       time.Time                  `json:"token_at,omitzero"`
	TokenUntil    time.Time                  `json:"token_until,omitzero"`
	Refreshed     []savedToken               `json:"refreshed_tokens,omitempty"`
	Profile       map[string]json.RawMessage `json:"profile,omitempty"`
	ProfileCalls  []time.Time                `json:"profile_calls,omitempty"`
	Attachments   []savedAttachment          `json:"attachments,omitempty"`
	Authors       []savedAuthor              `json:"authors,omitempty"`
	Comments      []Comment                  `json:"comments,omitempty"`
	Replied       []string                   `json:"replied,omitempty"`
	Posts         []string                   `json:"posts,omitempty"`
	Personas      []savedPersona             `json:"personas,omitempty"`
	Labels        []savedLabel               `json:"labels,omitempty"`
	Templates     []savedTemplate            `json:"templates,omitempty"`
	LinkTokens    []savedLinkToken           `json:"link_tokens,omitempty"`
	OptIns        []savedOptIn               `json:"opt_ins,omitempty"`
	RemovedIDs    []string                   `json:"removed_ids,omitempty"` // of posts and comments
	Conversations []savedConversation        `json:"conversations,omitempty"`
}

type savedTokenError struct {
	GraphError
	Status int `json:"status,omitempty"`
}

type savedAttachment struct {
	ID   string    `json:"id"`
	Kind string    `json:"kind"`
	URL  string    `json:"url"`
	At   time.Time `json:"at"`
}

type savedAuthor struct {
	ID   string    `json:"id"` // of the comment or post
	PSID string    `json:"person_id"`
	At   time.Time `json:"at"`
}

type savedPersona struct {
	Serial  int    `json:"serial"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Picture string `json:"picture,omitempty"`
}

type savedLabel struct {
	Serial int      `json:"serial"`
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	People []string `json:"people,omitempty"`
}

type savedTemplate struct {
	Serial     int             `json:"serial"`
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	Language   string          `json:"language"`
	Status     string          `json:"status"`
	From       string          `json:"from,omitempty"`
	Components json.RawMessage `json:"components,omitempty"`
}

type savedToken struct {
	Token string    `json:"token"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
}

type savedLinkToken struct {
	Token string    `json:"token"`
	PSID  string    `json:"person_id"`
	At    time.Time `json:"at"`
}

type savedOptIn struct {
	Token   string    `json:"token"`
	PSID    string    `json:"person_id"`
	Request string    `json:"request"` // the type of the template
	Payload string    `json:"payload,omitempty"`
	Title   string    `json:"title,omitempty"`
	At      time.Time `json:"at"`
	Used    bool      `json:"used,omitempty"`
	Stopped bool      `json:"stopped,omitempty"`
}

// savedConversation is one of a person, or of a user_ref, comment or post.
type savedConversation struct {
	ID        string          `json:"id"`
	Messages  []Message       `json:"messages,omitempty"`
	Actions   []Action        `json:"actions,omitempty"`
	LastAct   time.Time       `json:"last_act,omitzero"`
	Seen      time.Time       `json:"seen,omitzero"`
	Typing    bool            `json:"typing,omitempty"`
	Owner     string          `json:"owner,omitempty"`
	Until     time.Time       `json:"until,omitzero"`
	Blocked   bool            `json:"blocked,omitempty"`
	Moderated []string        `json:"moderated,omitempty"` // blocked, banned, spam
	Menu      json.RawMessage `json:"menu,omitempty"`
	MenuCalls []time.Time     `json:"menu_calls,omitempty"`
	Story     []happening     `json:"story,omitempty"` // for [Simulator.Transcript]
	Lost      bool            `json:"lost,omitempty"`  // the beginning of the story
}

// saved must be called with s.mu held.
func (p *page) saved() savedPage {
	out := savedPage{
		Page: Page{
			ID: p.id, Name: p.name, Platform: p.platform(), Token: p.token, AppID: p.appID, DefaultApp: p.defaultApp, Fields: slices.Clone(p.fields), Lenient: p.lenient,
		},
		Usage: p.usage, Unsubscribed: p.unsubscribed, TokenAt: p.tokenAt, TokenUntil: p.tokenUntil, Profile: maps.Clone(p.profile), ProfileCalls: slices.Clone(p.profileCalls),
		Replied: slices.Clone(p.replied), Posts: slices.Clone(p.posts), RemovedIDs: slices.Clone(p.removedIDs),
	}
	if p.link != nil {
		out.LinkedTo, out.Token = p.link.id, ""
	}
	if p.tokenError != nil {
		out.TokenError = &savedTokenError{*p.tokenError, p.tokenError.status}
	}
	for _, id := range slices.Sorted(maps.Keys(p.attachments)) {
		a := p.attachments[id]
		out.Attachments = append(out.Attachments, savedAttachment{id, a.kind, a.url, a.at})
	}
	for _, id := range slices.Sorted(maps.Keys(p.authors)) {
		out.Authors = append(out.Authors, savedAuthor{id, p.authors[id].id, p.authors[id].at})
	}
	for _, c := range p.comments {
		out.Comments = append(out.Comments, *c)
	}
	for _, one := range p.personas {
		out.Personas = append(out.Personas, savedPersona{one.serial, one.id, one.name, one.picture})
	}
	for _, one := range p.labels {
		out.Labels = append(out.Labels, savedLabel{one.serial, one.id, one.name, slices.Clone(one.people)})
	}
	for _, one := range p.templates {
		out.Templates = append(out.Templates, savedTemplate{one.serial, one.id, one.name, one.language, one.status, one.from, one.components})
	}
	for _, one := range p.refreshed {
		out.Refreshed = append(out.Refreshed, savedToken{one.token, one.at, one.until})
	}
	for _, one := range p.linkTokens {
		out.LinkTokens = append(out.LinkTokens, savedLinkToken{one.token, one.psid, one.at})
	}
	for _, one := range p.optIns {
		out.OptIns = append(out.OptIns, savedOptIn{one.token, one.psid, one.request, one.payload, one.title, one.at, one.used, one.stopped})
	}
	for _, id := range slices.Sorted(maps.Keys(p.conversations)) {
		out.Conversations = append(out.Conversations, p.conversations[id].saved(id))
	}
	return out
}

func (c *conversation) saved(id string) savedConversation {
	out := savedConversation{
		ID: id, Actions: slices.Clone(c.actions), LastAct: c.lastAct, Seen: c.seen, Typing: c.typing, Owner: c.thread.owner, Until: c.thread.until,
		Blocked: c.blocked, Menu: c.settings.menu, MenuCalls: slices.Clone(c.settings.calls), Story: slices.Clone(c.story), Lost: c.lost,
	}
	for _, m := range c.messages {
		out.Messages = append(out.Messages, *m)
	}
	for name, is := range map[string]bool{"blocked": c.moderated.blocked, "banned": c.moderated.banned, "spam": c.moderated.spam} {
		if is {
			out.Moderated = append(out.Moderated, name)
		}
	}
	slices.Sort(out.Moderated)
	return out
}

// checkIDs refuses ids that are missing, or stand twice in one list.
func (in savedPage) checkIDs() error {
	return cmp.Or(
		in.checkList("attachments", ids(in.Attachments, func(a savedAttachment) string { return a.ID })),
		in.checkList("authors", ids(in.Authors, func(a savedAuthor) string { return a.ID })),
		in.checkList("comments", ids(in.Comments, func(c Comment) string { return c.ID })),
		in.checkList("replied", in.Replied),
		in.checkList("posts", in.Posts),
		in.checkList("personas", ids(in.Personas, func(p savedPersona) string { return p.ID })),
		in.checkList("labels", ids(in.Labels, func(l savedLabel) string { return l.ID })),
		in.checkList("templates", ids(in.Templates, func(t savedTemplate) string { return t.ID })),
		in.checkList("refreshed_tokens", ids(in.Refreshed, func(t savedToken) string { return t.Token })),
		in.checkList("link_tokens", ids(in.LinkTokens, func(t savedLinkToken) string { return t.Token })),
	)
}

func ids[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = id(one)
	}
	return out
}

// checkList names the first id of a list of the page that is missing or not the first of its kind.
func (in savedPage) checkList(name string, ids []string) error {
	seen := map[string]bool{}
	for _, id := range ids {
		if id == "" || seen[id] {
			return &controlError{err: fmt.Errorf("simulator: page %s: %s: %q: each needs an id of its own", in.ID, name, id), field: name}
		}
		seen[id] = true
	}
	return nil
}

// rebuild adds a page of a snapshot with all that belongs to it.
func (s *Simulator) rebuild(in savedPage) error {
	added, err := s.AddPage(in.Page)
	if err != nil {
		return err
	}
	if err := in.checkIDs(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.pageByID(added.ID)
	pg.usage, pg.unsubscribed = in.Usage, in.Unsubscribed
	pg.posts, pg.replied, pg.removedIDs = slices.Clone(in.Posts), slices.Clone(in.Replied), slices.Clone(in.RemovedIDs)
	pg.tokenAt, pg.tokenUntil = later(pg.tokenAt, in.TokenAt), later(pg.tokenUntil, in.TokenUntil)
	if !in.TokenAt.IsZero() {
		pg.tokenAt, pg.tokenUntil = in.TokenAt, in.TokenUntil
	}
	for _, one := range in.Refreshed {
		pg.refreshed = append(pg.refreshed, issuedToken{one.Token, one.At, one.Until})
	}
	if in.TokenError != nil {
		refused := in.TokenError.GraphError
		refused.status = in.TokenError.Status
		pg.tokenError = &refused
	}
	for name, property := range in.Profile {
		if !pg.hasProperty(name) {
			return &controlError{err: fmt.Errorf("simulator: page %s: Profile: there is no property %q", pg.id, name), field: "profile"}
		}
		pg.profile[name] = property
	}
	pg.profileCalls = slices.Clone(in.ProfileCalls)
	for _, a := range in.Attachments {
		pg.attachments[a.ID] = attachment{a.Kind, a.URL, a.At}
	}
	for _, a := range in.Authors {
		pg.authors[a.ID] = author{a.PSID, a.At}
	}
	for _, c := range in.Comments {
		pg.comments = append(pg.comments, &c)
	}
	for _, one := range in.Personas {
		pg.personas = append(pg.personas, persona{one.Serial, one.ID, one.Name, one.Picture})
	}
	for _, one := range in.Labels {
		pg.labels = append(pg.labels, &label{one.Serial, one.ID, one.Name, one.People})
	}
	for _, one := range in.Templates {
		pg.templates = append(pg.templates, &utilityTemplate{
			serial: one.Serial, id: one.ID, name: one.Name, language: one.Language, status: one.Status, from: one.From, components: one.Components,
		})
	}
	for _, one := range in.LinkTokens {
		pg.linkTokens = append(pg.linkTokens, linkToken{one.Token, one.PSID, one.At})
	}
	for _, one := range in.OptIns {
		if one.Request != marketingRequest && one.Request != oneTimeRequest {
			return &controlError{err: fmt.Errorf("simulator: page %s: the request of an opt-in is %s or %s, not %q", pg.id, marketingRequest, oneTimeRequest, one.Request), field: "opt_ins"}
		}
		pg.optIns = append(pg.optIns, &optIn{one.Token, one.PSID, one.Request, one.Payload, one.Title, one.At, one.Used, one.Stopped})
	}
	mids := map[string]bool{}
	for _, c := range in.Conversations {
		if err := pg.rebuild(c, mids); err != nil {
			return &controlError{err: fmt.Errorf("simulator: page %s: conversation %q: %w", pg.id, c.ID, err), field: "conversations"}
		}
	}
	return nil
}

// rebuild adds a conversation of a snapshot. seen are the ids of the page's messages so far.
func (p *page) rebuild(in savedConversation, seen map[string]bool) error {
	if in.ID == "" || p.conversations[in.ID] != nil {
		return errors.New("it needs an id of its own")
	}
	c := p.conversation(in.ID)
	c.actions, c.lastAct, c.seen, c.typing = in.Actions, in.LastAct, in.Seen, in.Typing
	c.thread, c.blocked = thread{in.Owner, in.Until}, in.Blocked
	c.settings = userSettings{in.Menu, in.MenuCalls}
	c.story, c.lost = in.Story, in.Lost || len(in.Story) == 0 && len(in.Messages) > 0 // an older snapshot has none
	for _, what := range in.Moderated {
		switch what {
		case "blocked":
			c.moderated.blocked = true
		case "banned":
			c.moderated.banned = true
		case "spam":
			c.moderated.spam = true
		default:
			return fmt.Errorf("moderated is blocked, banned or spam, not %q", what)
		}
	}
	for _, m := range in.Messages {
		m.Kind, m.PSID = cmp.Or(m.Kind, KindMessage), cmp.Or(m.PSID, in.ID)
		switch {
		case m.ID == "" || seen[m.ID]:
			return fmt.Errorf("message %q: it needs an id of its own", m.ID)
		case m.From != FromPage && m.From != FromPerson:
			return fmt.Errorf("message %q: from is %s or %s, not %q", m.ID, FromPage, FromPerson, m.From)
		case m.Kind != KindMessage && m.Kind != KindPostback:
			return fmt.Errorf("message %q: kind is %s or %s, not %q", m.ID, KindMessage, KindPostback, m.Kind)
		case m.PSID != in.ID:
			return fmt.Errorf("message %q: it is of person %q", m.ID, m.PSID)
		}
		seen[m.ID] = true
		c.messages = append(c.messages, &m)
	}
	return nil
}
