package engine

import (
	"context"
	"errors"
	"time"
)

var errShutdown = errors.New("shutting down")

// Run works the queue until ctx ends; then it takes no more, finishes what runs, gives the
// rest back, and returns within the grace period, whatever hangs. What runs beside the
// engine, it starts with ctx and waits for.
func (e *Engine) Run(ctx context.Context, beside ...func(ctx context.Context)) {
	stopHints := e.registerWake(ctx)
	var background group
	for _, run := range beside {
		background.Go(func() { run(ctx) })
	}
	background.Go(func() { e.keeper.run(e.killed) })
	var saver group
	drained := make(chan struct{})
	saver.Go(func() { e.unsaved.run(drained) })
	background.Go(func() { e.purge(ctx) })
	background.Go(func() { e.feeder.run(ctx) })
	e.peers.beat(ctx)
	background.Go(func() { e.peers.run(e.killed) })
	e.pauses.read(ctx, firstPauses)
	background.Go(func() { e.pauses.run(ctx) })
	e.running.Store(true)
	e.workers.Go(func() { e.claim(ctx) })
	<-ctx.Done()
	e.running.Store(false)

	end := time.Now().Add(e.cfg.GracePeriod)
	reserve := min(e.cfg.GracePeriod/4, reserveAtMost)
	close(e.draining)
	if !await(end.Add(-reserve), &e.workers) || !e.unsaved.await(end.Add(-reserve)) {
		e.cfg.Logger.Warn("the grace period is nearly over; unfinished turns are released and will run again")
	}
	e.kill(errShutdown)
	e.profiles.close()
	background.Go(stopHints)
	all := []*group{&e.workers, &background, &e.profiles.calls}
	if !await(end.Add(-reserve/2), all...) {
		e.guard.Hurry()
		await(end.Add(-reserve/4), all...)
	}
	e.unsaved.await(end.Add(-reserve / 4)) // what the workers have left
	close(drained)
	all = append(all, &saver)
	if !await(end.Add(-reserve/4), all...) {
		e.cut()
		await(end, all...)
	}
	e.cut()
	e.timers.stop()
	e.keeper.stop()
	e.reportLeft(all)
}

// reserveAtMost is how much of the grace period is left to give leases back, if it is more
// than four times that; otherwise it is a quarter. In its first half code that ignores
// its context is waited for, in its last quarter calls to the store are.
const reserveAtMost = 3 * time.Second

// await waits until none of the groups runs. It returns false at the end of the time.
func await(end time.Time, groups ...*group) bool {
	timer := time.NewTimer(time.Until(end))
	defer timer.Stop()
	for _, g := range groups {
		select {
		case <-g.done():
		case <-timer.C:
			return false
		}
	}
	return true
}

// registerWake has the store give hints. It returns what ends that.
func (e *Engine) registerWake(ctx context.Context) (stop func()) {
	stopped, err := run(ctx, e.guard, code{name: "the store's Wake", limit: storeTimeout}, func(ctx context.Context) (func(), error) {
		stop := e.cfg.Store.Wake(e.hint)
		whenLate(ctx, stop)
		return stop, nil
	})
	if err != nil {
		e.cfg.Logger.Error("the store gives no hints; work is found once a second", "error", err)
		return func() {}
	}
	return func() {
		_ = e.guard.call(e.killed, "the store's Wake", storeTimeout, func(context.Context) error {
			stopped()
			return nil
		})
	}
}

// reportLeft logs what has not ended with Run: calls to a store that ignores its context.
// Other code that does is abandoned by the guard.
func (e *Engine) reportLeft(groups []*group) {
	left := 0
	for _, g := range groups {
		left += g.count()
	}
	if left == 0 {
		return
	}
	e.guard.leave(left)
	e.cfg.Logger.Error("calls to the store do not return after their context has ended; their leases will expire",
		"stuck", left, "stack", find(dump(), "internal/engine.(*"))
}
