package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func (p *player) commit() {
	if len(p.leases) == 0 {
		return
	}
	lease := recent(p, p.leases)
	o := p.outcome(lease.want)
	got, want := o, o
	got.Lease, want.Lease = lease.got.LeaseID, lease.want.LeaseID
	if n := len(lease.want.Events); n > 0 && p.rand.IntN(3) > 0 {
		at, retry := p.rand.IntN(n), p.rand.IntN(3) == 0
		var failures []store.Failure
		if p.rand.IntN(3) == 0 {
			failures = []store.Failure{{Route: pick(p, []string{"r1", "r2", ""}), Error: "e"}}
		}
		for _, side := range []struct {
			of *store.Outcome
			ev store.QueuedEvent
		}{{&got, lease.got.Events[at]}, {&want, lease.want.Events[at]}} {
			side.of.Event = end(side.ev)
			side.of.Event.Retry, side.of.Event.Failures = retry, failures
		}
	}
	p.commits(got, want)
}

func (p *player) commits(got, want store.Outcome) {
	p.Helper()
	var due [2][]store.QueuedSend
	var next [2][]store.QueuedEvent
	if p.rand.IntN(2) == 0 {
		want.Next = func(ev store.QueuedEvent) { next[0] = append(next[0], ev) }
		got.Next = func(ev store.QueuedEvent) { next[1] = append(next[1], ev) }
	}
	if p.same(func(st store.Store) (err error) {
		if st == store.Store(p.model) {
			due[0], err = st.Commit(p.ctx, want)
		} else {
			due[1], err = st.Commit(p.ctx, got)
		}
		return err
	}) {
		require.Equal(p, due[0], due[1], p.step)
	}
	granted := pair{store.Lease{LeaseID: got.Lease, Events: next[1]}, store.Lease{LeaseID: want.Lease, Events: next[0]}}
	require.Equal(p, numberless(granted.want).Events, numberless(granted.got).Events, p.step)
	if len(next[0]) > 0 {
		require.Len(p, next[0], 1, p.step)
		p.leases = append(p.leases, granted)
	}
}

func (p *player) replay() {
	want, err := p.model.Dead(p.ctx, store.DeadQuery{})
	require.NoError(p, err, p.step)
	got := p.letters(store.DeadQuery{})
	require.Len(p, got, len(want), p.step)
	if len(want) == 0 {
		return
	}
	i := p.rand.IntN(len(want))
	if p.rand.IntN(4) == 0 {
		require.NoError(p, p.model.Drop(p.ctx, want[i].ID), p.step)
		require.NoError(p, p.Drop(p.ctx, got[i].ID), p.step)
		return
	}
	require.NoError(p, p.model.Replay(p.ctx, want[i].ID), p.step)
	require.NoError(p, p.Replay(p.ctx, got[i].ID), p.step)
}

func (p *player) forget() {
	if p.rand.IntN(3) == 0 {
		conv := pick(p, p.convs)
		p.same(func(st store.Store) error { return st.Forget(p.ctx, conv) })
		delete(p.tokens, conv) // it is a new conversation; that its tokens go on rising, the promises say
	}
}

func (p *player) purge() {
	cutoffs := store.Cutoffs{DedupKeys: p.clock.Now().Add(-time.Duration(p.rand.IntN(20)) * time.Second)}
	if p.rand.IntN(2) == 0 {
		cutoffs.People = p.clock.Now().Add(-time.Duration(p.rand.IntN(20)) * time.Second)
	}
	p.same(func(st store.Store) error { return st.Purge(p.ctx, cutoffs) })
}

func (p *player) advance() { p.clock.advance(time.Duration(p.rand.IntN(4000)) * time.Millisecond) }

// drain handles all that is left. Nothing may stay behind that cannot be claimed.
func (p *player) drain(seed uint64) {
	p.step = fmt.Sprintf("seed %d, at the end", seed)
	for rounds := 0; ; rounds++ {
		d := p.dump()
		if len(d.Events)+len(d.Sends)+len(d.Raised) == 0 {
			break
		}
		require.Less(p, rounds, 200, p.step)
		p.clock.advance(time.Minute)
		before := len(p.leases)
		p.claimWith(all)
		require.Greater(p, len(p.leases), before, "%s: rows wait and nothing can be claimed", p.step)
		for _, lease := range p.leases[before:] {
			for i := range lease.want.Events {
				p.commits(store.Outcome{Lease: lease.got.LeaseID, Event: end(lease.got.Events[i])},
					store.Outcome{Lease: lease.want.LeaseID, Event: end(lease.want.Events[i])})
			}
			got := store.Outcome{Lease: lease.got.LeaseID, Release: true}
			for _, s := range lease.want.Sends {
				got.Results = append(got.Results, store.SendResult{Key: s.Key, State: store.SendFinished})
			}
			want := got
			want.Lease = lease.want.LeaseID
			p.commits(got, want)
		}
	}
	p.compare()
	p.compareRows()
	p.claimWith(all)
}
