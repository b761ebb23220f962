package queue

import (
	"slices"
	"sync"
	"time"
)

// Bounds of what is remembered about the pages that claims pass over.
const (
	// mostUnserved is how many pages the query of a claim excludes, and mostLists how many lists of such pages there are; beyond it
	// all are found anew.
	mostUnserved = 10_000
	mostLists    = 64
	// A claim looks for the first conversation that it may lease every lookOnEvery, from where it found the last one,
	// and every lookAgainEvery from the start.
	lookOnEvery    = int64(time.Second / time.Microsecond)
	lookAgainEvery = int64(time.Minute / time.Microsecond)
	// unsettled is the least age of a due time before which a claim takes for granted that no transaction adds another.
	unsettled = 10 * time.Second
)

// Unserved remembers pages that claims pass over: those that they do not serve, and, for claims that look behind them, busy ones. Only the
// functions of a claim know which pages it serves, and what room it has for them, so each claim asks them anew. The zero value is empty;
// it is safe for concurrent use.
type Unserved struct {
	// Longest is how long a transaction may take that adds a due time, if that is more than 10 s.
	Longest time.Duration

	mu    sync.Mutex
	lists map[passing]*unservedPages
}

// passing identifies what passes over pages: the claims of an owner for one class of work, and of these the walks behind busy pages or
// those along them.
type passing struct {
	owner              string
	background, behind bool
}

// unservedPages are the pages with something due that are passed over. The next claims exclude them in their
// query, so that what waits for them is neither read nor locked again, and begin after what waits for these pages only:
// conversations that no process serves stay at the head of the index of what is due, and a claim does not walk past them each time.
type unservedPages struct {
	pages map[string]bool // true if the page is busy, and passed over whether it is served or not
	// from is a due time before which there is nothing but these pages' conversations, looked is when that was found, and again when
	// it is found anew from the start.
	from, looked, again int64
}

// settled is a time before which no transaction adds a due time any more.
func (u *Unserved) settled(now int64) int64 { return now - max(u.Longest, unsettled).Microseconds() }

// of returns what a claim may exclude: the pages, in order, and the due time to begin at. Look is set if it is time to look for a
// later one.
func (u *Unserved) of(key passing, serves func(pageID string) bool, now int64) (pages []string, from int64, look bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.lists[key]
	if o == nil {
		return nil, 0, false
	}
	for page, busy := range o.pages {
		if !busy && (serves == nil || serves(page)) {
			o.remove(page)
			continue
		}
		pages = append(pages, page)
	}
	if now < o.from || now >= o.again { // the clock may have been set back
		o.from, o.looked, o.again = 0, 0, now+lookAgainEvery
	}
	slices.Sort(pages)
	return pages, o.from, len(pages) > 0 && now-o.looked >= lookOnEvery
}

// begin notes the due time at which claims begin, unless a page is no longer passed over.
func (u *Unserved) begin(key passing, pages []string, from, now int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.lists[key]
	if o == nil || slices.ContainsFunc(pages, func(page string) bool { return !o.has(page) }) {
		return
	}
	o.from, o.looked = from, now
}

// add notes a page. It returns false if it was known.
func (u *Unserved) add(key passing, page string, busy bool) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.lists[key]
	if o == nil || len(o.pages) >= mostUnserved {
		if u.lists == nil || len(u.lists) >= mostLists {
			u.lists = map[passing]*unservedPages{}
		}
		o = &unservedPages{pages: map[string]bool{}}
		u.lists[key] = o
	}
	if o.has(page) {
		o.pages[page] = o.pages[page] || busy
		return false
	}
	o.pages[page], o.looked = busy, 0
	return true
}

// drop notes that a page is not passed over any more.
func (u *Unserved) drop(key passing, page string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if o := u.lists[key]; o != nil {
		o.remove(page)
	}
}

// busy returns the busy pages, in order.
func (u *Unserved) busy(key passing) (pages []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if o := u.lists[key]; o != nil {
		for page, busy := range o.pages {
			if busy {
				pages = append(pages, page)
			}
		}
	}
	slices.Sort(pages)
	return pages
}

func (o *unservedPages) has(page string) bool {
	_, ok := o.pages[page]
	return ok
}

func (o *unservedPages) remove(page string) {
	delete(o.pages, page)
	o.from, o.looked = 0, 0
}
