package engine

import (
	"errors"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// retry says whether and when an event is tried again. The zero value: it is not.
type retry struct {
	again bool
	// uncounted reports that the try does not count: all that failed and have tries left
	// asked for a time.
	uncounted bool
	// pause is the longest that one of them waits.
	pause time.Duration
	// elsewhere reports that another replica should have the event: this one gives itself no hint.
	elsewhere bool
}

// retryOf decides what follows a turn: the event is tried again, as a whole, if one of
// its failures may have another try.
func (t *turn) retryOf() (r retry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	policies := map[string]handling.Retry{}
	for _, s := range t.steps {
		policies[s.Name] = s.Retry
	}
	r.add(t.failure, t.w.e.cfg.Retry, t.queued.Attempts+1, t.age)
	for _, failed := range t.routes {
		r.add(failed.err, policies[failed.name].Or(t.w.e.cfg.Retry), t.queued.Attempts+1, t.age)
	}
	if r.again {
		r.pause += spread(r.pause, t.queued.Key, t.queued.Attempts)
	}
	return r
}

// add adds a failure of a try of an event that was stored so long ago.
func (r *retry) add(err error, policy handling.Retry, try int, age time.Duration) {
	if !retryable(err) {
		return
	}
	pause, asked := handling.RetryAfterOf(err)
	uncounted := asked && age < policy.MaxWait
	if !uncounted && try >= policy.Tries {
		return
	}
	if !asked {
		pause = pauseAfter(policy, try)
	}
	r.uncounted = uncounted && (r.uncounted || !r.again)
	r.again = true
	r.pause = max(r.pause, pause)
	var newer *store.SessionVersionError
	r.elsewhere = r.elsewhere || handling.IsElsewhere(err) || errors.As(err, &newer)
}

// retryable reports whether an error may have another try.
func retryable(err error) bool {
	var field *sending.FieldError
	return err != nil && !errors.Is(err, errFatal) && !handling.IsPermanent(err) &&
		!errors.As(err, &field) && !errors.Is(err, graph.ErrOutsideWindow)
}

// pauseAfter is the pause after so many tries.
func pauseAfter(policy handling.Retry, tries int) time.Duration {
	if len(policy.Pauses) == 0 {
		return 0
	}
	return policy.Pauses[min(tries, len(policy.Pauses))-1]
}

// maxSpread bounds what is added to a pause.
const maxSpread = 30 * time.Second

// spread is what is added to a pause: up to a quarter of it. It is by the event and not at random,
// so that events that fail together, in an outage of a back end, are spread, and what a run does
// can be repeated.
func spread(pause time.Duration, key string, attempts int) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key + "\x00" + strconv.Itoa(attempts)))
	most := min(pause/4, maxSpread)
	return time.Duration(h.Sum64() % uint64(most+1)) //nolint:gosec // below most
}
