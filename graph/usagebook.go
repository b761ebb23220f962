package graph

import (
	"container/list"
	"sync"
)

// usagePages is how many pages' usage a client remembers.
const usagePages = 10_000

// usageBook remembers the usage of the pages that were last told of.
type usageBook struct {
	mu     sync.Mutex
	places map[string]*list.Element // in order, by page
	order  *list.List               // of *usageEntry, what was told last in front
}

type usageEntry struct {
	pageID string
	usage  Usage
}

func newUsageBook() *usageBook {
	return &usageBook{places: map[string]*list.Element{}, order: list.New()}
}

// add takes in what an answer told, and returns all that is known of the page. It drops the page of which nothing was
// told for longest if there are too many.
func (b *usageBook) add(pageID string, told Usage) Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	place := b.places[pageID]
	if place == nil {
		place = b.order.PushFront(&usageEntry{pageID: pageID})
		b.places[pageID] = place
	}
	b.order.MoveToFront(place)
	entry := entryAt(place)
	entry.usage = entry.usage.update(told)
	if b.order.Len() > usagePages {
		oldest := b.order.Back()
		delete(b.places, entryAt(oldest).pageID)
		b.order.Remove(oldest)
	}
	return entry.usage
}

func (b *usageBook) of(pageID string) Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	place := b.places[pageID]
	if place == nil {
		return Usage{}
	}
	return entryAt(place).usage
}

func entryAt(place *list.Element) *usageEntry {
	entry, _ := place.Value.(*usageEntry) // there is nothing else in the list
	return entry
}
