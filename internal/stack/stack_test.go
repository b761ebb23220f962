package stack

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestAGrownStackIsNotMovedByTheWorkOfAnEvent(t *testing.T) {
	t.Parallel()
	// A garbage collection may shrink a stack meanwhile, but not all of them.
	kept := 0
	for range 100 {
		if !moved(Grow) {
			kept++
		}
	}
	require.Positive(t, kept)
	require.True(t, moved(func() {}), "a stack starts small: Grow has a reason")
}

// moved reports whether the stack of a new goroutine moves during work, after prepare.
func moved(prepare func()) bool {
	result := make(chan bool)
	go func() {
		prepare()
		var local byte
		before := uintptr(unsafe.Pointer(&local))
		work(10)
		result <- before != uintptr(unsafe.Pointer(&local))
	}()
	return <-result
}

// work uses about 10 KiB of stack.
//
//go:noinline
func work(depth int) byte {
	var frame [1 << 10]byte
	if depth > 0 {
		frame[depth] = work(depth - 1)
	}
	return frame[len(none)]
}

func BenchmarkGrow(b *testing.B) {
	done := make(chan struct{})
	for b.Loop() {
		go func() {
			Grow()
			done <- struct{}{}
		}()
		<-done
	}
}
