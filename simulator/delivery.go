package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// States of a [Delivery].
const (
	Waiting   = "waiting"   // not answered yet
	Delivered = "delivered" // the bot answered 2xx
	Failed    = "failed"    // given up
)

// Delivery is one callback and its state.
type Delivery struct {
	ID       int       `json:"id"` // counts from 1
	PageID   string    `json:"page_id"`
	PSID     string    `json:"person_id"` // or user_ref; empty for changes of the page
	Field    string    `json:"field"`     // webhook field
	MID      string    `json:"message_id,omitempty"`
	Time     time.Time `json:"time"`
	Body     string    `json:"body"` // the bytes that were signed; of several that went out together, each its own
	State    string    `json:"state"`
	CopyOf   int       `json:"copy_of,omitempty"` // the delivery of which it is the repetition that [Disorder] asked for
	Attempts []Attempt `json:"attempts,omitempty"`

	page    *page
	lot     lot
	began   int       // the entry of its last attempt
	arrived time.Time // of the wall clock
}

// callbackClient is the platform's HTTP client: no redirects.
func callbackClient(given *http.Client) *http.Client {
	client := http.Client{}
	if given != nil {
		client = *given
	} else {
		client.Transport = &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second}
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// deliver posts callbacks that go out together until they are taken or given up, or go back into their queues.
func (s *Simulator) deliver(g *group) {
	for try := 0; ; try++ {
		at := s.now()
		s.mu.Lock()
		webhook, removed := s.webhook, g.page.removed
		seq := s.begin()
		for _, d := range g.all() {
			d.began = seq
		}
		s.mu.Unlock()
		got := exchanged{err: errPageRemoved}
		body := g.body()
		if !removed {
			got = s.postSigned(s.ctx, g.page.appID, body, callbackHead{delivery: g.first().ID})
		}
		attempt := got.attempt(at)
		attempt.Batch = g.batch()
		attempt.Advice = s.advise(got, webhook, g.page.appID)
		s.mu.Lock()
		for _, d := range g.all() {
			s.addAttempt(d, attempt)
		}
		// Not of a webhook that was replaced meanwhile, nor of a simulator that ends.
		if s.webhook == webhook && s.problem != attempt.problem() && s.ctx.Err() == nil && !removed {
			s.problem = attempt.problem()
			s.publish("webhook", s.webhookState())
		}
		subscribed := !g.page.unsubscribed
		pause, next := s.afterAttempt(g, attempt, got, try)
		unsubscribed := subscribed && g.page.unsubscribed
		last := next == settled
		e := Entry{
			Seq: seq, Time: at, Kind: EntryCallback, Name: g.first().Field, PageID: g.page.id, PSID: g.psid(), Preview: previewCallback(string(body)),
			Status: attempt.Status, DurationMS: attempt.DurationMS, Error: attempt.Error, Advice: attempt.Advice, DeliveryID: g.first().ID,
			Batch: attempt.Batch, Final: last && attempt.Error != "", MIDs: g.mids(),
		}
		e.keep(string(body))
		s.end(e)
		s.mu.Unlock()
		// A logger may call the simulator, and may wait for who reads it.
		if attempt.Error != "" {
			s.cfg.Logger.Warn("callback not taken",
				"field", e.Name, "person", e.PSID, "try", try+1, "final", last, "error", attempt.Error, "advice", attempt.Advice)
		}
		if unsubscribed {
			s.cfg.Logger.Warn("the app was unsubscribed: its webhook failed for an hour", "page", e.PageID)
		}
		if next != repeated {
			return
		}
		s.pause(g.page, pause)
	}
}

// What happens to callbacks after an attempt.
type nextStep int

const (
	settled  nextStep = iota // they were taken, or are given up
	repeated                 // they are posted again, and their successors wait
	requeued                 // they are back in their queues
)

// afterAttempt decides what happens next, and does all but wait. s.mu must be held.
func (s *Simulator) afterAttempt(g *group, attempt Attempt, got exchanged, try int) (pause time.Duration, next nextStep) {
	final := errors.Is(got.err, errNoWebhook) || errors.Is(got.err, errPageRemoved) || s.ctx.Err() != nil || s.disorder.Retries == RetriesNone || g.page.unsubscribed
	switch {
	case attempt.Error == "":
		g.page.outage = outage{}
		s.finishAll(g, Delivered)
		return 0, settled
	case !final && s.disorder.Retries == RetriesPlatform:
		s.requeue(g)
		s.fail(g.page)
		if g.page.unsubscribed {
			return 0, settled
		}
		s.publishAll(g)
		return 0, requeued
	case final || try >= len(s.cfg.RetryPauses):
		s.finishAll(g, Failed)
		return 0, settled
	}
	s.publishAll(g)
	return s.cfg.RetryPauses[try], repeated
}

// finish ends a delivery. s.mu must be held.
func (s *Simulator) finish(d *Delivery, state string) {
	d.State = state
	s.pending--
	s.publish("delivery", d.brief())
}

// mids are the messages that callbacks which go out together tell of.
func (g *group) mids() []string {
	var mids []string
	for _, d := range g.all() {
		if d.MID != "" {
			mids = append(mids, d.MID)
		}
	}
	return mids
}

func (s *Simulator) finishAll(g *group, state string) {
	for _, d := range g.all() {
		s.finish(d, state)
	}
	g.free()
}

func (s *Simulator) publishAll(g *group) {
	for _, d := range g.all() {
		s.publish("delivery", d.brief())
	}
}

// pause waits before a quick retry.
func (s *Simulator) pause(pg *page, d time.Duration) {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-pg.gone:
	case <-s.ctx.Done():
	}
}

var (
	errNoWebhook   = errors.New("no webhook is set")
	errPageRemoved = errors.New("the page was removed")
)

// signature says how a callback is signed; its zero value is right.
type signature string

const (
	signatureBad  = "bad"
	signatureNone = "none"
)

// callbackHead is what the header of a callback depends on.
type callbackHead struct {
	signature signature
	delivery  int // 0: none
}

// deliveryHeader names the [Delivery] of a callback. A bot that sends it back with its calls says exactly which callback they
// answer ([Request.AnswersDelivery]). The platform has no such header.
const deliveryHeader = "X-Simulator-Delivery"

// postSigned signs one body with the secret of an app and posts it, once.
func (s *Simulator) postSigned(ctx context.Context, appID string, body []byte, head callbackHead) exchanged {
	s.mu.Lock()
	webhook, secret := s.webhook, s.apps[appID]
	s.mu.Unlock()
	if webhook == "" {
		return exchanged{err: errNoWebhook}
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AnswerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, webhook, bytes.NewReader(body))
	if err != nil {
		return exchanged{err: errors.New("the webhook URL does not work")}
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Facebook-Api-Version", graphVersion)
	req.Header.Set("User-Agent", "facebookexternalua")
	if head.delivery != 0 {
		req.Header.Set(deliveryHeader, strconv.Itoa(head.delivery))
	}
	if head.signature == signatureBad {
		secret += " is not it"
	}
	if head.signature != signatureNone {
		req.Header.Set("X-Hub-Signature", signSHA1(secret, body))
		req.Header.Set("X-Hub-Signature-256", sign(secret, body))
	}
	return s.exchange(req)
}

// rawName is the name of an [Entry] whose callback was posted as bytes.
const rawName = "raw"

// PostRaw signs body with the secret of [Config.AppID] and posts it to the
// webhook as it is, once, at once and past the queues: for callbacks no platform
// would send. In the log it has the name "raw". It returns the bot's status.
func (s *Simulator) PostRaw(ctx context.Context, body []byte) (status int, err error) {
	if s.ctx.Err() != nil {
		return 0, ErrClosed
	}
	_, got := s.postLogged(ctx, Entry{Name: rawName}, body, callbackHead{})
	if got.err != nil {
		return got.status, fmt.Errorf("simulator: posting to the webhook: %w", got.err)
	}
	return got.status, nil
}

// Deliveries returns every callback in the order of the acts, with its state. The
// result is a copy.
func (s *Simulator) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Delivery, 0, len(s.deliveries))
	for _, d := range s.deliveries {
		list = append(list, *d)
	}
	return list
}

// Flush waits until every callback is answered or given up, those that were
// added meanwhile included. It returns ctx's error when ctx ends first. What
// failed is in [Simulator.Deliveries]. What [Disorder] holds back goes out now;
// retries of the platform ([RetriesPlatform]) wait for the clock.
func (s *Simulator) Flush(ctx context.Context) error {
	s.mu.Lock()
	s.flushing++
	s.notify()
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flushing--
	}()
	err := s.until(ctx, func() bool { return s.pending == 0 })
	if err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("simulator: callbacks still under way: %w", err)
	}
	return err
}
