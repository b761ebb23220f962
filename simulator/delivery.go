package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
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

// Attempt is one POST of a callback.
type Attempt struct {
	Time   time.Time `json:"time"`
	Status int       `json:"status,omitempty"` // 0: no answer
	Error  string    `json:"error,omitempty"`  // why it failed
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
	s.deliveries = trim(append(s.deliveries, d), s.cfg.History)
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
		s.mu.Unlock()
		status, err := 0, errPageRemoved
		if !removed {
			status, err = s.post(s.ctx, d.page.appID, []byte(d.Body))
		}
		if err == nil && status/100 != 2 {
			err = fmt.Errorf("the bot answered %d", status)
		}
		attempt := Attempt{Time: at, Status: status}
		last := err == nil || try == len(s.cfg.RetryPauses) || errors.Is(err, errNoWebhook) || removed || s.ctx.Err() != nil
		if err != nil {
			attempt.Error = err.Error()
			s.cfg.Logger.Warn("callback not taken", "field", d.Field, "person", d.PSID, "try", try+1, "final", last, "error", err)
		}
		s.mu.Lock()
		d.Attempts = append(slices.Clip(d.Attempts), attempt)
		// Not of a webhook that was replaced meanwhile, nor of a simulator that ends.
		if s.webhook == webhook && s.webhookError != attempt.Error && s.ctx.Err() == nil && !removed {
			s.webhookError = attempt.Error
			s.publish("webhook", s.webhookState())
		}
		if last {
			d.State = Delivered
			if err != nil {
				d.State = Failed
			}
			s.pending--
		}
		s.publish("delivery", *d)
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

// post signs one body with the secret of an app and posts it, once.
func (s *Simulator) post(ctx context.Context, appID string, body []byte) (status int, err error) {
	s.mu.Lock()
	webhook, secret := s.webhook, s.apps[appID]
	s.mu.Unlock()
	if webhook == "" {
		return 0, errNoWebhook
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AnswerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, webhook, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the webhook URL does not work")
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Facebook-Api-Version", graphVersion)
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set("X-Hub-Signature", signSHA1(secret, body))
	req.Header.Set("X-Hub-Signature-256", sign(secret, body))
	return s.exchange(req, nil)
}

// exchange sends a request to the bot and reads at most as many bytes of the
// answer as answer holds.
func (s *Simulator) exchange(req *http.Request, answer *bytes.Buffer) (int, error) {
	resp, err := s.client.Do(req)
	if err != nil {
		if urlErr, ok := errors.AsType[*url.Error](err); ok {
			err = urlErr.Err
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %v: %w", s.cfg.AnswerTimeout, err)
		}
		return 0, err
	}
	defer resp.Body.Close()
	if answer == nil {
		answer = &bytes.Buffer{}
	}
	if _, err := io.Copy(answer, io.LimitReader(resp.Body, 64<<10)); err != nil {
		return resp.StatusCode, fmt.Errorf("reading the answer: %w", err)
	}
	return resp.StatusCode, nil
}

// PostRaw signs body with the secret of [Config.AppID] and posts it to the
// webhook as it is, once, at once and past the queues: for callbacks no platform
// would send. It returns the bot's status.
func (s *Simulator) PostRaw(ctx context.Context, body []byte) (status int, err error) {
	if s.ctx.Err() != nil {
		return 0, ErrClosed
	}
	status, err = s.post(ctx, s.cfg.AppID, body)
	if err != nil {
		return status, fmt.Errorf("simulator: posting to the webhook: %w", err)
	}
	return status, nil
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
