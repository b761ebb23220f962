package simulator

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed kinds.json
var kindsFile []byte

// ErrNoKind is returned, wrapped with the name, for a kind of callback that is not among [Kinds].
var ErrNoKind = errors.New("simulator: no such kind of callback")

// Kind is a kind of callback with a sample of it.
type Kind struct {
	Kind        string          `json:"kind"`        // its name, such as "quick_reply" or "feedback"
	Platform    string          `json:"platform"`    // PlatformMessenger or PlatformInstagram
	Description string          `json:"description"` // what has happened, in a few words
	Entry       json.RawMessage `json:"entry"`       // the entry of the callback, with "{page}", "{person}", "{mid}", "{ms}" and "{s}" where those stand
}

var kinds = sync.OnceValue(func() (all []Kind) {
	if err := json.Unmarshal(kindsFile, &all); err != nil {
		panic("simulator: kinds.json: " + err.Error())
	}
	return all
})

// Kinds returns the kinds of callbacks that [Simulator.Trigger] sends, in the order of their names. The result is a copy.
func Kinds() []Kind { return slices.Clone(kinds()) }

// Trigger says whom a sample callback is about, and what it has.
type Trigger struct {
	// PSID is the person. Default: the first one of the page.
	PSID string `json:"person,omitempty"`

	// PageID is the page. Default: that of the person, or the first one of the kind's platform.
	PageID string `json:"page_id,omitempty"`

	// Set replaces values of the event, of a change those of its value, by their paths: "message.text", or
	// "message.attachments.0.payload.url". The last part of a path may be new; what stands before it may not.
	Set map[string]any `json:"set,omitempty"`
}

// Trigger queues a callback of a kind, whatever the page is subscribed to; the conversation stays as it is. It is [ErrNoKind],
// [ErrNoPerson], [ErrNoPage], or another error if the page is of another platform, has no people, or a path does not fit.
func (s *Simulator) Trigger(ctx context.Context, kind string, t Trigger) (Delivery, error) {
	if err := ctx.Err(); err != nil {
		return Delivery{}, err
	}
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.sample(kind, t, at)
	if err != nil {
		return Delivery{}, err
	}
	s.enqueue(d)
	return *d, nil
}

// Sample returns the callback that [Simulator.Trigger] would queue, with the same errors, and queues nothing.
func (s *Simulator) Sample(kind string, t Trigger) (json.RawMessage, error) {
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.sample(kind, t, at)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(d.Body), nil
}

// sample is a callback of a kind. s.mu must be held.
func (s *Simulator) sample(kind string, t Trigger, at time.Time) (*Delivery, error) {
	i := slices.IndexFunc(kinds(), func(k Kind) bool { return k.Kind == kind })
	if i < 0 {
		names := make([]string, len(kinds()))
		for at, known := range kinds() {
			names[at] = known.Kind
		}
		return nil, fmt.Errorf("%w: %s%s", ErrNoKind, kind, nearestHint(kind, names))
	}
	if s.closed {
		return nil, ErrClosed
	}
	sample := kinds()[i]
	pg, psid, err := s.partiesOf(sample, t)
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer(
		`"{ms}"`, strconv.FormatInt(at.UnixMilli(), 10), `"{s}"`, strconv.FormatInt(at.Unix(), 10),
		"{page}", pg.id, "{person}", psid, "{mid}", pg.newMID(),
	).Replace(string(sample.Entry))
	entry, err := setPaths([]byte(text), t.Set)
	if err != nil {
		return nil, err
	}
	object := "page"
	if pg.instagram {
		object = "instagram"
	}
	body := escape([]byte(`{"object":"` + object + `","entry":[` + string(entry) + `]}`))
	return &Delivery{page: pg, PSID: psid, Field: kind, Time: at, Body: string(body)}, nil
}

// partiesOf finds the page and the person of a sample. s.mu must be held.
func (s *Simulator) partiesOf(sample Kind, t Trigger) (pg *page, psid string, err error) {
	switch {
	case t.PSID != "":
		if pg = s.home[t.PSID]; pg == nil {
			return nil, "", fmt.Errorf("%w: %s", ErrNoPerson, t.PSID)
		}
		if t.PageID != "" && t.PageID != pg.id {
			return nil, "", fmt.Errorf("simulator: person %s writes to page %s", t.PSID, pg.id)
		}
	case t.PageID != "":
		if pg = s.pageByID(t.PageID); pg == nil {
			return nil, "", fmt.Errorf("%w: %s", ErrNoPage, t.PageID)
		}
	default:
		i := slices.IndexFunc(s.pages, func(p *page) bool { return p.platform() == sample.Platform })
		if i < 0 {
			return nil, "", fmt.Errorf("simulator: no page is on %s, which the kind %s is of", sample.Platform, sample.Kind)
		}
		pg = s.pages[i]
	}
	if pg.platform() != sample.Platform {
		return nil, "", fmt.Errorf("simulator: page %s is on %s, the kind %s on %s", pg.id, pg.platform(), sample.Kind, sample.Platform)
	}
	if !bytes.Contains(sample.Entry, []byte("{person}")) {
		return pg, "", nil
	}
	if t.PSID != "" {
		return pg, t.PSID, nil
	}
	for _, id := range s.order {
		if s.home[id] == pg {
			return pg, id, nil
		}
	}
	return nil, "", fmt.Errorf("simulator: page %s has no people", pg.id)
}

// setPaths replaces values of the one event of an entry.
func setPaths(entry []byte, set map[string]any) ([]byte, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, entry); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	if len(set) == 0 {
		return compact.Bytes(), nil
	}
	var whole map[string]any
	dec := json.NewDecoder(&compact)
	dec.UseNumber()
	if err := dec.Decode(&whole); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	event := eventOf(whole)
	for _, path := range slices.Sorted(maps.Keys(set)) {
		if err := setPath(event, path, set[path]); err != nil {
			return nil, &controlError{err: fmt.Errorf("simulator: set %q: %w", path, err), field: "set"}
		}
	}
	return encode(whole)
}

// eventOf is the event of an entry, or the value of its change.
func eventOf(entry map[string]any) any {
	for _, list := range []string{"messaging", "standby", "changes", "calls"} {
		events, ok := entry[list].([]any)
		if !ok || len(events) == 0 {
			continue
		}
		if change, ok := events[0].(map[string]any); ok && list == "changes" {
			return change["value"]
		}
		return events[0]
	}
	return entry
}

func setPath(in any, path string, value any) error {
	head, rest, more := strings.Cut(path, ".")
	switch in := in.(type) {
	case map[string]any:
		if !more && head != "" {
			in[head] = value
			return nil
		}
		next, ok := in[head]
		if !ok {
			return fmt.Errorf("there is no %q; there are %s", head, strings.Join(slices.Sorted(maps.Keys(in)), ", "))
		}
		return setPath(next, rest, value)
	case []any:
		i, err := strconv.Atoi(head)
		if err != nil || i < 0 || i >= len(in) {
			return fmt.Errorf("%q is no place in a list of %d", head, len(in))
		}
		if !more {
			in[i] = value
			return nil
		}
		return setPath(in[i], rest, value)
	}
	return fmt.Errorf("nothing can stand below a plain value, such as %q", head)
}
