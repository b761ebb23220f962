package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// Open is where a person is in a dialog.
type Open struct {
	PageID, PSID string
	// Dialog and Step are names.
	Dialog, Step string
	// Run identifies the run.
	Run string
	// Asked is when the question was asked, by the store's clock.
	Asked time.Time
	// Tries is how many answers in a row were refused, and Timeouts how many times the question has timed out.
	Tries, Timeouts int
	// Paused reports that another app has the conversation.
	Paused bool
	// Version is that of the state, and State is the state, as JSON.
	Version int
	State   json.RawMessage
}

// Sessions is what [Of] reads; every store.Store is one.
type Sessions interface {
	Session(ctx context.Context, pageID, psid, name string) (store.Session, error)
}

// Of returns the dialog and the step that a person is in, and false if they are in none. It is
// for code outside of turns, with the store of the bot; what a running turn does it
// does not show. Its error is that of the store.
//
// The run has the names that it was stored with. Given the dialogs of the policy, Of returns those that the dialog and its
// step have now, where the stored ones are aliases.
func Of(ctx context.Context, sessions Sessions, pageID, psid string, dialogs ...handling.DialogHandler) (Open, bool, error) {
	s, err := sessions.Session(ctx, pageID, psid, sessionName)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Open{}, false, nil
	case err != nil:
		return Open{}, false, fmt.Errorf("dialog: %w", err)
	}
	r, open := decodeRecord(s.Data)
	if !open {
		return Open{}, false, nil
	}
	return openOf(pageID, psid, named(r, dialogs)), true, nil
}

// named returns a run with the names that its dialog and steps have now.
func named(r record, dialogs []handling.DialogHandler) record {
	for _, h := range dialogs {
		if d, ok := h.(interface{ named(r record) record }); ok && slices.Contains(h.DialogNames(), r.Dialog) {
			return d.named(r)
		}
	}
	return r
}

func (d Dialog[S]) named(r record) record { return d.define().named(r) }

func (d definition[S]) named(r record) record {
	r = r.renamed(d.all)
	r.Dialog = d.Name
	return r
}

// In is [Of] for the person of the context's turn, with what the turn has queued so far, by the names of the policy.
func In(ctx context.Context) (Open, bool, error) {
	r, open, err := load(ctx)
	if !open {
		return Open{}, false, err
	}
	person := store.PersonFrom(ctx)
	return openOf(person.PageID, person.PSID, named(r, handling.TurnFrom(ctx).Dialogs)), open, err
}

func openOf(pageID, psid string, r record) Open {
	return Open{
		PageID: pageID, PSID: psid, Dialog: r.Dialog, Step: r.Step, Run: r.Run, Asked: r.At, Tries: r.Tries, Timeouts: r.Timeouts,
		Paused: r.Paused, Version: r.Version, State: r.State,
	}
}

// Signaler is what [Open.End] needs; *messenger.Bot is one.
type Signaler interface {
	Signal(ctx context.Context, pageID, psid, key, payload string) error
}

// End ends the run with the reason Stopped. It raises a signal: a nil error says that it is durable, and
// the dialog ends in a turn of its own, in order with what the person does. A run that has
// ended meanwhile, or another that has begun, is not affected. Called again it has no effect.
func (o Open) End(ctx context.Context, bot Signaler) error {
	text, err := orderKind.Encode(order{Dialog: o.Dialog, Run: o.Run})
	if err != nil {
		return handling.Permanent(err)
	}
	return bot.Signal(ctx, o.PageID, o.PSID, endKey+o.Run, text)
}

// endKey begins the key of the signal that ends a run.
const endKey = "messenger.dialog.end."
