package sending

import "github.com/djmessenger/messenger/receiving"

// Answerable reports whether an event can be answered at all. An act of a person
// can, by every route. What is no act (an echo of what a human wrote in the
// page's inbox, a hand-over, a policy notice, …) can by a route under the event's
// own type alone. Deliveries, reads, the bot's own echoes, everything on standby
// and events that have no person never can.
//
// ownEcho says that the event is an echo of a message that the bot itself sent.
func Answerable(ev *receiving.Event, ownEcho bool) bool {
	return !ev.Standby && !ownEcho && ev.PersonID+ev.UserRef != "" && AnswerableType(ev.Type)
}

// AnswerableType reports whether there can be an event of the type that is
// [Answerable]: deliveries and reads never are.
func AnswerableType(t receiving.Type) bool {
	return t != receiving.TypeDelivered && t != receiving.TypeRead
}
