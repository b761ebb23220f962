package engine

import "sync"

// group counts goroutines, and can be waited for with a bound: unlike those who wait for a
// sync.WaitGroup, those who wait for a group can give up.
type group struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // not nil while one waits: closed when none runs
}

// Go starts a goroutine of the group.
func (g *group) Go(f func()) {
	g.mu.Lock()
	g.n++
	g.mu.Unlock()
	go func() {
		defer g.leave()
		f()
	}()
}

func (g *group) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n--
	if g.n == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// done returns a channel that is closed when none runs.
func (g *group) done() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n == 0 {
		return closed
	}
	if g.idle == nil {
		g.idle = make(chan struct{})
	}
	return g.idle
}

// count is how many run.
func (g *group) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.n
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
