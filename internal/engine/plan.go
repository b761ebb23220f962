package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// plan is the decision about one send: its conversation rests first, or it is refused
// without a request, or else it may go out now.
type plan struct {
	send     store.QueuedSend
	delivery sending.Delivery
	// rest is how long the conversation must rest first; awaits names the send for whose
	// echo it does, and inLine says that it stands in the page's line meanwhile.
	rest   time.Duration
	awaits string
	inLine bool
	// refusal is why no request is made, or nil, and outcome is what is recorded then.
	refusal error
	outcome store.SentOutcome
}

// goes reports whether the send may go out now.
func (p *plan) goes() bool { return p.rest == 0 && p.refusal == nil }

func (p *plan) refuse(err error, outcome store.SentOutcome) *plan {
	p.refusal, p.outcome = err, outcome
	return p
}

// newPlan returns the plan of a send that was read from the store. It is refused if it cannot be
// decoded.
func newPlan(s store.QueuedSend) *plan {
	d, err := decodeSend(s)
	p := &plan{send: s, delivery: d}
	if err != nil {
		return p.refuse(sending.Refuse(err), store.OutcomeRefused)
	}
	return p
}

// plan decides whether a send may go out now, to a person of whom that is known. It
// changes nothing but the send's place in the line of its page.
func (w *worker) plan(p *plan, person store.Person) *plan {
	if p.refusal != nil {
		return p
	}
	s, d := &p.send, &p.delivery
	switch skipped := w.skippedGroups[s.Group]; {
	case skipped != nil && toPerson(d) && !d.Message.WindowFree():
		return p.refuse(fmt.Errorf("%w: %w", sending.ErrSetAside, skipped), store.OutcomeSetAside)
	case s.Started && w.lease.Expired:
		p.rest, p.awaits = w.holderWait(s), s.Key
		return p
	case s.Started && w.e.cfg.AtMostOnce && d.Message.Public == nil:
		return p.refuse(sending.ErrUncertain, store.OutcomeUncertain)
	}
	if p.rest = w.echoWait(s, d); p.rest > 0 {
		p.awaits = s.Key
		return p
	}
	if err := checkPerson(d, person, w.now()); err != nil {
		return p.refuse(err, store.OutcomeRefused)
	}
	if w.e.unsaved.full() {
		p.rest = poll
		return p
	}
	p.rest, p.inLine = w.e.pages.wait(w.held.ctx, w.lease.Conversation, d.Message, w.lease.Background)
	return p
}

// planFirst plans the first send that a turn adds, as if the turn had been committed,
// so that the commit of the turn can start it. It returns nil if that does not go out
// now.
func (w *worker) planFirst(t *turn, out store.Outcome) *plan {
	at := slices.IndexFunc(out.Sends, func(s store.Send) bool { return s.Delay <= 0 })
	if at < 0 {
		return nil
	}
	p := t.composed(out.Sends[at])
	if p == nil {
		p = newPlan(store.QueuedSend{Send: out.Sends[at]})
	}
	if w.plan(p, withWrites(w.lease.Person, out.Writes)).goes() {
		return p
	}
	return nil
}

// echoWait is how long a send of unknown outcome waits for its echo, which settles
// it: on a page whose sends were echoed within a day, until half a minute after
// it was started.
func (w *worker) echoWait(s *store.QueuedSend, d *sending.Delivery) time.Duration {
	switch {
	case s.Started && d.Message.Public != nil:
		return max(publicReplyShows-s.StartedAgo, 0)
	case !s.Started || d.Message.SenderAction != "" || !toPerson(d):
		return 0 // these have no echo that is certain to come
	}
	wait := echoPatience - s.StartedAgo
	if wait <= 0 {
		return 0
	}
	var echoed time.Time
	if !w.read(func() (err error) {
		echoed, err = w.e.replicas.EchoedAt(w.e.reading(), d.PageID)
		return err
	}) {
		return 0 // the lease is over; the next commit finds out
	}
	if echoed.IsZero() || w.now().Sub(echoed) > echoing {
		return 0
	}
	return wait
}

// holderWait is how long a started send waits for what the process knows of it that has
// started it and let its lease expire: until its attempt must have ended, and for a
// moment in which it can settle the send. See unsaved.
func (w *worker) holderWait(s *store.QueuedSend) time.Duration {
	return max(w.e.cfg.SendTimeout+stuckAfter-s.StartedAgo, 0) + settlePatience
}

// awaitHolder returns how long the conversation rests first, if another process may know of one of its sends. That is decided before
// any other send: one that makes the conversation rest gives back the only lease that says so.
func (w *worker) awaitHolder() (wait time.Duration) {
	if !w.lease.Expired {
		return 0
	}
	for i := range w.due {
		if s := &w.due[i]; s.Started && w.holderWait(s) > wait {
			wait, w.awaits, w.inLine = w.holderWait(s), s.Key, false
		}
	}
	return wait
}

// checkPerson refuses what the platform would refuse for sure at that time.
func checkPerson(d *sending.Delivery, person store.Person, now time.Time) error {
	switch {
	case !toPerson(d):
		return nil
	case !person.UnavailableSince.IsZero():
		return fmt.Errorf("%w since %s", graph.ErrPersonUnavailable, person.UnavailableSince.Format(time.RFC3339))
	case !person.LastAct.IsZero() && now.Sub(person.LastAct) > window && !d.Message.WindowFree():
		return fmt.Errorf("%w: the person's last act was at %s", graph.ErrOutsideWindow, person.LastAct.Format(time.RFC3339))
	}
	return nil
}

// toPerson reports whether the message goes to the person of its conversation,
// and not to a comment, for example, or to another person.
func toPerson(d *sending.Delivery) bool {
	r := d.Message.Recipient
	return r != nil && r.ID != "" && r.ID == d.PSID
}
