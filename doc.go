// Package messenger is a framework for Facebook Messenger and Instagram bots that
// run inside a Go service.
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
//			Handler: handling.SimpleText{Pattern: `(?i)(hi|hello)\W*`},
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
// # Guarantees
//
//   - A callback that was answered 200 is durable. One that could not be stored is
//     answered 503, and the platform delivers it again.
//   - An event takes effect once, however often it is delivered. A handler may
//     run again after a failure; receiving.Event.Key is the same in every run.
//   - The events of a conversation are handled in order, one at a time, and its
//     messages are sent in order, with any number of replicas.
//   - What a turn's handlers wrote, the end of its event, and its messages become
//     durable together, or not at all.
//   - A send whose outcome is unknown is the one thing that can be sent twice:
//     the platform has no idempotency key. See below.
//   - After a crash conversations resume in parallel. An event becomes a dead
//     letter without being run again only if it ended its process while it ran
//     alone.
//   - One slow, busy or failing person, handler, page or token delays no other, as
//     long as workers are free: a busy page leaves an eighth of Config.Workers to
//     other pages. Replies to people go before messages of [Bot.Send].
//
// # What can be sent twice
//
// A message is sent again if its request may have been made and its result was
// not stored. This is the complete list of how that happens:
//
//   - The process ended after the request was written and before the result was
//     committed: a crash, a kill, a loss of power.
//   - The connection to the platform broke, or timed out, after the request was
//     written, or the answer was a server error that leaves the outcome open.
//   - The process was stopped, or starved of CPU, or cut off from a store that
//     worked for other replicas, for more than 20 s between the request and the
//     commit of its result. Another replica then finds the message started.
//   - The grace period of a shutdown ended while a request was in flight, or before
//     the store could take its result.
//   - The database was restored from a backup that is older than the send.
//   - The host called [Bot.SendOnce] with the same key again after the key was
//     purged (Retention.DedupKeys).
//
// An outage of the store alone is none of these: the process keeps what it knows
// until the store takes it.
//
// By default such a message is sent again, at most three times; with
// [Config.AtMostOnce] it is not, and is reported to [Config.OnSendFailed]. If the
// page is subscribed to message_echoes, the bot first waits up to 30 s for the
// echo of the message, which settles its outcome. A sender action that a handler
// sends with Replier.Now does not wait for the commit, and is sent again whenever
// the turn is retried.
//
// # Packages
//
// Package receiving has the events and their types, routing the policy, handling
// the handlers, sending the messages and senders, attachment the types of what
// is attached to them, store the queue and the bot's data, graph the client of
// the Graph API, threadsettings the greeting and the menu, and i18n the
// translations. Package simulator fakes the platform, so that you can develop
// and test without Facebook; messengertest uses it in Go tests.
package messenger
