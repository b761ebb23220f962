package queue

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

const (
	// purgeStep is the most rows that one operation of a purge looks at, so that it blocks other
	// operations only briefly.
	purgeStep = 1000
	// silentStep is the most people who are forgotten in one operation: it holds their
	// conversations until it has erased all that they left.
	silentStep = 100
	// abandoned is how long ago a lease on a conversation in which nothing waits has expired when
	// it is taken for abandoned. Until then it still commits.
	abandoned = time.Hour
)

// Purge erases what is older than the cutoffs, and what has expired, in operations that each look
// at no more than step rows. It reports whether people were forgotten. If it fails, what it has
// erased by then stays erased. Rows that are locked are passed over; the next purge finds them.
func Purge(cutoffs store.Cutoffs, step int, do func(*Operation) error) (forgotten bool, err error) {
	if !cutoffs.People.IsZero() {
		if forgotten, err = purgeSilent(cutoffs.People, step, do); err != nil {
			return forgotten, err
		}
	}
	now := func(now int64) int64 { return now }
	for _, expiring := range []struct {
		what   Expiring
		before func(now int64) int64
	}{
		{ExpiringSessions, now},
		{ExpiringAttachments, now},
		{ExpiringConversations, func(now int64) int64 { return now - abandoned.Microseconds() }},
		{ExpiringReceived, func(int64) int64 { return Micros(cutoffs.Received) }},
		{ExpiringBroadcasts, func(int64) int64 { return Micros(cutoffs.Sent) }},
		{ExpiringRecipients, func(now int64) int64 { return now - store.DraftLife.Microseconds() }},
		{ExpiringDrafts, func(now int64) int64 { return now - store.DraftLife.Microseconds() }},
	} {
		if expiring.what == ExpiringReceived && cutoffs.Received.IsZero() || expiring.what == ExpiringBroadcasts && cutoffs.Sent.IsZero() {
			continue
		}
		if err := expire(expiring.what, expiring.before, step, do); err != nil {
			return forgotten, err
		}
	}
	if err := purgeOldest(AgingSent, Micros(cutoffs.Sent), step, do); err != nil {
		return forgotten, err
	}
	return forgotten, purgeOldest(AgingKeys, Micros(cutoffs.DedupKeys), step, do)
}

// expire deletes rows that have expired before a time, which may depend on the store's.
func expire(what Expiring, before func(now int64) int64, step int, do func(*Operation) error) error {
	for n := step; n == step; {
		err := do(&Operation{exclusive: func(g *group) (err error) {
			n, err = g.tx.Expire(what, before(g.now), step)
			return err
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// purgeOldest walks through rows in the order of arrival, up to where all of a step are young
// enough.
func purgeOldest(what Aging, before int64, step int, do func(*Operation) error) error {
	after, more := int64(0), before != 0
	for more {
		err := do(&Operation{exclusive: func(g *group) (err error) {
			after, more, err = g.tx.PurgeOldest(what, after, before, step)
			return err
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// purgeSilent walks through all people in the order of their keys, and so needs no index that each
// act would have to change.
func purgeSilent(since time.Time, step int, do func(*Operation) error) (forgotten bool, err error) {
	var after store.Conversation
	for more := true; more; {
		var people []store.Person
		err := do(&Operation{exclusive: func(g *group) (err error) {
			people, err = g.tx.PeopleAfter(after, step)
			return err
		}})
		if err != nil {
			return forgotten, err
		}
		var silent []store.Conversation
		for _, p := range people {
			after = store.Conversation{PageID: p.PageID, PSID: p.PSID}
			if isSilent(p, since) {
				silent = append(silent, after)
			}
		}
		more = len(people) == step
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
