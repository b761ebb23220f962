package gormstore

import (
	"context"
	"slices"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

const (
	// purgeStep is the most rows that a transaction of a purge looks at, so that it blocks other operations only briefly.
	purgeStep = 1000
	// silentStep is the most people who are forgotten in one transaction: it holds their conversations until it has
	// erased all that is theirs.
	silentStep = 100
)

// Forget implements [store.Store].
func (s *Store) Forget(ctx context.Context, conv store.Conversation) error {
	op, err := queue.Forget(conv)
	if err := s.run(ctx, op, err); err != nil {
		return err
	}
	s.erased(ctx)
	return nil
}

// erased is called when people have been forgotten.
func (s *Store) erased(ctx context.Context) {
	if s.db.Erased != nil {
		s.db.Erased(ctx)
	}
}

// Purge implements [store.Store]. It works in small steps; if it fails, what it has erased by then stays erased. It skips
// locked rows, so that it cannot deadlock; the next purge finds them.
func (s *Store) Purge(ctx context.Context, cutoffs store.Cutoffs) error {
	if !cutoffs.People.IsZero() {
		if err := s.forgetSilent(ctx, cutoffs.People); err != nil {
			return err
		}
	}
	for _, what := range []queue.Expiring{queue.ExpiringSessions, queue.ExpiringAttachments, queue.ExpiringConversations} {
		if err := s.expire(ctx, what, time.Time{}); err != nil {
			return err
		}
	}
	if !cutoffs.Received.IsZero() {
		if err := s.expire(ctx, queue.ExpiringReceived, cutoffs.Received); err != nil {
			return err
		}
	}
	if !cutoffs.Sent.IsZero() {
		if err := s.purgeOldest(ctx, queue.AgingSent, cutoffs.Sent); err != nil {
			return err
		}
	}
	if cutoffs.DedupKeys.IsZero() {
		return nil
	}
	return s.purgeOldest(ctx, queue.AgingKeys, cutoffs.DedupKeys)
}

// expire deletes what is expired at a time; zero is now.
func (s *Store) expire(ctx context.Context, what queue.Expiring, before time.Time) error {
	for n := purgeStep; n == purgeStep; {
		if err := s.writer.do(ctx, queue.Expire(what, queue.Micros(before), purgeStep, func(deleted int) { n = deleted })); err != nil {
			return err
		}
	}
	return nil
}

// purgeOldest deletes rows that are older than a time. They are numbered as they come, which is nearly in the order of
// time: it walks through them up to where all rows of a step are young enough, and so the table needs no index of their
// times.
func (s *Store) purgeOldest(ctx context.Context, what queue.Aging, before time.Time) error {
	more := true
	for after := int64(0); more; {
		op := queue.PurgeOldest(what, after, queue.Micros(before), purgeStep, func(last int64, older bool) { after, more = last, older })
		if err := s.writer.do(ctx, op); err != nil {
			return err
		}
	}
	return nil
}

// forgetSilent forgets the people whose last act is before a time and for whom nothing waits. It walks through all of
// them in the order of their keys, some rows at a time, and so needs no index that each act would have to change.
func (s *Store) forgetSilent(ctx context.Context, since time.Time) error {
	forgotten := false
	defer func() {
		if forgotten {
			s.erased(ctx)
		}
	}()
	var after store.Conversation
	for {
		var people []store.Person
		if err := s.writer.do(ctx, queue.PeopleAfter(after, purgeStep, func(found []store.Person) { people = found })); err != nil {
			return err
		}
		var silent []store.Conversation
		for _, p := range people {
			after = store.Conversation{PageID: p.PageID, PersonID: p.PSID}
			if queue.Silent(p, since) {
				silent = append(silent, after)
			}
		}
		for step := range slices.Chunk(silent, silentStep) {
			op := queue.ForgetSilent(step, since)
			if err := s.writer.do(ctx, op); err != nil {
				return err
			}
			forgotten = forgotten || op.Found
		}
		if len(people) < purgeStep {
			return nil
		}
	}
}
