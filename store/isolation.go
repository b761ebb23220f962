package store

// IsolationLevels is the number of levels on which conversations are isolated
// that were interrupted more than once.
const IsolationLevels = 3

// Suspects bounds the conversations that a [Claim] leases on each level of
// isolation: the first number is that of level 1. Less than 1 means none.
type Suspects [IsolationLevels]int

// IsolationLevel returns the level on which a conversation runs that was
// interrupted so many times since its last commit: 0, which is no isolation, for
// one that was interrupted once or never, 1 after two interruptions, 2 after
// three, and 3, alone in its process, after four or more.
//
// A conversation is interrupted when a lease on it ends without a commit: its
// process was killed, or was stopped for longer than the lease, or could not
// renew it. A process that dies interrupts every conversation that it has leased.
// All but one of them are innocent, if any of them is to blame at all, so one
// interruption changes nothing: the conversation is handed out with the fresh
// ones, in parallel. If processes keep ending, the conversations that were there
// each time run in ever smaller company, and the last level decides:
//
//   - The engine waits until no other turn runs in its process, and lets none
//     start. Turns of other processes do not matter, and go on.
//   - It calls [Isolator.MarkAlone]. From then on the end of the process is the
//     event's doing, as far as can be known.
//   - A process that ends then leaves a lease whose next holder finds the event
//     in [Lease.Fatal], and makes it a dead letter without running it.
//
// Only the end of the process counts. A lease that merely expires, because its
// process was stopped or cut off from the store, raises the level and condemns
// nothing. A kill from outside, by an operator or for want of memory, looks like
// the event's doing if it comes while the event is marked; the event can be
// replayed.
func IsolationLevel(interruptions int) int {
	return min(max(interruptions-1, 0), IsolationLevels)
}
