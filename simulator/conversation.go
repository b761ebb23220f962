package simulator

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Sides of a conversation, the values of [Message.From].
const (
	FromPage   = "page"
	FromPerson = "person"
)

// Kinds of a [Message].
const (
	KindMessage  = "message"
	KindPostback = "postback" // a tapped button, menu item, ice breaker or Get Started
)

// conversation is what one person and the page have said to each other. Sends
// to a user_ref, a comment or a post have a conversation under that id.
type conversation struct {
	messages []*Message
	actions  []Action
	lastAct  time.Time // opens the 24-hour window
	seen     time.Time // how far the page has marked what the person wrote as seen
	typing   bool
	thread   thread
	blocked  bool // by the person

	moderated moderated    // by the page
	settings  userSettings // of this person alone

	story []happening // all that happened, in order; see [Simulator.Transcript]
	lost  bool        // the beginning of the story
}

// Action is a sender action of the page: typing_on, typing_off or mark_seen.
type Action struct {
	PSID  string    `json:"person_id"`
	Name  string    `json:"name"`
	Time  time.Time `json:"time"`
	After string    `json:"after,omitempty"` // the message that was the newest one then
}

func (p *page) conversation(id string) *conversation {
	c := p.conversations[id]
	if c == nil {
		c = &conversation{}
		p.conversations[id] = c
	}
	return c
}

// pageWith is the page with that conversation; the main one if there is none.
func (s *Simulator) pageWith(id string) *page {
	if pg := s.home[id]; pg != nil {
		return pg
	}
	for _, pg := range s.pages {
		if pg.conversations[id] != nil {
			return pg
		}
	}
	return s.main
}

func (c *conversation) newest() *Message {
	if len(c.messages) == 0 {
		return nil
	}
	return c.messages[len(c.messages)-1]
}

// newestOf is the latest message of one side, nil if there is none.
func (c *conversation) newestOf(side string) *Message {
	for _, m := range slices.Backward(c.messages) {
		if m.From == side {
			return m
		}
	}
	return nil
}

func (c *conversation) find(mid string) *Message {
	for _, m := range slices.Backward(c.messages) {
		if m.ID == mid {
			return m
		}
	}
	return nil
}

// record adds a message and publishes it to the chat page. s.mu must be held.
func (s *Simulator) record(c *conversation, m *Message) {
	c.messages = trim(append(c.messages, m), s.cfg.History)
	s.keepRaw(m)
	if m.From == FromPage {
		c.typing = false
	}
	s.publish("message", *m)
}

// Messages returns the conversation with a person, both directions, in order:
// messages and postbacks, not sender actions ([Simulator.Actions]). Sends to a
// user_ref, comment or post are found under that id. The result is a copy.
func (s *Simulator) Messages(psid string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.pageWith(psid).conversations[psid]
	if c == nil {
		return nil
	}
	list := make([]Message, 0, len(c.messages))
	for _, m := range c.messages {
		list = append(list, *m)
	}
	return list
}

// ForgetConversation lets a person begin anew: messages, the 24-hour window, who has the conversation, a block, and the menu of
// this person alone are forgotten. Callbacks that wait are delivered still, and the bot keeps what it knows. It is
// [ErrNoPerson] if there is no such person.
func (s *Simulator) ForgetConversation(psid string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	switch {
	case s.closed:
		return ErrClosed
	case pg == nil:
		return fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	delete(pg.conversations, psid)
	s.publish("page", map[string]string{"changed": pg.id})
	return nil
}

// Actions returns the page's typing_on, typing_off and mark_seen towards a
// person, in order. Reactions are found on the [Message] they belong to.
func (s *Simulator) Actions(psid string) []Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.pageWith(psid).conversations[psid]; c != nil {
		return slices.Clone(c.actions)
	}
	return nil
}

// Wait returns the first message from the page to a person that matches, whether
// it came already or is still to come; a nil match takes any. match is called
// without locks, once for each message. It returns ctx's error when ctx ends
// first and [ErrClosed] when the simulator is closed first.
func (s *Simulator) Wait(ctx context.Context, psid string, match func(Message) bool) (Message, error) {
	asked := map[string]bool{}
	for {
		var fresh []Message
		err := s.until(ctx, func() bool {
			if c := s.pageWith(psid).conversations[psid]; c != nil {
				for _, m := range c.messages {
					if m.From == FromPage && !asked[m.ID] {
						fresh = append(fresh, *m)
					}
				}
			}
			return len(fresh) > 0
		})
		if err != nil {
			return Message{}, fmt.Errorf("simulator: no such message from the page to %s: %w", psid, err)
		}
		for _, m := range fresh {
			asked[m.ID] = true
			if match == nil || match(m) {
				return m, nil
			}
		}
	}
}
