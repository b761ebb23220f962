package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// Config bounds a [Store]. The zero value means the defaults.
type Config struct {
	// Backlog is how many events of one page may wait before Put returns a
	// [store.BacklogError]. The default is 100,000.
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

func (c Config) withDefaults() Config {
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

// Store is a [store.Store] that keeps everything in the process, for tests and
// first steps: nothing survives a restart. What grows with traffic is bounded,
// see [Config]. It runs no [store.Call].
type Store struct {
	config Config

	mu     sync.Mutex
	closed bool
	// serial numbers events, sends, dead letters and records in order of
	// arrival; tokens numbers leases over all conversations, so that a
	// conversation that was forgotten and comes back never repeats one.
	serial int64
	tokens int64

	conversations map[store.Conversation]*conversation
	due           schedule
	backlog       map[string]int // waiting events by page
	sends         map[string]*send
	dedup         dedupKeys
	dead          []*letter

	people      map[store.Conversation]*store.Person
	sessions    map[sessionID]store.Session
	attachments map[attachmentID]store.SaveAttachment
	locations   records[store.Location]
	received    records[store.Received]
	receivedIDs map[receivedID]struct{}
	sent        records[store.Sent]

	hints    map[int64]func()
	nextHint int64

	replicas map[string]announced
	echoed   map[string]time.Time // by page
}

var (
	_ store.Store       = (*Store)(nil)
	_ store.Clock       = (*Store)(nil)
	_ store.DeadLetters = (*Store)(nil)
	_ store.Inspector   = (*Store)(nil)
	_ store.Isolator    = (*Store)(nil)
	_ store.Replicas    = (*Store)(nil)
)

// New returns an empty store. It takes at most one configuration.
func New(config ...Config) *Store {
	var c Config
	if len(config) > 0 {
		c = config[0]
	}
	c = c.withDefaults()
	return &Store{
		config:        c,
		conversations: map[store.Conversation]*conversation{},
		due:           newSchedule(),
		backlog:       map[string]int{},
		sends:         map[string]*send{},
		dedup:         dedupKeys{bound: c.DedupKeys, entries: map[dedupKey]*dedupEntry{}},
		people:        map[store.Conversation]*store.Person{},
		sessions:      map[sessionID]store.Session{},
		attachments:   map[attachmentID]store.SaveAttachment{},
		locations:     newRecords(c.Records, func(l store.Location) ownerID { return ownerID{l.PageID, l.PSID} }),
		received:      newRecords(c.Records, func(r store.Received) ownerID { return ownerID{r.PageID, r.PSID} }),
		receivedIDs:   map[receivedID]struct{}{},
		sent:          newRecords(c.Records, func(s store.Sent) ownerID { return ownerID{s.PageID, s.PSID} }),
		hints:         map[int64]func(){},
		replicas:      map[string]announced{},
		echoed:        map[string]time.Time{},
	}
}

// begin locks the store for one operation, unless the context has ended or the
// store is closed.
func (m *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

// now is the store's clock, in the form in which all times are kept.
func (m *Store) now() time.Time { return stamp(m.config.Now()) }

// stamp gives a time the form in which stores keep it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func (m *Store) next() int64 {
	m.serial++
	return m.serial
}

// Wake implements [store.Queuer].
func (m *Store) Wake(hint func()) (stop func()) {
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
func (m *Store) hint() {
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

// Stats implements [store.Inspector].
func (m *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := m.begin(ctx); err != nil {
		return store.Stats{}, err
	}
	defer m.mu.Unlock()
	now := m.now()
	stats := store.Stats{Sends: len(m.sends), Dead: len(m.dead)}
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
			stats.Blocked = append(stats.Blocked, store.Blocked{Conversation: box.conv, Attempts: head.Attempts, Since: head.ReceivedAt})
		}
	}
	slices.SortFunc(stats.Blocked, func(a, b store.Blocked) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PersonID, b.PersonID))
	})
	stats.Blocked = stats.Blocked[:min(len(stats.Blocked), store.MaxBlocked)]
	return stats, nil
}

// Waiting implements [store.Inspector].
func (m *Store) Waiting(ctx context.Context) (map[string]store.Waiting, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	waiting := map[string]store.Waiting{}
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

// Ping implements [store.Inspector].
func (m *Store) Ping(ctx context.Context) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	m.mu.Unlock()
	return nil
}

// Close implements [store.Store]. It drops everything.
func (m *Store) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.conversations, m.due, m.sends, m.dead, m.hints = nil, schedule{}, nil, nil, nil
	m.replicas, m.echoed = nil, nil
	m.people, m.sessions, m.attachments, m.receivedIDs = nil, nil, nil, nil
	m.dedup, m.locations, m.received, m.sent = dedupKeys{}, records[store.Location]{}, records[store.Received]{}, records[store.Sent]{}
	return nil
}
