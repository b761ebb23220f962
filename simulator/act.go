package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// doing is the effect of an act of a person.
type doing struct {
	field   string   // the webhook field that reports it
	event   element  // sender, recipient and time are filled in
	message *Message // what the conversation shows of it, if anything
	opens   bool     // whether it opens the 24-hour window
	apply   func(c *conversation)
}

// act lets a person do what is, for a transcript, an Act: the conversation changes and the callback
// joins the person's queue, both in one step.
func (s *Simulator) act(ctx context.Context, psid string, what Act, plan func(c *conversation, at time.Time) (doing, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", ErrClosed
	}
	pg := s.home[psid]
	if pg == nil {
		return "", fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	c := pg.conversation(psid)
	if c.moderated.blocked {
		return "", ErrBarred
	}
	d, err := plan(c, at)
	if err != nil {
		return "", err
	}
	if d.event.Sender == nil {
		d.event.Sender = &party{ID: psid}
	}
	if d.message != nil {
		d.message.ID = pg.newMID()
		if d.event.Message != nil {
			d.event.Message.MID = d.message.ID
		}
		if d.event.Postback != nil {
			d.event.Postback.MID = d.message.ID
		}
	}
	d.event.Recipient = &party{ID: pg.id}
	d.event.Timestamp = at.UnixMilli()
	if d.opens {
		pg.arrive(c, at)
		if d.message == nil { // else the message says so
			s.publish("conversation", c.info(psid))
		}
	}
	if tapped := d.event.Postback; tapped != nil && pg.onStandby(c, at) {
		tapped.Payload = "" // the platform keeps it from apps on standby
	}
	raw, err := encode(d.event)
	if err != nil {
		return "", err
	}
	if d.apply != nil {
		d.apply(c)
	}
	mid, done := "", happening{Act: &what, Raw: raw}
	if m := d.message; m != nil {
		done.MID, done.Raw = m.ID, nil
		mid = m.ID
		m.PSID, m.From, m.Time, m.Raw = psid, FromPerson, at, raw
		s.record(c, m)
	}
	s.happened(c, done)
	return mid, s.report(pg, c, Delivery{PSID: psid, Field: d.field, MID: mid, Time: at}, raw)
}

// write is an act that is a message of Messenger.
func (s *Simulator) write(ctx context.Context, psid, what string, a Act, shown Message, wire eventMessage) (string, error) {
	return s.act(ctx, psid, a, func(*conversation, time.Time) (doing, error) {
		if s.home[psid].instagram {
			return doing{}, errNotOnInstagram(what)
		}
		return writing(shown, wire), nil
	})
}

// writing is a person's message.
func writing(shown Message, wire eventMessage) doing {
	shown.Kind = KindMessage
	return doing{field: "messages", event: element{Message: &wire}, message: &shown, opens: true}
}

// postback is an act that taps something with a payload.
func postback(title, payload string) doing {
	m := &Message{Kind: KindPostback, Text: title, Payload: payload}
	return doing{
		field: "messaging_postbacks", message: m, opens: true,
		event: element{Postback: &eventPostback{Title: title, Payload: payload}},
	}
}

// Post sends one event as it is, for kinds without a method:
// {"sender":{"id":"…"},"recipient":{"id":"…"},"timestamp":…,"optin":{…}}. It
// goes through the queue of the person it names, signed and retried like any
// other; it needs no subscription and leaves the conversation as it is, except
// that an event whose sender is a person opens the 24-hour window. The page is
// that of the person, or else the one that the event names, or that of
// [Config.PageID].
func (s *Simulator) Post(ctx context.Context, event json.RawMessage) error {
	return s.postEvent(ctx, event, postedEvent, messagingOf)
}

// PostStandby sends one event like [Simulator.Post], as the platform does while
// another app controls the thread.
func (s *Simulator) PostStandby(ctx context.Context, event json.RawMessage) error {
	return s.postEvent(ctx, event, postedStandby, standbyOf)
}

// PostChange is [PageControl.PostChange] of the page of [Config.PageID].
func (s *Simulator) PostChange(ctx context.Context, field string, value json.RawMessage) error {
	return s.mainPage().PostChange(ctx, field, value)
}

func (s *Simulator) postEvent(ctx context.Context, event json.RawMessage, field string, fill func(json.RawMessage) func(*entry)) error {
	var parties struct{ Sender, Recipient struct{ ID ident } }
	if err := json.Unmarshal(event, &parties); err != nil {
		return fmt.Errorf("simulator: the event is not a JSON object with parties: %w", err)
	}
	from, to := string(parties.Sender.ID), string(parties.Recipient.ID)
	return s.postEntry(ctx, field, fill(event), func() (*page, string, bool) {
		if from == "" || s.pageByID(from) != nil {
			return s.pageNamed(from, to), to, false
		}
		pg := s.pageNamed(from, to)
		if pg.people[from] != nil && !pg.removed {
			s.happened(pg.conversation(from), happening{Posted: field, Raw: event})
		}
		return pg, from, true
	})
}

// pageNamed is the page that one of the parties of an event belongs to or is; the main one if there is none. s.mu must be
// held.
func (s *Simulator) pageNamed(parties ...string) *page {
	for _, id := range parties {
		if pg := s.home[id]; pg != nil {
			return pg
		}
		if pg := s.pageByID(id); pg != nil {
			return pg
		}
	}
	return s.main
}

// postEntry queues a callback without asking for a subscription. whose says of which page it is and in whose queue it
// goes, and whether it opens the window; it is called with s.mu held.
func (s *Simulator) postEntry(
	ctx context.Context, field string, fill func(*entry), whose func() (pg *page, person string, opens bool),
) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	pg, person, opens := whose()
	if pg.removed {
		return fmt.Errorf("%w: %s", ErrNoPage, pg.id)
	}
	body, err := pg.entryOf(at, fill)
	if err != nil {
		return err
	}
	if opens && pg.people[person] != nil {
		c := pg.conversation(person)
		c.lastAct = at
		s.publish("conversation", c.info(person))
	}
	s.enqueue(&Delivery{page: pg, PSID: person, Field: field, Time: at, Body: string(body)})
	return nil
}

// ident is an id that the wire has as a string or as a number.
type ident string

func (id *ident) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*id = ident(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return errors.New("an id must be a string or a number")
	}
	*id = ident(number)
	return nil
}
