package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// AllPages stands for every page in a [Pause]. No page has this id.
const AllPages = "*"

// Pause says that nothing is sent for a page, or for all of them.
type Pause struct {
	PageID string
	Reason string
	Since  time.Time
}

// Limits of pauses: all of them are one session, which replicas read each second.
const (
	MaxPauses      = 1000
	MaxPauseReason = 200 // bytes
)

// pausesName is the session that has all pauses. Its conversation is one that no person has.
const pausesName = "messenger.pauses"

var pausesConversation = store.Conversation{PageID: "messenger", PSID: "messenger"}

// pauseTries bounds how often a change of the pauses is tried that meets others.
const pauseTries = 50

// storedPause is a pause as it is stored, by page id.
type storedPause struct {
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since"`
}

type storedPauses map[string]storedPause

// readPauses returns what is stored, and the version of the session; none and 0 if nothing was ever paused.
func readPauses(ctx context.Context, st store.Reader) (storedPauses, int64, error) {
	conv := pausesConversation
	session, err := st.Session(ctx, conv.PageID, conv.PSID, pausesName)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return storedPauses{}, 0, nil
	case err != nil:
		return nil, 0, err
	}
	pauses := storedPauses{}
	if err := json.Unmarshal(session.Data, &pauses); err != nil {
		return nil, 0, fmt.Errorf("the session %q cannot be read: %w", pausesName, err)
	}
	return pauses, session.Version, nil
}

// changePauses stores what change makes of the pauses. If change returns false, nothing is stored.
func changePauses(ctx context.Context, st store.Store, change func(storedPauses) (bool, error)) error {
	conv := pausesConversation
	for try := 1; ; try++ {
		pauses, version, err := readPauses(ctx, st)
		if err != nil {
			return err
		}
		if changed, err := change(pauses); err != nil || !changed {
			return err
		}
		data, err := pauses.encode()
		if err != nil {
			return err
		}
		err = st.Apply(ctx, store.SaveSession{PageID: conv.PageID, PSID: conv.PSID, Name: pausesName, Data: data, Version: version})
		if !errors.Is(err, store.ErrConflict) || try == pauseTries {
			return err
		}
	}
}

// encode writes the pauses without the escapes that make JSON safe in HTML: with them, as many reasons as are allowed could be longer
// than a session may be.
func (s storedPauses) encode() ([]byte, error) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return bytes.TrimSuffix(data.Bytes(), []byte("\n")), err
}

// list returns the pauses in the order of their page ids, that of all pages first.
func (s storedPauses) list() []Pause {
	list := make([]Pause, 0, len(s))
	for _, pageID := range slices.Sorted(maps.Keys(s)) {
		list = append(list, Pause{PageID: pageID, Reason: s[pageID].Reason, Since: s[pageID].Since})
	}
	slices.SortStableFunc(list, func(a, b Pause) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

func rank(p Pause) int {
	if p.PageID == AllPages {
		return 0
	}
	return 1
}
