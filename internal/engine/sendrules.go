package engine

import (
	"errors"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/jitter"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// rule says what a failed attempt means. A message that is not sent again has failed,
// and is reported.
type rule struct {
	// again reports whether the message is sent again, outcome is what is recorded of the
	// attempt then, and first is the pause after the first attempt.
	again   func(w *worker, d sending.Delivery, err error) bool
	outcome store.SentOutcome
	first   time.Duration
}

// rules are those of the classes of errors. Those that surely were not executed are the
// same for Config.AtMostOnce.
//
//	class      sent again
//	safe       until the message is a day old
//	later      the same if it is throttled; up to 4 attempts otherwise
//	new token  always, when the page has one
//	uncertain  until 4 attempts were uncertain; not with AtMostOnce, except that a public
//	           reply is looked for first
//	never      no
var rules = map[graph.Retry]rule{
	graph.RetrySafe:      {(*worker).isYoung, store.OutcomeRetry, time.Second},
	graph.RetryLater:     {(*worker).isTemporary, store.OutcomeRetry, 5 * time.Second},
	graph.RetryNewToken:  {(*worker).always, store.OutcomeRetry, 0},
	graph.RetryUncertain: {(*worker).mayDouble, store.OutcomeUncertain, time.Second},
	graph.RetryNever:     {(*worker).never, store.OutcomeRefused, 0},
}

func (w *worker) always(sending.Delivery, error) bool { return true }

func (w *worker) never(sending.Delivery, error) bool { return false }

// isYoung reports whether a message is not yet given up for its age.
func (w *worker) isYoung(d sending.Delivery, _ error) bool {
	return d.Attempt <= laterTries || w.now().Sub(d.CreatedAt.Add(d.Message.Delay)) <= giveUpSending
}

// isTemporary reports whether the platform may take a message later that it refused for
// a time.
func (w *worker) isTemporary(d sending.Delivery, err error) bool {
	return w.isYoung(d, err) && (errors.Is(err, graph.ErrRateLimited) || d.Attempt < laterTries)
}

// mayDouble reports whether a message of unknown outcome is sent again.
func (w *worker) mayDouble(d sending.Delivery, err error) bool {
	if w.e.cfg.AtMostOnce && d.Message.Public == nil {
		return false
	}
	return w.isYoung(d, err) && w.countUncertain(d) < uncertainTries-1
}

// countUncertain counts a message's attempts of unknown outcome.
func (w *worker) countUncertain(d sending.Delivery) int {
	var sent []store.Sent
	err := recovered(w.log, "the store's Sent", func() (err error) {
		sent, err = w.e.cfg.Store.Sent(w.e.reading(), d.PageID, d.PSID, 100)
		return err
	})
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
	return pause*3/4 + jitter.Below(pause/2)
}
