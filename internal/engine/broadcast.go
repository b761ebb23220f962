package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// announcement is the body of a broadcast.
type announcement struct {
	Messages []sending.Message `json:"messages"`
}

// EncodeBroadcast makes the body of a broadcast.
func EncodeBroadcast(messages []sending.Message) ([]byte, error) {
	body, err := json.Marshal(announcement{messages})
	if err != nil {
		return nil, fmt.Errorf("encode messages: %w", err)
	}
	return body, nil
}

// BroadcastWindow is how old a person's last act may be for all of some messages; 0 is without limit.
func BroadcastWindow(messages []sending.Message) time.Duration {
	for _, m := range messages {
		if !m.WindowFree() {
			return window
		}
	}
	return 0
}

func decodeBroadcast(body []byte) (a announcement, err error) {
	err = json.Unmarshal(body, &a)
	return a, err
}

// sends are the messages of a broadcast to some people.
func (a *announcement) sends(b store.Broadcast, psids []string) (sends []store.Send, err error) {
	for _, psid := range psids {
		for i, m := range a.Messages {
			send, err := EncodeSend(store.Send{
				Conversation: store.Conversation{PageID: b.PageID, PSID: psid},
				Key:          sendKey("broadcast", b.ID, psid, strconv.Itoa(i)), Delay: m.Delay,
			}, m)
			if err != nil {
				return nil, err
			}
			sends = append(sends, send)
		}
	}
	return sends, nil
}

// HintBroadcast says that a broadcast was started or cancelled.
func (e *Engine) HintBroadcast() { notify(e.feeder.wake) }

// TakeBack takes back what a cancelled broadcast has in the outbox. Those who wait are left to Run.
func (e *Engine) TakeBack(ctx context.Context, b store.Broadcast) error {
	return e.feeder.takeBackQueued(ctx, b)
}

// BroadcastEnded logs the summary of a broadcast that has ended, for whoever has counted the last of its people.
func (e *Engine) BroadcastEnded(b store.Broadcast) {
	e.cfg.Logger.Info("a broadcast has ended", "page", b.PageID, "broadcast", b.Key, "state", b.State.String(),
		"total", b.Total, "sent", b.Sent, "refused", b.Refused, "skipped", b.Skipped, "unknown", b.Unknown, "uncertain", b.Uncertain,
		"forgotten", b.Forgotten, "cancelled", b.Cancelled)
}

// ofBroadcast reports whether a send is of a broadcast.
func ofBroadcast(s store.QueuedSend) bool {
	_, ok := store.BroadcastOf(s.Group)
	return ok
}

// recipientResult is what the final outcome of a message means for the recipient of a broadcast.
func recipientResult(err error, outcome store.SentOutcome) store.RecipientResult {
	switch {
	case err == nil:
		return store.RecipientSent
	case outcome == store.OutcomeUncertain:
		return store.RecipientUncertain
	case errors.Is(err, graph.ErrOutsideWindow):
		return store.RecipientSkipped
	}
	return store.RecipientRefused
}
