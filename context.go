package messenger

import (
	"context"
	"errors"
)

// ErrNoBot is returned by the methods of the nil [Bot] that [From] gives for a context
// without a bot.
var ErrNoBot = errors.New("messenger: no bot in this context; pass the context that the handler, sender, middleware or hook was called with, or one of messenger.With")

type botKey struct{}

// With returns a context from which [From] gets the bot: for tests of handlers, and for
// code of the host that handlers call too. In everything that the bot calls itself it is
// there already.
func With(ctx context.Context, bot *Bot) context.Context {
	return context.WithValue(ctx, botKey{}, bot)
}

// From returns the bot that called: in handlers, conditions, senders, middleware of turns and
// of sends, the hooks of [Config] (OnDeadLetter, OnSendFailed, OnTokenInvalid) and the
// token source of a send. With it a handler writes to another person, without a global:
//
//	err := messenger.From(ctx).SendOnce(ctx, ev.PageID, agent, "ticket-"+ev.Key, sending.Text("A new ticket."))
//
// What the bot's methods do takes effect at once and not with the turn: it survives
// the failure of the turn, and is done again when the event is retried. So a handler calls
// [Bot.SendOnce], under a key that is the same in each try, such as one made of
// Event.Key: the message is sent once. [Bot.Send] queues another message in each try. To
// answer the event's own person use the sending.Replier, which commits with the turn.
//
// Do not call the bot in a function of gormstore.OnCommit: it runs inside of a
// transaction of the store, when the turn's context has ended.
//
// Without a bot in the context From returns nil. The methods of a nil Bot that take a
// context return [ErrNoBot].
func From(ctx context.Context) *Bot {
	bot, _ := ctx.Value(botKey{}).(*Bot)
	return bot
}
