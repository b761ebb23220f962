package gormstore

import (
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Bounds of what is remembered about the pages that claims leave to others.
const (
	// mostStrangers is how many pages the query of a claim excludes, and mostOwners
	// how many processes have such pages; beyond it all are found anew.
	mostStrangers = 10_000
	mostOwners    = 16
	// A claim looks for the first conversation that it may hand out every lookOnEvery,
	// from where it found the last one, and every lookAgainEvery from the start.
	lookOnEvery    = time.Second
	lookAgainEvery = time.Minute
	// unsettled is how old a due time is before no transaction adds one before it.
	unsettled = 10 * time.Second
)

// strangers are what claims have met that they do not serve, by their owners. Which
// pages a claim serves, only its function knows, so that each claim asks it anew.
type strangers struct {
	mu     sync.Mutex
	owners map[string]*others
}

// others are the pages with something due that one owner's claims do not serve. Its
// next claims exclude them in their query, so that what waits for them is neither read
// nor locked again, and begin after what waits for these pages only: conversations
// that no process serves stay at the head of the index of what is due, and a claim
// does not walk past them each time.
type others struct {
	pages map[string]struct{}
	// low is a due time before which there is nothing but these pages' conversations,
	// looked is when that was found, and again when it is found anew from the start.
	low           int64
	looked, again time.Time
}

// of returns what a claim may exclude: the pages, in order, and the due time to begin
// at. look is set if it is time to look for a later one.
func (s *strangers) of(claim store.Claim, now time.Time) (pages []string, low int64, look bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.owners[claim.Owner]
	if o == nil || claim.Serves == nil {
		return nil, 0, false
	}
	for page := range o.pages {
		if claim.Serves(page) {
			delete(o.pages, page)
			o.low, o.looked = 0, time.Time{}
			continue
		}
		pages = append(pages, page)
	}
	if now.UnixMicro() < o.low || !now.Before(o.again) { // the clock may have been set back
		o.low, o.looked, o.again = 0, time.Time{}, now.Add(lookAgainEvery)
	}
	slices.Sort(pages)
	return pages, o.low, len(pages) > 0 && now.Sub(o.looked) >= lookOnEvery
}

// begin notes the due time at which an owner's claims begin, unless a page is no
// longer left to others.
func (s *strangers) begin(claim store.Claim, pages []string, low int64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.owners[claim.Owner]
	if o == nil {
		return
	}
	for _, page := range pages {
		if _, known := o.pages[page]; !known {
			return
		}
	}
	o.low, o.looked = low, now
}

// add notes a page. It returns false if it was known.
func (s *strangers) add(owner, page string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.owners[owner]
	if o == nil || len(o.pages) >= mostStrangers {
		if s.owners == nil || len(s.owners) >= mostOwners {
			s.owners = map[string]*others{}
		}
		o = &others{pages: map[string]struct{}{}}
		s.owners[owner] = o
	}
	if _, known := o.pages[page]; known {
		return false
	}
	o.pages[page], o.looked = struct{}{}, time.Time{}
	return true
}

// firstServed is the due time of the first conversation of any other page, leased or
// not, up to a time: what is to come is not walked through.
const firstServed = `SELECT m.next_at FROM messenger_mailbox m WHERE m.next_at >= CAST(? AS BIGINT) AND m.next_at < CAST(? AS BIGINT) AND `

// exclude returns the condition, with its arguments, by which the query of a claim
// leaves out what is others', or none.
func (t *txn) exclude(claim store.Claim) (condition string, args []any, err error) {
	pages, low, look := t.w.strangers.of(claim, t.now)
	if len(pages) == 0 {
		return "", nil, nil
	}
	condition, argument := t.dialect.NotIn("m.page_id", pages)
	if look {
		first := t.now.Add(-unsettled).UnixMicro()
		scan := func(found database.Row) error {
			var at int64
			err := found.Scan(&at)
			first = at
			return err
		}
		if err := t.later(scan, firstServed+condition+" ORDER BY m.next_at LIMIT 1", low, first, argument); err != nil {
			return "", nil, err
		}
		if err := t.sync(); err != nil {
			return "", nil, err
		}
		low = max(low, first)
		t.w.strangers.begin(claim, pages, low, t.now)
	}
	return " AND m.next_at >= CAST(? AS BIGINT) AND " + condition, []any{low, argument}, nil
}

// leaveStrangers removes the conversations of pages that a claim does not serve. They
// are locked until the transaction ends, where there are other processes, which then
// get a hint: a claim of theirs may have passed over them.
func (t *txn) leaveStrangers(due []dueConversation, claim store.Claim) []dueConversation {
	if claim.Serves == nil {
		return due
	}
	return slices.DeleteFunc(due, func(d dueConversation) bool {
		if claim.Serves(d.PageID) {
			return false
		}
		if t.w.strangers.add(claim.Owner, d.PageID) && t.w.db.Cluster != nil {
			t.hint = true
		}
		return true
	})
}
