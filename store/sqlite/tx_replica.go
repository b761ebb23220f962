package sqlite

import (
	"errors"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Heartbeat implements queue.Tx. The replicas are the bots of one process.
func (t *tx) Heartbeat(replica store.Replica, until int64) (all []store.Replica, err error) {
	pages, busy, err := queue.EncodePages(replica)
	if err != nil {
		return nil, err
	}
	if err := t.exec(saveReplica, replica.Owner, pages, busy, t.Holder(), until); err != nil {
		return nil, err
	}
	if err := t.exec(expireReplicas, t.now); err != nil {
		return nil, err
	}
	var bad error
	err = t.query(func(r *row) {
		one := store.Replica{Owner: r.text(0)}
		bad = errors.Join(bad, queue.DecodePages(&one, r.text(1), r.text(2)))
		all = append(all, one)
	}, readReplicas, t.now)
	return all, errors.Join(err, bad)
}

// OnceRow implements queue.Tx.
func (t *tx) OnceRow(name string) (once queue.OnceRow, err error) {
	err = t.query(func(r *row) {
		once = queue.OnceRow{Name: name}
		r.scan(0, once.Fields(nil)[1:]...)
	}, readOnce, name)
	return once, err
}
