package simulator

import (
	"slices"
	"time"
)

// callsPeriod is the time within which the calls of the Messenger Profile API and of custom_user_settings are counted, and
// maxCalls is how many the platform takes in it, for a page or a person; see
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
const (
	maxCalls    = 10
	callsPeriod = 10 * time.Minute
)

// recentCalls are the times of the calls within the last period.
type recentCalls []time.Time

// allow counts a call, unless there have been limit of them; a negative limit is none.
func (r *recentCalls) allow(at time.Time, limit int) bool {
	if limit < 0 {
		return true
	}
	*r = slices.DeleteFunc(*r, func(call time.Time) bool { return at.Sub(call) >= callsPeriod })
	if len(*r) >= limit {
		return false
	}
	*r = append(*r, at)
	return true
}

// free is how long it takes from a time on until another call is taken.
func (r *recentCalls) free(at time.Time) time.Duration {
	if len(*r) == 0 {
		return 0
	}
	return callsPeriod - at.Sub((*r)[0])
}
