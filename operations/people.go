package operations

import (
	"errors"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
)

// window is how long after a person's last act the platform takes ordinary messages.
const window = 24 * time.Hour

type profile struct {
	FirstName  string   `json:"first_name,omitempty"`
	LastName   string   `json:"last_name,omitempty"`
	Name       string   `json:"name,omitempty"`
	Username   string   `json:"username,omitempty"`
	ProfilePic string   `json:"profile_pic,omitempty"`
	Locale     string   `json:"locale,omitempty"`
	Timezone   *float64 `json:"timezone,omitempty"`
	Gender     string   `json:"gender,omitempty"`
}

// person is who someone is to the bot. Waiting is left out of exports, which have the things themselves.
type person struct {
	Page             string         `json:"page"`
	Person           string         `json:"person"`
	Known            bool           `json:"known"`
	Profile          profile        `json:"profile"`
	ProfileAt        time.Time      `json:"profile_at,omitzero"`
	ProfileRefused   bool           `json:"profile_refused,omitempty"`
	FirstSeen        time.Time      `json:"first_seen,omitzero"`
	LastAct          time.Time      `json:"last_act,omitzero"`
	WindowUntil      time.Time      `json:"window_until,omitzero"`
	UnavailableSince time.Time      `json:"unavailable_since,omitzero"`
	HumanAt          time.Time      `json:"human_at,omitzero"`
	ThreadOwner      string         `json:"thread_owner,omitempty"`
	ThreadAt         time.Time      `json:"thread_at,omitzero"`
	ThreadStandby    bool           `json:"thread_standby,omitempty"`
	ThreadHeldUntil  time.Time      `json:"thread_held_until,omitzero"`
	ResumedAt        time.Time      `json:"resumed_at,omitzero"`
	Language         string         `json:"language,omitempty"`
	ThumbUps         int            `json:"thumb_ups,omitempty"`
	Dialog           *openDialog    `json:"dialog,omitempty"`
	Waiting          map[string]int `json:"waiting,omitempty"`
}

func personOf(p store.Person, known bool) person {
	out := person{
		Page: p.PageID, Person: p.PSID, Known: known, Profile: profile(p.Profile), ProfileAt: p.ProfileAt, ProfileRefused: p.ProfileRefused,
		FirstSeen: p.FirstSeen, LastAct: p.LastAct, UnavailableSince: p.UnavailableSince, HumanAt: p.HumanAt, ThreadOwner: p.ThreadOwner,
		ThreadAt: p.ThreadAt, ThreadStandby: p.ThreadStandby, ThreadHeldUntil: p.ThreadHeldUntil(), ResumedAt: p.ResumedAt, Language: p.Language, ThumbUps: p.ThumbUps,
	}
	if !p.LastAct.IsZero() {
		out.WindowUntil = p.LastAct.Add(window)
	}
	return out
}

// person reads the person of the path; one of whom nothing but what waits is known has known = false.
func (s *server) person(c *call) (person, error) {
	conv := c.conv()
	p, err := s.store.Person(c.ctx, conv.PageID, conv.PSID)
	if errors.Is(err, store.ErrNotFound) {
		return personOf(store.Person{PageID: conv.PageID, PSID: conv.PSID}, false), nil
	}
	return personOf(p, true), err
}

func (s *server) showPerson(c *call) (any, error) {
	out, err := s.person(c)
	if err != nil {
		return nil, err
	}
	if out.Dialog, err = s.dialogOf(c); err != nil {
		return nil, err
	}
	waits, err := s.waitingOf(c, MaxPage, texts)
	if err != nil {
		return nil, err
	}
	timers, err := s.allTimers(c)
	if err != nil {
		return nil, err
	}
	out.Waiting = map[string]int{"events": len(waits.Events), "sends": len(waits.Sends), "timers": len(timers)}
	if !out.Known && len(waits.Events)+len(waits.Sends)+len(timers) == 0 {
		return nil, store.ErrNoPerson
	}
	return out, nil
}

// forgetPerson erases a person. To repeat it is no error.
func (s *server) forgetPerson(c *call) (any, error) {
	if strings.TrimSpace(c.PathValue("person")) == "" {
		return nil, badRequest("bad_parameter", "the id of the person is empty")
	}
	return map[string]any{"forgotten": true}, s.store.Forget(c.ctx, c.conv())
}
