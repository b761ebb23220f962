package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// holdMost is how long a callback waits for others, if Disorder asks for that.
const holdMost = time.Second

// queue holds the callbacks of one person; they go out one after the other.
type queue struct {
	key     string
	page    *page
	waiting []*Delivery
	busy    bool // callbacks of it are under way
}

// group are callbacks that go out together: the one of a person, or a batch of a page.
type group struct {
	page  *page
	parts []part
}

// part is what comes of one queue.
type part struct {
	queue *queue
	list  []*Delivery
}

func (g *group) first() *Delivery { return g.parts[0].list[0] }

func (g *group) all() (all []*Delivery) {
	for _, p := range g.parts {
		all = append(all, p.list...)
	}
	return all
}

// batch is how many there are, 0 for one that goes out alone.
func (g *group) batch() int {
	if n := len(g.all()); n > 1 {
		return n
	}
	return 0
}

// psid is the person whom all of them are about, empty if there are several.
func (g *group) psid() string {
	if len(g.parts) > 1 {
		return ""
	}
	return g.first().PSID
}

// body is that of the first, or one with the entries of all.
func (g *group) body() []byte {
	all := g.all()
	if len(all) == 1 {
		return []byte(all[0].Body)
	}
	var object string
	var entries []string
	for _, d := range all {
		var cb struct {
			Object string
			Entry  []json.RawMessage
		}
		if json.Unmarshal([]byte(d.Body), &cb) != nil { // cannot happen: entryOf has written it
			continue
		}
		object = cb.Object
		for _, e := range cb.Entry {
			entries = append(entries, string(e))
		}
	}
	return []byte(`{"object":"` + object + `","entry":[` + strings.Join(entries, ",") + `]}`)
}

// free lets the queues go on. s.mu must be held.
func (g *group) free() {
	for _, p := range g.parts {
		p.queue.busy = false
	}
}

// enqueue puts a callback at the end of its person's queue and starts the queue if
// it rests. s.mu must be held and the simulator not closed.
func (s *Simulator) enqueue(d *Delivery) {
	key := d.page.id + "/" + d.PSID
	own, again, copied := s.draw(key, d.Field)
	d.lot = own
	s.line(key, d)
	if copied {
		s.line(key, &Delivery{
			PSID: d.PSID, Field: d.Field, MID: d.MID, Time: d.Time, Body: d.Body, CopyOf: d.ID, page: d.page, lot: again,
		})
	}
}

// line puts a callback into a queue. s.mu must be held.
func (s *Simulator) line(key string, d *Delivery) {
	s.numbered++
	d.ID, d.State, d.PageID, d.arrived = s.numbered, Waiting, d.page.id, time.Now()
	before := s.deliveries
	s.deliveries = trim(append(s.deliveries, d), s.cfg.History)
	for _, old := range before[:len(before)+1-len(s.deliveries)] {
		s.forgetAnswers(old)
	}
	s.pending++
	q := s.queues[key]
	if q == nil || q.page != d.page { // a page that was removed and added again has queues of its own
		q = &queue{key: key, page: d.page}
		s.queues[key] = q
		s.work.Go(func() { s.drain(q) })
	}
	q.waiting = append(q.waiting, d)
	s.publish("delivery", *d)
}

func (s *Simulator) drain(q *queue) {
	for {
		g := s.nextGroup(q)
		if g == nil {
			return
		}
		s.deliver(g)
	}
}

// nextGroup waits until callbacks of a queue may go out, and takes them; nil when the queue is empty.
func (s *Simulator) nextGroup(q *queue) *group {
	for {
		s.mu.Lock()
		if len(q.waiting) == 0 && !q.busy {
			if s.queues[q.key] == q {
				delete(s.queues, q.key)
			}
			if q.page.outage.driver == q {
				q.page.outage.driver = nil
			}
			s.mu.Unlock()
			return nil
		}
		wait, ready := s.readiness(q)
		if ready {
			g := s.takeGroup(q)
			s.mu.Unlock()
			return g
		}
		changed := s.changed
		s.mu.Unlock()
		sleep(changed, wait)
	}
}

// sleep waits for a change, the end among them, or for some time of the wall clock if it is not 0.
func sleep(changed <-chan struct{}, d time.Duration) {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-changed:
	case <-over:
	}
}

// readiness says whether callbacks of a queue may go out now, and else how long to wait, 0 for a change. s.mu must be held.
func (s *Simulator) readiness(q *queue) (wait time.Duration, ready bool) {
	pg := q.page
	switch {
	case q.busy:
		return 0, false
	case pg.removed || s.ctx.Err() != nil:
		return 0, true
	case s.disorder.Retries == RetriesPlatform && pg.outage.down():
		return s.untilRetry(q)
	}
	head := q.waiting[0]
	hold := holdMost - time.Since(head.arrived)
	if s.flushing > 0 {
		hold = 0
	}
	if head.lot.swap && len(q.waiting) > 1 {
		head.lot.swap, q.waiting[1].lot.swap = false, false
		q.waiting[0], q.waiting[1] = q.waiting[1], head
		return s.readiness(q)
	}
	if delay := head.lot.delay - time.Since(head.arrived); delay > 0 {
		return delay, false
	}
	if hold > 0 && (head.lot.swap || s.disorder.Batch > 1 && s.waitingFor(pg) < s.disorder.Batch) {
		return hold, false
	}
	head.lot.swap = false
	return 0, true
}

// untilRetry says how long the page's next retry is away. One queue posts it. s.mu must be held.
func (s *Simulator) untilRetry(q *queue) (wait time.Duration, ready bool) {
	o := &q.page.outage
	if o.driver == nil {
		o.driver = q
	}
	if o.driver != q {
		return 0, false
	}
	left := o.next.Sub(s.now())
	switch {
	case left <= 0:
		return 0, true
	case s.clock.isFrozen():
		return 0, false
	}
	return min(left, time.Second), false // Config.Now may jump
}

// waitingFor is how many callbacks of a page could go out together. s.mu must be held.
func (s *Simulator) waitingFor(pg *page) (n int) {
	for _, q := range s.queues {
		if q.page == pg && !q.busy {
			n += len(q.waiting)
		}
	}
	return n
}

// takeGroup takes what goes out next: the head of a queue, or a batch of what waits in all queues of the page, the oldest first.
// s.mu must be held.
func (s *Simulator) takeGroup(q *queue) *group {
	g := &group{page: q.page}
	room, down := s.disorder.Batch, s.disorder.Retries == RetriesPlatform && q.page.outage.down()
	if down {
		room = batchMost
	}
	if room == 1 || q.page.removed || s.ctx.Err() != nil {
		g.add(q, 1)
		return g
	}
	var ready []*queue
	for _, other := range s.queues {
		if other == q || other.page == q.page && !other.busy && len(other.waiting) > 0 && (down || !other.waiting[0].lot.swap) {
			ready = append(ready, other)
		}
	}
	slices.SortFunc(ready, func(a, b *queue) int { return a.waiting[0].ID - b.waiting[0].ID })
	for _, one := range ready {
		if room > 0 {
			room -= g.add(one, room)
		}
	}
	return g
}

// add takes at most so many callbacks from the head of a queue, and returns how many.
func (g *group) add(q *queue, most int) int {
	n := min(most, len(q.waiting))
	g.parts = append(g.parts, part{q, slices.Clone(q.waiting[:n])})
	q.waiting, q.busy = q.waiting[n:], true
	return n
}

// requeue puts callbacks back to the heads of their queues. s.mu must be held.
func (s *Simulator) requeue(g *group) {
	for _, p := range g.parts {
		p.queue.waiting = append(slices.Clone(p.list), p.queue.waiting...)
	}
	g.free()
}
