package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// platformPauses are the waits after the first failure of a page's callbacks, the second, and so on; the last one repeats.
var platformPauses = []time.Duration{0, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}

// outageMost is how long a bot can fail before it is unsubscribed.
const outageMost = time.Hour

var (
	errUnsubscribed = errors.New("the app was unsubscribed from the page: callbacks failed for an hour")
	errDelay        = errors.New("simulator: delay_ms is the shortest and the longest delay, from 0 to 60000, such as [0,300]")
)

// outage says since when a page's callbacks fail.
type outage struct {
	since    time.Time // the first failure
	failures int       // in a row
	next     time.Time // retry
	driver   *queue    // posts it
}

// down reports whether callbacks of the page wait and go out together: they have failed twice in a row.
func (o *outage) down() bool { return o.failures >= 2 }

// Outage is a page whose bot does not take callbacks, with [RetriesPlatform].
type Outage struct {
	PageID       string    `json:"page_id"`
	Since        time.Time `json:"since,omitzero"` // the first failure
	Failures     int       `json:"failures"`       // in a row
	Next         time.Time `json:"next,omitzero"`  // the next try
	Unsubscribed bool      `json:"unsubscribed"`   // until POST /{page}/subscribed_apps, or [PageControl.SetFields]
}

// Outages returns the pages whose bot does not take callbacks, and those from which it was unsubscribed for that.
func (s *Simulator) Outages() []Outage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outages()
}

// outages must be called with s.mu held.
func (s *Simulator) outages() []Outage {
	list := []Outage{}
	for _, pg := range s.pages {
		if o := pg.outage; o.failures > 0 || pg.unsubscribed {
			list = append(list, Outage{PageID: pg.id, Since: o.since, Failures: o.failures, Next: o.next, Unsubscribed: pg.unsubscribed})
		}
	}
	return list
}

// fail notes that the bot did not take callbacks of a page, and says when they are posted again. It unsubscribes the app when
// that goes on for an hour. s.mu must be held.
func (s *Simulator) fail(pg *page) {
	at := s.now()
	o := &pg.outage
	if o.failures == 0 {
		o.since = at
	}
	pause := platformPauses[min(o.failures, len(platformPauses)-1)]
	o.failures++
	o.driver = nil
	if at.Sub(o.since) >= outageMost {
		s.unsubscribe(pg, at)
		return
	}
	o.next = at.Add(pause)
	if last := o.since.Add(outageMost); o.next.After(last) {
		o.next = last
	}
}

// unsubscribe ends the subscription of a page's app: what waits is given up. s.mu must be held.
func (s *Simulator) unsubscribe(pg *page, at time.Time) {
	pg.unsubscribed, pg.outage = true, outage{}
	s.publish("page", map[string]string{"changed": pg.id})
	const advice = "Repair the bot and subscribe again: POST /{page}/subscribed_apps."
	for _, q := range s.queues {
		if q.page != pg {
			continue
		}
		for _, d := range q.waiting {
			s.addAttempt(d, Attempt{Time: at, Error: errUnsubscribed.Error(), Advice: advice})
			s.finish(d, Failed)
		}
		q.waiting = nil
	}
	s.warn(pg, "unsubscribed", fmt.Sprintf("The bot of page %s did not take callbacks for an hour: the platform has unsubscribed it.", pg.id), advice)
}

// resubscribe replaces the fields of a page, and ends what unsubscribe did. s.mu must be held.
func (p *page) resubscribe(fields []string) {
	p.fields, p.unsubscribed, p.outage = slices.Clone(fields), false, outage{}
}
