package engine

import (
	"strconv"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// An answer that the event does not allow is refused like a message that the platform
// refuses: it is logged, recorded and given to OnSendFailed when the turn commits, and
// what its route wrote takes effect.

// refusals returns what a route was refused, each under a key. If the route ended with
// a refusal that is none of its outlet's, that is one, without a message.
func (t *turn) refusals(route string, refused []sending.Failure, err error) []sending.Failure {
	if len(refused) == 0 && err != nil {
		refused = []sending.Failure{{Err: err, Delivery: sending.Delivery{
			PageID: t.ev.PageID, PersonID: t.ev.PersonID, Object: t.ev.Object, Attempt: 1,
		}}}
	}
	for i := range refused {
		refused[i].Key = sendKey("refused", t.queued.Key, route, strconv.Itoa(i))
	}
	return refused
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

// reportRefused logs, counts and reports the refused answers of the routes that took
// effect.
func (t *turn) reportRefused() {
	t.mu.Lock()
	var refused []sending.Failure
	var routes []string
	if t.failure == nil {
		for _, r := range t.routes {
			for _, f := range r.refused {
				refused, routes = append(refused, f), append(routes, r.name)
			}
		}
	}
	t.mu.Unlock()
	for i, f := range refused {
		t.w.e.counts.sent(store.OutcomeRefused)
		t.w.log.Error("a message was not sent: the event does not allow this answer",
			"event", t.queued.Key, "type", t.kind(), "route", routes[i], "kind", f.Message.Kind(), "error", f.Err)
		t.w.e.failed(t.w.held.ctx, f)
	}
}
