package graph

import (
	"net/http"
	"time"
)

// usageLife is how long a report counts: the platform's windows are rolling.
const usageLife = time.Hour

// Usage is how much of the rate limits a page has used, and until when the platform refuses its calls, as last reported
// in the answers to the page's calls, separately for each allowance. It is a plain value; an allowance that was never
// reported is the zero [Allowance].
//
// The platform reports only "after enough calls". Percent and RegainAt ignore reports that are an hour old or older. See
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
type Usage struct {
	App       Allowance // X-App-Usage: the app's, for all its pages together
	Instagram Allowance // X-Business-Use-Case-Usage of type instagram
	Messenger Allowance // X-Business-Use-Case-Usage of type messenger
	Page      Allowance // X-Page-Usage, nearly obsolete
	Pages     Allowance // X-Business-Use-Case-Usage of type pages
}

// Allowance is the last report about one allowance.
type Allowance struct {
	CallCount float64       // percent of the calls; may pass 100
	CPUTime   float64       // percent of the processor's time
	TotalTime float64       // percent of the time
	Regain    time.Duration // until calls are accepted again, counted from Seen, at most 24 h; 0: they are accepted
	Seen      time.Time     // when it was reported; zero: never
}

// Percent returns the highest percentage of all allowances that still count, or 0 if nothing is known. At 100 the
// platform refuses calls.
func (u Usage) Percent() float64 {
	highest, now := 0.0, time.Now()
	for _, a := range u.all() {
		if a.counts(now) {
			highest = max(highest, a.Percent())
		}
	}
	return highest
}

// RegainAt returns until when the platform refuses the page's calls, by its own estimate. It is the zero Time if the
// page may call now.
func (u Usage) RegainAt() time.Time {
	var latest time.Time
	now := time.Now()
	for _, a := range u.all() {
		if at := a.Seen.Add(a.Regain); a.Regain > 0 && at.After(now) && at.After(latest) {
			latest = at
		}
	}
	return latest
}

// Percent returns the highest of the three percentages, whether they still count or not.
func (a Allowance) Percent() float64 { return max(a.CallCount, a.CPUTime, a.TotalTime) }

// counts reports whether an allowance still applies. A used-up allowance no longer applies once access is regained.
func (a Allowance) counts(now time.Time) bool {
	if a.Regain > 0 {
		return now.Before(a.Seen.Add(a.Regain))
	}
	return now.Before(a.Seen.Add(usageLife))
}

func (u Usage) all() [5]Allowance {
	return [...]Allowance{u.App, u.Instagram, u.Messenger, u.Page, u.Pages}
}

// update returns u with each allowance that a newer report has.
func (u Usage) update(told Usage) Usage {
	newer := func(old, told Allowance) Allowance {
		if told.Seen.Before(old.Seen) {
			return old
		}
		return told
	}
	return Usage{
		App:       newer(u.App, told.App),
		Instagram: newer(u.Instagram, told.Instagram),
		Messenger: newer(u.Messenger, told.Messenger),
		Page:      newer(u.Page, told.Page),
		Pages:     newer(u.Pages, told.Pages),
	}
}

// Usage returns what the answers to the page's calls have reported: the zero Usage if none has yet. It does not block.
// Calls of other processes are not known; the client remembers the 10,000 pages with the latest reports.
func (c *Client) Usage(page string) Usage { return c.usage.of(page) }

// noteUsage records what an answer reports.
func (c *Client) noteUsage(page string, header http.Header) {
	told := parseUsage(header, time.Now())
	if told == (Usage{}) {
		return
	}
	usage := c.usage.add(page, told)
	if c.config.OnUsage != nil {
		c.config.OnUsage(page, usage)
	}
}
