package messenger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Broadcast sends messages to many people of a page, as one durable operation with a key of
// the program's own. A nil error means that it is stored with all of its recipients: it goes on
// after a restart, whichever replica runs, and sends to no person twice. Follow it with
// [Bot.FindBroadcast] and [Bot.Broadcasts], and stop it with [Bot.CancelBroadcast].
//
// People yields the ids of the recipients, in any order: those of [Bot.People], of [PSIDs], or of a query
// of the program's own. They are stored in chunks as they come, so that their number costs no memory.
// Whoever is yielded more than once is a recipient once. After an error that people yields, or one of the
// context, nothing was started. No people at all make a broadcast that is done.
//
// Its messages are background work, as those of [Bot.Send]: they go out behind all replies, at
// the page's send rate. Texts go out as they are. When it is a person's turn, they are counted
// instead of sent to if their last act is more than 24 hours ago and one of the messages needs
// the window (store.Broadcast.Skipped), if the store does not know them, because
// they never wrote to this page or were forgotten (Unknown), or if the platform said that they cannot be reached
// (Refused). Who is skipped later, because the window closes or the platform says so, is counted in the
// same way, and is no error; other messages that the platform refuses come to Config.OnSendFailed, too. A message of
// unknown outcome follows the rule of all messages; see Config.AtMostOnce.
//
// Of all calls with the same page and key one takes effect, across replicas, for as long as the
// broadcast is kept: until Config.Retention.Sent after its end. A later call with
// the same messages and the same people, each as often as before, returns the broadcast as it is, whether it runs, is
// done or was cancelled; one with others returns it with a [store.BroadcastConflictError]. After an error of
// the context or of the store it may have been started: call it again.
//
// A key has 1 to 200 bytes of UTF-8, without control characters. A message may have no recipient,
// no key and no public target of its own, and is otherwise as for Send: without a messaging type or tag
// it is an UPDATE. [ErrNoApp] is returned for a page that no app is bound to, and [errors.ErrUnsupported] if the
// store is no [store.Broadcasts]. handling.IsPermanent reports the errors that a retry cannot help. While the platform refuses the
// page's token the broadcast waits.
func (b *Bot) Broadcast(ctx context.Context, pageID, key string, people iter.Seq2[string, error], messages ...sending.Message) (store.Broadcast, error) {
	if b == nil {
		return store.Broadcast{}, ErrNoBot
	}
	draft, err := b.draft(pageID, key, people, messages)
	if err != nil {
		return store.Broadcast{}, err
	}
	st, err := capability[store.Broadcasts](b, "Broadcasts")
	if err != nil {
		return store.Broadcast{}, err
	}
	started, err := start(ctx, st, draft, people)
	if err == nil {
		b.engine.HintBroadcast()
		return started, nil
	}
	return started, fmt.Errorf("messenger: broadcast %q: %w", key, err)
}

// draft checks the arguments of a broadcast.
func (b *Bot) draft(pageID, key string, people iter.Seq2[string, error], messages []sending.Message) (store.Broadcast, error) {
	draft := store.Broadcast{ID: rand.Text(), PageID: pageID, Key: key}
	errs := []error{b.checkPage(pageID)}
	if err := store.CheckBroadcast(draft); !errors.Is(err, store.ErrEmptyID) { // the page is checked already
		errs = append(errs, err)
	}
	if people == nil {
		errs = append(errs, handling.Permanent(errors.New("messenger: the people are nil")))
	}
	if len(messages) == 0 {
		errs = append(errs, handling.Permanent(errors.New("messenger: no messages")))
	}
	all := make([]sending.Message, len(messages))
	for i, m := range messages {
		all[i] = asUpdate(m)
		if err := checkAnnouncement(m); err != nil {
			errs = append(errs, handling.Permanent(fmt.Errorf("messenger: messages[%d]: %w", i, err)))
		}
	}
	body, err := engine.EncodeBroadcast(all)
	if err := errors.Join(append(errs, err)...); err != nil {
		return store.Broadcast{}, err
	}
	sum := sha256.Sum256(body)
	draft.Body, draft.Content = body, base64.RawURLEncoding.EncodeToString(sum[:])
	draft.Window = engine.BroadcastWindow(all)
	return draft, nil
}

// checkAnnouncement returns why a message cannot be sent to many people.
func checkAnnouncement(m sending.Message) error {
	switch {
	case m.Recipient != nil:
		return errors.New("it has a recipient of its own")
	case m.Public != nil:
		return errors.New("it is a public reply")
	case m.Key != "":
		return errors.New("it has a key of its own; the broadcast has one")
	}
	return m.Validate("") // which product the page is of is not known here
}

// start stores a broadcast with its recipients, or finds the one that there is.
func start(ctx context.Context, st store.Broadcasts, draft store.Broadcast, people iter.Seq2[string, error]) (store.Broadcast, error) {
	known, err := st.FindBroadcast(ctx, draft.PageID, draft.Key)
	switch {
	case err == nil: // the key has a broadcast: only the people are compared
		digest, err := each(people, func([]string) error { return ctx.Err() })
		if err != nil {
			return store.Broadcast{}, err
		}
		different := store.BroadcastConflictError{
			PageID: draft.PageID, Key: draft.Key, Content: known.Content != draft.Content, People: known.People != digest,
		}
		if different.Content || different.People {
			return known, &different
		}
		return known, nil
	case !errors.Is(err, store.ErrNotFound):
		return store.Broadcast{}, err
	}
	if err := twice(ctx, func() error { return st.DraftBroadcast(ctx, draft) }); err != nil {
		return store.Broadcast{}, err
	}
	digest, err := each(people, func(psids []string) error {
		return twice(ctx, func() error { return st.AddRecipients(ctx, draft.ID, psids...) })
	})
	if err != nil {
		return store.Broadcast{}, err // the draft is purged
	}
	var started store.Broadcast
	err = twice(ctx, func() (err error) {
		started, err = st.StartBroadcast(ctx, draft.ID, digest)
		return err
	})
	return started, err
}

// twice does something again that failed, which has no effect if it took effect the first time.
func twice(ctx context.Context, do func() error) error {
	err := do()
	if err != nil && ctx.Err() == nil && !handling.IsPermanent(err) {
		err = do()
	}
	return err
}

// each calls do with chunks of people, and returns a digest that does not depend on their order.
func each(people iter.Seq2[string, error], do func(psids []string) error) (digest string, err error) {
	var sums [4]uint64
	chunk := make([]string, 0, store.MaxRecipients)
	n := 0
	for psid, err := range people {
		if err != nil {
			return "", fmt.Errorf("people[%d]: %w", n, err)
		}
		if err := store.CheckRecipient(psid); err != nil {
			return "", handling.Permanent(fmt.Errorf("people[%d]: %w", n, err))
		}
		n++
		sum := sha256.Sum256([]byte(psid))
		for i := range sums {
			sums[i] += binary.LittleEndian.Uint64(sum[8*i:])
		}
		if chunk = append(chunk, psid); len(chunk) == cap(chunk) {
			if err := do(chunk); err != nil {
				return "", err
			}
			chunk = chunk[:0]
		}
	}
	if len(chunk) > 0 {
		if err := do(chunk); err != nil {
			return "", err
		}
	}
	var all []byte
	for _, sum := range sums {
		all = binary.LittleEndian.AppendUint64(all, sum)
	}
	return base64.RawURLEncoding.EncodeToString(all), nil
}
