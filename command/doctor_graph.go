package command

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
)

const (
	smallSkew = 10 * time.Second // of a clock, with the time that an answer takes
	largeSkew = time.Minute
)

// lastDays are when versions of the Graph API end, by their first number, as far as the platform has said. See
// https://developers.facebook.com/docs/graph-api/changelog
var lastDays = map[int]string{21: "2027-01-21", 22: "2027-05-20", 23: "2027-10-08", 24: "2028-02-18", 25: "2028-07-29"}

// oldestVersion is the first number of the oldest version that is not removed yet.
const oldestVersion = 21

// answerHeaders keeps what the headers of the last answer say besides.
type answerHeaders struct {
	now func() time.Time
	to  http.RoundTripper

	mu      sync.Mutex
	version string        // by which the call was answered; empty: not told
	skew    time.Duration // of this machine's clock; positive: it is fast
	dated   bool
}

// RoundTrip makes a call.
func (h *answerHeaders) RoundTrip(request *http.Request) (*http.Response, error) {
	before := h.now()
	response, err := h.to.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.version = cmp.Or(response.Header.Get("Facebook-Api-Version"), h.version)
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		h.dated = true
		h.skew = skewOf(before, h.now(), date, time.Second)
	}
	return response, nil
}

// skewOf is by how much a clock is fast, if another one, which shows whole units, was read between two times: 0 if that may be
// right.
func skewOf(before, after, other time.Time, unit time.Duration) time.Duration {
	switch {
	case other.Add(unit).Before(before):
		return before.Sub(other.Add(unit))
	case other.After(after):
		return -other.Sub(after)
	}
	return 0
}

// graph checks that the Graph API can be reached, and its version. The other checks of the platform need both.
func (d *examination) graph(ctx context.Context) bool {
	const check = "graph"
	var page struct{ ID, Name, Username string }
	query := url.Values{"fields": {"id,name"}}
	if d.kind == ofInstagramLogin {
		query.Set("fields", "user_id,username")
	}
	err := d.client.Do(ctx, graph.Request{PageID: graph.Me, Path: graph.Me, Query: query}, &page)
	if err != nil {
		d.failed(check, err)
		return false
	}
	asked := cmp.Or(d.env(envGraphVersion), graph.DefaultVersion)
	const do = "set " + envGraphVersion + " to a newer version, or take a newer version of this library"
	switch number, last := versionNumber(asked); {
	case d.seen.version != "" && d.seen.version != asked:
		d.report(check, problem, fmt.Sprintf("the platform answers by %s: it no longer has %s", d.seen.version, asked), do)
	case number < oldestVersion, !last.IsZero() && d.config.now().After(last):
		d.report(check, problem, "the platform no longer has version "+asked, do)
	case !last.IsZero() && d.config.now().Add(6*soon).After(last):
		d.report(check, warning, fmt.Sprintf("the platform has version %s until %s", asked, last.Format(time.DateOnly)), do)
	default:
		d.report(check, fine, fmt.Sprintf("version %s answers for %s", asked, cmp.Or(page.Name, page.Username, page.ID)), "")
	}
	return true
}

// versionNumber is the first number of a version, and its last day; zero if that is not known.
func versionNumber(version string) (number int, last time.Time) {
	first, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	number, _ = strconv.Atoi(first)
	last, _ = time.Parse(time.DateOnly, lastDays[number])
	return number, last
}

// clock compares this machine's with that of the platform.
func (d *examination) clock() {
	if !d.seen.dated {
		d.report("clock", skipped, "the platform does not say what time it is", "")
		return
	}
	d.reportSkew("clock", "the platform's", d.seen.skew)
}

func (d *examination) reportSkew(check, whose string, skew time.Duration) {
	direction, status := "fast", warning
	if skew < 0 {
		direction, skew = "slow", -skew
	}
	switch {
	case skew <= smallSkew:
		d.report(check, fine, "this machine agrees with "+whose, "")
		return
	case skew > largeSkew:
		status = problem
	}
	d.report(check, status, fmt.Sprintf("this machine's clock is %s by %s against %s", direction, skew.Round(time.Second), whose),
		"synchronize it by NTP: messaging windows, timers and certificates go by it")
}
