package gormstore

import (
	"context"
	"crypto/rand"

	"github.com/djmessenger/messenger/store"
)

// Ping implements [store.Inspector]. It puts an event by the statements of Put, in a
// transaction of the writer's, takes it back, and commits: what fails a Put, such as
// a full disk, a revoked permission or a table that is gone, fails it too. The event
// is of a page, a person and keys that nothing else has, so that it waits for
// nothing, and nothing waits for it.
func (s *Store) Ping(ctx context.Context) error {
	name := "messenger/probe/" + rand.Text()
	return s.writer.do(ctx, &operation{probe: true, events: []store.Event{{
		Conversation: store.Conversation{PageID: name, PersonID: name}, Key: name, EchoOf: name, Body: []byte(name),
	}}})
}

// touch makes a transaction that changes nothing. It makes the writer connect again
// if it has to.
func (s *Store) touch(ctx context.Context) error {
	return s.do(ctx, func(*txn) error { return nil })
}

// probe puts the events of a probe and takes them back. What is left to commit is
// nothing, but it is committed: by that the database proves that it makes things
// durable.
func (t *txn) probe(op *operation) error {
	if err := t.later(nil, "SAVEPOINT messenger_probe"); err != nil {
		return err
	}
	probes := []*operation{op}
	if err := t.lockFor(probes); err != nil {
		return err
	}
	if err := t.read(nil, nil, probes, nil); err != nil {
		return err
	}
	if err := t.put(probes); err != nil {
		return err
	}
	if err := t.later(nil, "ROLLBACK TO SAVEPOINT messenger_probe"); err != nil {
		return err
	}
	clear(t.delta)
	t.hint = false
	if t.w.db.Cluster != nil {
		// The server has numbered the transaction, and so it writes the commit to its
		// log, and waits for the disk and its standbys.
		return nil
	}
	// A database without a server commits nothing where nothing has changed. The row is
	// that of no replica, and long expired.
	return t.later(nil, `INSERT INTO messenger_replicas (owner, pages, busy, holder, until) VALUES ('', '[]', '[]', 0, 0)
		ON CONFLICT (owner) DO UPDATE SET until = messenger_replicas.until - 1`)
}
