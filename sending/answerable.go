package sending

import "github.com/djmessenger/messenger/receiving"

// Answerable reports whether an event can be answered at all. Every route can
// answer an act of a person. Only a route under the event's own type can answer
// other events, such as an echo of what a human wrote in the page's inbox, a
// handover, or a policy notice. Deliveries, reads, the bot's own echoes, events
// on standby and events without a person cannot be answered.
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
