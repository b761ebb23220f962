package engine

import (
	"errors"
	"strconv"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// A reply that cannot be sent is an error that the handler sees. It is treated like a
// message that the platform refuses: it is logged, recorded, counted and given to
// OnSendFailed, once, when the turn ends, whatever the handler has returned.

// refusedReply is one that will not be sent.
type refusedReply struct {
	sending.Failure
	route string
}

// refuse notes what a route was refused, each under a key. If the route returned a
// refusal that is none of its outlet's, that is one, without a message.
func (t *turn) refuse(route string, refused []sending.Failure, meaning meaning, err error) {
	if len(refused) == 0 && meaning == resultRefused {
		refused = []sending.Failure{{Err: err, Delivery: sending.Delivery{
			PageID: t.ev.PageID, PSID: t.ev.PSID, Object: t.ev.Object, Attempt: 1,
		}}}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.keepRefused(route, refused)
	}
}

// keepRefused keeps what a route was refused. t.mu must be held.
func (t *turn) keepRefused(route string, refused []sending.Failure) {
	for i, f := range refused {
		f.Key = sendKey("refused", t.queued.Key, route, strconv.Itoa(i))
		t.refused = append(t.refused, refusedReply{f, route})
	}
}

// reply notes which comments and posts a route's messages reply to privately.
func (t *turn) reply(messages []sending.Message) {
	for _, m := range messages {
		if to := privateReplyTo(m); to != "" {
			if t.replied == nil {
				t.replied = map[string]bool{}
			}
			t.replied[to] = true
		}
	}
}

// reportRefused logs, counts and reports the replies that were refused.
func (t *turn) reportRefused() {
	t.mu.Lock()
	refused := t.refused
	t.mu.Unlock()
	for _, f := range refused {
		t.w.e.counts.sent(store.OutcomeRefused)
		t.w.log.Error("a reply was not sent: it was refused in its turn",
			"event", t.queued.Key, "type", t.kind(), "route", f.route, "kind", f.Message.Kind(), "error", f.Err)
		t.w.e.failed(t.w.hookContext(), f.Failure)
	}
}

// meaning is what a route's result means.
type meaning int

const (
	resultHandled meaning = iota // nil
	resultRefused                // nothing but refused answers: it has handled the event
	resultSkip                   // handling.Skip, and refused answers at most
	resultFailed
)

// meaningOfResult finds out what a route's result means. A failure that is joined with
// another result is never lost: the route has failed.
func meaningOfResult(err error) meaning {
	if err == nil {
		return resultHandled
	}
	skips, others := false, false
	leaves(err, func(leaf error) {
		switch {
		case errors.Is(leaf, handling.Skip):
			skips = true
		case !errors.Is(leaf, sending.ErrNotAnswerable):
			others = true
		}
	})
	switch {
	case others:
		return resultFailed
	case skips:
		return resultSkip
	case handling.IsPermanent(err):
		return resultFailed // the handler wants the failure
	}
	return resultRefused
}

// leaves calls visit for each of the errors that err is made of: those that wrap none, and
// those that say themselves that they are one of the two.
func leaves(err error, visit func(leaf error)) {
	if e, ok := err.(interface{ Is(target error) bool }); ok && (e.Is(handling.Skip) || e.Is(sending.ErrNotAnswerable)) {
		visit(err)
		return
	}
	var parts []error
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case interface{ Unwrap() []error }:
		parts = e.Unwrap()
	case interface{ Unwrap() error }:
		parts = []error{e.Unwrap()}
	}
	wraps := false
	for _, part := range parts {
		if part != nil {
			wraps = true
			leaves(part, visit)
		}
	}
	if !wraps {
		visit(err)
	}
}
