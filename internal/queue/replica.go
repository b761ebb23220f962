package queue

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/store"
)

// EncodePages returns a replica's pages, and those that are busy, in the form that tables keep: JSON.
func EncodePages(r store.Replica) (pages, busy string, err error) {
	all, err := json.Marshal(r.Pages)
	if err != nil {
		return "", "", fmt.Errorf("store: pages of replica %q: %w", r.Owner, err)
	}
	some, err := json.Marshal(r.Busy)
	if err != nil {
		return "", "", fmt.Errorf("store: busy pages of replica %q: %w", r.Owner, err)
	}
	return string(all), string(some), nil
}

// DecodePages sets a replica's pages, and those that are busy.
func DecodePages(r *store.Replica, pages, busy string) error {
	return errors.Join(json.Unmarshal([]byte(pages), &r.Pages), json.Unmarshal([]byte(busy), &r.Busy))
}
