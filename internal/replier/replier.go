// Package replier has what only the engine needs of package sending: it makes a sending.Replier whose answers come to the
// engine, and lets texts find what the engine knows. Users get their Replier from the bot, and in tests from sending.Recorder
// and sending.WithValues, so package sending exports neither.
package replier

import "context"

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

// WithLookup returns a context in which the placeholders of texts find their values through find first, and then through what
// the context had before. Package sending sets it.
var WithLookup func(ctx context.Context, find func(name string) (value string, ok bool)) context.Context
