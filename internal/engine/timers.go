package engine

import (
	"sync"
	"time"
)

// timers are those that call a function later. None is left when Run returns.
type timers struct {
	mu      sync.Mutex
	stopped bool
	waiting map[*time.Timer]struct{}
}

// after calls f, which must not block, once the time is over. It returns false if it never will, since Run is over.
func (t *timers) after(wait time.Duration, f func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return false
	}
	if t.waiting == nil {
		t.waiting = map[*time.Timer]struct{}{}
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		t.mu.Lock()
		delete(t.waiting, timer)
		stopped := t.stopped
		t.mu.Unlock()
		if !stopped {
			f()
		}
	})
	t.waiting[timer] = struct{}{}
	return true
}

// stop stops all, and starts none any more.
func (t *timers) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	for timer := range t.waiting {
		timer.Stop()
	}
	clear(t.waiting)
}

// Timers is how many timers of the engine wait: none after Run.
func (e *Engine) Timers() int {
	e.timers.mu.Lock()
	defer e.timers.mu.Unlock()
	return len(e.timers.waiting)
}
