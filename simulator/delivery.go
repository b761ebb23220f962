package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
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
	Body     string    `json:"body"` // the bytes that were signed
	State    string    `json:"state"`
	Attempts []Attempt `json:"attempts,omitempty"`

	page *page
}

// queue holds the callbacks of one person; they go out one after the other.
type queue struct{ waiting []*Delivery }

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

// enqueue puts a callback at the end of its person's queue and starts the queue if
// it rests. s.mu must be held and the simulator not closed.
func (s *Simulator) enqueue(d *Delivery) {
	d.ID, d.State, d.PageID = 1, Waiting, d.page.id
	if n := len(s.deliveries); n > 0 {
		d.ID = s.deliveries[n-1].ID + 1
	}
	before := s.deliveries
	s.deliveries = trim(append(s.deliveries, d), s.cfg.History)
	for _, old := range before[:len(before)+1-len(s.deliveries)] {
		s.forgetAnswers(old)
	}
	s.pending++
	key := d.PageID + "/" + d.PSID
	q := s.queues[key]
	if q == nil {
		q = &queue{}
		s.queues[key] = q
		s.work.Go(func() { s.drain(key, q) })
	}
	q.waiting = append(q.waiting, d)
	s.publish("delivery", *d)
}

func (s *Simulator) drain(key string, q *queue) {
	for {
		s.mu.Lock()
		if len(q.waiting) == 0 {
			delete(s.queues, key)
			s.mu.Unlock()
			return
		}
		d := q.waiting[0]
		q.waiting = q.waiting[1:]
		s.mu.Unlock()
		s.deliver(d)
	}
}

// deliver posts a callback until it is taken, or the retries are used up.
func (s *Simulator) deliver(d *Delivery) {
	for try := 0; ; try++ {
		at := s.now()
		s.mu.Lock()
		webhook, removed := s.webhook, d.page.removed
		seq := s.begin()
		s.mu.Unlock()
		got := exchanged{err: errPageRemoved}
		if !removed {
			got = s.post(s.ctx, d.page.appID, []byte(d.Body))
		}
		attempt := got.attempt(at)
		attempt.Advice = s.advise(got, webhook, d.page.appID)
		last := attempt.Error == "" || try == len(s.cfg.RetryPauses) || errors.Is(got.err, errNoWebhook) || removed || s.ctx.Err() != nil
		if attempt.Error != "" {
			s.cfg.Logger.Warn("callback not taken",
				"field", d.Field, "person", d.PSID, "try", try+1, "final", last, "error", attempt.Error, "advice", attempt.Advice)
		}
		s.mu.Lock()
		s.addAttempt(d, attempt)
		// Not of a webhook that was replaced meanwhile, nor of a simulator that ends.
		if s.webhook == webhook && s.problem != attempt.problem() && s.ctx.Err() == nil && !removed {
			s.problem = attempt.problem()
			s.publish("webhook", s.webhookState())
		}
		if last {
			d.State = Delivered
			if attempt.Error != "" {
				d.State = Failed
			}
			s.pending--
		}
		s.publish("delivery", d.brief())
		s.end(Entry{
			Seq: seq, Time: at, Kind: EntryCallback, Name: d.Field, PageID: d.PageID, PSID: d.PSID, Preview: previewCallback(d.Body),
			Status: attempt.Status, DurationMS: attempt.DurationMS, Error: attempt.Error, Advice: attempt.Advice, DeliveryID: d.ID,
			Final: last && attempt.Error != "",
		})
		s.mu.Unlock()
		if last {
			return
		}
		pause := time.NewTimer(s.cfg.RetryPauses[try])
		select {
		case <-pause.C:
		case <-d.page.gone:
			pause.Stop()
		case <-s.ctx.Done():
			pause.Stop()
		}
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

// post signs one body with the secret of an app and posts it, once.
func (s *Simulator) post(ctx context.Context, appID string, body []byte) exchanged {
	return s.postSigned(ctx, appID, body, "")
}

func (s *Simulator) postSigned(ctx context.Context, appID string, body []byte, how signature) exchanged {
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
	if how == signatureBad {
		secret += " is not it"
	}
	if how != signatureNone {
		req.Header.Set("X-Hub-Signature", signSHA1(secret, body))
		req.Header.Set("X-Hub-Signature-256", sign(secret, body))
	}
	return s.exchange(req)
}

// PostRaw signs body with the secret of [Config.AppID] and posts it to the
// webhook as it is, once, at once and past the queues: for callbacks no platform
// would send. It returns the bot's status.
func (s *Simulator) PostRaw(ctx context.Context, body []byte) (status int, err error) {
	if s.ctx.Err() != nil {
		return 0, ErrClosed
	}
	got := s.post(ctx, s.cfg.AppID, body)
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
// failed is in [Simulator.Deliveries].
func (s *Simulator) Flush(ctx context.Context) error {
	err := s.until(ctx, func() bool { return s.pending == 0 })
	if err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("simulator: callbacks still under way: %w", err)
	}
	return err
}
