package engine

import "sync"

// turnstile lets turns run beside each other, or one of them alone.
type turnstile struct {
	mu      sync.Mutex
	running int           // beside each other
	open    chan struct{} // not nil while one runs alone or waits to: closed when the others may go on
	quiet   chan struct{} // not nil while one waits to run alone: closed when no other runs
}

// enter waits until turns may run beside each other. It returns false if a channel
// is closed first. leave ends what enter began.
func (t *turnstile) enter(lost, draining <-chan struct{}) bool {
	for {
		t.mu.Lock()
		open := t.open
		if open == nil {
			t.running++
		}
		t.mu.Unlock()
		if open == nil {
			return true
		}
		if !either(open, lost, draining) {
			return false
		}
	}
}

func (t *turnstile) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	if t.running == 0 && t.quiet != nil {
		close(t.quiet)
		t.quiet = nil
	}
}

// closed reports whether a turn runs alone, or waits to. The channel is closed when
// the others may go on.
func (t *turnstile) closed() (<-chan struct{}, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open, t.open != nil
}

// enterAlone lets no further turn enter, and waits until none runs. It returns
// false if a channel is closed first. leaveAlone or share ends it.
func (t *turnstile) enterAlone(lost, draining <-chan struct{}) bool {
	for {
		t.mu.Lock()
		before := t.open
		var quiet chan struct{}
		if before == nil {
			t.open = make(chan struct{})
			if t.running > 0 {
				t.quiet = make(chan struct{})
				quiet = t.quiet
			}
		}
		t.mu.Unlock()
		switch {
		case before != nil:
			if !either(before, lost, draining) {
				return false
			}
		case quiet == nil:
			return true
		default:
			ok := either(quiet, lost, draining)
			if !ok {
				t.leaveAlone()
			}
			return ok
		}
	}
}

func (t *turnstile) leaveAlone() { t.reopen(0) }

// share lets others enter beside the turn that ran alone. leave ends it then.
func (t *turnstile) share() { t.reopen(1) }

func (t *turnstile) reopen(running int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running += running
	close(t.open)
	t.open, t.quiet = nil, nil
}

// either waits for the first channel, and returns false if another is closed first.
func either(ready, lost, draining <-chan struct{}) bool {
	select {
	case <-ready:
		return true
	case <-lost:
		return false
	case <-draining:
		return false
	}
}
