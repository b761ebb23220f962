package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Person is someone who can write to the page. Values left empty are missing
// from the answers of the User Profile API, as they are for an app without the
// permission to read them:
// https://developers.facebook.com/docs/messenger-platform/identity/user-profile
type Person struct {
	ID         string  `json:"id"`                // page-scoped id (PSID), digits; drawn if empty
	PageID     string  `json:"page_id,omitempty"` // the page they write to; that of Config.PageID if empty
	FirstName  string  `json:"first_name"`
	LastName   string  `json:"last_name,omitempty"`
	Locale     string  `json:"locale,omitempty"`   // like en_US
	Username   string  `json:"username,omitempty"` // on Instagram; "user" and the id if empty
	Timezone   float64 `json:"timezone,omitempty"` // hours from UTC, may be fractional
	Gender     string  `json:"gender,omitempty"`
	ProfilePic string  `json:"profile_pic,omitempty"` // URL; a drawn picture of the simulator's if empty
	Email      string  `json:"email,omitempty"`       // what a user_email quick reply sends
	Phone      string  `json:"phone,omitempty"`       // what a user_phone_number quick reply sends
}

// DefaultPeople returns the three people of a simulator whose configuration
// names none. Their ids never change.
func DefaultPeople() []Person {
	return []Person{
		{ID: "7100000000000001", FirstName: "Ada", LastName: "Byron", Locale: "en_US", Timezone: -5, Gender: "female",
			Email: "ada@example.com", Phone: "+15555550101"},
		{ID: "7100000000000002", FirstName: "小美", LastName: "林", Locale: "zh_TW", Timezone: 8, Gender: "female",
			Email: "lin@example.com", Phone: "+15555550102"},
		{ID: "7100000000000003", FirstName: "José", LastName: "García", Locale: "es_ES", Timezone: 1, Gender: "male",
			Email: "jose@example.com", Phone: "+15555550103"},
	}
}

// ErrNoPerson is returned, wrapped with the id, by acts of a person who was not
// added.
var ErrNoPerson = errors.New("simulator: no such person")

// errTaken says that an id is another person's or a page's.
var errTaken = errors.New("is taken")

// AddPerson lets one more person write to a page. An empty ID is drawn; no two
// people have the same one, on whatever page, as on the platform. It is an error
// if the id is not digits, is a page's, or is taken, if there is no such page or
// no first name, or if the profile picture is not at an absolute http or https
// URL.
func (s *Simulator) AddPerson(p Person) (Person, error) {
	if p.ID == "" {
		p.ID = "7" + s.random.digits(15)
	}
	if !digits(p.ID) {
		return Person{}, fmt.Errorf("simulator: person id %q is not digits", p.ID)
	}
	if p.FirstName == "" {
		return Person{}, fmt.Errorf("simulator: person %s has no first name", p.ID)
	}
	if p.ProfilePic != "" {
		if err := checkURL(p.ProfilePic); err != nil {
			return Person{}, fmt.Errorf("simulator: the profile picture of person %s %w", p.ID, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Person{}, ErrClosed
	}
	p.PageID = cmp.Or(p.PageID, s.main.id)
	pg := s.pageByID(p.PageID)
	if pg == nil {
		return Person{}, fmt.Errorf("%w: %s", ErrNoPage, p.PageID)
	}
	if s.taken(p.ID) {
		return Person{}, fmt.Errorf("simulator: person id %s %w", p.ID, errTaken)
	}
	s.settle(pg, p)
	return p, nil
}

// taken reports whether an id is a person's or a page's. s.mu must be held.
func (s *Simulator) taken(id string) bool { return s.home[id] != nil || s.pageByID(id) != nil }

// settle makes a person one of the page's. s.mu must be held.
func (s *Simulator) settle(pg *page, p Person) {
	p.PageID = pg.id
	pg.people[p.ID] = &p
	s.home[p.ID] = pg
	s.order = append(s.order, p.ID)
	s.publish("person", p)
}

// plainID is what a stranger's id may look like.
var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// meet adds a person with an unknown id to a page, if [Config.Strangers] allows
// it. s.mu must be held.
func (s *Simulator) meet(pg *page, id string) bool {
	if !s.cfg.Strangers || !plainID.MatchString(id) || s.taken(id) {
		return false
	}
	s.settle(pg, Person{ID: id, FirstName: "Stranger", LastName: id})
	return true
}

// People returns everyone who can write to a page, in the order they were added.
func (s *Simulator) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peopleInOrder()
}

// peopleInOrder lists everyone. s.mu must be held.
func (s *Simulator) peopleInOrder() []Person {
	people := make([]Person, 0, len(s.order))
	for _, id := range s.order {
		people = append(people, *s.home[id].people[id])
	}
	return people
}

// Block makes a person refuse the page's messages: sends to them are answered
// with error 551, subcode 1545041. They can still write.
func (s *Simulator) Block(psid string) error { return s.setBlocked(psid, true) }

// Unblock undoes [Simulator.Block].
func (s *Simulator) Unblock(psid string) error { return s.setBlocked(psid, false) }

func (s *Simulator) setBlocked(psid string, blocked bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	if pg == nil {
		return fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	c := pg.conversation(psid)
	if c.blocked != blocked {
		s.happened(c, happening{Blocked: &blocked})
	}
	c.blocked = blocked
	s.publish("conversation", c.info(psid))
	return nil
}

// onInstagram are Instagram's names of webhook fields that a page has by another name. Empty: it has none.
var onInstagram = map[string]string{
	"feed": "comments", "message_deliveries": "", "message_echoes": "messages", "message_edits": "message_edit",
	"message_reads": "messaging_seen", "messaging_account_linking": "", "messaging_handovers": "messaging_handover",
	"messaging_optins": "", "messaging_referrals": "messaging_referral",
}

// fieldName is the page's name of a webhook field.
func (p *page) fieldName(field string) string {
	if name, ok := onInstagram[field]; ok && p.instagram && (!p.ownLogin() || field != "message_echoes") {
		return name
	}
	return field
}

// subscribed reports whether callbacks of a webhook field are sent.
func (p *page) subscribed(field string) bool {
	if p.unsubscribed {
		return false
	}
	return slices.Contains(p.fields, p.fieldName(field)) || p.instagram && slices.Contains(p.fields, field)
}
