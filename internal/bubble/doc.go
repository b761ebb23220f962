// Package bubble has what tests of a bot in fake time share: the fake platform, a store,
// callbacks, routes, and the check that a run leaves no goroutine and no timer behind.
//
// What takes the callbacks and works the store's queue is the test's own: a whole bot in
// tests of package messenger, an engine in those of internal/engine. Each has a fixture that
// embeds a [World], and starts the bubble with testing/synctest.
package bubble
