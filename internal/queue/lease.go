package queue

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// lease leases conversations, which are locked, and adds the leases to a list. It also returns how many had nothing to do.
func (g *group) lease(leases []store.Lease, due []DueRow, claim *store.Claim) (all []store.Lease, idle int, err error) {
	wants := make([]WorkWant, len(due))
	for i, d := range due {
		wants[i] = WorkWant{d.Conversation, d.HasDueSends}
	}
	work, err := g.tx.Work(wants, claim.Events)
	if err != nil {
		return nil, 0, err
	}
	leases = slices.Grow(leases, len(due))
	var nothing []store.Conversation
	for i := range due {
		d := &due[i]
		events := WithRaised(work.Events[i], work.Raised[i])
		if len(events) == 0 && len(work.Sends[i]) == 0 {
			nothing = append(nothing, d.Conversation)
			continue
		}
		lease := store.Lease{
			LeaseID: store.LeaseID{Conversation: d.Conversation, Token: work.Token}, Deliveries: int(d.Deliveries) + 1, Now: Time(g.now),
			Previous: d.Token, Expired: d.leased(), // the lease of a process that has ended is void
			Person: store.Person{PageID: d.PageID, PSID: d.PSID}, Background: d.Background(),
		}
		if p := work.People[i]; p != nil {
			lease.Person = *p
		}
		if d.Alone != 0 && (!d.leased() || d.HolderEnded) {
			lease.Fatal = d.Alone
		}
		for _, row := range events {
			ev, err := row.queued()
			if err != nil {
				return nil, 0, err
			}
			lease.Events = append(lease.Events, ev)
		}
		for _, row := range work.Sends[i] {
			lease.Sends = append(lease.Sends, row.Queued(g.now))
		}
		leases = append(leases, lease)
		d.LeaseUntil = g.until(claim.TTL)
		d.Owner, d.Holder, d.Token, d.Deliveries = claim.Owner, g.tx.Holder(), work.Token, d.Deliveries+1
		d.Alone = lease.Fatal // that an event ended its process stays known until it is a dead letter
		g.changes.Conversations = append(g.changes.Conversations, &d.ConversationRow)
	}
	if err := g.flush(); err != nil {
		return nil, 0, err
	}
	return leases, len(nothing), g.correct(nothing)
}

// correct works out anew when locked conversations are due for which there was nothing to do: what made them due is gone.
func (g *group) correct(convs []store.Conversation) error {
	if len(convs) == 0 {
		return nil
	}
	var wants Wants
	for _, conv := range convs {
		wants.Conversations = append(wants.Conversations, ConversationWant{Conversation: conv, Sends: true})
	}
	slices.SortFunc(wants.Conversations, func(a, b ConversationWant) int { return compareConversations(a.Conversation, b.Conversation) })
	snap, err := g.tx.Read(&wants)
	if err != nil {
		return err
	}
	for _, s := range snap.Conversations {
		g.reschedule(s, s.DueAt())
	}
	return g.flush()
}

// queued is an event as it is handed out.
func (r *EventRow) queued() (store.QueuedEvent, error) {
	only, err := decodeRoutes(r.Only)
	return store.QueuedEvent{Event: r.event(), Seq: r.Seq, Attempts: int(r.Attempts), Only: only, ReceivedAt: Time(r.ReceivedAt)}, err
}

func (r *EventRow) event() store.Event {
	return store.Event{
		Conversation: r.Conversation, Key: r.Key, Time: Time(r.EventAt), Body: r.Body, EchoOf: r.EchoOf,
		Raised: store.Raised{Key: r.RaisedKey, At: Time(r.RaisedAt)},
	}
}

func encodeRoutes(routes []string) (string, error) {
	if len(routes) == 0 {
		return "", nil
	}
	text, err := json.Marshal(routes)
	return string(text), err
}

func decodeRoutes(text string) (routes []string, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &routes); err != nil {
		return nil, fmt.Errorf("store: routes of an event: %w", err)
	}
	return routes, nil
}
