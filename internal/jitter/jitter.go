// Package jitter draws the random part of pauses, by which what has failed together does not
// come back together. Tests can replace the source, so that they repeat.
package jitter

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Source returns a duration from 0 to below most, which is above 0.
type Source func(most time.Duration) time.Duration

var replaced atomic.Pointer[Source]

// Below returns a random duration from 0 to below most. It panics if most is not above 0.
func Below(most time.Duration) time.Duration {
	if source := replaced.Load(); source != nil {
		return (*source)(most)
	}
	return rand.N(most)
}

// Replace lets all pauses of the process be drawn from a source, which is called from many
// goroutines, until restore is called. It is for tests.
func Replace(source Source) (restore func()) {
	before := replaced.Swap(&source)
	return func() { replaced.Store(before) }
}
