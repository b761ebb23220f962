package messenger

import (
	"context"
	"fmt"
	"iter"

	"github.com/djmessenger/messenger/store"
)

// PSIDs yields the ids of people, for [Bot.Broadcast].
func PSIDs(psids ...string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, psid := range psids {
			if !yield(psid, nil) {
				return
			}
		}
	}
}

// peoplePage is how many people are read in one step.
const peoplePage = 500

// People yields the ids of the people of a page whom the store knows, for [Bot.Broadcast], if keep is
// nil or returns true for them: those who speak a language, or wrote within a day. They are read in
// steps of 500. Whoever writes for the first time meanwhile may be missing. The last thing that it yields is
// the error of the context or of the store, if there is one, or [errors.ErrUnsupported] if the store is no
// [store.Broadcasts].
func (b *Bot) People(ctx context.Context, pageID string, keep func(store.Person) bool) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := b.eachPerson(ctx, pageID, func(p store.Person) bool { return keep != nil && !keep(p) || yield(p.PSID, nil) })
		if err != nil {
			yield("", err)
		}
	}
}

// eachPerson calls do with people until that returns false; then it returns no error.
func (b *Bot) eachPerson(ctx context.Context, pageID string, do func(store.Person) bool) error {
	st, err := b.broadcasts()
	if err != nil {
		return err
	}
	for after := ""; ; {
		people, err := st.PeopleOf(ctx, pageID, after, peoplePage)
		if err != nil {
			return err
		}
		for _, p := range people {
			if !do(p) {
				return nil
			}
			after = p.PSID
		}
		if len(people) < peoplePage {
			return nil
		}
	}
}

func (b *Bot) broadcasts() (store.Broadcasts, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	return capability[store.Broadcasts](b, "Broadcasts")
}

// FindBroadcast returns how far the broadcast of a page with a key is. It returns [store.ErrNotFound] if
// none was started, or it was purged after its end, and [errors.ErrUnsupported] if the store is no [store.Broadcasts].
func (b *Bot) FindBroadcast(ctx context.Context, pageID, key string) (store.Broadcast, error) {
	st, err := b.broadcasts()
	if err != nil {
		return store.Broadcast{}, err
	}
	found, err := st.FindBroadcast(ctx, pageID, key)
	for err == nil && found.EndedAt.IsZero() && found.Remaining() == 0 { // all have ended, and are not counted yet
		if found, err = st.CountBroadcast(ctx, found.ID); err == nil && !found.EndedAt.IsZero() {
			b.engine.BroadcastEnded(found)
		}
	}
	if err != nil {
		return store.Broadcast{}, fmt.Errorf("messenger: broadcast %q of page %s: %w", key, pageID, err)
	}
	return found, nil
}

// Broadcasts lists broadcasts of one page or of all, the newest first, those included that have ended and were not
// purged. For a page of more give the last one as query.After. It returns [errors.ErrUnsupported] if the store is no
// [store.Broadcasts].
func (b *Bot) Broadcasts(ctx context.Context, query store.BroadcastQuery) ([]store.Broadcast, error) {
	st, err := b.broadcasts()
	if err != nil {
		return nil, err
	}
	return st.Broadcasts(ctx, query)
}

// CancelBroadcast stops a broadcast, and returns how far it is. After that no message of it is queued any more, and those
// that were queued and not started have been taken back, unless the conversation is worked for at that moment: its
// message may be on its way. Those who have not been sent to are counted as cancelled, within moments while a bot runs,
// which need not serve the page. It can be called from any process. One that is done stays as it is, and one that was cancelled,
// too: neither is an error. It returns [store.ErrNotFound] and [errors.ErrUnsupported] as [Bot.FindBroadcast] does. After an
// error of the context or of the store the broadcast may have been cancelled: call it again.
func (b *Bot) CancelBroadcast(ctx context.Context, pageID, key string) (store.Broadcast, error) {
	found, err := b.FindBroadcast(ctx, pageID, key)
	if err != nil {
		return store.Broadcast{}, err
	}
	st, err := b.broadcasts()
	if err != nil {
		return store.Broadcast{}, err
	}
	found, err = st.CancelBroadcast(ctx, found.ID)
	if err == nil && found.State == store.BroadcastCancelling {
		if err = b.engine.TakeBack(ctx, found); err == nil {
			if found, err = st.CountBroadcast(ctx, found.ID); err == nil && !found.EndedAt.IsZero() {
				b.engine.BroadcastEnded(found)
			}
		}
	}
	if err != nil {
		return store.Broadcast{}, fmt.Errorf("messenger: broadcast %q of page %s: %w", key, pageID, err)
	}
	b.engine.HintBroadcast()
	return found, nil
}
