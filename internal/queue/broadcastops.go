package queue

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/store"
)

// DraftBroadcast implements [store.Broadcasts].
func (o *Operations) DraftBroadcast(ctx context.Context, draft store.Broadcast) error {
	op, err := DraftBroadcast(draft)
	return o.try(ctx, op, err)
}

// AddRecipients implements [store.Broadcasts].
func (o *Operations) AddRecipients(ctx context.Context, id string, psids ...string) error {
	op, err := AddRecipients(id, psids)
	return o.try(ctx, op, err)
}

// StartBroadcast implements [store.Broadcasts].
func (o *Operations) StartBroadcast(ctx context.Context, id, people string) (store.Broadcast, error) {
	var b store.Broadcast
	op := StartBroadcast(id, people, func(found store.Broadcast) { b = found })
	err := o.run(ctx, op)
	if _, conflict := errors.AsType[*store.BroadcastConflictError](err); err != nil && !conflict {
		return store.Broadcast{}, err // the operation may still be running
	}
	return b, err
}

// CancelBroadcast implements [store.Broadcasts].
func (o *Operations) CancelBroadcast(ctx context.Context, id string) (store.Broadcast, error) {
	return ask(ctx, o, func(done func(store.Broadcast)) *Operation { return CancelBroadcast(id, done) })
}

// FindBroadcast implements [store.Broadcasts].
func (o *Operations) FindBroadcast(ctx context.Context, pageID, key string) (store.Broadcast, error) {
	return ask(ctx, o, func(done func(store.Broadcast)) *Operation { return FindBroadcast(pageID, key, done) })
}

// Broadcasts implements [store.Broadcasts].
func (o *Operations) Broadcasts(ctx context.Context, query store.BroadcastQuery) ([]store.Broadcast, error) {
	return ask(ctx, o, func(done func([]store.Broadcast)) *Operation { return Broadcasts(query, done) })
}

// Recipients implements [store.Broadcasts].
func (o *Operations) Recipients(ctx context.Context, id string, stage store.RecipientStage, limit int) ([]string, error) {
	return ask(ctx, o, func(done func([]string)) *Operation { return Recipients(id, stage, limit, done) })
}

// FeedBroadcast implements [store.Broadcasts].
func (o *Operations) FeedBroadcast(ctx context.Context, id string, psids []string, sends ...store.Send) error {
	op, err := FeedBroadcast(id, psids, sends)
	return o.try(ctx, op, err)
}

// CountBroadcast implements [store.Broadcasts].
func (o *Operations) CountBroadcast(ctx context.Context, id string) (store.Broadcast, error) {
	return ask(ctx, o, func(done func(store.Broadcast)) *Operation { return CountBroadcast(id, done) })
}

// PeopleOf implements [store.Broadcasts].
func (o *Operations) PeopleOf(ctx context.Context, pageID, after string, limit int) ([]store.Person, error) {
	return ask(ctx, o, func(done func([]store.Person)) *Operation { return PeopleOf(pageID, after, limit, done) })
}
