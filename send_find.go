package messenger

import (
	"context"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/store"
)

// KeyedSend is a message that was queued under a key, by [Bot.SendOnce] or with sending.Message.WithKey.
type KeyedSend struct {
	// Queued is the message while it waits to be sent; nil when it does not wait any more.
	Queued *store.QueuedSend
	// Attempts are the attempts to send it, the newest first. The first one has the outcome if the message does not wait.
	Attempts []store.Sent
}

// FindSend returns the message that was queued to a person under a key: as it waits, and each attempt to send it. Of several
// messages of one [Bot.SendOnce] it is the first. It returns store.ErrNotFound if the message neither waits nor was tried: the key was not
// used, what was queued was cancelled, or its record was purged (Config.Retention.Sent). Attempts are searched among the records of the
// person, the newest first. It returns [errors.ErrUnsupported] if the store is no [store.Viewer], and needs no [Bot.Run].
func (b *Bot) FindSend(ctx context.Context, pageID, psid, key string) (KeyedSend, error) {
	if b == nil {
		return KeyedSend{}, ErrNoBot
	}
	viewer, err := capability[store.Viewer](b, "Viewer")
	if err != nil {
		return KeyedSend{}, err
	}
	conv := store.Conversation{PageID: pageID, PSID: psid}
	named := engine.NamedKey(conv, key)
	var found KeyedSend
	queued, err := find(named, func(limit int) ([]store.QueuedSend, error) { return viewer.Outbox(ctx, conv, limit) },
		func(s store.QueuedSend) string { return s.Key })
	switch {
	case err == nil:
		found.Queued = &queued
	case !errors.Is(err, store.ErrNotFound):
		return KeyedSend{}, fmt.Errorf("messenger: send %q: %w", key, err)
	}
	if found.Queued != nil && found.Queued.Attempts == 0 && !found.Queued.Started {
		return found, nil
	}
	// Read after the outbox: what leaves it has its record in the same commit.
	found.Attempts, err = findAll(named, func(limit int) ([]store.Sent, error) { return b.cfg.Store.Sent(ctx, pageID, psid, limit) },
		func(s store.Sent) string { return s.Key })
	if err == nil && found.Queued == nil && len(found.Attempts) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return KeyedSend{}, fmt.Errorf("messenger: send %q: %w", key, err)
	}
	return found, nil
}

// findAll reads more and more of a list until it has entries with a key, or the whole list, and returns those that it has read.
func findAll[T any](key string, read func(limit int) ([]T, error), keyOf func(T) string) (found []T, err error) {
	for limit := 100; ; limit *= 10 {
		all, err := read(limit)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			if keyOf(one) == key {
				found = append(found, one)
			}
		}
		if len(found) > 0 || len(all) < limit {
			return found, nil
		}
	}
}
