// Package engine works on the queue: it leases conversations, runs turns, commits
// them and delivers their messages.
//
//	Engine.Run ── claims ──> worker (one goroutine per leased conversation)
//	                           ├─ deliver   sends of earlier turns
//	                           └─ for each event:
//	                                turn      the policy's routes, each within its timeout
//	                                commit    event + writes + outbox
//	                                deliver   one send after another
//
// [keeper] renews the leases. When a lease is lost, or can no longer be renewed in
// time, its context ends, and the worker stops before its next handler or send.
//
// An event is handled by event.go, which loops over:
//
//	decode.go   decodes what the store has.
//	turn.go     runs the policy's routes inside of the program's middleware: routes.go one
//	            after another, route.go each within its timeout. outlet.go collects what they
//	            send.
//	outcome.go  says what of that is committed, and retry.go whether the event is tried again.
//	commit.go   makes it durable. A route whose write the store refuses fails, and the rest
//	            is committed without it.
//
// A send goes through three rooms, which deliver.go loops over:
//
//	plan.go    decides whether it may go out now. Otherwise the conversation rests (for an
//	           echo, the page's rate, a new token), or the send is refused without a request
//	           (window, unavailable person, at most once).
//	commit.go  marks it as started before the request.
//	send.go    makes one attempt, through the program's middleware.
//	record.go  says what the attempt means: sent, again (sendrules.go says when), unknown or
//	           refused. The result is committed before or with what comes next: the start of
//	           the next send, the next turn or the end of the lease.
//
// A result that cannot be committed outlives its worker: results.go says what is known of
// a send, unsaved.go keeps it, saver.go saves it when the store is back, and a worker that
// claims the conversation before that takes it over (recall).
package engine
