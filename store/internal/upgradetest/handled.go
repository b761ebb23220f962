package upgradetest

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

var handledAt = at(time.Minute)

// The events and sends of which nothing is left but their dedup keys.
var (
	done1     = text(handled, "done-1", handledAt)
	done2     = text(handled, "done-2", handledAt)
	dropped   = text(forgotten, "dropped", at(57*time.Minute)) // its dead letter was dropped
	erased    = text(forgotten, "erased", at(58*time.Minute))
	deleted1  = text(unsent, "deleted-text", at(4*time.Minute))
	deleted2  = text(unsent, "deleted-echo", at(4*time.Minute)) // never came
	reply     = message(handled, "done-1/reply", "done-1")
	once1     = message(handled, "once", "once") // the head of its group
	once2     = message(handled, "once-2", "once")
	taken     = send{handled, "taken back", "taken back", "x", time.Hour, time.Time{}, 0}
	editsOf   = "edits-of-deleted/"
	deletedBy = store.Unsent{Keys: []string{deleted1.key, deleted2.key}, Edits: editsOf, MID: "m_deleted"}
)

// deletes is the event that says that a message was deleted.
func deletes() store.Event {
	ev := text(unsent, "deletes", at(4*time.Minute)).in()
	ev.Unsends = deletedBy
	return ev
}

// edit is an edit of the message that was deleted.
func edit(n string) store.Event {
	ev := text(unsent, editsOf+n, at(4*time.Minute)).in()
	ev.EditOf = editsOf
	return ev
}

// known are events that the store must still know. They may come again with another
// time and body, and at any conversation.
func known() []store.Event {
	events := []event{
		done1, done2, dropped, erased, deleted1, deleted2, crash1, crash2, poison, after, answer1, answer2, pause1, pause2, rest1,
		retry1, retry2, replay1, replay2, dead1, dead2, dead3,
	}
	all := []store.Event{deletes(), edit("1"), edit("2")}
	for _, ev := range append(events, arrivals...) {
		all = append(all, ev.in())
	}
	return all
}

// knownSends are sends that the store must still know.
func knownSends() []store.Send {
	var all []store.Send
	for _, s := range []send{reply, once1, once2, answerA, answerB, unknownA, unknownB, tried, next1, next2, delayed} {
		all = append(all, s.in())
	}
	// A group with a head that is known is known, whatever else is in it.
	return append(all, message(handled, "once-3", "once").in())
}
