package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

// ErrBusy is returned by [Simulator.Restore] while a callback is under way.
var ErrBusy = errors.New("simulator: a callback is under way")

// snapshotVersion is the only one there is.
const snapshotVersion = 1

// snapshot is all that the platform knows, as one JSON document. What is left out of one that is restored is as in the
// beginning; without conversations it says which pages and people there are.
type snapshot struct {
	Snapshot   int               `json:"snapshot"`
	Clock      *clockState       `json:"clock,omitempty"` // left out: it goes on
	Apps       []savedApp        `json:"apps,omitempty"`
	UserTokens map[string]string `json:"user_tokens,omitempty"` // of which app
	Usage      string            `json:"usage,omitempty"`
	Serial     int               `json:"serial,omitempty"`
	Disorder   *disorderOrder    `json:"delivery,omitempty"`
	Faults     []faultOrder      `json:"faults,omitempty"`
	Pages      []savedPage       `json:"pages"`
	People     []Person          `json:"people"`
	Files      []savedFile       `json:"files,omitempty"`
}

type savedApp struct {
	ID            string                       `json:"id"`
	Secret        string                       `json:"secret"`
	Subscriptions map[string]savedSubscription `json:"subscriptions,omitempty"`
}

type savedSubscription struct {
	Callback string   `json:"callback,omitempty"`
	Fields   []string `json:"fields,omitempty"`
}

type savedFile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Data        []byte `json:"data"`
}

// Snapshot returns all that the simulated platform knows as one JSON document: pages, people, conversations, uploads, faults,
// the clock and [Disorder], with the secrets and tokens. Not in it are the webhook, what went over the wire
// ([Simulator.Log]), callbacks that wait, outages, and faults with a Match of their own, which is code.
func (s *Simulator) Snapshot() json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return mustJSON(s.snapshot())
}

// snapshot must be called with s.mu held.
func (s *Simulator) snapshot() snapshot {
	clock, order := s.clockState(), orderOf(s.disorder)
	doc := snapshot{
		Snapshot: snapshotVersion, Clock: &clock, UserTokens: maps.Clone(s.userTokens), Usage: s.usage, Serial: s.serial, Disorder: &order,
		Pages: []savedPage{}, People: s.peopleInOrder(),
	}
	for _, id := range slices.Sorted(maps.Keys(s.apps)) {
		app := savedApp{ID: id, Secret: s.apps[id]}
		for object, sub := range s.appFields[id] {
			if app.Subscriptions == nil {
				app.Subscriptions = map[string]savedSubscription{}
			}
			app.Subscriptions[object] = savedSubscription{sub.callback, slices.Clone(sub.fields)}
		}
		doc.Apps = append(doc.Apps, app)
	}
	for _, f := range s.faults {
		f.mu.Lock()
		order := f.order
		order.Times = f.Times // which is 1 where the order says nothing
		if order.Times > 0 {
			order.Times -= f.hits
		}
		if !f.code && order.Times != 0 {
			doc.Faults = append(doc.Faults, order)
		}
		f.mu.Unlock()
	}
	for _, pg := range s.pages {
		doc.Pages = append(doc.Pages, pg.saved())
	}
	for _, id := range s.fileOrder {
		f := s.files[id]
		doc.Files = append(doc.Files, savedFile{id, f.name, f.contentType, f.data})
	}
	return doc
}

// Restore replaces all that the platform knows by a snapshot, of this simulator or another one. The document may be written
// by hand: {"snapshot":1,"pages":[{"id":"1"}],"people":[{"first_name":"Ada","page_id":"1"}]} is enough. What is wrong with it is an
// error, and changes nothing. It is [ErrBusy] while a callback is under way. The webhook and the log stay. The clock goes
// to the time of the snapshot, back too.
func (s *Simulator) Restore(doc json.RawMessage) error {
	var in snapshot
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return bodyError(err, in)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("simulator: the snapshot does not fit: there is more after it")
	}
	return s.restore(in)
}

func (s *Simulator) restore(in snapshot) error {
	ids := in
	ids.Files = nil // large, and their ids are random whatever the seed
	s.random.branchOff(ids)
	s.effects.Lock()
	defer s.effects.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := s.build(in)
	if err != nil {
		misfit := &controlError{err: err, status: http.StatusBadRequest, code: "bad_request"} // not 404 or 409: the document is wrong
		if inner, ok := errors.AsType[*controlError](err); ok {
			misfit.field = inner.field
		}
		return misfit
	}
	if s.closed {
		return ErrClosed
	}
	if s.pending > 0 {
		return ErrBusy
	}
	if in.Clock != nil {
		s.clock.set(in.Clock.Now, in.Clock.Frozen)
	}
	s.setDisorder(next.disorder)
	s.faults = next.faults
	s.install(next)
	return nil
}

// install replaces what there is by what was built. s.mu must be held.
func (s *Simulator) install(next *Simulator) {
	for _, pg := range s.pages {
		pg.removed = true
		close(pg.gone)
	}
	if _, ok := next.apps[s.cfg.AppID]; !ok {
		next.apps[s.cfg.AppID] = s.apps[s.cfg.AppID]
	}
	s.main, s.pages, s.home, s.order, s.apps = next.main, next.pages, next.home, next.order, next.apps
	s.files, s.fileOrder, s.usage, s.serial = next.files, next.fileOrder, next.usage, max(s.serial, next.serial)
	s.userTokens, s.appFields = next.userTokens, next.appFields
	s.countRaws()
	s.publish("reset", struct{}{})
}

// empty is a simulator that runs nothing, to build pages and people in.
func (s *Simulator) empty() *Simulator {
	next := &Simulator{
		cfg: s.cfg, random: s.random, queues: map[string]*queue{}, files: map[string]*file{}, changed: make(chan struct{}), home: map[string]*page{},
		apps: map[string]string{}, userTokens: map[string]string{}, appFields: map[string]subscriptions{},
	}
	next.clock.base = s.now
	return next
}

// build checks a snapshot and makes what is in it. s.mu must be held.
func (s *Simulator) build(in snapshot) (*Simulator, error) {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("simulator: the snapshot does not fit: "+format, args...)
	}
	switch {
	case in.Snapshot != snapshotVersion:
		return nil, &controlError{err: wrong("snapshot must be %d, not %d", snapshotVersion, in.Snapshot), field: "snapshot"}
	case len(in.Pages) == 0:
		return nil, &controlError{err: wrong("it has no pages"), field: "pages"}
	case in.Clock != nil && in.Clock.Now.Sub(s.cfg.Now()).Abs() > clockMost:
		return nil, &controlError{err: wrong("its clock is too far away"), field: "clock"}
	}
	next := s.empty()
	next.usage, next.serial = in.Usage, in.Serial
	maps.Copy(next.userTokens, in.UserTokens)
	for _, app := range in.Apps {
		if !digits(app.ID) || app.Secret == "" {
			return nil, &controlError{err: wrong("an app has an id of digits and a secret"), field: "apps"}
		}
		if next.apps[app.ID] != "" {
			return nil, &controlError{err: wrong("app %s stands there twice", app.ID), field: "apps"}
		}
		next.apps[app.ID] = app.Secret
		for object, sub := range app.Subscriptions {
			if next.appFields[app.ID] == nil {
				next.appFields[app.ID] = subscriptions{}
			}
			next.appFields[app.ID][object] = &appSubscription{sub.Callback, sub.Fields}
		}
	}
	if next.apps[s.cfg.AppID] == "" && !slices.ContainsFunc(in.Pages, func(p savedPage) bool { return p.AppID == s.cfg.AppID && p.AppSecret != "" }) {
		next.apps[s.cfg.AppID] = s.apps[s.cfg.AppID] // what the bot was given, and signs with
	}
	for _, p := range in.Pages {
		if err := next.rebuild(p); err != nil {
			return nil, err
		}
	}
	if next.main == nil {
		next.main = next.pages[0]
	}
	for _, p := range in.People {
		if p.PageID == "" {
			p.PageID = next.main.id
		}
		if _, err := next.AddPerson(p); err != nil {
			return nil, err
		}
	}
	for _, f := range in.Files {
		if f.ID == "" || next.files[f.ID] != nil || len(next.files) == maxFiles {
			return nil, &controlError{err: wrong("at most %d files, each with an id of its own", maxFiles), field: "files"}
		}
		next.files[f.ID] = &file{f.Name, f.ContentType, f.Data}
		next.fileOrder = append(next.fileOrder, f.ID)
	}
	return next, next.rebuildFaults(in)
}

// rebuildFaults adds the faults and the disorder of a snapshot.
func (s *Simulator) rebuildFaults(in snapshot) error {
	for _, order := range in.Faults {
		if _, err := s.orderFault(order); err != nil {
			return err
		}
	}
	if in.Disorder == nil {
		return nil
	}
	d, err := in.Disorder.disorder()
	if err != nil {
		return err
	}
	s.disorder = d
	return d.validate()
}

// clockMost is how far the clock of a snapshot can be from the present.
const clockMost = 100 * 365 * 24 * time.Hour
