package gormstore

import (
	"context"
	"sync"
	"time"
)

const (
	// A count of the waiting events is valid for recount where other processes change the number too, at least, and for
	// recountShare times as long as it took.
	recount      = time.Second
	recountShare = 100
	// countTimeout is how long a count may take beside the transactions.
	countTimeout = 10 * time.Second
	// A count tries so many snapshots until no transaction commits at that moment, and waits for that before each: longer than a
	// commit takes on a slow disk.
	snapshots    = 10
	snapshotWait = 100 * time.Millisecond
)

// backlog counts the waiting events by page. What this process puts and handles is added when it has committed. What
// others do is found by counting anew, beside the transactions: a count delays none of them.
type backlog struct {
	open func(context.Context) (snapshot, error)
	// shared is set if there are others.
	shared bool

	mu    sync.Mutex
	pages map[string]int
	// begun and ended count the commits of this process, and idle, if not nil, is closed when none is under way.
	begun, ended int
	idle         chan struct{}
	// since is what has committed since the snapshot of the count that runs; nil if there is none.
	since map[string]int
	// stale is set if the numbers may be wrong: it is unknown whether a transaction has committed.
	stale  bool
	next   time.Time     // of a count
	done   chan struct{} // ends with the count that runs beside; nil if none does
	counts int           // that have ended
}

// snapshot is a view of the database at one moment.
type snapshot interface {
	// take makes it a view of now.
	take(ctx context.Context) error
	// count counts the waiting events by page.
	count(ctx context.Context) (map[string]int, error)
	close()
}

func newBacklog(open func(context.Context) (snapshot, error), shared bool) *backlog {
	return &backlog{open: open, shared: shared, pages: map[string]int{}}
}

// refresh begins a count if it is time for one. It returns the count, which its caller runs beside, or nil.
func (b *backlog) refresh() (count func(context.Context) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done != nil || !b.stale && !b.shared || time.Now().Before(b.next) {
		return nil
	}
	b.done = make(chan struct{})
	return b.count
}

// count counts the waiting events at one moment, and adds what has committed since.
func (b *backlog) count(ctx context.Context) error {
	b.mu.Lock()
	b.stale = false
	b.mu.Unlock()
	pages, took, exact, err := b.read(ctx)

	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.pages = pages
		b.change(b.since)
	}
	b.stale = b.stale || err != nil || !exact
	b.since = nil
	b.next = time.Now().Add(max(recount, recountShare*took))
	b.counts++
	if b.done != nil {
		close(b.done)
		b.done = nil
	}
	return err
}

// read counts in a snapshot. It is exact if it is known of each commit of this process whether the snapshot has it. It took the database
// so long, without the wait for a snapshot.
func (b *backlog) read(ctx context.Context) (pages map[string]int, took time.Duration, exact bool, err error) {
	snap, err := b.open(ctx)
	if err != nil {
		return nil, 0, false, err
	}
	defer snap.close()
	for n := 0; n < snapshots && !exact; n++ {
		if exact, err = b.take(ctx, snap); err != nil {
			return nil, 0, false, err
		}
	}
	began := time.Now()
	pages, err = snap.count(ctx)
	return pages, time.Since(began), exact, err
}

func (b *backlog) take(ctx context.Context, snap snapshot) (exact bool, err error) {
	select {
	case <-b.whenIdle():
	case <-time.After(snapshotWait):
	}
	b.mu.Lock()
	begun, idle := b.begun, b.begun == b.ended
	b.mu.Unlock()
	err = snap.take(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.since = map[string]int{}
	return idle && b.begun == begun, err
}

// whenIdle returns a channel that is closed when no commit is under way.
func (b *backlog) whenIdle() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	idle := make(chan struct{})
	if b.begun == b.ended {
		close(idle)
	} else {
		b.idle = idle
	}
	return idle
}

// begin is called before a transaction commits, and end after that, with what has changed if it is known.
func (b *backlog) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun++
}

func (b *backlog) end(delta map[string]int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended++
	if b.idle != nil && b.begun == b.ended {
		close(b.idle)
		b.idle = nil
	}
	b.change(delta)
	if b.since != nil {
		for pageID, n := range delta {
			b.since[pageID] += n
		}
	}
}

func (b *backlog) change(delta map[string]int) {
	for pageID, n := range delta {
		if b.pages[pageID] += n; b.pages[pageID] == 0 {
			delete(b.pages, pageID)
		}
	}
}

// doubt makes the next transaction begin a count.
func (b *backlog) doubt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stale, b.next = true, time.Time{}
}

// waiting is how many events of a page wait.
func (b *backlog) waiting(pageID string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pages[pageID]
}

// counted returns how many counts have ended.
func (b *backlog) counted() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts
}

// recounted reports whether another count has ended than the first so many. It waits for one that runs.
func (b *backlog) recounted(ctx context.Context, counts int) bool {
	b.mu.Lock()
	done, ended := b.done, b.counts
	b.mu.Unlock()
	if ended == counts && done != nil {
		select {
		case <-done:
			return true
		case <-ctx.Done():
			return false
		}
	}
	return ended != counts
}
