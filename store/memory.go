package store

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// MemoryConfig bounds a [Memory]. The zero value means the defaults.
type MemoryConfig struct {
	// Backlog is how many events of one page may wait before Put returns a
	// [BacklogError]. The default is 100,000.
	Backlog int
	// Now is the store's clock. The default is [time.Now].
	Now func() time.Time
	// Records is how many received events, attempts to send, locations and
	// dead letters are kept, of each kind. Beyond it the oldest are forgotten.
	// The default is 10,000.
	Records int
	// DedupKeys is how many dedup keys are kept. Beyond it the oldest are
	// forgotten, except those of events and sends that still wait. The default
	// is 200,000.
	DedupKeys int
}

func (c MemoryConfig) withDefaults() MemoryConfig {
	if c.Backlog <= 0 {
		c.Backlog = 100_000
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Records <= 0 {
		c.Records = 10_000
	}
	if c.DedupKeys <= 0 {
		c.DedupKeys = 200_000
	}
	return c
}

// Memory is a [Store] that keeps everything in the process, for tests and
// first steps: nothing survives a restart. What grows with traffic is bounded,
// see [MemoryConfig]. It runs no [Call].
type Memory struct {
	config MemoryConfig

	mu     sync.Mutex
	closed bool
	// serial numbers events, sends, dead letters and records in order of
	// arrival; tokens numbers leases over all conversations, so that a
	// conversation that was forgotten and comes back never repeats one.
	serial int64
	tokens int64

	conversations map[Conversation]*conversation
	due           schedule
	backlog       map[string]int // waiting events by page
	sends         map[string]*memorySend
	dedup         dedupKeys
	dead          []*memoryLetter

	people      map[Conversation]*Person
	sessions    map[sessionID]Session
	attachments map[attachmentID]SaveAttachment
	locations   records[Location]
	received    records[Received]
	receivedIDs map[receivedID]struct{}
	sent        records[Sent]

	hints    map[int64]func()
	nextHint int64

	replicas map[string]memoryReplica
	echoed   map[string]time.Time // by page
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store. It takes at most one configuration.
func NewMemory(config ...MemoryConfig) *Memory {
	var c MemoryConfig
	if len(config) > 0 {
		c = config[0]
	}
	c = c.withDefaults()
	return &Memory{
		config:        c,
		conversations: map[Conversation]*conversation{},
		due:           newSchedule(),
		backlog:       map[string]int{},
		sends:         map[string]*memorySend{},
		dedup:         dedupKeys{bound: c.DedupKeys, entries: map[dedupKey]*dedupEntry{}},
		people:        map[Conversation]*Person{},
		sessions:      map[sessionID]Session{},
		attachments:   map[attachmentID]SaveAttachment{},
		locations:     newRecords(c.Records, func(l Location) ownerID { return ownerID{l.PageID, l.PSID} }),
		received:      newRecords(c.Records, func(r Received) ownerID { return ownerID{r.PageID, r.PSID} }),
		receivedIDs:   map[receivedID]struct{}{},
		sent:          newRecords(c.Records, func(s Sent) ownerID { return ownerID{s.PageID, s.PSID} }),
		hints:         map[int64]func(){},
		replicas:      map[string]memoryReplica{},
		echoed:        map[string]time.Time{},
	}
}

// begin locks the store for one operation, unless the context has ended or the
// store is closed.
func (m *Memory) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return ErrClosed
	}
	return nil
}

// now is the store's clock, in the form in which all times are kept.
func (m *Memory) now() time.Time { return stamp(m.config.Now()) }

// stamp gives a time the form in which stores keep it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func (m *Memory) next() int64 {
	m.serial++
	return m.serial
}

// Wake implements [Queuer].
func (m *Memory) Wake(hint func()) (stop func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return func() {}
	}
	m.nextHint++
	id := m.nextHint
	m.hints[id] = hint
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.hints, id)
	}
}

// hint calls the registered functions: something may be due. It must be
// called without the lock.
func (m *Memory) hint() {
	m.mu.Lock()
	hints := make([]func(), 0, len(m.hints))
	for _, h := range m.hints {
		hints = append(hints, h)
	}
	m.mu.Unlock()
	for _, h := range hints {
		h()
	}
}

// Stats implements [Queuer].
func (m *Memory) Stats(ctx context.Context) (Stats, error) {
	if err := m.begin(ctx); err != nil {
		return Stats{}, err
	}
	defer m.mu.Unlock()
	now := m.now()
	stats := Stats{Sends: len(m.sends), Dead: len(m.dead)}
	for _, box := range m.conversations {
		stats.Events += len(box.events)
		if box.leased && box.leaseUntil.After(now) {
			stats.InFlight++
		}
		for _, ev := range box.events {
			stats.Oldest = earlier(stats.Oldest, ev.ReceivedAt)
		}
		if len(box.events) > 0 && box.events[0].Attempts > 0 {
			head := box.events[0]
			stats.Blocked = append(stats.Blocked, Blocked{Conversation: box.conv, Attempts: head.Attempts, Since: head.ReceivedAt})
		}
	}
	slices.SortFunc(stats.Blocked, func(a, b Blocked) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PersonID, b.PersonID))
	})
	stats.Blocked = stats.Blocked[:min(len(stats.Blocked), MaxBlocked)]
	return stats, nil
}

// Waiting implements [Queuer].
func (m *Memory) Waiting(ctx context.Context) (map[string]Waiting, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	waiting := map[string]Waiting{}
	for _, box := range m.conversations {
		if len(box.events) == 0 && len(box.sends) == 0 {
			continue
		}
		w := waiting[box.conv.PageID]
		w.Events += len(box.events)
		w.Sends += len(box.sends)
		for _, ev := range box.events {
			w.OldestEvent = earlier(w.OldestEvent, ev.ReceivedAt)
		}
		for _, s := range box.sends {
			w.OldestSend = earlier(w.OldestSend, s.notBefore)
		}
		waiting[box.conv.PageID] = w
	}
	return waiting, nil
}

// earlier returns the earlier of two times, of which the first may be zero for none.
func earlier(t, other time.Time) time.Time {
	if t.IsZero() || other.Before(t) {
		return other
	}
	return t
}

// Ping implements [Queuer].
func (m *Memory) Ping(ctx context.Context) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	m.mu.Unlock()
	return nil
}

// Close implements [Store]. It drops everything.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.conversations, m.due, m.sends, m.dead, m.hints = nil, schedule{}, nil, nil, nil
	m.replicas, m.echoed = nil, nil
	m.people, m.sessions, m.attachments, m.receivedIDs = nil, nil, nil, nil
	m.dedup, m.locations, m.received, m.sent = dedupKeys{}, records[Location]{}, records[Received]{}, records[Sent]{}
	return nil
}
