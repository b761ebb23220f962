package graph

import (
	"net/http"
	"time"
)

// usageLife is how long what the platform told counts: its windows roll on.
const usageLife = time.Hour

// Usage says what shares of its allowances a page has used up, and until when it is shut out, as the answers to that
// page's calls last told, each allowance for itself. It is a plain value; of an allowance that no answer told of, it has
// the zero [Allowance].
//
// The platform tells only "after enough calls". What it told an hour ago or more no longer counts: Percent and RegainAt
// leave it out. See https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
type Usage struct {
	App       Allowance // X-App-Usage: the app's, for all its pages together
	Instagram Allowance // X-Business-Use-Case-Usage of type instagram
	Messenger Allowance // X-Business-Use-Case-Usage of type messenger
	Page      Allowance // X-Page-Usage, which the platform has all but given up
	Pages     Allowance // X-Business-Use-Case-Usage of type pages
}

// Allowance is what one answer told about one allowance.
type Allowance struct {
	CallCount float64       // percent of the calls; may pass 100
	CPUTime   float64       // percent of the processor's time
	TotalTime float64       // percent of the time
	Regain    time.Duration // until calls are answered again, counted from Seen, at most 24 h; 0: they are answered
	Seen      time.Time     `json:",omitzero"` // when it was told; zero: never, and left out of the JSON
}

// Percent returns the highest percentage of all allowances that still count, or 0 if nothing is known. At 100 the platform
// refuses calls.
func (u Usage) Percent() float64 {
	highest, now := 0.0, time.Now()
	for _, a := range u.all() {
		if a.counts(now) {
			highest = max(highest, a.Percent())
		}
	}
	return highest
}

// RegainAt returns until when the page must stay silent, since its calls would be refused: the platform's estimate. It is
// the zero Time if the page may call now.
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

// counts reports whether an allowance says something about now. One that was used up says nothing once it is regained.
func (a Allowance) counts(now time.Time) bool {
	if a.Regain > 0 {
		return now.Before(a.Seen.Add(a.Regain))
	}
	return now.Before(a.Seen.Add(usageLife))
}

func (u Usage) all() [5]Allowance {
	return [...]Allowance{u.App, u.Instagram, u.Messenger, u.Page, u.Pages}
}

// update returns u with each allowance that told has newer.
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

// Usage returns what the answers to the page's calls have told about its allowances: the zero Usage if none has yet. It
// waits for nothing. What this process has not called itself it does not know; the client remembers the 10,000 pages that
// were last told of.
func (c *Client) Usage(pageID string) Usage { return c.usage.of(pageID) }

// noteUsage keeps what an answer tells.
func (c *Client) noteUsage(pageID string, header http.Header) {
	told := parseUsage(header, time.Now())
	if told == (Usage{}) {
		return
	}
	usage := c.usage.add(pageID, told)
	if c.config.OnUsage != nil {
		c.config.OnUsage(pageID, usage)
	}
}
