package engine

import (
	"bytes"
	"fmt"
	"runtime"
)

const (
	// dumpAtFirst and dumpAtMost bound the bytes of a trace of all goroutines; the bound
	// grows by four. While it is made, the process stands still: some 10 ms for ten
	// thousand goroutines.
	dumpAtFirst = 64 << 10
	dumpAtMost  = 16 << 20
	// stackAtMost bounds the bytes of one goroutine's stack in the log.
	stackAtMost = 8 << 10
)

// stackOf returns the stack of the goroutine in which a call runs, or "" if it has returned
// meanwhile.
//
// A goroutine has no name that another one could ask for. Its id costs a microsecond for each
// call, and labels of package runtime/pprof would replace the program's own. A trace shows
// the arguments of functions, though, and so the pointer r that is one of enter's: that
// costs nothing until it is needed.
func stackOf(r *running) string {
	return find(dump(), fmt.Sprintf("(*running).enter(%p", r))
}

// dump returns the stacks of all goroutines.
func dump() []byte {
	for size := dumpAtFirst; ; size *= 4 {
		text := make([]byte, size)
		if n := runtime.Stack(text, true); n < size || size >= dumpAtMost {
			return text[:n]
		}
	}
}

// find returns the first stack of a dump that contains a text, up to stackAtMost bytes of it.
func find(dump []byte, text string) string {
	for stack := range bytes.SplitSeq(dump, []byte("\n\n")) {
		if bytes.Contains(stack, []byte(text)) {
			return string(stack[:min(len(stack), stackAtMost)])
		}
	}
	return ""
}
