// Package messenger is a framework for Facebook Messenger bots that live inside
// a Go service.
//
// A [Bot] is an http.Handler for the platform's callbacks. It checks each
// callback's signature, makes its events durable, and only then answers 200.
// Workers then handle the events, one conversation in order, many at once: a
// routing policy maps the receiving type of each event to handlers, and the
// senders of a handler that acted compose the answers, which the bot delivers
// through the Graph API.
//
//	policy := routing.Policy{
//		receiving.TypeDefault: {{Handler: handling.UserProfile{}}},
//		receiving.TypeSimpleText: {{
//			Handler: handling.SimpleText{Pattern: `(?i)hi|hello`},
//			Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}),
//		}},
//	}
//	bot, err := messenger.New(messenger.Config{
//		Apps:        messenger.App(appSecret),
//		VerifyToken: secret.New(verifyToken),
//		Tokens:      graph.PageToken(pageToken),
//		Store:       st,
//		Policy:      policy,
//	})
//	if err != nil {
//		return err
//	}
//	mux.Handle("/webhook", bot)
//	return bot.Run(ctx)
//
// # What holds
//
//   - What was answered 200 is durable; a callback that could not be stored is
//     answered 503, and the platform sends it again.
//   - An event takes effect once, however often it is delivered. A handler may
//     run again for it after a failure; receiving.Event.Key is the same then.
//   - The events of a conversation are handled in order, one at a time, and its
//     messages go out in order, whatever number of replicas works on them.
//   - What a turn's handlers wrote, the end of its event, and what is to be
//     sent become durable together, or not at all.
//   - A send whose fate is unknown, because the process or the connection died
//     after the request was written, is the one thing that may double: the
//     platform has no idempotency key. [Config.AtMostOnce] turns that round.
//   - One slow or failing person, handler, page or token delays no other.
//
// # Where to read on
//
// Package receiving has the events and their types, routing the policy,
// handling what acts, sending what answers, store what is remembered, graph the
// platform's API, threadsettings the greeting and the menu, i18n the
// translations. Package simulator is the platform's other side, to develop and
// test without Facebook, and messengertest puts it under a Go test.
package messenger
