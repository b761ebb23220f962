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
)

// backlog counts the waiting events by page. What this process puts and
// handles is counted at once, what others do when the events are counted anew.
type backlog struct {
	// shared is set if there are others.
	shared bool

	mu    sync.Mutex
	pages map[string]int
	next  time.Time
}

// refresh counts anew if it is time to. It reads beside the connection that
// writes. What another lane commits meanwhile may be counted twice, or not at
// all, until the next count.
func (b *backlog) refresh(ctx context.Context, pool *gorm.DB) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pages != nil && (!b.shared || time.Now().Before(b.next)) {
		return nil
	}
	began := time.Now()
	var found []struct {
		PageID string
		N      int
	}
	if err := pool.WithContext(ctx).Raw("SELECT page_id, COUNT(*) AS n FROM messenger_inbox GROUP BY page_id").Scan(&found).Error; err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	b.pages = map[string]int{}
	for _, row := range found {
		b.pages[row.PageID] = row.N
	}
	b.next = time.Now().Add(max(recount, recountShare*time.Since(began)))
	return nil
}

// forget makes the next transaction count anew.
func (b *backlog) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pages = nil
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
