package memory

import (
	"context"
	"sync"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Config bounds a [Store]. The zero value means the defaults.
type Config struct {
	// Backlog is how many events of one page may wait before Put returns a
	// [store.BacklogError]. The default is 100,000.
	Backlog int
	// DedupKeys is how many dedup keys are kept. Beyond it the oldest are forgotten, except those of events and sends that still
	// wait and of dead letters. The default is 200,000.
	DedupKeys int
	// Now is the store's clock. The default is [time.Now]. After a backward step of at least a second timestamps in the future
	// count as now. After a forward step leases expire early, and what is delayed is due early.
	Now func() time.Time
	// Records is how many received events, attempts to send, locations and dead letters are kept, of each kind. Beyond it the
	// oldest are forgotten. The default is 10,000.
	Records int
}

func (c Config) withDefaults() Config {
	if c.Backlog <= 0 {
		c.Backlog = 100_000
	}
	if c.DedupKeys <= 0 {
		c.DedupKeys = 200_000
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Records <= 0 {
		c.Records = 10_000
	}
	return c
}

// Store is a [store.Store] that keeps everything in the process: nothing survives a restart. What grows with traffic is bounded,
// see [Config]. It runs no [store.Call], and has all other capabilities: [store.Clock], [store.DeadLetters],
// [store.Inspector], [store.Interruptible], [store.Isolator], [store.OnceKeeper], [store.Peeker], [store.Replicas], [store.Timers] and
// [store.Viewer].
// It is safe for concurrent use.
type Store struct {
	operations
	rows

	config  Config
	machine queue.Machine

	mu     sync.Mutex
	closed bool
	tables *tables
	// tx is the transaction that runs, and one its operation.
	tx  tx
	one [1]*queue.Operation

	hints queue.Hints
}

var (
	_ store.Store         = (*Store)(nil)
	_ store.Clock         = (*Store)(nil)
	_ store.DeadLetters   = (*Store)(nil)
	_ store.Inspector     = (*Store)(nil)
	_ store.Isolator      = (*Store)(nil)
	_ store.OnceKeeper    = (*Store)(nil)
	_ store.Interruptible = (*Store)(nil)
	_ store.Replicas      = (*Store)(nil)
	_ store.Timers        = (*Store)(nil)
	_ store.Peeker        = (*Store)(nil)
	_ store.Viewer        = (*Store)(nil)
	_ store.Broadcasts    = (*Store)(nil)
)

// New returns an empty store. The zero Config has all defaults.
func New(config Config) *Store {
	c := config.withDefaults()
	s := &Store{config: c, tables: newTables(c)}
	s.operations = queue.NewOperations(s.do, "", nil)
	s.rows = queue.NewRows(s.dump)
	s.machine = queue.Machine{Bound: c.Backlog, Backlog: func(pageID string) int { return s.tables.backlog[pageID] }}
	return s
}

// begin locks the store for one operation, unless the context has ended or the store is closed.
func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

// do runs one operation.
func (s *Store) do(ctx context.Context, op *queue.Operation) error {
	effects, err := s.run(ctx, op)
	if err == nil && op.Err == nil && effects.Hint {
		s.hints.Call()
	}
	if err == nil {
		err = op.Err
	}
	return err
}

// run runs an operation in a transaction of its own.
func (s *Store) run(ctx context.Context, op *queue.Operation) (queue.Effects, error) {
	if err := s.begin(ctx); err != nil {
		return queue.Effects{}, err
	}
	defer s.mu.Unlock()
	defer s.tables.keys.trim()
	s.one[0] = op
	now := queue.Micros(s.config.Now())
	s.tables.keepTime(now)
	s.tx.begin(s.tables, now, s.one[:])
	defer s.tx.end()
	return s.machine.Run(&s.tx, s.one[:])
}

// Interruptible implements [store.Interruptible].
func (s *Store) Interruptible() store.Store { return s }

// Close implements [store.Store]. It drops everything.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.tables = nil
	return nil
}
