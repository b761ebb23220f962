// Package replier lets the engine make a sending.Replier whose answers come to the engine. Users get theirs from the bot, and
// in tests from sending.Recorder, so package sending exports no constructor.
package replier

// New makes a *sending.Replier for a route and its event. Package sending sets it. The event is a *receiving.Event. The outlet
// gets what the Replier is given, in these methods:
//
//	Queue(ctx context.Context, messages []sending.Message) error              // messages that have passed Validate
//	Refused(ctx context.Context, messages []sending.Message, err error)       // what the Replier refuses itself, and its error
//	Cancel(ctx context.Context, key string) error                             // takes back the messages of a key
//	Now(ctx context.Context, action sending.Action) error                     // sends a sender action without waiting
//
// The types are of a package that imports this one, so they cannot be named here. New panics on an outlet that lacks one of
// the methods.
var New func(event, outlet any) any
