// Package engine works the queue: it leases conversations, runs turns, commits
// them and delivers what they send.
//
//	Engine.Run ── claims ──> worker (one goroutine per leased conversation)
//	                           ├─ deliver   sends left over from before
//	                           └─ for each event:
//	                                turn      the policy's routes
//	                                commit    event + writes + outbox
//	                                deliver   one send after another
//
// A lease is kept alive by [keeper]. When it is lost, or will be soon, its
// context ends, and the worker stops before its next handler or send.
package engine
