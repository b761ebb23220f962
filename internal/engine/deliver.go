package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// attempt is the planned delivery of one send.
type attempt struct {
	send     store.QueuedSend
	delivery sending.Delivery
	// rest is how long the conversation must rest first, and awaits the send for
	// whose echo; inLine, that it stands in the page's line meanwhile.
	rest   time.Duration
	awaits string
	inLine bool
	// refused is why no request is made, or nil, and outcome what it comes to.
	refused error
	outcome store.SentOutcome
}

// deliver makes the sends that are due, one after another: the first as was
// foreseen, if the commit has started it. It returns how long the conversation
// must rest before the next can go out, and whether the lease is still good.
func (w *worker) deliver(foreseen *attempt) (pause time.Duration, ok bool) {
	for {
		if len(w.due) == 0 {
			if !w.more {
				return 0, true
			}
			if err := w.commit(store.Outcome{Due: eventsPerLease}); err != nil {
				return 0, false
			}
			foreseen = nil
			continue
		}
		// A send that is marked as started is made before all else.
		if !w.held.safe() || foreseen == nil && (!w.served() || !w.yield()) {
			return 0, w.mine()
		}
		if len(w.due) == 0 {
			continue // what was due has changed meanwhile
		}
		a := foreseen
		if foreseen = nil; a == nil || a.send.Key != w.due[0].Key {
			a = w.weigh(w.due[0])
			switch {
			case a.rest > 0:
				w.awaits, w.inLine = a.awaits, a.inLine
				return a.rest, true
			case a.refused != nil:
				w.due = w.due[1:]
				w.refuse(a)
				continue
			}
			if err := w.commit(store.Outcome{Start: a.send.Key, Due: eventsPerLease}); err != nil {
				return 0, false
			}
			if len(w.due) == 0 || w.due[0].Key != a.send.Key {
				continue // its echo has arrived, or another came before it
			}
		}
		w.due = w.due[1:]
		if pause = w.try(a); pause > 0 {
			return pause, true
		}
	}
}

// foresee weighs the first send that a turn adds, so that the commit of the turn
// may start it. It returns nil if that is not to be made at once.
func (w *worker) foresee(out store.Outcome) *attempt {
	at := slices.IndexFunc(out.Sends, func(s store.Send) bool { return s.Delay <= 0 })
	if at < 0 {
		return nil
	}
	before := w.known
	defer func() { w.known = before }() // nothing of the turn is true yet
	w.learn(out.Writes)
	if a := w.weigh(store.QueuedSend{Send: out.Sends[at]}); a.rest == 0 && a.refused == nil {
		return a
	}
	return nil
}

// weigh decides about a send.
func (w *worker) weigh(s store.QueuedSend) *attempt {
	d, err := decodeSend(s)
	a := &attempt{send: s, delivery: d}
	refuse := func(err error, outcome store.SentOutcome) *attempt {
		a.refused, a.outcome = err, outcome
		return a
	}
	switch {
	case err != nil:
		return refuse(sending.Refuse(err), store.OutcomeRefused)
	case w.aside[s.Group] != nil && toPerson(d) && !d.Message.WindowFree():
		return refuse(fmt.Errorf("%w: %w", sending.ErrSetAside, w.aside[s.Group]), store.OutcomeSetAside)
	case s.Started && w.e.cfg.AtMostOnce && d.Message.Public == nil:
		return refuse(sending.ErrUncertain, store.OutcomeUncertain)
	}
	if a.rest = w.echoWait(s, d); a.rest > 0 {
		a.awaits = s.Key
		return a
	}
	if err := w.allowed(d); err != nil {
		return refuse(err, store.OutcomeRefused)
	}
	a.rest, a.inLine = w.e.pages.wait(w.held.ctx, w.lease.Conversation, d.Message)
	return a
}

// refuse settles a send without a request.
func (w *worker) refuse(a *attempt) {
	if endsGroup(a.refused) {
		w.setAside(a, a.refused)
	}
	w.settle(a.delivery, graph.SendResult{}, a.refused, a.outcome)
}

// try makes the request of a send, and notes what came of it. It returns how long
// the conversation must rest.
func (w *worker) try(a *attempt) (pause time.Duration) {
	w.aged = true // that takes its time
	ctx, used := withUsedCredentials(w.held.ctx)
	if a.send.Started && a.delivery.Message.Public != nil {
		if pause, settled := w.findPublicReply(ctx, a, used); settled {
			return pause
		}
	}
	began := time.Now()
	result, err := w.e.send(ctx, a.delivery)
	if err == nil {
		w.e.pages.accepted(a.delivery.PageID, used.value, began)
	}
	pause, err = w.conclude(a.send, a.delivery, result, err, used)
	if pause == 0 && endsGroup(err) && toPerson(a.delivery) {
		w.unavailable(a.delivery, err)
		w.setAside(a, err)
	}
	return pause
}

// setAside notes that what follows in the group would be refused, too. That of an
// action says nothing about messages.
func (w *worker) setAside(a *attempt, err error) {
	if a.delivery.Message.SenderAction != "" || errors.Is(err, sending.ErrSetAside) {
		return
	}
	if w.aside == nil {
		w.aside = map[string]error{}
	}
	w.aside[a.send.Group] = err
}

// echoWait is how long a send of unknown outcome waits for its echo, which settles
// it: on a page whose sends were echoed within a day, until half a minute after
// it was started.
func (w *worker) echoWait(s store.QueuedSend, d sending.Delivery) time.Duration {
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
		echoed, err = w.e.replicas.EchoedAt(w.held.ctx, d.PageID)
		return err
	}) {
		return 0 // the lease is over; the next commit finds out
	}
	if echoed.IsZero() || w.now().Sub(echoed) > echoing {
		return 0
	}
	return wait
}

// endsGroup reports whether a refusal implies that what follows will be refused
// too.
func endsGroup(err error) bool {
	return errors.Is(err, graph.ErrOutsideWindow) || errors.Is(err, graph.ErrPersonUnavailable)
}

// toPerson reports whether the message goes to the person of its conversation,
// and not to a comment, for example, or to another person.
func toPerson(d sending.Delivery) bool {
	r := d.Message.Recipient
	return r != nil && r.ID != "" && r.ID == d.PSID
}

// unavailable notes what the platform said of a person.
func (w *worker) unavailable(d sending.Delivery, err error) {
	if errors.Is(err, graph.ErrPersonUnavailable) {
		mark := store.MarkUnavailable{PageID: d.PageID, PSID: d.PSID, At: w.now()}
		w.settled.Writes = append(w.settled.Writes, mark)
		w.learn([]store.Write{mark})
	}
}

func decodeSend(s store.QueuedSend) (sending.Delivery, error) {
	var o outgoing
	err := json.Unmarshal(s.Body, &o)
	if !s.AddedAt.IsZero() {
		o.CreatedAt = s.AddedAt // the process that queued it may have another time
	}
	return sending.Delivery{
		PageID:    s.PageID,
		PSID:      personID(s.Conversation),
		Object:    o.Object,
		Key:       s.Key,
		Attempt:   s.Attempts + 1,
		CreatedAt: o.CreatedAt,
		Message:   o.Message,
	}, err
}

// personID is the person of a conversation, or "" if it has none.
func personID(conv store.Conversation) string {
	if strings.Contains(conv.PSID, "/") {
		return ""
	}
	return conv.PSID
}

// allowed refuses what the platform would refuse for sure.
func (w *worker) allowed(d sending.Delivery) error {
	if !toPerson(d) {
		return nil
	}
	switch person := w.known; {
	case !person.UnavailableSince.IsZero():
		return fmt.Errorf("%w since %s", graph.ErrPersonUnavailable, person.UnavailableSince.Format(time.RFC3339))
	case !person.LastAct.IsZero() && w.now().Sub(person.LastAct) > window && !d.Message.WindowFree():
		return fmt.Errorf("%w: the person's last act was at %s", graph.ErrOutsideWindow, person.LastAct.Format(time.RFC3339))
	}
	return nil
}

// post makes the request of an attempt.
func (e *Engine) post(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
	if d.Message.Public != nil {
		return e.cfg.Client.PublicReply(ctx, d.PageID, publicTarget(*d.Message.Public), d.Message.Text)
	}
	metadata := ""
	if d.Message.SenderAction == "" {
		var err error
		if metadata, err = receiving.EncodeMetadata(d.Key, d.Message.Metadata); err != nil {
			return graph.SendResult{}, sending.Refuse(err)
		}
	}
	body, err := d.Message.Request(sending.Recipient{ID: d.PSID}, metadata)
	if err != nil {
		return graph.SendResult{}, sending.Refuse(err)
	}
	return e.cfg.Client.SendMessage(ctx, d.PageID, body)
}

// conclude settles an attempt. It returns how long the conversation must rest,
// and the error if the message will not be sent.
func (w *worker) conclude(s store.QueuedSend, d sending.Delivery, result graph.SendResult, err error, used *usedCredentials) (time.Duration, error) {
	if err == nil || isDelivered(s, err) {
		w.settle(d, result, nil, store.OutcomeSent)
		return 0, nil
	}
	tooOld := d.Attempt > laterTries && w.now().Sub(d.CreatedAt.Add(d.Message.Delay)) > giveUpSending
	switch class := graph.Classify(err); {
	case class == graph.RetryNewToken:
		pause := w.e.pages.pause(w.held.ctx, d.PageID, used.value, err)
		w.again(s, d, result, err, store.OutcomeRetry)
		return pause, nil
	case class == graph.RetryUncertain && w.e.cfg.AtMostOnce && d.Message.Public == nil:
		err = fmt.Errorf("%w: %w", sending.ErrUncertain, err)
		w.settle(d, result, err, store.OutcomeUncertain)
		return 0, err
	case class == graph.RetryUncertain && !tooOld && w.uncertain(d) < uncertainTries-1:
		w.again(s, d, result, err, store.OutcomeUncertain)
		return backoff(d.Attempt, time.Second), nil
	case class == graph.RetryUncertain:
		err = fmt.Errorf("%w: %w", sending.ErrUncertain, err)
		w.settle(d, result, err, store.OutcomeUncertain)
		return 0, err
	case class == graph.RetrySafe && !tooOld:
		w.again(s, d, result, err, store.OutcomeRetry)
		return backoff(d.Attempt, time.Second), nil
	case class == graph.RetryLater && !tooOld && (errors.Is(err, graph.ErrRateLimited) || d.Attempt < laterTries):
		w.again(s, d, result, err, store.OutcomeRetry)
		return backoff(d.Attempt, 5*time.Second), nil
	case mayBeDelivered(s, err):
		err = fmt.Errorf("%w: %w", sending.ErrUncertain, err)
		w.settle(d, result, err, store.OutcomeUncertain)
		return 0, err
	default:
		w.settle(d, result, err, store.OutcomeRefused)
		return 0, err
	}
}

// uncertain counts a message's attempts of unknown outcome.
func (w *worker) uncertain(d sending.Delivery) int {
	sent, err := w.e.cfg.Store.Sent(w.held.ctx, d.PageID, d.PSID, 100)
	if err != nil {
		w.log.Error("cannot read the records of sent messages", "error", err)
		return d.Attempt - 1
	}
	n := 0
	for _, s := range sent {
		if s.Key == d.Key && s.Outcome == store.OutcomeUncertain {
			n++
		}
	}
	return n
}

// backoff grows with each attempt, to 5 minutes, and is spread by a quarter.
func backoff(attempt int, first time.Duration) time.Duration {
	pause := min(first<<min(attempt-1, 10), 5*time.Minute)
	return pause*3/4 + rand.N(pause/2)
}

// again notes an attempt that will be made again. If an earlier one may have
// arrived, that is still so, and its echo may settle it yet, whatever this one was
// refused for.
func (w *worker) again(s store.QueuedSend, d sending.Delivery, result graph.SendResult, err error, outcome store.SentOutcome) {
	w.e.counts.sent(outcome)
	w.log.With(meaningOf(err)...).Warn("a message will be sent again", "send", d.Key, "attempt", d.Attempt, "outcome", outcome, "error", err)
	state := store.SendAgain
	if outcome == store.OutcomeUncertain || s.Started {
		state = store.SendUnknown
	}
	w.note(d, state, result, err, outcome)
}

// settle records the final outcome of a message.
func (w *worker) settle(d sending.Delivery, result graph.SendResult, err error, outcome store.SentOutcome) {
	w.e.counts.sent(outcome)
	w.note(d, store.SendFinished, result, err, outcome)
	if err == nil {
		return
	}
	w.log.With(meaningOf(err)...).Error("a message was not sent", "send", d.Key, "kind", d.Message.Kind(), "outcome", outcome, "error", err)
	w.e.failed(w.held.ctx, sending.Failure{Delivery: d, Err: err})
}

// meaningOf is what the log says of a refusal of the platform: its name in
// docs/errors.md. It is empty for other errors.
func meaningOf(err error) []any {
	if refused, ok := errors.AsType[*graph.Error](err); ok {
		return []any{"meaning", refused.Meaning().String()}
	}
	return nil
}

func (w *worker) note(d sending.Delivery, state store.SendState, result graph.SendResult, err error, outcome store.SentOutcome) {
	record := sentRecord(d, result, err, w.now())
	record.Outcome = outcome
	w.settled.Results = append(w.settled.Results, store.SendResult{Key: d.Key, State: state})
	w.settled.Writes = append(w.settled.Writes, store.SaveSent{Sent: record})
}

// failed tells the program about a message that will not be sent.
func (e *Engine) failed(ctx context.Context, f sending.Failure) {
	hook(ctx, e.cfg.Logger, "OnSendFailed", func(ctx context.Context) { e.cfg.OnSendFailed(ctx, f) })
}

// sentRecord is the record of an attempt that ended at that time.
func sentRecord(d sending.Delivery, result graph.SendResult, err error, at time.Time) store.Sent {
	to := sending.Recipient{ID: d.PSID}
	body, bodyErr := d.Message.Request(to, d.Message.Metadata)
	if bodyErr != nil {
		body = nil
	}
	s := store.Sent{
		PageID:   d.PageID,
		PSID:     d.PSID,
		Key:      d.Key,
		Type:     d.Message.Kind(),
		Body:     body,
		Response: string(result.Raw),
		MID:      result.MessageID,
		Outcome:  store.OutcomeSent,
		At:       at,
	}
	if err != nil {
		s.Outcome = store.OutcomeRefused
		s.Error = err.Error()
		s.Status = statusOf(err)
	} else {
		s.Status = 200
	}
	return s
}

// statusOf returns the HTTP status of the answer, or 0 if there was none.
func statusOf(err error) int {
	var refused *graph.Error
	var unusable *graph.ResponseError
	switch {
	case errors.As(err, &refused):
		return refused.HTTPStatus
	case errors.As(err, &unusable):
		return unusable.HTTPStatus
	}
	return 0
}
