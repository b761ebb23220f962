package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Heartbeat implements queue.Tx. The replicas are the bots of one process.
func (t *tx) Heartbeat(replica store.Replica, until int64) (all []store.Replica, err error) {
	pages, err := json.Marshal(replica.Pages)
	if err != nil {
		return nil, fmt.Errorf("store: pages of replica %q: %w", replica.Owner, err)
	}
	busy, err := json.Marshal(replica.Busy)
	if err != nil {
		return nil, fmt.Errorf("store: busy pages of replica %q: %w", replica.Owner, err)
	}
	if err := t.exec(saveReplica, replica.Owner, string(pages), string(busy), t.Holder(), until); err != nil {
		return nil, err
	}
	if err := t.exec(expireReplicas, t.now); err != nil {
		return nil, err
	}
	var bad error
	err = t.query(func(r *row) {
		one := store.Replica{Owner: r.text(0)}
		bad = errors.Join(bad, json.Unmarshal([]byte(r.text(1)), &one.Pages), json.Unmarshal([]byte(r.text(2)), &one.Busy))
		all = append(all, one)
	}, readReplicas, t.now)
	return all, errors.Join(err, bad)
}

// OnceRow implements queue.Tx.
func (t *tx) OnceRow(name string) (once queue.OnceRow, err error) {
	err = t.query(func(r *row) {
		once = queue.OnceRow{Name: name, Version: r.text(0), DoneAt: r.int(1), LeaseUntil: r.int(2), Token: r.int(3)}
	}, readOnce, name)
	return once, err
}
