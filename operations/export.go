package operations

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/store"
)

type location struct {
	At        time.Time `json:"at"`
	Latitude  float64   `json:"latitude"`
	Longitude float64   `json:"longitude"`
	Title     string    `json:"title,omitempty"`
	URL       string    `json:"url,omitempty"`
	MID       string    `json:"mid,omitempty"`
}

type session struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data,omitempty"`
	// Raw is data that is no JSON.
	Raw     []byte    `json:"raw,omitempty"`
	Version int64     `json:"version"`
	Expires time.Time `json:"expires,omitzero"`
}

// place is that of a person in a broadcast in which they are not counted yet.
type place struct {
	Broadcast string `json:"broadcast"` // its key
	State     string `json:"state"`
	Stage     string `json:"stage"`
	Result    string `json:"result,omitempty"`
}

var (
	stages  = [...]string{store.RecipientWaiting: "waiting", store.RecipientQueued: "queued", store.RecipientEnded: "ended"}
	results = [...]string{
		store.RecipientSent: "sent", store.RecipientCancelled: "cancelled", store.RecipientSkipped: "skipped", store.RecipientUncertain: "uncertain",
		store.RecipientRefused: "refused", store.RecipientUnknown: "unknown", store.RecipientForgotten: "forgotten",
	}
)

// nameOf is the name of a number, or the number if a newer version has it.
func nameOf[N ~int](names []string, n N) string {
	if n < 0 || int(n) >= len(names) {
		return strconv.Itoa(int(n))
	}
	return names[n]
}

// export is all that the store has of a person, as [store.Store.Forget] erases it.
type export struct {
	At        time.Time  `json:"at"`
	Person    person     `json:"person"`
	Received  []entry    `json:"received"`
	Sent      []entry    `json:"sent"`
	Locations []location `json:"locations"`
	Sessions  []session  `json:"sessions"`
	Timers    []timer    `json:"timers"`
	Waiting   inQueue    `json:"waiting"`
	// Broadcasts are those in which the person is not counted yet.
	Broadcasts []place  `json:"broadcasts"`
	Dead       []letter `json:"dead"`
	// Incomplete names the lists that are longer than [MaxExport], or that the store does not show.
	Incomplete []string `json:"incomplete"`
}

func (s *server) exportPerson(c *call) (any, error) {
	out := export{
		Received: []entry{}, Sent: []entry{}, Locations: []location{}, Sessions: []session{}, Broadcasts: []place{}, Dead: []letter{},
		Incomplete: []string{},
	}
	for _, step := range []func(*call, *export) error{
		s.exportProfile, s.exportReceived, s.exportSent, s.exportLocations, s.exportSessions, s.exportWaiting, s.exportBroadcasts, s.exportDead,
	} {
		if err := step(c, &out); err != nil {
			return nil, err
		}
	}
	if !out.Person.Known && out.empty() {
		return nil, store.ErrNoPerson
	}
	return out, nil
}

func (e *export) empty() bool {
	return len(e.Received)+len(e.Sent)+len(e.Locations)+len(e.Sessions)+len(e.Timers)+len(e.Waiting.Events)+len(e.Waiting.Sends)+len(e.Broadcasts)+len(e.Dead) == 0
}

// most notes a list that is longer than an export has, and returns how much of it is shown.
func (e *export) most(name string, n int) int {
	if n > MaxExport {
		e.Incomplete = append(e.Incomplete, name)
	}
	return min(n, MaxExport)
}

func (s *server) exportProfile(c *call, out *export) (err error) {
	if out.At, err = s.now(c.ctx); err != nil {
		return err
	}
	if out.Person, err = s.person(c); err != nil {
		return err
	}
	out.Person.Dialog, err = s.dialogOf(c)
	return err
}

func (s *server) exportReceived(c *call, out *export) error {
	all, err := s.store.Received(c.ctx, c.PathValue("page"), c.PathValue("person"), MaxExport+1)
	for _, r := range all[:out.most("received", len(all))] {
		e := received(r)
		if e.Body == nil {
			e.Raw = r.Body
		}
		out.Received = append(out.Received, e)
	}
	return err
}

func (s *server) exportSent(c *call, out *export) error {
	all, err := s.store.Sent(c.ctx, c.PathValue("page"), c.PathValue("person"), MaxExport+1)
	for _, r := range all[:out.most("sent", len(all))] {
		out.Sent = append(out.Sent, sent(r))
	}
	return err
}

func (s *server) exportLocations(c *call, out *export) error {
	all, err := s.store.Locations(c.ctx, c.PathValue("page"), c.PathValue("person"), MaxExport+1)
	for _, l := range all[:out.most("locations", len(all))] {
		out.Locations = append(out.Locations, location{l.At, l.Latitude, l.Longitude, l.Title, l.URL, l.MID})
	}
	return err
}

func (s *server) exportSessions(c *call, out *export) error {
	viewer, ok := store.As[store.Viewer](s.store)
	if !ok {
		out.Incomplete = append(out.Incomplete, "sessions", "waiting.sends", "broadcasts")
		return nil
	}
	all, err := viewer.SessionsOf(c.ctx, c.conv(), "", MaxExport+1)
	for _, one := range all[:out.most("sessions", len(all))] {
		kept := session{Name: one.Name, Data: validJSON(one.Data), Version: one.Version, Expires: one.Expires}
		if kept.Data == nil {
			kept.Raw = one.Data
		}
		out.Sessions = append(out.Sessions, kept)
	}
	return err
}

func (s *server) exportWaiting(c *call, out *export) (err error) {
	if out.Timers, err = s.allTimers(c); err != nil {
		return err
	}
	if _, ok := store.As[store.Timers](s.store); !ok {
		out.Incomplete = append(out.Incomplete, "timers")
	}
	if _, ok := store.As[store.Peeker](s.store); !ok {
		out.Incomplete = append(out.Incomplete, "waiting.events")
	}
	if out.Waiting, err = s.waitingOf(c, MaxExport+1, whole); err != nil {
		return err
	}
	out.Waiting.Events = out.Waiting.Events[:out.most("waiting.events", len(out.Waiting.Events))]
	out.Waiting.Sends = out.Waiting.Sends[:out.most("waiting.sends", len(out.Waiting.Sends))]
	return nil
}

func (s *server) exportBroadcasts(c *call, out *export) error {
	viewer, ok := store.As[store.Viewer](s.store)
	if !ok { // exportSessions has said so
		return nil
	}
	all, err := viewer.PlacesOf(c.ctx, c.conv(), "", MaxExport+1)
	for _, p := range all[:out.most("broadcasts", len(all))] {
		one := place{Broadcast: p.Key, State: p.State.String(), Stage: nameOf(stages[:], p.Stage)}
		if p.Result != 0 {
			one.Result = nameOf(results[:], p.Result)
		}
		out.Broadcasts = append(out.Broadcasts, one)
	}
	return err
}

func (s *server) exportDead(c *call, out *export) error {
	dead, ok := store.As[store.DeadLetters](s.store)
	if !ok {
		out.Incomplete = append(out.Incomplete, "dead")
		return nil
	}
	query := store.DeadQuery{PageID: c.PathValue("page"), PSID: c.PathValue("person"), Limit: deadStep}
	for {
		letters, err := dead.Dead(c.ctx, query)
		if err != nil {
			return err
		}
		for _, d := range letters {
			out.Dead = append(out.Dead, letterOf(d).withRaw(d))
			query.After = d.ID
		}
		if len(letters) < deadStep {
			return nil
		}
		if len(out.Dead) >= MaxExport {
			out.Incomplete = append(out.Incomplete, "dead")
			return nil
		}
	}
}
