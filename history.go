package messenger

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// History returns what was said in a conversation, both ways, oldest first: for the screen of a human agent, or
// a prompt outside of turns. handling.History says what is in it. It returns an error that handling.IsPermanent reports for an
// empty or wrong id, and nothing for a person whom the store does not know.
func (b *Bot) History(ctx context.Context, pageID, psid string, query handling.HistoryQuery) ([]handling.Utterance, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	conv := store.Conversation{PageID: pageID, PSID: psid}
	if err := checkConversation(conv); err != nil {
		return nil, err
	}
	now, err := b.storeNow(ctx)
	if err != nil {
		return nil, err
	}
	return handling.HistoryOf(ctx, b.cfg.Store, conv, now, query)
}

// storeNow returns the time by the store's clock, or by this process's if the store shows none.
func (b *Bot) storeNow(ctx context.Context) (time.Time, error) {
	if clock, ok := store.As[store.Clock](b.cfg.Store); ok {
		return clock.Now(ctx)
	}
	return time.Now(), nil
}
