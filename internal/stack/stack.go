// Package stack keeps new goroutines from growing their stacks in small steps.
package stack

// room is what [Grow] makes room for, in bytes. A turn with an HTTP call or a statement of a database fits.
const room = 12 << 10

// Grow makes the stack of a new goroutine large enough for the work of an event, while the stack is nearly empty. Grown on
// demand from 2 KiB, it would be copied three times, each time with all the frames that it has by then: that was a sixth of
// the CPU time of an event. Where the stack is large enough, Grow costs nothing.
//
//go:noinline
func Grow() {
	if len(none) > 0 { // never: so is nothing cleared, but a call needs room for all variables
		var frame [room]byte
		copy(none, frame[:])
	}
}

// none is empty, which the compiler does not know.
var none []byte
