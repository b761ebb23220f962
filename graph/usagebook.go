package graph

import (
	"container/list"
	"sync"
)

// usagePages is the number of pages whose usage a client remembers.
const usagePages = 10_000

// usageBook remembers the usage of the pages with the latest reports.
type usageBook struct {
	mu     sync.Mutex
	places map[string]*list.Element // in order, by page
	order  *list.List               // of *usageEntry, the latest report first
}

type usageEntry struct {
	page  string
	usage Usage
}

func newUsageBook() *usageBook {
	return &usageBook{places: map[string]*list.Element{}, order: list.New()}
}

// add records a report, and returns all that is known of the page. Beyond the limit it drops the page with the oldest
// report.
func (b *usageBook) add(page string, told Usage) Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	place := b.places[page]
	if place == nil {
		place = b.order.PushFront(&usageEntry{page: page})
		b.places[page] = place
	}
	b.order.MoveToFront(place)
	entry := entryAt(place)
	entry.usage = entry.usage.update(told)
	if b.order.Len() > usagePages {
		oldest := b.order.Back()
		delete(b.places, entryAt(oldest).page)
		b.order.Remove(oldest)
	}
	return entry.usage
}

func (b *usageBook) of(page string) Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	place := b.places[page]
	if place == nil {
		return Usage{}
	}
	return entryAt(place).usage
}

func entryAt(place *list.Element) *usageEntry {
	entry, _ := place.Value.(*usageEntry) // the list has only these
	return entry
}
