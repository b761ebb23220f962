package queue

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// A claim that meets conversations of pages that it does not serve looks further: at twice as many conversations each
// time, up to mostDoublings, and mostRounds times.
const (
	mostDoublings = 10
	mostRounds    = 20
)

// claim leases conversations that have something due, oldest due first.
func (g *group) claim(claim store.Claim) ([]store.Lease, error) {
	var leases []store.Lease
	taken := map[store.Conversation]bool{}
	for rounds := 0; len(leases) < claim.Conversations; rounds++ {
		limit := len(leases) + claim.Conversations<<min(rounds, mostDoublings)
		due, err := g.due(claim, limit)
		if err != nil {
			return nil, err
		}
		all := len(due) < limit
		due = g.served(due, claim)
		due = withRoom(due, taken, claim.Suspects)
		due = due[:min(len(due), claim.Conversations-len(leases))]
		if len(due) == 0 {
			if all || claim.Serves == nil || rounds == mostRounds {
				break
			}
			continue // what is due may be behind what is left to others
		}
		more, idle, err := g.lease(due, claim)
		if err != nil {
			return nil, err
		}
		for _, d := range due {
			taken[d.Conversation] = true
		}
		for _, l := range more {
			if level := store.IsolationLevel(l.Deliveries - 1); level > 0 {
				claim.Suspects[level-1]--
			}
		}
		leases = append(leases, more...)
		if all && idle == 0 {
			break
		}
	}
	return leases, nil
}

// due returns conversations that can be claimed.
func (g *group) due(claim store.Claim, limit int) ([]DueRow, error) {
	query := DueQuery{Now: g.now, Limit: limit, Suspects: claim.Suspects, Serves: claim.Serves}
	if g.Unserved != nil {
		skip, from, look := g.Unserved.of(claim, g.now)
		if look {
			first, err := g.tx.FirstDue(skip, from, g.now-unsettled.Microseconds())
			if err != nil {
				return nil, err
			}
			from = max(from, first)
			g.Unserved.begin(claim, skip, from, g.now)
		}
		query.Skip, query.From = skip, from
	}
	return g.tx.Due(&query)
}

// served leaves out the conversations of pages that a claim does not serve. Until the transaction ends they are locked, so that
// claims of other processes may have passed over them: those get a hint.
func (g *group) served(due []DueRow, claim store.Claim) []DueRow {
	if claim.Serves == nil {
		return due
	}
	return slices.DeleteFunc(due, func(d DueRow) bool {
		if claim.Serves(d.PageID) {
			return false
		}
		if g.Unserved != nil && g.Unserved.add(claim.Owner, d.PageID) {
			g.effects.Hint = true
		}
		return true
	})
}

// withRoom leaves out what was taken before, and what is beyond the bounds of its level of isolation.
func withRoom(due []DueRow, taken map[store.Conversation]bool, room store.Suspects) []DueRow {
	return slices.DeleteFunc(due, func(d DueRow) bool {
		if taken[d.Conversation] {
			return true
		}
		level := store.IsolationLevel(int(d.Deliveries))
		if level == 0 {
			return false
		}
		room[level-1]--
		return room[level-1] < 0
	})
}

// lease leases conversations, which are locked. It also returns how many had nothing to do.
func (g *group) lease(due []DueRow, claim store.Claim) (leases []store.Lease, idle int, err error) {
	wants := make([]WorkWant, len(due))
	for i, d := range due {
		wants[i] = WorkWant{d.Conversation, d.HasDueSends}
	}
	work, err := g.tx.Work(wants, claim.Events)
	if err != nil {
		return nil, 0, err
	}
	var changes Changes
	var nothing []store.Conversation
	for i := range due {
		d := &due[i]
		if len(work.Events[i]) == 0 && len(work.Sends[i]) == 0 {
			nothing = append(nothing, d.Conversation)
			continue
		}
		lease := store.Lease{
			LeaseID: store.LeaseID{Conversation: d.Conversation, Token: work.Token}, Deliveries: int(d.Deliveries) + 1, Now: Time(g.now),
			Previous: d.Token, Expired: d.leased(), // the lease of a process that has ended is void
			Person: store.Person{PageID: d.PageID, PSID: d.PSID},
		}
		if p := work.People[i]; p != nil {
			lease.Person = *p
		}
		if d.Alone != 0 && (!d.leased() || d.HolderEnded) {
			lease.Fatal = d.Alone
		}
		for _, row := range work.Events[i] {
			ev, err := row.queued()
			if err != nil {
				return nil, 0, err
			}
			lease.Events = append(lease.Events, ev)
		}
		for _, row := range work.Sends[i] {
			lease.Sends = append(lease.Sends, row.queued(g.now))
		}
		leases = append(leases, lease)
		d.LeaseUntil = g.until(claim.TTL)
		d.Owner, d.Holder, d.Token, d.Deliveries = claim.Owner, g.tx.Holder(), work.Token, d.Deliveries+1
		d.Alone = lease.Fatal // that an event ended its process stays known until it is a dead letter
		changes.Conversations = append(changes.Conversations, &d.ConversationRow)
	}
	if err := g.tx.Apply(&changes); err != nil {
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
		g.reschedule(s, s.NextAt)
	}
	return g.flush()
}

// queued is an event as it is handed out.
func (r *EventRow) queued() (store.QueuedEvent, error) {
	only, err := decodeRoutes(r.Only)
	return store.QueuedEvent{Event: r.event(), Seq: r.Seq, Attempts: int(r.Attempts), Only: only, ReceivedAt: Time(r.ReceivedAt)}, err
}

func (r *EventRow) event() store.Event {
	return store.Event{Conversation: r.Conversation, Key: r.Key, Time: Time(r.EventAt), Body: r.Body, EchoOf: r.EchoOf}
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
