package messenger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/engine"
)

// AllPages stands for every page in [Bot.Pause], [Bot.Resume] and [Pause]. No page has this id.
const AllPages = engine.AllPages

// Limits of [Bot.Pause].
const (
	// MaxPauses is how many pages can be paused one by one. Beyond that, pause [AllPages].
	MaxPauses = engine.MaxPauses
	// MaxPauseReason is the length of a reason in bytes.
	MaxPauseReason = engine.MaxPauseReason
)

// Pause says that an operator has stopped all sending for a page, or for all pages.
type Pause struct {
	// PageID is the page, or [AllPages].
	PageID string
	// Reason is what the operator gave; it may be empty.
	Reason string
	// Since is when it began, by the store's clock.
	Since time.Time
}

// Pause stops all sending for a page, or for [AllPages], until [Bot.Resume]: on all replicas that share the store within about a
// second, and after restarts. Messages wait in the store, in order, and none is lost; typing marks do not show. A call of
// the Graph API that has begun is not taken back.
//
// Events are still taken and handled. Once a message waits in a conversation, its later events wait behind it, so that all
// stays in order. The platform's limits run on: a message that is older than 24 hours since the person's last act when it is
// resumed is refused, unless it is of a kind that may be sent later.
//
// The reason, of at most [MaxPauseReason] bytes in one line, is for other operators: [Bot.Paused], Stats and the log show it. To pause
// again what is paused changes the reason. A page may be one that only other replicas serve; an id that no page has is
// stored and has no effect.
//
// It returns an error that handling.IsPermanent reports for a wrong id or reason, and if [MaxPauses] pages are paused.
// After an error of the context or of the connection it may have taken effect; it is safe to repeat. It needs no [Bot.Run].
func (b *Bot) Pause(ctx context.Context, pageID, reason string) error {
	if b == nil {
		return ErrNoBot
	}
	if err := errors.Join(checkPageArgument(pageID), checkPauseReason(reason)); err != nil {
		return handling.Permanent(err)
	}
	if err := b.engine.Pause(ctx, pageID, reason); err != nil {
		return fmt.Errorf("messenger: cannot pause: %w", err)
	}
	return nil
}

// Resume ends the pause of a page, or of [AllPages]: what waits goes out in order, at the page's rate, on all replicas within a few seconds.
// Where thousands of conversations wait, the last of them begin within a minute. A page that
// was paused by itself stays paused when all are resumed, and the opposite. It reports whether there was such a pause. It returns an
// error that handling.IsPermanent reports for a wrong id. It is safe to repeat and needs no [Bot.Run].
func (b *Bot) Resume(ctx context.Context, pageID string) (resumed bool, err error) {
	if b == nil {
		return false, ErrNoBot
	}
	if err := checkPageArgument(pageID); err != nil {
		return false, handling.Permanent(err)
	}
	if resumed, err = b.engine.Resume(ctx, pageID); err != nil {
		return false, fmt.Errorf("messenger: cannot resume: %w", err)
	}
	return resumed, nil
}

// Paused returns for which pages sending is paused, by all that is in the store: that of [AllPages] first, then by page id. It
// needs no [Bot.Run].
func (b *Bot) Paused(ctx context.Context) ([]Pause, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	stored, err := b.engine.Paused(ctx)
	if err != nil {
		return nil, fmt.Errorf("messenger: cannot read the pauses: %w", err)
	}
	all := make([]Pause, len(stored))
	for i, p := range stored {
		all[i] = Pause(p)
	}
	return all, nil
}

func checkPauseReason(reason string) error {
	switch {
	case len(reason) > MaxPauseReason:
		return fmt.Errorf("messenger: the reason of a pause has %d bytes, more than %d", len(reason), MaxPauseReason)
	case !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl):
		return errors.New("messenger: the reason of a pause has to be one line of UTF-8 without control characters")
	}
	return nil
}
