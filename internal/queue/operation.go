package queue

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Operation is one change of the store. It takes effect whole or not at all. Its results are valid when the group that it
// ran in has committed; an operation may be run again if nothing of its group was committed.
type Operation struct {
	// Err is why the operation was refused; nothing of it took effect.
	Err error
	// Found is the result of a cancellation, Lost and Locked are those of a renewal, Leases that of a claim, and Due and Next those of an
	// outcome. Locked are the leases whose conversations another transaction had locked.
	Found  bool
	Lost   []store.LeaseID
	Locked []store.LeaseID
	Leases []store.Lease
	Due    []store.QueuedSend
	Next   *store.QueuedEvent

	// One of these is what it asks for.
	events    []store.Event
	sends     []store.Send
	outcome   *store.Outcome
	writes    []store.Write
	renewal   *renewal
	mark      *mark
	claim     *store.Claim
	exclusive func(*group) error
	probe     []store.Event // of a ping
}

type renewal struct {
	leases []store.LeaseID
	ttl    time.Duration
}

type mark struct {
	lease store.LeaseID
	seq   int64
}

// Put makes the operation of [store.Queuer] of that name; so do the functions below. They return an error for arguments that no
// store can take, and keep copies of the rest.
func Put(events []store.Event) (*Operation, error) {
	events = slices.Clone(events)
	for i := range events {
		if events[i].Key == "" {
			return nil, errors.New("store: an event without a key")
		}
		events[i].Body = bytes.Clone(events[i].Body)
	}
	return &Operation{events: events}, nil
}

// Enqueue adds sends from outside of a turn.
func Enqueue(sends []store.Send) (*Operation, error) {
	sends, err := checkSends(sends)
	return &Operation{sends: sends}, err
}

// checkSends returns copies.
func checkSends(sends []store.Send) ([]store.Send, error) {
	sends = slices.Clone(sends)
	for i := range sends {
		if sends[i].Key == "" {
			return nil, errors.New("store: a send without a key")
		}
		sends[i].Body = bytes.Clone(sends[i].Body)
	}
	return sends, nil
}

// Cancel takes back sends that have not been started.
func Cancel(conv store.Conversation, key string) *Operation {
	return &Operation{writes: []store.Write{store.CancelSend{Conversation: conv, Key: key}}}
}

// CancelRaised takes back raised events.
func CancelRaised(conv store.Conversation, key string) *Operation {
	return &Operation{writes: []store.Write{store.CancelRaise{Conversation: conv, Key: key}}}
}

// Claim leases conversations.
func Claim(claim store.Claim) *Operation {
	claim.Events = max(claim.Events, 1)
	return &Operation{claim: &claim}
}

// MarkAlone marks the event that runs alone.
func MarkAlone(lease store.LeaseID, seq int64) *Operation {
	return &Operation{mark: &mark{lease, seq}}
}

// Renew extends leases.
func Renew(ttl time.Duration, leases []store.LeaseID) *Operation {
	return &Operation{renewal: &renewal{slices.Clone(leases), ttl}}
}

// Commit makes an outcome durable. The API is that of the calls that the store can run; empty if it runs none.
func Commit(outcome store.Outcome, api string) (*Operation, error) {
	if err := checkWrites(outcome.Writes, api); err != nil {
		return nil, err
	}
	for _, r := range outcome.Results {
		if r.State < store.SendAgain || r.State > store.SendNotMade {
			return nil, fmt.Errorf("store: send %q: no such state: %d", r.Key, r.State)
		}
	}
	sends, err := checkSends(outcome.Sends)
	if err != nil {
		return nil, err
	}
	outcome.Sends = sends
	outcome.Writes = cloneWrites(outcome.Writes)
	if outcome.Event != nil {
		event := *outcome.Event
		outcome.Event = &event
	}
	outcome.Results = slices.Clone(outcome.Results)
	return &Operation{outcome: &outcome}, nil
}

// Apply makes writes durable outside of a turn.
func Apply(writes []store.Write) (*Operation, error) {
	if err := checkWrites(writes, ""); err != nil {
		return nil, err
	}
	return &Operation{writes: cloneWrites(writes)}, nil
}

// cloneWrites returns writes that share nothing with the caller, who may go on before the operation runs.
func cloneWrites(writes []store.Write) []store.Write {
	writes = slices.Clone(writes)
	for i, w := range writes {
		switch w := w.(type) {
		case store.SaveMessage:
			w.Received.Body = bytes.Clone(w.Received.Body)
			writes[i] = w
		case store.SaveSent:
			w.Sent.Body = bytes.Clone(w.Sent.Body)
			writes[i] = w
		case store.SettleSend:
			w.Sent.Body = bytes.Clone(w.Sent.Body)
			writes[i] = w
		case store.SaveSession:
			w.Data = bytes.Clone(w.Data)
			writes[i] = w
		case store.Raise:
			w.Body = bytes.Clone(w.Body)
			writes[i] = w
		case store.SaveProfile:
			if w.Profile.Timezone != nil {
				zone := *w.Profile.Timezone
				w.Profile.Timezone = &zone
			}
			writes[i] = w
		}
	}
	return writes
}

func checkWrites(writes []store.Write, api string) error {
	for _, w := range writes {
		if err := store.CheckWrite(w); err != nil {
			return err
		}
		if call, ok := w.(store.Call); ok && (api == "" || call.API != api) {
			return fmt.Errorf("store: a %s call cannot run here: %w", call.API, errors.ErrUnsupported)
		}
	}
	return nil
}

// About returns the conversation that the operation is about, if it is about one: a put, a send, an outcome or a renewal of one
// conversation.
func (op *Operation) About() (conv store.Conversation, ok bool) {
	if op.Exclusive() || op.claim != nil {
		return conv, false
	}
	wants := wantsOf(op).Conversations
	if len(wants) != 1 {
		return conv, false
	}
	return wants[0].Conversation, true
}

// Exclusive reports whether the operation needs a transaction of its own: it runs a user's code, or finds out as it goes what
// it has to lock.
func (op *Operation) Exclusive() bool { return op.exclusive != nil || op.HasCalls() }

// Renews reports whether the operation renews leases.
func (op *Operation) Renews() bool { return op.renewal != nil }

// HasCalls reports whether the operation runs a user's code.
func (op *Operation) HasCalls() bool {
	return op.outcome != nil && slices.ContainsFunc(op.outcome.Writes, isCall)
}

func isCall(w store.Write) bool {
	_, ok := w.(store.Call)
	return ok
}

// Commits returns the conversation of the outcome, if the operation is one: a group must not have two outcomes of one
// conversation.
func (op *Operation) Commits() (conv store.Conversation, ok bool) {
	if op.outcome == nil {
		return store.Conversation{}, false
	}
	return op.outcome.Lease.Conversation, true
}

// EchoOf appends the keys of the sends that the operation may settle.
func (op *Operation) EchoOf(keys []string) []string {
	for i := range op.events {
		if key := op.events[i].EchoOf; key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// reset makes the operation as it was before it ran.
func (op *Operation) reset() {
	op.Err, op.Found, op.Lost, op.Locked, op.Leases, op.Due, op.Next = nil, false, nil, nil, nil, nil, nil
}
