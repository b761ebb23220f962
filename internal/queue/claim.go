package queue

import (
	"math"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// A walk that meets conversations which it may not lease looks further: at twice as many conversations each time, up to
// mostDoublings, and mostRounds times.
const (
	mostDoublings = 10
	mostRounds    = 20
)

// claiming is one claim in progress.
type claiming struct {
	*group
	claim  store.Claim
	leases []store.Lease
}

// claim leases conversations that have something due, oldest due first, and background work after everything else.
func (g *group) claim(claim store.Claim) ([]store.Lease, error) {
	emptyMap(&g.taken)
	emptyMap(&g.rooms)
	c := &claiming{group: g, claim: claim}
	var err error
	if !claim.OnlyBackground {
		err = c.class(false, claim.Conversations)
	}
	if most := min(claim.Background, claim.Conversations); err == nil && most > len(c.leases) {
		err = c.class(true, most)
	}
	return c.leases, err
}

// class leases conversations of foreground or background work, until there are most leases. Busy pages are those of which claims have met more than there
// was room for. The work of the others is found behind all that waits for busy pages.
func (c *claiming) class(background bool, most int) error {
	busy := c.busy(background)
	if len(busy) > 0 {
		if err := c.walk(background, true, most); err != nil {
			return err
		}
	}
	if err := c.walk(background, false, most); err != nil {
		return err
	}
	if len(c.busy(background)) > len(busy) {
		return c.walk(background, true, most)
	}
	return nil
}

// busy returns the busy pages; none where the database passes over pages itself.
func (c *claiming) busy(background bool) []string {
	if c.Unserved == nil || c.claim.Room == nil {
		return nil
	}
	return c.Unserved.busy(passing{c.claim.Owner, background, true})
}

// walk leases conversations in the order in which they became due, until there are most leases: behind busy pages, or else those of
// busy pages, too.
func (c *claiming) walk(background, behind bool, most int) error {
	all := false
	for rounds := 0; len(c.leases) < most && rounds <= mostRounds; rounds++ {
		want := most - len(c.leases)
		if busy := c.busy(background); !behind && len(busy) > 0 {
			if want = min(want, c.roomOf(busy)); want == 0 {
				return nil
			}
		}
		limit := len(c.leases) + want<<min(rounds, mostDoublings)
		due, err := c.due(background, behind, limit)
		if err != nil {
			return err
		}
		all = len(due) < limit
		due = c.served(due, background, behind)
		due = c.withRoom(due, background)
		due = due[:min(len(due), want)]
		if len(due) == 0 {
			if all || c.claim.Serves == nil && c.claim.Room == nil {
				break
			}
			continue // what is due may be behind what is left to others
		}
		idle, err := c.lease(due)
		if err != nil {
			return err
		}
		if all && idle == 0 {
			break
		}
	}
	if !behind && all {
		for _, page := range c.busy(background) {
			if c.room(page) > 0 { // nothing more waits for it
				c.Unserved.drop(passing{c.claim.Owner, background, true}, page)
			}
		}
	}
	return nil
}

// due returns conversations that can be claimed.
func (c *claiming) due(background, behind bool, limit int) ([]DueRow, error) {
	base := int64(0)
	if background {
		base = BackgroundFrom
	}
	query := DueQuery{
		Now: c.now, Limit: limit, Suspects: c.claim.Suspects, Background: background, Until: base + c.now, Serves: c.claim.Serves, Room: c.room,
	}
	if c.Unserved == nil {
		return c.tx.Due(&query)
	}
	key := passing{c.claim.Owner, background, behind}
	skip, from, look := c.Unserved.of(key, c.claim.Serves, c.now)
	if look {
		first, err := c.tx.FirstDue(skip, base+from, base+c.Unserved.settled(c.now))
		if err != nil {
			return nil, err
		}
		from = max(from, first-base)
		c.Unserved.begin(key, skip, from, c.now)
	}
	if !behind {
		for _, page := range c.busy(background) {
			if c.room(page) <= 0 && !slices.Contains(skip, page) {
				skip = append(skip, page)
			}
		}
	}
	query.Skip, query.From = skip, base+from
	return c.tx.Due(&query)
}

// served leaves out the conversations of pages that a claim does not serve. Until the transaction ends they are locked, so that
// claims of other processes may have passed over them: those get a hint.
func (c *claiming) served(due []DueRow, background, behind bool) []DueRow {
	if c.claim.Serves == nil {
		return due
	}
	return slices.DeleteFunc(due, func(d DueRow) bool {
		if c.claim.Serves(d.PageID) {
			return false
		}
		if c.Unserved != nil && c.Unserved.add(passing{c.claim.Owner, background, behind}, d.PageID, false) {
			c.effects.Hint = true
		}
		return true
	})
}

// withRoom leaves out what was taken before, and what is beyond the bounds of its level of isolation or its page, which is busy then.
func (c *claiming) withRoom(due []DueRow, background bool) []DueRow {
	suspects := c.claim.Suspects
	pages := map[string]int{}
	return slices.DeleteFunc(due, func(d DueRow) bool {
		level := store.IsolationLevel(int(d.Deliveries))
		switch {
		case c.taken[d.Conversation], level > 0 && suspects[level-1] <= 0:
			return true
		case pages[d.PageID] >= c.room(d.PageID):
			if c.Unserved != nil && c.Unserved.add(passing{c.claim.Owner, background, true}, d.PageID, true) {
				c.effects.Hint = true
			}
			return true
		}
		if level > 0 {
			suspects[level-1]--
		}
		pages[d.PageID]++
		return false
	})
}

// room is how many more conversations of a page the claim may lease.
func (c *claiming) room(page string) int {
	if c.claim.Room == nil {
		return math.MaxInt
	}
	room, ok := c.rooms[page]
	if !ok {
		room = c.claim.Room(page)
		put(&c.rooms, page, room)
	}
	return room
}

func (c *claiming) roomOf(pages []string) (sum int) {
	for _, page := range pages {
		sum += max(c.room(page), 0)
	}
	return sum
}

// lease leases conversations, which are locked. It returns how many had nothing to do.
func (c *claiming) lease(due []DueRow) (idle int, err error) {
	before := len(c.leases)
	if c.leases, idle, err = c.group.lease(c.leases, due, &c.claim); err != nil {
		return 0, err
	}
	for i := range due {
		add(&c.taken, due[i].Conversation)
	}
	for i := range c.leases[before:] {
		l := &c.leases[before+i]
		if level := store.IsolationLevel(l.Deliveries - 1); level > 0 {
			c.claim.Suspects[level-1]--
		}
		if c.claim.Room != nil {
			c.rooms[l.PageID]--
		}
	}
	return idle, nil
}
