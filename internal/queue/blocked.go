package queue

import (
	"encoding/json"
	"fmt"

	"github.com/djmessenger/messenger/store"
)

// BlockedRow is a conversation whose head has failed.
type BlockedRow struct {
	store.Conversation
	// Attempts to Failures are those of the head, Since its ReceivedAt; RaisedKey is set in place of Key if it was raised.
	Attempts  int64
	Since     int64
	Key       string
	RaisedKey string
	Body      []byte
	Failures  string
	// NextAt and LeaseUntil are those of the conversation.
	NextAt, LeaseUntil int64
}

// Fields are page_id, person_id, attempts, since, key, raised_key, body, failures, next_at, lease_until.
func (r *BlockedRow) Fields(to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.Attempts, &r.Since, &r.Key, &r.RaisedKey, &r.Body, &r.Failures, &r.NextAt, &r.LeaseUntil)
}

// Blocked is the conversation as it is shown at a time.
func (r *BlockedRow) Blocked(now int64) (store.Blocked, error) {
	b := store.Blocked{
		Conversation: r.Conversation, Attempts: int(r.Attempts), Since: Time(r.Since), Key: r.Key, Raised: r.RaisedKey, Body: r.Body,
	}
	if r.LeaseUntil <= now {
		b.NextAt = Time(r.NextAt % BackgroundFrom)
	}
	if r.Failures == "" {
		return b, nil
	}
	if err := json.Unmarshal([]byte(r.Failures), &b.Failures); err != nil {
		return b, fmt.Errorf("store: failures of a blocked conversation: %w", err)
	}
	return b, nil
}
