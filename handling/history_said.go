package handling

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// said collects what was said.
type said struct {
	since  time.Time       // what is older may lack what was said between
	keys   map[string]bool // of events
	events []Utterance
	sent   []Utterance
	echoes []Utterance // of the page; those of the bot's own are FromBot
	edits  map[string]*receiving.MessageEdit
}

func newSaid() *said {
	return &said{keys: map[string]bool{}, edits: map[string]*receiving.MessageEdit{}}
}

// addKept adds an event that SaveMessage has kept.
func (s *said) addKept(r store.Received) {
	e := receiving.Envelope{
		Key: r.Key, Object: receiving.Object(r.Object), PageID: r.PageID, PSID: r.PSID, Thread: r.PSID, Time: r.At, Standby: r.Standby, Raw: r.Body,
	}
	ev, _ := e.Event()
	if string(ev.Type) != r.Type {
		e.Field = "messages" // as the dashboard's test button sends it
		ev, _ = e.Event()
	}
	s.add(ev)
}

// add adds an event, once.
func (s *said) add(ev *receiving.Event) {
	if ev == nil || s.keys[ev.Key] {
		return
	}
	s.keys[ev.Key] = true
	u := Utterance{At: ev.Time, From: FromPerson, MID: ev.MID()}
	switch p := ev.Payload.(type) {
	case *receiving.Message:
		u.Text, u.Attachments = p.Text, describeAll(p.Attachments)
		switch {
		case ev.Type == receiving.TypeMessageDeleted:
			return
		case p.IsEcho:
			u.From = FromHuman
			if sending.OwnEcho(ev) {
				u.From = FromBot
			}
			s.echoes = append(s.echoes, u)
			return
		}
	case *receiving.Postback:
		u.Text = p.Title
	case *receiving.MessageEdit:
		if last := s.edits[p.MID]; last == nil || last.NumEdit <= p.NumEdit {
			s.edits[p.MID] = p
		}
		return
	default:
		return
	}
	s.events = append(s.events, u)
}

// describeAll describes attachments that were received.
func describeAll(all []receiving.Attachment) (texts []string) {
	for _, a := range all {
		texts = append(texts, described(string(a.Type), a.Title))
	}
	return texts
}

func described(kind, title string) string {
	if title == "" {
		return kind
	}
	return kind + ": " + title
}

// sentBody is what a history needs of a request.
type sentBody struct {
	Message struct {
		Text       string `json:"text"`
		Attachment *struct {
			Type    string `json:"type"`
			Payload struct {
				Text     string `json:"text"`
				Elements []struct {
					Title    string `json:"title"`
					Subtitle string `json:"subtitle"`
				} `json:"elements"`
			} `json:"payload"`
		} `json:"attachment"`
	} `json:"message"`
}

// addSent adds a message that the platform has taken.
func (s *said) addSent(r store.Sent) {
	if r.Outcome != store.OutcomeSent {
		return
	}
	var body sentBody
	if json.Unmarshal(r.Body, &body) != nil {
		return
	}
	u := Utterance{At: r.At, From: FromBot, MID: r.MID, Text: body.Message.Text}
	if a := body.Message.Attachment; a != nil {
		u.Attachments = []string{a.Type}
		lines := []string{a.Payload.Text}
		for _, e := range a.Payload.Elements {
			lines = append(lines, e.Title, e.Subtitle)
		}
		u.Text = strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
	}
	s.sent = append(s.sent, u)
}

// utterances returns all, oldest first.
func (s *said) utterances() []Utterance {
	all := slices.Clone(s.events)
	echoed := map[string]time.Time{}
	for _, u := range s.echoes {
		echoed[u.MID] = u.At
	}
	own := map[string]bool{}
	for _, u := range s.sent {
		if at, ok := echoed[u.MID]; ok && u.MID != "" {
			u.At = at
		}
		own[u.MID] = u.MID != ""
		all = append(all, u)
	}
	for _, u := range s.echoes {
		if !own[u.MID] {
			all = append(all, u)
		}
	}
	all = slices.DeleteFunc(all, func(u Utterance) bool {
		return u.At.Before(s.since) || u.Text == "" && len(u.Attachments) == 0 && s.edits[u.MID] == nil
	})
	for i, u := range all {
		if edit := s.edits[u.MID]; edit != nil && u.From == FromPerson {
			all[i].Text = edit.Text
		}
	}
	slices.SortStableFunc(all, func(a, b Utterance) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(order(a), order(b)))
	})
	return all
}

// order puts an answer behind what it answers if both are of one time.
func order(u Utterance) int {
	if u.From == FromPerson {
		return 0
	}
	return 1
}
