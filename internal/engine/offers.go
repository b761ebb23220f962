package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

const (
	// offersAmong is how many of the newest messages to a person are searched for the
	// newest one with quick replies.
	offersAmong = 20
	// longestTitle is the most characters of a text that is compared with titles. The
	// platform takes 20 for a quick reply and 30 for an item of the menu; letters in
	// another case can be more letters.
	longestTitle = 100
	// clocksDiffer is how far the platform's clock and the store's may differ.
	clocksDiffer = time.Minute
)

// offers returns what the person of the turn's event was offered before they wrote it:
// the quick replies of the newest message that had some, then the menu.
func (t *turn) offers(ctx context.Context, ev *receiving.Event) ([]routes.Offer, error) {
	if ev.PSID == "" || utf8.RuneCountInString(strings.TrimSpace(ev.Text())) > longestTitle {
		return nil, nil
	}
	cfg := t.w.e.cfg
	sent, err := cfg.Store.Sent(ctx, ev.PageID, ev.PSID, offersAmong)
	if err != nil {
		return nil, fmt.Errorf("read the messages to the person: %w", err)
	}
	return append(quickReplies(sent, ev.PSID, t.wroteBefore()), cfg.Menu(ev.PageID, t.person().Profile.Locale)...), nil
}

// wroteBefore returns a time before which a message was sent that the person can have
// seen when they wrote the event; zero if any can be. The event was in the store when the
// conversation was claimed, so they have seen nothing that was sent since: of two quick "yes" the
// second does not answer the question that the first one leads to. Nor have they seen what was sent
// long after the event came; the answer to a send may come as late as SendTimeout after the person
// has read it.
//
// A replay stores the event anew, so it counts when the event happened: a replayed "yes"
// does not answer a question that was asked since. Otherwise a difference between the
// platform's clock and the store's is more likely than a late callback, as long as it is
// small.
func (t *turn) wroteBefore() time.Time {
	came, happened := t.queued.ReceivedAt, t.queued.Time
	if !happened.IsZero() && (len(t.queued.Only) > 0 || came.Sub(happened) > clocksDiffer) {
		came = happened
	}
	claimed := t.w.claimed
	if seen := came.Add(t.w.e.cfg.SendTimeout); !came.IsZero() && (claimed.IsZero() || seen.Before(claimed)) {
		return seen
	}
	return claimed
}

// quickReplies returns those of the newest message to the person that has some, among
// messages that are sorted from new to old. What was surely not sent, to others, or
// at that time or later does not count; a zero time is no bound.
func quickReplies(sent []store.Sent, psid string, before time.Time) []routes.Offer {
	for _, s := range sent {
		delivered := s.Outcome == store.OutcomeSent || s.Outcome == store.OutcomeUncertain
		if !delivered || !before.IsZero() && !s.At.Before(before) || !bytes.Contains(s.Body, []byte(`"quick_replies"`)) {
			continue
		}
		var body struct {
			Recipient struct {
				ID string `json:"id"`
			} `json:"recipient"`
			Message struct {
				QuickReplies []struct {
					Title   string `json:"title"`
					Payload string `json:"payload"`
				} `json:"quick_replies"`
			} `json:"message"`
		}
		if json.Unmarshal(s.Body, &body) != nil || body.Recipient.ID != psid || len(body.Message.QuickReplies) == 0 {
			continue
		}
		offers := make([]routes.Offer, len(body.Message.QuickReplies))
		for i, q := range body.Message.QuickReplies {
			offers[i] = routes.Offer{Title: q.Title, Payload: q.Payload, QuickReply: true}
		}
		return offers
	}
	return nil
}

// takesTypedTaps reports whether one of the named routes is in the policy and takes typed taps.
func takesTypedTaps(policy *routes.Table, names []string) bool {
	return slices.ContainsFunc(receiving.Types(), func(t receiving.Type) bool {
		return t.IsTap() && slices.ContainsFunc(policy.Steps(&receiving.Event{Type: t}), func(s routes.Step) bool {
			return s.TypedTaps && slices.Contains(names, s.Name)
		})
	})
}
