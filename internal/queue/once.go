package queue

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// StartOnce asks for the lease on work that replicas do once, and calls done with the answer.
func StartOnce(name, version string, lease time.Duration, done func(store.OnceState)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		row, err := g.tx.OnceRow(name)
		if err != nil {
			return err
		}
		row.Name = name
		switch {
		case row.DoneAt != 0 && row.Version == version:
			done(store.OnceState{Done: true})
			return nil
		case row.LeaseUntil > g.now:
			done(store.OnceState{Busy: time.Duration(row.LeaseUntil-g.now) * time.Microsecond})
			return nil
		}
		row.Token++
		row.LeaseUntil = g.now + max(lease.Microseconds(), 1)
		g.changes.Once = []OnceRow{row}
		done(store.OnceState{Token: row.Token})
		return g.flush()
	}}
}

// EndOnce ends the lease with a token. With done the work of that version is done; otherwise it is given back.
func EndOnce(name, version string, token int64, done bool) *Operation {
	op := &Operation{}
	op.exclusive = func(g *group) error {
		row, err := g.tx.OnceRow(name)
		if err != nil {
			return err
		}
		if row.Token != token || row.LeaseUntil == 0 {
			op.Err = store.ErrFenced
			return nil
		}
		row.LeaseUntil = 0
		if done {
			row.Version, row.DoneAt = version, g.now
		}
		g.changes.Once = []OnceRow{row}
		return g.flush()
	}
	return op
}
