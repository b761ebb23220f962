package bubble

import (
	"context"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Echo answers a text with itself.
var Echo = routing.Route{Name: "echo", Handler: handling.Func(
	func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	})}

// Three answers with three messages.
var Three = routing.Route{Name: "three", Handler: handling.Dummy{},
	Senders: sending.List(sending.Text("1"), sending.Text("2"), sending.Text("3"))}

// Thumb is a handler with an effect that can be counted.
func Thumb(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
}

// TextPolicy routes texts.
func TextPolicy(routes ...routing.Route) routing.Policy {
	return routing.Policy{receiving.TypeSimpleText: routes}
}

// Route is a route of a function.
func Route(name string, fn handling.Func) routing.Route {
	return routing.Route{Name: name, Handler: fn}
}
