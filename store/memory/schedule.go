package memory

import "container/heap"

// schedule orders the conversations that have work by when they can be claimed: first
// by page, so that a claim passes over a page in one step, however much waits for it.
type schedule struct {
	pages  pageHeap
	byPage map[string]*pageSchedule
}

// pageSchedule orders the conversations of one page. It is never empty.
type pageSchedule struct {
	pageID  string
	waiting dueHeap
	index   int // in the heap of pages, or -1
}

func newSchedule() schedule { return schedule{byPage: map[string]*pageSchedule{}} }

// put files a conversation under its claimAt, whether it was filed before or not.
func (s *schedule) put(b *conversation) {
	page := s.byPage[b.PageID]
	if page == nil {
		page = &pageSchedule{pageID: b.PageID, index: -1}
		s.byPage[page.pageID] = page
	}
	if b.index >= 0 {
		heap.Fix(&page.waiting, b.index)
	} else {
		heap.Push(&page.waiting, b)
	}
	s.fix(page)
}

// remove takes a conversation out, if it is filed.
func (s *schedule) remove(b *conversation) {
	if b.index < 0 {
		return
	}
	page := s.byPage[b.PageID]
	heap.Remove(&page.waiting, b.index)
	if len(page.waiting) > 0 {
		s.fix(page)
		return
	}
	delete(s.byPage, page.pageID)
	s.skip(page)
}

// first returns the conversation that can be claimed first, or nil if none can be by now.
func (s *schedule) first(now int64) *conversation {
	if len(s.pages) == 0 || s.pages[0].waiting[0].claimAt > now {
		return nil
	}
	return s.pages[0].waiting[0]
}

// skip takes a page out of what first looks at, until it is fixed.
func (s *schedule) skip(page *pageSchedule) {
	if page.index >= 0 {
		heap.Remove(&s.pages, page.index)
	}
}

// fix puts a page where its first conversation says.
func (s *schedule) fix(page *pageSchedule) {
	if page.index >= 0 {
		heap.Fix(&s.pages, page.index)
	} else {
		heap.Push(&s.pages, page)
	}
}

// dueHeap orders conversations by when they can be claimed.
type dueHeap []*conversation

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].claimAt < h[j].claimAt }

func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *dueHeap) Push(x any) {
	b, _ := x.(*conversation) // nothing else is pushed
	b.index = len(*h)
	*h = append(*h, b)
}

func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	b := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	b.index = -1
	return b
}

// pageHeap orders pages by when their first conversation can be claimed.
type pageHeap []*pageSchedule

func (h pageHeap) Len() int           { return len(h) }
func (h pageHeap) Less(i, j int) bool { return h[i].waiting[0].claimAt < h[j].waiting[0].claimAt }

func (h pageHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *pageHeap) Push(x any) {
	p, _ := x.(*pageSchedule) // nothing else is pushed
	p.index = len(*h)
	*h = append(*h, p)
}

func (h *pageHeap) Pop() any {
	last := len(*h) - 1
	p := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	p.index = -1
	return p
}
