package engine

import (
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// lookForBackground is about the shortest time between two claims that look for background work, unless this process knows that
// something becomes due. Claims in between cost the store one query less.
const lookForBackground = 20 * time.Millisecond

// What people need all workers for lets background work wait so long. Then a claim asks for one conversation
// of it: after starved if that takes no slot of a reserve, or one of several, and else after starvedLong.
const (
	starved     = time.Second
	starvedLong = 5 * time.Second
)

// shares divides the workers of this process among pages, and between people and background work.
//
// The reserve is an eighth of the slots, at least one of three. While more than reserve slots are
// free, a page may take one. Of the last ones it may take one only if it holds fewer slots than are
// free. So a single busy page leaves the reserve free, and n busy pages settle where each holds
// about as many slots as are free for a page that holds none: a newcomer does not wait for a slot
// unless about as many pages are busy as there are workers. Background work takes no slot of the
// reserve, except one at a time if the reserve has more: a page with more work than workers must
// not starve it. What a page holds for background work does not count: the timers of a page that
// are due together must not delay its people. If people need every worker, background work that may
// wait comes first now and then, so that it is not starved for as long as that lasts.
type shares struct {
	reserve int
	sole    func() bool // whether the process works for one page only, which then has all slots; nil if it is unknown

	mu   sync.Mutex
	held map[string]int // slots by page, without those of background work
	// heldBackground is how many slots background work has.
	heldBackground int
	// free is how many slots were free at the last claim, rooms what it has asked for, and
	// background its bound.
	free, background int
	rooms            map[string]int
	// full reports that the last claim may have left work because a page, or background work, had
	// no room, and skipped that it did not look for background work. nextLook is when a claim looks
	// for it again.
	full, skipped bool
	nextLook      time.Time
	// served is when background work last had a slot, or a claim has found no more of it, and first reports that
	// the last claim was for it only.
	served time.Time
	first  bool
	// freed reports that a slot was freed since the last claim was asked for.
	freed bool
}

func newShares(workers int, sole func() bool) *shares {
	reserve := workers / 8
	if workers > 2 {
		reserve = max(reserve, 1)
	}
	return &shares{reserve: reserve, sole: sole, held: map[string]int{}, rooms: map[string]int{}, served: time.Now()}
}

// ask adds to a claim what it may lease of each page, and of background work.
func (s *shares) ask(claim *store.Claim) {
	sole := s.sole != nil && s.sole()
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.rooms)
	s.free, s.full, s.skipped, s.freed, s.background = claim.Conversations, false, false, false, 0
	background := s.free - s.reserve
	if s.reserve > 1 && s.free > 1 && s.heldBackground == 0 {
		background = max(background, 1)
	}
	s.first = false
	switch now := time.Now(); {
	case s.starves(now):
		s.first, s.background = true, 1
		claim.Conversations, claim.OnlyBackground = 1, true
	case background <= 0:
		s.full = true
	case now.Before(s.nextLook):
		s.skipped = true
	default:
		s.background = background
		s.nextLook = now.Add(lookForBackground)
	}
	claim.Background = s.background
	if !sole {
		claim.Room = s.room
	}
}

// lookNow lets the next claim look for background work, however short the time since the last one that did.
func (s *shares) lookNow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextLook = time.Time{}
}

// starves reports whether background work, if there is any, has waited for too long.
func (s *shares) starves(now time.Time) bool {
	if s.heldBackground > 0 {
		return false
	}
	wait := starved
	if s.reserve == 0 || s.reserve == 1 && s.free == 1 {
		wait = starvedLong
	}
	return now.Sub(s.served) >= wait
}

// room is how many slots a page may take of those that were free at the last claim, if no other
// page takes any.
func (s *shares) room(pageID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	room := roomFor(s.free, s.held[pageID], s.reserve)
	s.rooms[pageID] = room
	return room
}

// roomFor is how many of the free slots a page may take that holds some.
func roomFor(free, held, reserve int) int {
	return max(free-reserve, (free-held+1)/2, 0)
}

// leased notes what the last claim came to. It reports whether another one may find more, because a
// slot was freed meanwhile.
func (s *shares) leased(leases []store.Lease) (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lease := range leases {
		if lease.Background {
			s.heldBackground++
		} else {
			s.held[lease.PageID]++
		}
		if _, asked := s.rooms[lease.PageID]; asked {
			s.rooms[lease.PageID]--
		}
	}
	for _, left := range s.rooms {
		s.full = s.full || left <= 0
	}
	switch {
	case s.background > 0 && len(leases) >= s.background:
		s.full, s.nextLook = true, time.Time{}
	case s.background > 0: // no more of it is due
		s.served = time.Now()
	}
	if s.first { // and now for people
		s.first, s.served = false, time.Now()
		return true
	}
	return s.full && s.freed
}

// release notes that a page has freed a slot. It reports whether a claim may now find what the last
// one had no room for.
func (s *shares) release(pageID string, background bool) (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freed = true
	if background {
		s.heldBackground--
		s.served = time.Now()
	} else if s.held[pageID]--; s.held[pageID] == 0 {
		delete(s.held, pageID)
	}
	return s.full
}

// look returns a channel that receives when it is time to look for the background work that the
// last claim did not look for; nil if it did.
func (s *shares) look() <-chan time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.skipped {
		return nil
	}
	return time.After(time.Until(s.nextLook))
}
