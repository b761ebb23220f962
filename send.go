package messenger

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// ErrNoApp is returned by [Bot.Send] and [Bot.SendOnce] for a page that no app is bound
// to in this process, such as one that was removed: nothing is queued. A single app of
// Config.Apps whose Pages are empty is bound to every page, unless Config.PagesAtRunTime
// is set. Whether there is a token for the page does not matter: messages to a page
// without one wait for it.
var ErrNoApp = errors.New("messenger: no app is bound to the page")

// Send queues messages to a person, from any goroutine of the program: "your
// order has shipped". A nil error means that they are durable in that
// conversation's outbox: they go out in order with everything else that is
// sent there, under the same rate limit, window and record. They come after the
// events and replies of all other conversations, so that a broadcast to many people
// delays no reply. After an error of the
// context or of the store they may have been queued; [Bot.SendOnce] can be called
// again then. A handler gets the bot by [From].
//
// The page's id is as events have it; if no app is bound to that page, [ErrNoApp] is
// returned. The psid is the person's page-scoped id, or Instagram-scoped id.
// Messages that name a recipient of their own, such as a comment, go there, and
// public replies (sending.Message.PubliclyTo) below their target; then the psid may be
// empty. Texts go out as they are: [Bot.For] gives a context in
// which sending.Expand speaks the person's language. A message without a
// messaging type or tag is an UPDATE.
//
// A message that breaks one of Messenger's limits is refused with a
// sending.FieldError, and none is queued. The platform checks Instagram's
// limits, since the bot does not know here which product the page belongs to. The
// platform takes such messages within 24 hours of the person's last act; see
// sending.Message.WithTag for the exceptions. A message that was refused later
// comes to Config.OnSendFailed.
func (b *Bot) Send(ctx context.Context, pageID, psid string, messages ...sending.Message) error {
	return b.enqueue(ctx, pageID, psid, "", messages)
}

// SendOnce is Send under a key of the program's own: of all calls with the same
// key, page and person one takes effect, also after a restart and across
// replicas, for as long as Config.Retention.DedupKeys. With a key such as
// "order-4711-shipped" it is safe to call again when the program does not know
// whether it did. A key is one of the person's: messages with the same
// sending.Message.WithKey count too.
func (b *Bot) SendOnce(ctx context.Context, pageID, psid, key string, messages ...sending.Message) error {
	if b == nil {
		return ErrNoBot
	}
	if key == "" {
		return errors.Join(errors.New("messenger: SendOnce: the key is empty"), b.checkPage(pageID))
	}
	return b.enqueue(ctx, pageID, psid, key, messages)
}

// checkPage returns why nothing can be sent from a page.
func (b *Bot) checkPage(pageID string) error {
	if err := checkPageArgument(pageID); err != nil {
		return err
	}
	if !b.pages.Load().serves(pageID) {
		return fmt.Errorf("%w: page %q", ErrNoApp, pageID)
	}
	return nil
}

// checkPageArgument returns an error for a page id that no call can mean. It does not say
// whether the bot has the page.
func checkPageArgument(pageID string) error {
	switch pageID {
	case "":
		return errors.New("messenger: the page id is empty")
	case graph.Me:
		return errors.New(`messenger: "me" is not a page id; use the one that events have`)
	}
	return nil
}

func (b *Bot) enqueue(ctx context.Context, pageID, psid, key string, messages []sending.Message) error {
	if b == nil {
		return ErrNoBot
	}
	errs := []error{b.checkPage(pageID)}
	if len(messages) == 0 {
		errs = append(errs, errors.New("messenger: no messages"))
	}
	random := engine.NewKey()
	sends := make([]store.Send, 0, len(messages))
	for i, m := range messages {
		conv := store.Conversation{PageID: pageID, PSID: psid}
		if psid == "" {
			conv.PSID = threadOf(m)
		}
		if conv.PSID == "" || m.Public != nil && *m.Public == (sending.PublicReply{Object: m.Public.Object}) {
			errs = append(errs, fmt.Errorf("messenger: messages[%d]: no recipient", i))
		}
		if err := m.Validate(""); err != nil { // which product the page is of is not known here
			errs = append(errs, fmt.Errorf("messenger: messages[%d]: %w", i, err))
		}
		m = asUpdate(m)
		group := random
		if key != "" {
			group = engine.NamedKey(conv, key)
		}
		s, err := engine.EncodeSend(store.Send{
			Conversation: conv, Key: sendKey(conv, group, i, key == "", m), Group: group, Delay: m.Delay,
		}, m)
		errs = append(errs, err)
		sends = append(sends, s)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	err := b.cfg.Store.Enqueue(ctx, sends...)
	if err != nil && ctx.Err() == nil {
		err = b.cfg.Store.Enqueue(ctx, sends...) // with the same keys, so that nothing is queued twice
	}
	if err != nil {
		return err
	}
	for _, s := range sends {
		b.engine.HintAfter(s.Delay)
	}
	return nil
}

// asUpdate makes an UPDATE of a message that says nothing else.
func asUpdate(m sending.Message) sending.Message {
	if m.MessagingType == "" && m.Tag == "" && m.SenderAction == "" && m.Utility == nil && m.Public == nil {
		m.MessagingType = sending.MessagingUpdate
	}
	return m
}

// sendKey is the idempotency key of a message. The first one of a SendOnce is
// the head of its group, by which the store recognizes a repetition.
func sendKey(conv store.Conversation, group string, i int, free bool, m sending.Message) string {
	switch {
	case m.Key != "" && free:
		return engine.NamedKey(conv, m.Key)
	case i == 0:
		return group
	default:
		return engine.PartKey(group, i)
	}
}

// For returns a context in which sending.Expand, and the senders of package
// sending, speak to a person as they would in a turn: in their language, with
// their name. With it a program composes what it gives to [Bot.Send]:
//
//	ctx, err := bot.For(ctx, pageID, psid)
//	…
//	err = bot.Send(ctx, pageID, psid, sending.Text(sending.Expand(ctx, "%{first_name}, your order has shipped.")))
//
// A person whom the store does not know has no name and no language. store.PersonFrom and
// store.SessionFrom read of this person, also if ctx is that of a turn; store.Queue returns
// store.ErrTurnOver, since the context belongs to no turn.
func (b *Bot) For(ctx context.Context, pageID, psid string) (context.Context, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	person, err := b.cfg.Store.Person(ctx, pageID, psid)
	switch {
	case errors.Is(err, store.ErrNotFound):
		person = store.Person{PageID: pageID, PSID: psid}
	case err != nil:
		return nil, err
	}
	set := store.NewTurn(b.cfg.Store, person).Begin("")
	set.Discard() // what is queued would never be committed
	return b.voice.Speak(set.Context(ctx), func() store.Person { return person }, nil), nil
}

// threadOf returns the conversation of a message to a recipient without a PSID.
func threadOf(m sending.Message) string {
	if p := m.Public; p != nil {
		switch {
		case p.MediaID != "":
			return "mention/" + p.MediaID + "/" + p.CommentID
		case p.CommentID != "":
			return "comment/" + p.CommentID
		case p.PostID != "":
			return "post/" + p.PostID
		}
		return ""
	}
	switch r := m.Recipient; {
	case r == nil:
		return ""
	case r.ID != "":
		return r.ID
	case r.UserRef != "":
		return "user_ref/" + r.UserRef
	case r.CommentID != "":
		return "comment/" + r.CommentID
	case r.PostID != "":
		return "post/" + r.PostID
	case r.NotificationMessagesToken != "":
		return tokenThread(r.NotificationMessagesToken)
	case r.OneTimeNotifToken != "":
		return tokenThread(r.OneTimeNotifToken)
	default:
		return ""
	}
}

// tokenThread names the conversation of a token without telling it: whoever has
// the token can write to its person.
func tokenThread(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "token/" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Cancel takes back what was queued under a key to a person and has not been
// started: a message with sending.Message.WithKey, or what is left of a
// SendOnce. It reports whether anything was taken back. The key is free again
// then. Inside of a handler use sending.Replier.Cancel, which takes effect with
// the turn.
func (b *Bot) Cancel(ctx context.Context, pageID, psid, key string) (bool, error) {
	if b == nil {
		return false, ErrNoBot
	}
	conv := store.Conversation{PageID: pageID, PSID: psid}
	return b.cfg.Store.Cancel(ctx, conv, engine.NamedKey(conv, key))
}
