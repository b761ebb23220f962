package messenger

import (
	"context"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Send queues messages to a person, from any goroutine of the program: "your
// order has shipped". A nil error means that they are durable in that
// conversation's outbox: they go out in order with everything else that is
// sent there, under the same pace, window and record.
//
// PageID is the page's id as events have it, and to the person's PSID or IGSID.
// Messages that name a recipient of their own, such as a comment, go there;
// then to may be empty. A message that breaks a limit is refused with a
// sending.FieldError, and none is queued.
//
// The platform takes such messages within 24 hours of the person's last act;
// see sending.Message.WithTag for the exceptions. A message that was refused
// comes to Config.OnSendFailed.
func (b *Bot) Send(ctx context.Context, pageID, to string, messages ...sending.Message) error {
	return b.enqueue(ctx, engine.NewKey(), false, pageID, to, messages)
}

// SendOnce is Send under a key of the program's own: of all calls with the same
// page and key one takes effect, also after a restart and across replicas, for
// as long as Config.Retention.Seen. With a key such as "order-4711-shipped" it
// is safe to call again when the program does not know whether it did.
func (b *Bot) SendOnce(ctx context.Context, key, pageID, to string, messages ...sending.Message) error {
	if key == "" {
		return errors.New("messenger: SendOnce: the key is empty")
	}
	return b.enqueue(ctx, key, true, pageID, to, messages)
}

func (b *Bot) enqueue(ctx context.Context, group string, once bool, pageID, to string, messages []sending.Message) error {
	var errs []error
	if pageID == "" {
		errs = append(errs, errors.New("messenger: the page id is empty"))
	}
	sends := make([]store.Send, 0, len(messages))
	for i, m := range messages {
		thread := to
		if thread == "" {
			thread = threadOf(m)
		}
		if thread == "" {
			errs = append(errs, fmt.Errorf("messenger: message %d has no recipient", i+1))
		}
		if err := m.Validate(receiving.ObjectPage); err != nil {
			errs = append(errs, fmt.Errorf("messenger: message %d: %w", i+1, err))
		}
		s, err := engine.EncodeSend(store.Send{
			Conversation: store.Conversation{PageID: pageID, PersonID: thread},
			Key:          b.sendKey(group, once, i, pageID, m),
			Group:        group,
			Delay:        m.Delay,
		}, m)
		errs = append(errs, err)
		sends = append(sends, s)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.cfg.Store.Enqueue(ctx, sends...)
}

func (b *Bot) sendKey(group string, once bool, i int, pageID string, m sending.Message) string {
	switch {
	case m.Key != "":
		return engine.NamedKey(pageID, m.Key)
	case once:
		return engine.NamedKey(pageID, onceKey(group, i))
	default:
		return engine.NewKey()
	}
}

// onceKey names the messages of one SendOnce.
func onceKey(key string, i int) string {
	if i == 0 {
		return key
	}
	return fmt.Sprintf("%s#%d", key, i)
}

// threadOf returns the conversation of a message to a recipient without a PSID.
func threadOf(m sending.Message) string {
	switch r := m.Recipient; {
	case r == nil:
		return ""
	case r.ID != "":
		return r.ID
	case r.UserRef != "":
		return "user_ref/" + r.UserRef
	case r.CommentID != "":
		return "comment/" + r.CommentID
	default:
		return "post/" + r.PostID
	}
}

// Cancel takes back what was queued under a key and has not been started: a
// message with sending.Message.WithKey, or all the messages of a SendOnce. It
// reports whether anything was taken back.
func (b *Bot) Cancel(ctx context.Context, pageID, key string) (bool, error) {
	found := false
	for i := 0; ; i++ {
		canceled, err := b.cfg.Store.Cancel(ctx, pageID, engine.NamedKey(pageID, onceKey(key, i)))
		if err != nil || !canceled {
			return found, err
		}
		found = true
	}
}
