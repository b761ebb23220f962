// Package simulation runs whole bots in fake time, several replicas on one store, and lets a
// seed decide what happens to them: callbacks in bursts, twice and out of order; handlers that
// are slow, fail, panic or never return; a store that is away, or that loses an answer before
// or after a commit; a platform that refuses, throttles and hangs up; replicas that die, stop
// for longer than their leases, or restart. The program raises signals and timers, in turns and from outside of them,
// replaces them and takes them back, also at the moment when they become due. While that goes on and at its end it checks what
// the bot promises. It has tests only.
//
// # Invariants
//
//   - What was answered with 200 takes effect once, in the order of its conversation, or is a
//     dead letter with a reason.
//   - What the platform has confirmed to a process is not sent again by that process, nor by
//     another one as long as the store could be told.
//     While a middleware keeps the answer to itself nothing is known.
//   - What was sent twice had an unknown outcome in between, and has waited for its echo on a
//     page that gets echoes. With Config.AtMostOnce nothing is sent twice.
//   - What was confirmed is never reported or recorded as failed, and every other message is
//     sent or reported.
//   - The messages of a conversation arrive in the order in which they were queued, except
//     delayed ones and those of a process that was paused or has lost its lease.
//   - One that knows what a message came to tells the store within five seconds of when that answers again, also when it is to stop, and another
//     process waits that long. What no request was made for has no unknown outcome.
//   - A message to a person who has just written is not refused as outside of their window.
//   - One worker of a process acts for a conversation. A lease that the process has lost is not renewed, no turn begins on it, and one that runs
//     ends when the store says that it is lost. What a claim leases whose answer comes too late is given back.
//   - A single call of the store that hangs delays nothing by more than 14 seconds, and costs no lease. A store that fails is asked for work by the
//     poll only. An outcome that it does not take is tried for as long as a lease lasts.
//   - When all faults are over, the queue becomes empty within a bound (world.bound): what the
//     longest conversation takes if all of its turns are run as often as they may be, and seven
//     minutes, the longest wait for a token or for the next try of a message with a lease.
//   - While there are no faults, a conversation with something to do is claimed within a second
//     if its page has room, and one page does not take the workers of another. If nothing has
//     gone wrong at all, the process that has let a conversation rest for up to a minute claims it
//     at the end of the rest, and not with its next poll.
//   - What the program has raised is handled once or is a dead letter, in the order of the due times among the other events of its conversation,
//     and never before its time by the store's clock. Of what was raised under one key the model of [store.Raise] says what takes
//     effect; what was taken back or replaced is not handled, unless its turn may have begun before. What is due is claimed as
//     what people have written, and by the process that has raised it without waiting for its poll.
//   - Timers that are due together delay no person while a worker is free, and people who need all workers delay no timer by more than 20 seconds.
//   - Sessions and counters have exactly the events that took effect; what runs on after its
//     turn has no effect.
//   - What fails each time becomes a dead letter, what never fails does not, and OnDeadLetter
//     hears of each once.
//   - Run returns within the grace period and a few seconds more, whatever hangs.
//   - Stats adds up to what was committed, and Healthy succeeds when all is well.
//
// # Running it
//
// go test runs a handful of fixed seeds. SIM_SECONDS runs seeds for that long, SIM_SEEDS so
// many; SIM_FROM is the first of them, by default a random one. A seed that fails is printed as
// SIM_SEED=…, which repeats it and prints its trace.
//
// # What a seed decides
//
// Everything in the world around the bot: it draws each decision from the seed and the name of
// what is decided (the third attempt to send that message, the second try of that event), and
// not from a shared stream. So a decision does not depend on the order in which goroutines run.
// The random numbers that the library draws by itself come from the seed too. A seed does not
// decide which of several ready cases a select takes, the order of a map, and the order of
// goroutines that are ready at the same nanosecond. The tests use one processor, on which most
// seeds repeat their trace to the nanosecond, and the others differ in the order of what
// happens together; a seed that fails only sometimes is run again until it does.
package simulation
