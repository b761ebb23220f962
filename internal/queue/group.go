package queue

import "sync"

// groups keeps groups that have ended, with the room of their lists: most are of one operation, for which it would cost more to make
// the lists than to use them.
var groups = sync.Pool{New: func() any { return new(group) }}

// mostKept is the length from which a list is not kept, and mostKeptEntries that of maps.
const (
	mostKept        = 1024
	mostKeptEntries = 64
)

func newGroup(m *Machine, tx Tx) *group {
	g, _ := groups.Get().(*group) // the pool has nothing else
	g.Machine, g.tx = m, tx
	return g
}

// end keeps the lists of a group, but nothing that they hold. The group must not be used any more.
func (g *group) end() {
	g.wants.reset()
	g.changes.reset()
	empty(&g.dirty)
	empty((*[]pageCount)(&g.more))
	emptyMap(&g.people)
	emptyMap(&g.taken)
	emptyMap(&g.rooms)
	*g = group{wants: g.wants, changes: g.changes, dirty: g.dirty, more: g.more, people: g.people, taken: g.taken, rooms: g.rooms}
	groups.Put(g)
}

// empty makes a list empty, and keeps its room unless that is large.
func empty[T any](list *[]T) {
	if cap(*list) > mostKept {
		*list = nil
		return
	}
	clear(*list)
	*list = (*list)[:0]
}

// emptyMap makes a map empty, and keeps its room unless that is large.
func emptyMap[K comparable, V any](m *map[K]V) {
	if len(*m) > mostKeptEntries {
		*m = nil
		return
	}
	clear(*m)
}

func (w *Wants) reset() {
	empty(&w.Conversations)
	empty(&w.Lookups)
	empty(&w.Keys)
	empty(&w.People)
	empty(&w.Sessions)
	empty(&w.Pages)
	empty(&w.Started)
	empty(&w.Raised)
	w.PassLocked = false
}

func (c *Changes) reset() {
	empty(&c.EventsDead)
	empty(&c.EventsRetried)
	empty(&c.EventsDone)
	empty(&c.SendsGone)
	empty(&c.SendsChanged)
	empty(&c.SendsAdded)
	empty(&c.LettersGone)
	empty(&c.EventsAdded)
	empty(&c.RaisedDead)
	empty(&c.RaisedRetried)
	empty(&c.RaisedGone)
	empty(&c.RaisedAdded)
	empty(&c.People)
	empty(&c.Acts)
	empty(&c.Sessions)
	empty(&c.SessionsGone)
	empty(&c.Locations)
	empty(&c.Received)
	empty(&c.Sent)
	empty(&c.Once)
	empty(&c.Broadcasts)
	empty(&c.Recipients)
	empty(&c.RecipientEnds)
	empty(&c.ConversationsAdded)
	empty(&c.Conversations)
	empty(&c.ConversationsDormant)
	empty(&c.ConversationsGone)
	empty(&c.Attachments)
	empty(&c.Echoed)
	empty(&c.Unsent)
	empty(&c.KeysFreed)
}

// pageCounts are numbers by page. A group has few pages.
type pageCounts []pageCount

type pageCount struct {
	page string
	n    int
}

func (c *pageCounts) add(page string, n int) {
	for i := range *c {
		if (*c)[i].page == page {
			(*c)[i].n += n
			return
		}
	}
	*c = append(*c, pageCount{page, n})
}

func (c *pageCounts) of(page string) int {
	for i := range *c {
		if (*c)[i].page == page {
			return (*c)[i].n
		}
	}
	return 0
}
