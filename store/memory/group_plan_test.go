package memory_test

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// The places of operations in a group.
const (
	renewals = iota
	outcomes
	writes
	puts
	enqueues
	claims
)

// plan makes a group.
func (g *grouper) plan() []planned {
	g.ended, g.started, g.echoed = map[store.Conversation]bool{}, map[string]bool{}, map[string]bool{}
	var plan []planned
	for range 1 + g.rand.IntN(8) {
		var p planned
		switch g.rand.IntN(12) {
		case 0:
			p = g.renewal()
		case 1, 2, 3, 4, 5:
			p = g.commit()
		case 6:
			p = g.beside()
		case 7, 8:
			p = g.put()
		case 9:
			p = both(enqueues, g.op(queue.Enqueue(g.someSends())))
		case 10:
			p = both(writes, queue.Cancel(pick(g, g.convs), g.sendKey()))
		case 11:
			serves := pick(g, []func(string) bool{nil, func(page string) bool { return page == "page" }})
			p = g.twice(claims, func(func(sides[store.Lease]) store.Lease) *queue.Operation {
				return queue.Claim(store.Claim{
					Owner: "w", Conversations: 100, Events: 3, Background: 100, Serves: serves, Suspects: store.Suspects{100, 100, 100}, TTL: 2 * time.Second,
				})
			})
		}
		if p.ops.group != nil {
			plan = append(plan, p)
		}
	}
	return plan
}

func pick[T any](g *grouper, of []T) T { return of[g.rand.IntN(len(of))] }

func (g *grouper) op(op *queue.Operation, err error) *queue.Operation {
	require.NoError(g, err)
	return op
}

// both has copies of an operation, which has not run.
func both(step int, op *queue.Operation) planned {
	other := *op
	return planned{step, sides[*queue.Operation]{op, &other}}
}

// twice makes the operation of each side, for the lease of that side.
func (g *grouper) twice(step int, made func(of func(sides[store.Lease]) store.Lease) *queue.Operation) planned {
	return planned{step, sides[*queue.Operation]{
		made(func(l sides[store.Lease]) store.Lease { return l.group }), made(func(l sides[store.Lease]) store.Lease { return l.single }),
	}}
}

// lease is one of the last that were handed out; it may be stale.
func (g *grouper) lease() (l sides[store.Lease], ok bool) {
	if len(g.leases) == 0 {
		return l, false
	}
	return g.leases[len(g.leases)-1-g.rand.IntN(min(5, len(g.leases)))], true
}

func (g *grouper) renewal() planned {
	first, ok := g.lease()
	if !ok {
		return planned{}
	}
	second, _ := g.lease()
	mark, seq := g.rand.IntN(2) == 0, g.rand.IntN(2)
	return g.twice(renewals, func(of func(sides[store.Lease]) store.Lease) *queue.Operation {
		if l := of(first); mark {
			if seq < len(l.Events) {
				return queue.MarkAlone(l.LeaseID, l.Events[seq].Seq)
			}
			return queue.MarkAlone(l.LeaseID, 0)
		}
		return queue.Renew(3*time.Second, []store.LeaseID{of(first).LeaseID, of(second).LeaseID})
	})
}

func (g *grouper) commit() planned {
	lease, ok := g.lease()
	if !ok || g.ended[lease.group.Conversation] {
		return planned{}
	}
	g.ended[lease.group.Conversation] = true
	o := store.Outcome{Sends: g.someSends(), Writes: g.someWrites(lease.group.Conversation), Release: g.rand.IntN(3) > 0, Due: g.rand.IntN(3)}
	if g.rand.IntN(3) == 0 {
		o.After = time.Duration(g.rand.IntN(4)) * time.Second
	}
	candidates := []string{g.sendKey()}
	for _, s := range lease.group.Sends {
		if g.rand.IntN(2) == 0 {
			o.Results = append(o.Results, store.SendResult{Key: s.Key, State: store.SendState(1 + g.rand.IntN(3))})
		}
		candidates = append(candidates, s.Key)
	}
	for _, s := range o.Sends {
		candidates = append(candidates, s.Key)
	}
	if o.Start = pick(g, candidates); g.echoed[o.Start] {
		o.Start = ""
	}
	g.started[o.Start] = true
	if g.rand.IntN(2) == 0 {
		o.Awaits = pick(g, candidates)
	}
	at := g.rand.IntN(2)
	end := store.EventResult{Retry: g.rand.IntN(4) == 0}
	if g.rand.IntN(3) == 0 {
		end.Failures = []store.Failure{{Route: pick(g, []string{"r1", ""}), Error: "e"}}
	}
	return g.twice(outcomes, func(of func(sides[store.Lease]) store.Lease) *queue.Operation {
		o, l, end := o, of(lease), end
		o.Lease = l.LeaseID
		if at < len(l.Events) {
			end.Seq, end.Attempts = l.Events[at].Seq, l.Events[at].Attempts
			o.Event = &end
		}
		return g.op(queue.Commit(o, ""))
	})
}

func (g *grouper) beside() planned {
	return both(writes, g.op(queue.Apply(g.someWrites(pick(g, g.convs)))))
}

// someWrites are about one conversation, but for cancellations.
func (g *grouper) someWrites(conv store.Conversation) []store.Write {
	page, psid := conv.PageID, conv.PSID
	var list []store.Write
	for range g.rand.IntN(4) {
		at := g.now.Add(-time.Duration(g.rand.IntN(5)) * time.Second)
		list = append(list, pick(g, []store.Write{
			store.CancelSend{Conversation: pick(g, g.convs), Key: g.sendKey()},
			store.AddThumbUp{PageID: page, PSID: psid},
			store.TouchPerson{PageID: page, PSID: psid, At: at},
			store.SaveSession{PageID: page, PSID: psid, Name: "s", Version: int64(g.rand.IntN(3)), Life: time.Duration(g.rand.IntN(3)) * time.Second},
			store.SaveSession{PageID: page, PSID: psid, Name: "s", Data: []byte{byte('0' + g.rand.IntN(3))}},
			store.DeleteSession{PageID: page, PSID: psid, Name: "s"},
			store.SaveMessage{Received: store.Received{PageID: page, PSID: psid, Key: g.eventKey(), Type: fmt.Sprint(g.rand.IntN(9)), At: at}},
			store.AddLocation{Location: store.Location{PageID: page, PSID: psid, MID: fmt.Sprint("mid", g.rand.IntN(3)), At: at}},
			store.SaveAttachment{PageID: page, Name: "a", AttachmentID: fmt.Sprint(g.rand.IntN(9))},
			store.SaveSent{Sent: store.Sent{PageID: page, PSID: psid, Key: g.sendKey(), At: at}},
		}))
	}
	return list
}

// eventKey is one of a few of late, so that groups meet the same ones.
func (g *grouper) eventKey() string {
	if g.rand.IntN(3) == 0 {
		g.keys++
	}
	return fmt.Sprint("m", g.keys-g.rand.IntN(4))
}

func (g *grouper) put() planned {
	var events []store.Event
	for range 1 + g.rand.IntN(2)*g.rand.IntN(4) {
		ev := store.Event{Conversation: pick(g, g.convs), Key: g.eventKey(), Time: g.now.Add(time.Duration(g.rand.IntN(3)) * time.Second)}
		if g.rand.IntN(2) == 0 {
			ev.KeyTime = time.Unix(int64(1+g.rand.IntN(2)), 0)
		}
		key := g.sendKey()
		if l, ok := g.lease(); ok && len(l.group.Sends) > 0 && g.rand.IntN(2) == 0 {
			key = pick(g, l.group.Sends).Key
		}
		if g.rand.IntN(2) == 0 && !g.started[key] {
			ev.EchoOf = key
			g.echoed[key] = true
		}
		edits := fmt.Sprint("edit of ", g.keys-g.rand.IntN(3), " ")
		switch n := g.rand.IntN(6); {
		case n == 0 && !g.tight: // what an event of the group unsends counts until the group has committed
			ev.Unsends = store.Unsent{Keys: []string{g.eventKey(), g.eventKey()}, MID: fmt.Sprint("mid", g.rand.IntN(3))}
			if g.rand.IntN(2) == 0 {
				ev.Unsends.Edits = edits
			}
		case n == 1:
			ev.EditOf, ev.Key = edits, fmt.Sprint(edits, g.rand.IntN(2))
		}
		events = append(events, ev)
	}
	return both(puts, g.op(queue.Put(events)))
}

// sendKey is one of a few of late.
func (g *grouper) sendKey() string {
	if len(g.sends) == 0 {
		return "none"
	}
	return g.sends[len(g.sends)-1-g.rand.IntN(min(6, len(g.sends)))]
}

func (g *grouper) someSends() []store.Send {
	var sends []store.Send
	for range g.rand.IntN(3) {
		s := store.Send{Conversation: pick(g, g.convs), Key: g.sendKey()}
		if g.rand.IntN(2) == 0 {
			s.Key = fmt.Sprint("s", len(g.sends))
			g.sends = append(g.sends, s.Key)
		}
		switch g.rand.IntN(3) {
		case 0:
			s.Group = s.Key
		case 1:
			s.Group = g.sendKey()
		}
		if g.rand.IntN(6) == 0 {
			s.Key, s.Fresh = fmt.Sprint("fresh", len(g.sends)), true
			g.sends = append(g.sends, s.Key)
		}
		if g.rand.IntN(3) == 0 {
			s.Delay = time.Duration(g.rand.IntN(5)) * time.Second
		}
		sends = append(sends, s)
	}
	return sends
}
