package engine

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errShutdown = errors.New("shutting down")

// Run works the queue until ctx ends; then it takes no more, finishes what runs
// within the grace period, and gives the rest back.
func (e *Engine) Run(ctx context.Context) {
	defer e.kill(errShutdown)
	stop := e.cfg.Store.Wake(e.hint)
	defer stop()

	var background sync.WaitGroup
	background.Go(func() { e.keeper.run(e.killed) })
	background.Go(func() { e.purge(ctx) })
	e.peers.beat(ctx)
	background.Go(func() { e.peers.run(e.killed) })
	e.running.Store(true)
	e.claim(ctx)
	e.running.Store(false)

	close(e.draining)
	e.drain()
	e.kill(errShutdown)
	e.profiles.wait()
	background.Wait()
}

// drain waits for the workers: for the grace period to end by themselves, and
// then a moment more to give their leases back.
func (e *Engine) drain() {
	done := make(chan struct{})
	go func() {
		e.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return
	case <-time.After(e.cfg.GracePeriod):
	}
	e.cfg.Logger.Warn("the grace period expired; unfinished turns are released and will run again")
	e.kill(errShutdown)
	select {
	case <-done:
	case <-time.After(stuckAfter + e.cfg.LeaseTTL/5):
		e.cfg.Logger.Error("some handlers ignore their cancelled context; their leases will expire")
	}
}
