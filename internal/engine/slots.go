package engine

import (
	"context"
	"sync"
)

// slots are the workers that may start. The loop that starts them takes all that are free with one
// step, since a claim asks for as much work as there is room for.
type slots struct {
	mu    sync.Mutex
	free  int
	freed chan struct{} // receives when a slot is free again after none was
}

func newSlots(n int) *slots { return &slots{free: n, freed: make(chan struct{}, 1)} }

// take waits until a slot is free, and takes all that are. It returns 0 if ctx ends. One goroutine
// at a time may call it.
func (s *slots) take(ctx context.Context) int {
	for ctx.Err() == nil {
		s.mu.Lock()
		free := s.free
		if free > 0 {
			s.free = 0
		}
		s.mu.Unlock()
		if free > 0 {
			return free
		}
		select {
		case <-ctx.Done():
		case <-s.freed:
		}
	}
	return 0
}

// put makes slots free again. It takes some more if n is negative: a store has leased more than it
// was asked for.
func (s *slots) put(n int) {
	s.mu.Lock()
	before := s.free
	s.free += n
	first := before <= 0 && s.free > 0
	s.mu.Unlock()
	if first {
		notify(s.freed)
	}
}
