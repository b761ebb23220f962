package handling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// Limits and defaults of [HistoryQuery].
const (
	// DefaultHistory and MaxHistory are how many utterances a history has at most.
	DefaultHistory = 50
	MaxHistory     = 500
	// MaxHistoryBytes is the length of its texts together.
	MaxHistoryBytes = 256 << 10

	historyRows = 100  // that are read first
	historyMost = 6400 // that are read at most
)

// Speaker is who said something in a conversation.
type Speaker string

// The speakers.
const (
	// FromPerson is the person.
	FromPerson Speaker = "person"
	// FromBot is this bot.
	FromBot Speaker = "bot"
	// FromHuman is whoever else writes for the page: a human in its inbox, or another app. They are known by
	// their echoes, if the page is subscribed to message_echoes.
	FromHuman Speaker = "human"
)

// Utterance is something that was said in a conversation, ready for a prompt or a screen.
type Utterance struct {
	At   time.Time
	From Speaker
	// MID is the message id; empty if it is unknown.
	MID string
	// Text is what was written, as it was edited last, or the title of what was tapped. Of a template
	// it has the texts.
	Text string
	// Attachments describe what came with it in a few words, such as "image" or "location: Alexanderplatz". They have
	// no URLs, which expire.
	Attachments []string
}

// HistoryQuery bounds a history.
type HistoryQuery struct {
	// Limit is how many of the newest utterances to return, at most [MaxHistory]. Default: [DefaultHistory].
	Limit int
	// MaxAge leaves out what is older. Default: no bound; see messenger.Config.Retention.
	MaxAge time.Duration
}

func (q HistoryQuery) most() int {
	if q.Limit <= 0 {
		return DefaultHistory
	}
	return min(q.Limit, MaxHistory)
}

// History returns what was said in the conversation of the context's turn, both ways, oldest first. It reads what
// [SaveMessage] has kept, which must be under DEFAULT, and the record of what was sent. What the turn handles is not there yet,
// so give its events: they are added, unless they were kept before, as those of a burst are.
//
//	said, err := handling.History(ctx, handling.HistoryQuery{Limit: 20, MaxAge: 24 * time.Hour}, burst...)
//
// Messages that the person has unsent are not in it, nor reactions, receipts, what waits to be sent, and what was refused or has
// an unknown outcome. Messages of the bot are at the time of their echo, or else at that of the store's clock when the platform took
// them; all else is at the platform's time.
//
// It returns store.ErrNoTurn outside of a turn: messenger.Bot.History works there.
func History(ctx context.Context, query HistoryQuery, handled ...*receiving.Event) ([]Utterance, error) {
	from, who := store.From(ctx), store.PersonFrom(ctx)
	if from == nil {
		return nil, fmt.Errorf("handling: History outside of a turn (use Bot.History there): %w", store.ErrNoTurn)
	}
	return HistoryOf(ctx, from, store.Conversation{PageID: who.PageID, PSID: who.PSID}, Now(ctx), query, handled...)
}

// HistoryOf is [History] of any conversation, read from a store. MaxAge counts back from now.
func HistoryOf(
	ctx context.Context, from store.Messages, conv store.Conversation, now time.Time, query HistoryQuery, handled ...*receiving.Event,
) ([]Utterance, error) {
	if conv.PageID == "" || conv.PSID == "" {
		return nil, Permanent(errors.New("handling: History: the page id or the person id is empty"))
	}
	for rows := max(historyRows, 2*query.most()); ; rows *= 4 {
		said, more, err := readHistory(ctx, from, conv, rows)
		if err != nil {
			return nil, err
		}
		for _, ev := range handled {
			said.add(ev)
		}
		all := said.utterances()
		if query.MaxAge > 0 {
			oldest := now.Add(-query.MaxAge)
			if i := slices.IndexFunc(all, func(u Utterance) bool { return !u.At.Before(oldest) }); i > 0 {
				all, more = all[i:], false
			} else if i < 0 { // what comes before is older still
				all, more = nil, more && len(all) == 0
			}
		}
		if len(all) >= query.most() || !more || rows >= historyMost {
			return bounded(all, query.most()), nil
		}
	}
}

// bounded returns the newest utterances within the limits.
func bounded(all []Utterance, most int) []Utterance {
	if len(all) > most {
		all = all[len(all)-most:]
	}
	size := 0
	for i, u := range slices.Backward(all) {
		if size += len(u.Text); size > MaxHistoryBytes {
			return all[i+1:]
		}
	}
	return all
}

// readHistory reads the newest rows of a conversation, and reports whether there are older ones.
func readHistory(ctx context.Context, from store.Messages, conv store.Conversation, rows int) (*said, bool, error) {
	received, err := from.Received(ctx, conv.PageID, conv.PSID, rows)
	if err != nil {
		return nil, false, err
	}
	sent, err := from.Sent(ctx, conv.PageID, conv.PSID, rows)
	if err != nil {
		return nil, false, err
	}
	s := newSaid()
	if len(received) == rows {
		s.since = received[rows-1].At
	}
	if len(sent) == rows && sent[rows-1].At.After(s.since) {
		s.since = sent[rows-1].At
	}
	for _, r := range slices.Backward(received) {
		s.addKept(r)
	}
	for _, r := range slices.Backward(sent) {
		s.addSent(r)
	}
	return s, !s.since.IsZero(), nil
}
