package gormstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
)

// recount is how long a count of the waiting events holds where other processes
// change it too, at least, and how many times as long as it took.
const (
	recount      = time.Second
	recountShare = 100
	// countTimeout is how long a count may take when there is another.
	countTimeout = time.Second
)

// backlog counts the waiting events by page. What this process puts and
// handles is counted at once, what others do when the events are counted anew.
type backlog struct {
	// shared is set if there are others.
	shared bool

	mu    sync.Mutex
	pages map[string]int
	stale bool
	next  time.Time
}

// refresh counts anew if it is time to. It reads beside the connection that
// writes, for a moment at most: a count that does not come, as when handlers have
// all connections, leaves the one before. What another lane commits meanwhile may
// be counted twice, or not at all, until the next count.
func (b *backlog) refresh(ctx context.Context, pool *gorm.DB) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pages != nil && !b.stale && (!b.shared || time.Now().Before(b.next)) {
		return nil
	}
	if b.pages != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, countTimeout)
		defer cancel()
	}
	began := time.Now()
	var found []struct {
		PageID string
		N      int
	}
	err := pool.WithContext(ctx).Raw("SELECT page_id, COUNT(*) AS n FROM messenger_inbox GROUP BY page_id").Scan(&found).Error
	if err != nil && b.pages == nil {
		return fmt.Errorf("store: database: %w", err)
	}
	b.next = time.Now().Add(max(recount, recountShare*time.Since(began)))
	if err != nil {
		return nil // there is a count, and will be another
	}
	b.stale, b.pages = false, map[string]int{}
	for _, row := range found {
		b.pages[row.PageID] = row.N
	}
	return nil
}

// doubt makes the next transaction count anew.
func (b *backlog) doubt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stale = true
}

// waiting is how many events of a page wait.
func (b *backlog) waiting(page string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pages[page]
}

// add counts what a transaction has changed.
func (b *backlog) add(delta map[string]int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pages == nil {
		return
	}
	for page, n := range delta {
		if b.pages[page] += n; b.pages[page] == 0 {
			delete(b.pages, page)
		}
	}
}
