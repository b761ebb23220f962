package upgradetest

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// The conversations of the scenario, each named after the state that it is in when the
// process dies.
var (
	interrupted = conv(page1, "interrupted") // three times, by the ends of leases
	alone       = conv(page1, "alone")       // leased, and its event is marked as running alone
	leased      = conv(page1, "leased")      // leased, with a send whose request may have been made
	paused      = conv(page1, "paused")      // given back after a failure, for two hours
	resting     = conv(page2, "resting")     // the same, and an event arrives after the upgrade
	unknown     = conv(page1, "unknown")     // given back to wait for the echo of a send
	retried     = conv(page1, "retried")     // due, its head has failed before
	sending     = conv(page1, "sending")     // has sends only
	replayed    = conv(page2, "replayed")    // a dead letter waits again
	ordered     = conv(page2, "ordered")     // events that arrived out of order
	failed      = conv(page2, "failed")      // has dead letters only
	unsent      = conv(page3, "unsent")      // a message was deleted
	handled     = conv(page3, "handled")     // nothing is left to do
	forgotten   = conv(page4, "forgotten")   // nothing is known any more
)

// The events that wait, except for those of the ordered conversation. The scenario has
// them in the order of their arrival.
var (
	crash1  = text(interrupted, "crash-1", at(10*time.Minute))
	crash2  = text(interrupted, "crash-2", at(10*time.Minute+time.Microsecond))
	poison  = text(alone, "poison", at(14*time.Minute))
	after   = text(alone, "after", at(14*time.Minute+time.Second))
	answer1 = text(leased, "answer-1", at(16*time.Minute)) // its turn has committed
	answer2 = text(leased, "answer-2", at(16*time.Minute))
	pause1  = text(paused, "pause-1", at(18*time.Minute)) // failed once
	pause2  = text(paused, "pause-2", at(18*time.Minute))
	rest1   = text(resting, "rest-1", at(19*time.Minute))  // failed once
	retry1  = text(retried, "retry-1", at(24*time.Minute)) // failed three times
	retry2  = text(retried, "retry-2", at(24*time.Minute))
	replay1 = text(replayed, "replay-1", at(6*time.Minute))
	replay2 = text(replayed, "replay-2", at(44*time.Minute))                                                                                          // waited already when the first was replayed
	dead1   = text(failed, "dead-1", at(7*time.Minute))                                                                                               // two routes failed
	dead2   = event{Conversation: failed, key: "dead-2", time: at(7 * time.Minute), body: "echo", echoOf: "send-of-dead-2", put: at(7 * time.Minute)} // all of it failed
	dead3   = text(failed, "dead-3", at(7*time.Minute))                                                                                               // failed again after a replay
)

// arrivals are the events of the ordered conversation as they arrive.
var arrivals = []event{
	{ordered, "late", at(30 * time.Second), "late", "", at(50 * time.Minute), 0, nil},
	{ordered, "early", at(10 * time.Second), "\x00\xff' \"\n\\", "", at(51 * time.Minute), 0, nil},
	{ordered, "same-1", at(20 * time.Second), "ü €\U0001F600", "", at(52 * time.Minute), 0, nil},
	{ordered, "same-2", at(20 * time.Second), "same", "", at(52 * time.Minute), 0, nil},
	{ordered, "no-time", time.Time{}, "", "", at(53 * time.Minute), 0, nil},
	{ordered, "echo", at(40 * time.Second), "echo", "send of another database", at(54 * time.Minute), 0, nil},
}

// The sends that wait.
var (
	answerA  = message(leased, "answer-1/a", "answer-1") // a request may have been made
	answerB  = message(leased, "answer-1/b", "answer-1")
	unknownA = message(unknown, "unknown-a", "unknown-a") // twice with an unknown outcome
	unknownB = message(unknown, "unknown-b", "unknown-a")
	tried    = message(sending, "tried", "tried") // failed once
	next1    = message(sending, "next-1", "next")
	next2    = message(sending, "next-2", "next")
	delayed  = send{sending, "delayed", "delayed", "later", 3 * time.Hour, time.Time{}, 0}
)

// Where the processing of each stood.
var (
	answerStarted  = at(16*time.Minute + time.Second)
	unknownStarted = at(22 * time.Minute)
	pauseEnds      = at(2*time.Hour + 18*time.Minute)
	restEnds       = at(2*time.Hour + 19*time.Minute)
	replayedAt     = at(45 * time.Minute)
	delayedUntil   = at(3*time.Hour + 26*time.Minute)
)

// tries returns an event of which that many turns failed.
func tries(ev event, n int) event {
	ev.attempts = n
	return ev
}

func startedAt(s send, when time.Time, attempts int) send {
	s.started, s.attempts = when, attempts
	return s
}

// due is what the next claim hands out after the process has died, oldest due first. Sends from outside of turns are last where the
// fixture was written by a version for which they are background work.
func due(background bool) []lease {
	replay := replay1
	replay.put, replay.only = replayedAt, []string{"greet", "ü\"log"}
	failing := tried
	failing.attempts = 1
	leases := []lease{
		{Conversation: interrupted, deliveries: 4, events: []event{crash1, crash2}},
		{Conversation: alone, deliveries: 2, fatal: poison.key, events: []event{poison, after}},
		{
			Conversation: leased, deliveries: 1, events: []event{answer2},
			sends: []send{startedAt(answerA, answerStarted, 0), answerB},
		},
		{Conversation: retried, deliveries: 1, events: []event{tries(retry1, 3), retry2}},
		{Conversation: sending, deliveries: 1, sends: []send{failing, next1, next2}},
		{Conversation: replayed, deliveries: 1, events: []event{replay2, replay}},
		{Conversation: ordered, deliveries: 1, events: inOrder()},
	}
	if background {
		last := slices.IndexFunc(leases, func(l lease) bool { return l.Conversation == sending })
		leases = append(slices.Delete(slices.Clone(leases), last, last+1), leases[last])
	}
	for i := range leases {
		leases[i].person = personOf(leases[i].Conversation)
	}
	return leases
}

// inOrder are the events of the ordered conversation in the order to handle them.
func inOrder() []event {
	events := slices.Clone(arrivals)
	slices.SortStableFunc(events, func(a, b event) int { return a.time.Compare(b.time) })
	return events
}

// dueAfterPause is what a claim hands out when the pause has ended.
func dueAfterPause() lease {
	return lease{Conversation: paused, deliveries: 1, person: personOf(paused), events: []event{tries(pause1, 1), pause2}}
}

// dueAfterRest is the same, with what has arrived meanwhile.
func dueAfterRest(late event) lease {
	return lease{Conversation: resting, deliveries: 1, person: personOf(resting), events: []event{tries(rest1, 1), late}}
}

// dueAfterDelay is what a claim hands out when the delay has ended.
func dueAfterDelay() lease {
	return lease{Conversation: sending, deliveries: 1, person: personOf(sending), sends: []send{delayed}}
}

// letters are the dead letters, oldest first.
func letters() []letter {
	return []letter{
		dead(tries(dead1, 4), at(8*time.Minute), store.Failure{Route: "greet", Error: "boom: \"ü\""}, store.Failure{Route: "log"}),
		dead(tries(dead2, 1), at(8*time.Minute), store.Failure{Error: "cannot be decoded"}),
		dead(tries(dead3, 1), at(9*time.Minute), store.Failure{Error: "again"}),
	}
}

func dead(ev event, when time.Time, failures ...store.Failure) letter {
	ev.put = time.Time{} // a letter does not have it
	return letter{ev, failures, when}
}

// replays are the routes that each dead letter is replayed for.
var replays = map[string][]string{dead1.key: {"greet", "log"}, dead2.key: nil, dead3.key: {"a", "b"}}
