package queue

import (
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Bounds of what is remembered about the pages that claims leave to others.
const (
	// mostUnserved is how many pages the query of a claim excludes, and mostOwners how many owners have such pages; beyond it all
	// are found anew.
	mostUnserved = 10_000
	mostOwners   = 16
	// A claim looks for the first conversation that it may lease every lookOnEvery, from where it found the last one,
	// and every lookAgainEvery from the start.
	lookOnEvery    = int64(time.Second / time.Microsecond)
	lookAgainEvery = int64(time.Minute / time.Microsecond)
	// unsettled is how old a due time is before no transaction adds one before it.
	unsettled = 10 * time.Second
)

// Unserved remembers what claims have met that they do not serve, by their owners. Only the function of a claim knows which
// pages it serves, so each claim asks it anew. The zero value is empty; it is safe for concurrent use.
type Unserved struct {
	mu     sync.Mutex
	owners map[string]*unservedPages
}

// unservedPages are the pages with something due that one owner's claims do not serve. Its next claims exclude them in their
// query, so that what waits for them is neither read nor locked again, and begin after what waits for these pages only:
// conversations that no process serves stay at the head of the index of what is due, and a claim does not walk past them each time.
type unservedPages struct {
	pages map[string]bool
	// from is a due time before which there is nothing but these pages' conversations, looked is when that was found, and again when
	// it is found anew from the start.
	from, looked, again int64
}

// of returns what a claim may exclude: the pages, in order, and the due time to begin at. Look is set if it is time to look for a
// later one.
func (u *Unserved) of(claim store.Claim, now int64) (pages []string, from int64, look bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.owners[claim.Owner]
	if o == nil || claim.Serves == nil {
		return nil, 0, false
	}
	for page := range o.pages {
		if claim.Serves(page) {
			delete(o.pages, page)
			o.from, o.looked = 0, 0
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

// begin notes the due time at which an owner's claims begin, unless a page is no longer left to others.
func (u *Unserved) begin(claim store.Claim, pages []string, from, now int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.owners[claim.Owner]
	if o == nil || slices.ContainsFunc(pages, func(page string) bool { return !o.pages[page] }) {
		return
	}
	o.from, o.looked = from, now
}

// add notes a page. It returns false if it was known.
func (u *Unserved) add(owner, page string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.owners[owner]
	if o == nil || len(o.pages) >= mostUnserved {
		if u.owners == nil || len(u.owners) >= mostOwners {
			u.owners = map[string]*unservedPages{}
		}
		o = &unservedPages{pages: map[string]bool{}}
		u.owners[owner] = o
	}
	if o.pages[page] {
		return false
	}
	o.pages[page], o.looked = true, 0
	return true
}
