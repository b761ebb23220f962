package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// ErrNoPage is returned, wrapped with the id, for a page that was not added or was removed.
var ErrNoPage = errors.New("simulator: no such page")

// The platforms of a [Page].
const (
	PlatformMessenger = "messenger"
	PlatformInstagram = "instagram"
)

// Page is one more page of the bot, or an Instagram account: its zero value is a page that has an id of its own and
// belongs to the app of [Config.AppID].
type Page struct {
	// ID is the page's id: digits, no other page's and no person's. Default: drawn.
	ID string `json:"id"`

	// Name is shown in the chat page. Default: "Page" and the id.
	Name string `json:"name,omitempty"`

	// Platform is PlatformMessenger or PlatformInstagram, for an Instagram professional account. Default:
	// PlatformMessenger.
	Platform string `json:"platform,omitempty"`

	// LinkedTo is the page that an Instagram account is linked to. Its token is the account's too, and calls for me are
	// about the account if they name a person or a comment of it, or have platform=instagram. A page has one account at
	// most. Default: none, the account has a token of its own.
	LinkedTo string `json:"linked_to,omitempty"`

	// Token is the access token by which a call is about this page. No other page has it. Default:
	// "simulator-page-token-" and the id; the token of the page that it is linked to.
	Token string `json:"token,omitempty"`

	// AppID is the app that the page is bound to: it gets the page's callbacks, signed with its secret. Digits only.
	// Default: [Config.AppID], or the app of the page that it is linked to.
	AppID string `json:"app_id,omitempty"`

	// AppSecret is the secret of the app. It may be empty if the app has one already. Default: "simulator-app-secret-" and
	// the app's id.
	AppSecret string `json:"app_secret,omitempty"`

	// DefaultApp is what [Config.DefaultApp] is to the page of [Config.PageID]. Default: none.
	DefaultApp string `json:"default_app,omitempty"`

	// Fields are the webhook fields that the page is subscribed to; none if it is empty and not nil. Default: [DefaultFields], of an
	// Instagram account [DefaultInstagramFields].
	Fields []string `json:"fields,omitzero"`

	// Lenient is what [Config.Lenient] is, for calls with the page's token. Default: false.
	Lenient bool `json:"lenient,omitempty"`
}

// AddPage adds a page while the simulator runs, and returns it with what was left empty. People write to it by
// [Simulator.AddPerson] with their PageID. It is an error if a value is not as [Page] says.
func (s *Simulator) AddPage(p Page) (Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Page{}, ErrClosed
	}
	p = s.pageWithDefaults(p)
	if err := s.checkPage(p); err != nil {
		return Page{}, err
	}
	s.insert(p)
	return p, nil
}

// RemovePage removes a page with all of its people and conversations, as if it had removed the app: its token is refused,
// callbacks that wait are given up. An Instagram account that is linked to it goes with it. Its id can be added again.
func (s *Simulator) RemovePage(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	pg := s.pageByID(id)
	if pg == nil {
		return fmt.Errorf("%w: %s", ErrNoPage, id)
	}
	for _, account := range slices.Clone(s.pages) {
		if account == pg || account.link == pg {
			s.remove(account)
		}
	}
	s.publish("page", map[string]string{"removed": id})
	return nil
}

// remove forgets a page and its people. s.mu must be held.
func (s *Simulator) remove(pg *page) {
	pg.removed = true
	close(pg.gone)
	s.pages = slices.DeleteFunc(s.pages, func(other *page) bool { return other == pg })
	s.order = slices.DeleteFunc(s.order, func(psid string) bool { return s.home[psid] == pg })
	for psid := range pg.people {
		delete(s.home, psid)
	}
}

// SetAppSecret replaces the secret of an app: callbacks are signed with it from now on, those that wait among them. An
// unknown app becomes known.
func (s *Simulator) SetAppSecret(appID, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps[appID] = secret
}

// Pages returns all pages, in the order they were added. The first is that of [Config.PageID], unless it was removed. They
// come without the secrets of their apps. The result is a copy.
func (s *Simulator) Pages() []Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Page, 0, len(s.pages))
	for _, pg := range s.pages {
		p := Page{
			ID: pg.id, Name: pg.name, Platform: pg.platform(), Token: pg.token, AppID: pg.appID, DefaultApp: pg.defaultApp,
			Fields: slices.Clone(pg.fields), Lenient: pg.lenient,
		}
		if pg.link != nil {
			p.LinkedTo, p.Token = pg.link.id, pg.link.token
		}
		list = append(list, p)
	}
	return list
}

func (p *page) platform() string {
	if p.instagram {
		return PlatformInstagram
	}
	return PlatformMessenger
}

// populate adds the pages and people of the configuration.
func (s *Simulator) populate() error {
	s.insert(Page{
		ID: s.cfg.PageID, Name: s.cfg.PageName, Token: s.cfg.PageToken, AppID: s.cfg.AppID, AppSecret: s.cfg.AppSecret,
		DefaultApp: s.cfg.DefaultApp, Fields: s.cfg.Fields,
	})
	var errs []error
	for _, p := range s.cfg.Pages {
		_, err := s.AddPage(p)
		errs = append(errs, err)
	}
	for _, p := range s.cfg.People {
		_, err := s.AddPerson(p)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// insert adds a page whose values were checked. s.mu must be held.
func (s *Simulator) insert(p Page) {
	s.apps[p.AppID] = p.AppSecret
	pg := &page{
		random: s.random,
		id:     p.ID, name: p.Name, token: p.Token, appID: p.AppID, defaultApp: p.DefaultApp, fields: slices.Clone(p.Fields), gone: make(chan struct{}),
		people: map[string]*Person{}, conversations: map[string]*conversation{}, profile: map[string]json.RawMessage{},
		attachments: map[string]attachment{}, authors: map[string]author{},
		instagram: p.Platform == PlatformInstagram, lenient: p.Lenient,
	}
	if p.LinkedTo != "" {
		pg.link, pg.token = s.pageByID(p.LinkedTo), ""
	}
	pg.issued(s.now())
	s.pages = append(s.pages, pg)
	if p.ID == s.cfg.PageID {
		s.main = pg
	}
	s.publish("page", map[string]string{"added": p.ID})
}

// pageWithDefaults fills in what was left empty. s.mu must be held.
func (s *Simulator) pageWithDefaults(p Page) Page {
	p.ID = cmp.Or(p.ID, "1"+s.random.digits(14))
	p.Name = cmp.Or(p.Name, "Page "+p.ID)
	p.Platform = cmp.Or(p.Platform, PlatformMessenger)
	if link := s.pageByID(p.LinkedTo); link != nil {
		p.Token, p.AppID = cmp.Or(p.Token, link.token), cmp.Or(p.AppID, link.appID)
	}
	p.Token = cmp.Or(p.Token, "simulator-page-token-"+p.ID)
	p.AppID = cmp.Or(p.AppID, s.cfg.AppID)
	p.AppSecret = cmp.Or(p.AppSecret, s.apps[p.AppID], DefaultAppSecret+"-"+p.AppID)
	if p.Fields == nil {
		p.Fields = DefaultFields()
		if p.Platform == PlatformInstagram {
			p.Fields = DefaultInstagramFields()
		}
	}
	return p
}

// checkPage names every value that cannot work. s.mu must be held.
func (s *Simulator) checkPage(p Page) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("simulator: page %s: "+format, append([]any{p.ID}, args...)...))
	}
	switch {
	case !digits(p.ID):
		bad("ID must be digits")
	case s.taken(p.ID):
		bad("ID %w", errTaken)
	}
	if !digits(p.AppID) {
		bad("AppID must be digits, got %q", p.AppID)
	}
	if known, ok := s.apps[p.AppID]; ok && known != p.AppSecret {
		bad("AppSecret is not the one of app %s; SetAppSecret replaces it", p.AppID)
	}
	if p.DefaultApp != "" && !digits(p.DefaultApp) {
		bad("DefaultApp must be digits, got %q", p.DefaultApp)
	}
	switch owner := s.pageByToken(p.Token); {
	case p.LinkedTo != "":
		s.checkLink(p, owner, bad)
	case owner != nil:
		bad("Token is another page's")
	}
	fields, whose := subscribable, "a page"
	switch p.Platform {
	case PlatformMessenger:
	case PlatformInstagram:
		fields, whose = fieldsOfInstagram(p.LinkedTo == ""), "an Instagram account"
	default:
		bad("Platform is %q, neither %s nor %s", p.Platform, PlatformMessenger, PlatformInstagram)
	}
	for _, field := range p.Fields {
		if !slices.Contains(fields, field) {
			bad("Fields: %q is no webhook field of %s", field, whose)
		}
	}
	return errors.Join(errs...)
}

// checkLink checks the page that an Instagram account is linked to. s.mu must be held.
func (s *Simulator) checkLink(p Page, owner *page, bad func(string, ...any)) {
	link := s.pageByID(p.LinkedTo)
	switch {
	case p.Platform != PlatformInstagram:
		bad("LinkedTo is for Instagram accounts")
	case link == nil || link.instagram:
		bad("LinkedTo: there is no page %s", p.LinkedTo)
	case s.accountOf(link) != nil:
		bad("LinkedTo: page %s has an Instagram account already", p.LinkedTo)
	case owner != link:
		bad("Token must be empty: it is that of page %s", p.LinkedTo)
	case p.AppID != link.appID:
		bad("AppID must be that of page %s", p.LinkedTo)
	}
}

// accountOf is the Instagram account that is linked to a page, nil if there is none. s.mu must be held.
func (s *Simulator) accountOf(link *page) *page {
	for _, pg := range s.pages {
		if pg.link == link {
			return pg
		}
	}
	return nil
}

// pageByID returns nil if there is none. s.mu must be held.
func (s *Simulator) pageByID(id string) *page {
	for _, pg := range s.pages {
		if pg.id == id {
			return pg
		}
	}
	return nil
}
