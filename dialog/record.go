package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// sessionName is the session that has a person's run, and the key of its timer. There is one of each, so
// a person is in at most one dialog.
const sessionName = "messenger.dialog"

// record is a run as it is stored.
type record struct {
	Dialog  string `json:"dialog"`
	Run     string `json:"run"`
	Version int    `json:"version,omitempty"`
	position

	// Partial is the value so far of an answer that takes several acts, and Parts has those of the steps in Return.
	Partial json.RawMessage            `json:"partial,omitempty"`
	Parts   map[string]json.RawMessage `json:"parts,omitempty"`
	// Begun counts what Waits have begun, and Request is the id of what the open one has.
	Begun   int    `json:"begun,omitempty"`
	Request string `json:"request,omitempty"`
	// Said identifies what the person said last that the dialog took for an answer; see [saidBy].
	Said string `json:"said,omitempty"`
	// Ended is the dialog of a run that has ended. Dialog is empty then.
	Ended string `json:"ended,omitempty"`
	// At is when the open question was asked, by the store's clock, but not before the event
	// that led to it. By is that event.
	At time.Time `json:"at"`
	By string    `json:"by"`
	// Object is the product of the conversation; a signal does not always say.
	Object receiving.Object `json:"object,omitempty"`
	// State is the S.
	State json.RawMessage `json:"state"`
}

// load returns the run that the person of the context's turn is in, or what is left of one that has ended. What cannot be
// read is none: the next dialog takes its place.
func load(ctx context.Context) (r record, open bool, err error) {
	s, err := store.SessionFrom(ctx, sessionName)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNoTurn):
		return r, false, nil
	case err != nil:
		return r, false, err
	}
	r, open = decodeRecord(s.Data)
	return r, open, nil
}

func decodeRecord(data []byte) (r record, open bool) {
	if err := json.Unmarshal(data, &r); err != nil {
		return record{}, false
	}
	return r, r.Dialog != ""
}

// drop forgets the run.
func drop(ctx context.Context) error {
	person := store.PersonFrom(ctx)
	if err := handling.CancelTimer(ctx, sessionName); err != nil {
		return err
	}
	return store.Queue(ctx, store.DeleteSession{PageID: person.PageID, PSID: person.PSID, Name: sessionName})
}

// keptAfter is how long a run is kept after its time-out was due, for a bot that is away then.
const keptAfter = 7 * 24 * time.Hour

// keep stores the run, which waits for so long; 0 is for ever.
func (r record) keep(ctx context.Context, wait time.Duration) error {
	if wait > 0 {
		wait += keptAfter
	}
	return store.KeepSession(ctx, sessionName, r, wait)
}

// StateError is what a turn fails with, without a retry, whose run is larger than [MaxState].
type StateError struct {
	Dialog, Step string
	// Size is that of the run as it would have been stored, in bytes.
	Size int
}

// Error names the dialog, the step and the sizes.
func (e *StateError) Error() string {
	return fmt.Sprintf("dialog: %s: step %s: the state has %d bytes, and at most %d can be kept", e.Dialog, e.Step, e.Size, MaxState)
}

// StepError is what a turn fails with, without a retry, whose dialog does what it may not: it jumps to a
// step that its definition does not name, goes in a circle, or starts itself while it is open.
type StepError struct{ Dialog, Step, Problem string }

// Error names the dialog and the step.
func (e *StepError) Error() string {
	if e.Step == "" {
		return fmt.Sprintf("dialog: %s: %s", e.Dialog, e.Problem)
	}
	return fmt.Sprintf("dialog: %s: step %s: %s", e.Dialog, e.Step, e.Problem)
}
