package queue

import "sync"

// Hints are the functions to call when something may have become due. The zero value has none.
type Hints struct {
	mu   sync.Mutex
	next int
	all  map[int]func()
}

// Add adds a function until stop is called.
func (h *Hints) Add(hint func()) (stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	id := h.next
	put(&h.all, id, hint)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.all, id)
	}
}

// Call calls all functions, without a lock.
func (h *Hints) Call() {
	h.mu.Lock()
	all := make([]func(), 0, len(h.all))
	for _, hint := range h.all {
		all = append(all, hint)
	}
	h.mu.Unlock()
	for _, hint := range all {
		hint()
	}
}
