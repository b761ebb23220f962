package queue

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// abandoned is how long ago a lease on a conversation in which nothing waits has expired when it is taken for abandoned. Until then it
// still commits.
const abandoned = time.Hour

// Expire deletes at most limit rows that are expired at a time, or now if that is 0. It calls done with their number.
func Expire(what Expiring, before int64, limit int, done func(n int)) *Operation {
	return &Operation{alone: func(g *group) error {
		if before == 0 {
			before = g.now
		}
		if what == ExpiringConversations {
			before -= abandoned.Microseconds()
		}
		n, err := g.tx.Expire(what, before, limit)
		done(n)
		return err
	}}
}

// PurgeOldest is [Tx.PurgeOldest]; it calls done with the results.
func PurgeOldest(what Aging, after, before int64, limit int, done func(last int64, older bool)) *Operation {
	return &Operation{alone: func(g *group) error {
		last, older, err := g.tx.PurgeOldest(what, after, before, limit)
		done(last, older)
		return err
	}}
}

// Heartbeat announces a replica, and calls done with all that have not run out.
func Heartbeat(replica store.Replica, done func([]store.Replica)) *Operation {
	replica.Pages, replica.Busy = slices.Clone(replica.Pages), slices.Clone(replica.Busy)
	return &Operation{alone: func(g *group) error {
		all, err := g.tx.Heartbeat(replica, g.now+replica.TTL.Microseconds())
		done(all)
		return err
	}}
}

// Now calls done with the store's time.
func Now(done func(time.Time)) *Operation {
	return &Operation{alone: func(g *group) error {
		done(Time(g.now))
		return nil
	}}
}

// Touch makes a transaction that changes nothing.
func Touch() *Operation {
	return &Operation{alone: func(*group) error { return nil }}
}

// Ping puts an event by the way of [Put] and takes it back: what fails a Put, such as a full disk, a revoked permission or a table that
// is gone, fails it too. Nothing else may have the name, so that it waits for nothing, and nothing waits for it.
func Ping(name string) *Operation {
	op := &Operation{probe: []store.Event{{
		Conversation: store.Conversation{PageID: name, PSID: name}, Key: name, EchoOf: name, Body: []byte(name),
	}}}
	op.alone = func(g *group) error {
		if err := g.tx.Savepoint(); err != nil {
			return err
		}
		probe := &Operation{events: op.probe}
		if err := g.read(wantsOf(probe)); err != nil {
			return err
		}
		if err := g.put(probe); err != nil {
			return err
		}
		if probe.Err != nil {
			return probe.Err
		}
		if err := g.flush(); err != nil {
			return err
		}
		if err := g.tx.Undo(); err != nil {
			return err
		}
		g.snap, g.effects = nil, Effects{}
		return g.tx.Touch()
	}
	return op
}

// Probe returns the events that a ping puts and takes back.
func (op *Operation) Probe() []store.Event { return op.probe }

// Purge erases what is older than the cutoffs, and what has expired, in operations that each look at no more than step rows, so that
// none blocks others for long. It reports whether people were forgotten. If it fails, what it has erased by then stays erased.
func Purge(cutoffs store.Cutoffs, step int, do func(*Operation) error) (forgotten bool, err error) {
	if !cutoffs.People.IsZero() {
		if forgotten, err = purgeSilent(cutoffs.People, step, do); err != nil {
			return forgotten, err
		}
	}
	for _, what := range []Expiring{ExpiringSessions, ExpiringAttachments, ExpiringConversations} {
		if err := expire(what, 0, step, do); err != nil {
			return forgotten, err
		}
	}
	if before := Micros(cutoffs.Received); before != 0 { // 0 would be now
		if err := expire(ExpiringReceived, before, step, do); err != nil {
			return forgotten, err
		}
	}
	if err := purgeOldest(AgingSent, Micros(cutoffs.Sent), step, do); err != nil {
		return forgotten, err
	}
	return forgotten, purgeOldest(AgingKeys, Micros(cutoffs.DedupKeys), step, do)
}

func expire(what Expiring, before int64, step int, do func(*Operation) error) error {
	for n := step; n == step; {
		if err := do(Expire(what, before, step, func(found int) { n = found })); err != nil {
			return err
		}
	}
	return nil
}

// purgeOldest walks through rows in the order of arrival, up to where all of a step are young enough.
func purgeOldest(what Aging, before int64, step int, do func(*Operation) error) error {
	after, more := int64(0), before != 0
	for more {
		err := do(PurgeOldest(what, after, before, step, func(last int64, older bool) { after, more = last, older }))
		if err != nil {
			return err
		}
	}
	return nil
}

// silentStep is the most people who are forgotten in one operation: it holds their conversations until it has erased all that they left.
const silentStep = 100

// purgeSilent walks through all people in the order of their keys, and so needs no index that each act would have to change.
func purgeSilent(since time.Time, step int, do func(*Operation) error) (forgotten bool, err error) {
	var after store.Conversation
	for more := true; more; {
		var silent []store.Conversation
		err := do(PeopleAfter(after, step, func(people []store.Person) {
			silent, more = nil, len(people) == step
			for _, p := range people {
				after = store.Conversation{PageID: p.PageID, PSID: p.PSID}
				if Silent(p, since) {
					silent = append(silent, after)
				}
			}
		}))
		if err != nil {
			return forgotten, err
		}
		for chunk := range slices.Chunk(silent, silentStep) {
			op := ForgetSilent(chunk, since)
			if err := do(op); err != nil {
				return forgotten, err
			}
			forgotten = forgotten || op.Found
		}
	}
	return forgotten, nil
}
