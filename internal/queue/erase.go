package queue

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Forget erases everything about a person. A worker that holds the conversation has its commit refused: the row is gone, and
// fencing tokens are never repeated.
func Forget(conv store.Conversation) (*Operation, error) {
	if conv.PageID == "" || conv.PSID == "" {
		return nil, store.ErrEmptyID
	}
	op := &Operation{}
	op.exclusive = func(g *group) error {
		if err := g.lock([]store.Conversation{conv}, nil); err != nil {
			return err
		}
		op.Found = true
		return g.forget([]store.Conversation{conv})
	}
	return op, nil
}

// ForgetSilent erases those of some people who have been silent since a time, and for whom nothing waits. Found reports that there
// were any. The conversations are locked before people are read, so that what is put for one of them meanwhile waits, and is of a new
// person.
func ForgetSilent(people []store.Conversation, since time.Time) *Operation {
	people = slices.SortedFunc(slices.Values(people), compareConversations)
	op := &Operation{}
	op.exclusive = func(g *group) error {
		if err := g.lock(people, people); err != nil {
			return err
		}
		dead, err := g.tx.WithDeadLetters(people)
		if err != nil {
			return err
		}
		silent := slices.DeleteFunc(slices.Clone(people), func(conv store.Conversation) bool {
			p, s := g.snap.People[conv], g.state(conv)
			return p == nil || !isSilent(*p, since) || dead[conv] || s.events() || s.HasSends || s.RaisedNext != 0 || s.LeaseUntil > g.now
		})
		op.Found = len(silent) > 0
		if !op.Found {
			return nil
		}
		return g.forget(silent)
	}
	return op
}

// isSilent reports whether a person's last act, or without one the moment when the store first heard of them, is before a time.
func isSilent(p store.Person, since time.Time) bool {
	last := p.LastAct
	if last.IsZero() {
		last = p.FirstSeen
	}
	return last.Before(since)
}

// lock locks conversations, which are sorted, and reads people, if any are named, and what waits for them.
func (g *group) lock(convs, people []store.Conversation) error {
	wants := Wants{People: people}
	for _, conv := range convs {
		wants.Conversations = append(wants.Conversations, ConversationWant{Conversation: conv, Sends: len(people) > 0})
	}
	return g.read(&wants)
}

func (g *group) forget(convs []store.Conversation) error {
	if err := g.forgetRecipients(convs); err != nil {
		return err
	}
	events, err := g.tx.Forget(convs)
	for page, n := range events {
		g.count(page, -n)
	}
	return err
}
