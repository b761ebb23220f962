package memory

import (
	"maps"

	"github.com/djmessenger/messenger/internal/queue"
)

// Run runs operations as one group, which the store itself never does, and returns what the machine says of it. It calls check with
// the changes before they are applied.
func (s *Store) Run(check func(*queue.Changes), ops ...*queue.Operation) (queue.Effects, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{tables: s.tables, now: queue.Micros(s.config.Now()), ops: ops}
	return s.machine.Run(&checkedTx{t, check}, ops)
}

type checkedTx struct {
	*tx
	check func(*queue.Changes)
}

func (t *checkedTx) Apply(c *queue.Changes) error {
	t.check(c)
	return t.tx.Apply(c)
}

// Backlog returns how many events of each page wait.
func (s *Store) Backlog() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.tables.backlog)
}

// Dump returns the rows of the queue, in no order.
func (s *Store) Dump() queue.Dump { return s.dump() }
