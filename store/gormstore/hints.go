package gormstore

import "sync"

// hints are the functions to call when something may have become due.
type hints struct {
	mu   sync.Mutex
	next int
	all  map[int]func()
}

func (h *hints) add(hint func()) (stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[int]func(){}
	}
	h.next++
	id := h.next
	h.all[id] = hint
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.all, id)
	}
}

func (h *hints) call() {
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
