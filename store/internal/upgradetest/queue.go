package upgradetest

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// The pages of the scenario. Nothing waits for the last two when the process dies.
const (
	page1 = "101"
	page2 = "102"
	page3 = "103"
	page4 = "104"
	page5 = "105"
	page6 = "106"
)

func conv(pageID, person string) store.Conversation {
	return store.Conversation{PageID: pageID, PSID: person}
}

// event is an event of the scenario, as it is put and as a lease hands it out.
type event struct {
	store.Conversation
	key    string
	time   time.Time
	body   string
	echoOf string
	put    time.Time // when the store received it

	attempts int
	only     []string
}

// text is an event that happened when it was put.
func text(c store.Conversation, key string, put time.Time) event {
	return event{Conversation: c, key: key, time: put, body: "body of " + key, put: put}
}

func (e event) in() store.Event {
	return store.Event{Conversation: e.Conversation, Key: e.key, Time: e.time, Body: []byte(e.body), EchoOf: e.echoOf}
}

func eventOf(q store.QueuedEvent) event {
	return event{
		Conversation: q.Conversation, key: q.Key, time: q.Time, body: string(q.Body), echoOf: q.EchoOf, put: q.ReceivedAt,
		attempts: q.Attempts, only: q.Only,
	}
}

// send is a send of the scenario, as it is added and as a lease hands it out.
type send struct {
	store.Conversation
	key, group, body string
	delay            time.Duration
	started          time.Time // zero if it was not
	attempts         int
}

func message(c store.Conversation, key, group string) send {
	return send{Conversation: c, key: key, group: group, body: "body of " + key}
}

func (s send) in() store.Send {
	return store.Send{Conversation: s.Conversation, Key: s.key, Group: s.group, Body: []byte(s.body), Delay: s.delay}
}

func sendOf(q store.QueuedSend, now time.Time) send {
	s := send{Conversation: q.Conversation, key: q.Key, group: q.Group, body: string(q.Body), delay: q.Delay, attempts: q.Attempts}
	if q.Started {
		s.started = now.Add(-q.StartedAgo)
	}
	return s
}

// lease is what a claim hands out, without the numbers that the store draws.
type lease struct {
	store.Conversation
	deliveries int
	fatal      string // the key of that event
	person     store.Person
	events     []event
	sends      []send
}

func leaseOf(l store.Lease, now time.Time) lease {
	found := lease{Conversation: l.Conversation, deliveries: l.Deliveries, person: l.Person}
	for _, ev := range l.Events {
		found.events = append(found.events, eventOf(ev))
		if l.Fatal == ev.Seq {
			found.fatal = ev.Key
		}
	}
	for _, s := range l.Sends {
		found.sends = append(found.sends, sendOf(s, now))
	}
	return found
}

// letter is a dead letter, without its number.
type letter struct {
	event
	failures []store.Failure
	died     time.Time
}

func letterOf(l store.DeadLetter) letter {
	return letter{
		event: event{
			Conversation: l.Conversation, key: l.Key, time: l.Time, body: string(l.Body), echoOf: l.EchoOf, attempts: l.Attempts,
		},
		failures: l.Failures, died: l.At,
	}
}
