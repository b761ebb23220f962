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
package engine
