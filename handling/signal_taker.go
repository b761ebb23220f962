package handling

import "github.com/djmessenger/messenger/receiving"

// SignalTaker is implemented by handlers that raise signals for themselves, such as a timer
// after which they go on. The policy's routes need no entry for those: the handler gets
// them wherever its route stands, under its own type or under [receiving.TypeDefault].
//
// For a signal the routes under DEFAULT with routing.Route.Signals run first. Then every
// route whose handler is a SignalTaker asks that, in the order of the types, and of the
// routes under each, until one says yes and handles the signal. Only if none does, the
// routes under [receiving.TypeSignal] run. The route's condition and ShouldHandle are not
// asked: what the conversation waits for has nothing to do with what the person last wrote.
// The route may answer, also under DEFAULT.
type SignalTaker interface {
	Handler
	// TakesSignal reports whether the handler has raised the signal. It should be quick
	// and change nothing. The event's payload is a [*receiving.Signal].
	TakesSignal(ev *receiving.Event) bool
}
