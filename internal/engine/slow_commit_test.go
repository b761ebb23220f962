package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// slowCommits is a store that does one thing at a time, as SQLite does, and whose commits with a session take a
// time, as those with a function of gormstore.OnCommit may. Who asks for such a commit and leaves when the
// context ends does not end it.
type slowCommits struct {
	*memory.Store
	one       chan struct{}
	takes     time.Duration
	committed atomic.Int32 // slow ones
}

// do makes a call when no other is made, unless its context ends before that.
func (s *slowCommits) do(ctx context.Context, call func()) error {
	select {
	case s.one <- struct{}{}:
		defer func() { <-s.one }()
		call()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slowCommits) Claim(ctx context.Context, claim store.Claim) (leases []store.Lease, err error) {
	if late := s.do(ctx, func() { leases, err = s.Store.Claim(ctx, claim) }); late != nil {
		return nil, late
	}
	return leases, err
}

func (s *slowCommits) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) (lost []store.LeaseID, err error) {
	if late := s.do(ctx, func() { lost, err = s.Store.Renew(ctx, ttl, leases...) }); late != nil {
		return nil, late
	}
	return lost, err
}

func (s *slowCommits) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	slow := slices.ContainsFunc(out.Writes, func(w store.Write) bool { _, ok := w.(store.SaveSession); return ok })
	done := make(chan result, 1)
	go func() {
		var r result
		late := s.do(ctx, func() {
			if slow {
				time.Sleep(s.takes)
			}
			if r.due, r.err = s.Store.Commit(context.WithoutCancel(ctx), out); slow && r.err == nil {
				s.committed.Add(1)
			}
		})
		r.err = cmp.Or(late, r.err)
		done <- r
	}()
	select {
	case r := <-done:
		return r.due, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// result is what a commit comes to.
type result struct {
	due []store.QueuedSend
	err error
}

// A commit that holds up the store, for longer than leases can wait for a renewal (7 s) or last, takes effect once. So do the
// events whose turns ran meanwhile, in order: those whose leases could not be renewed run again.
func TestCommitThatHoldsUpTheStore(t *testing.T) {
	t.Parallel()
	for _, takes := range []time.Duration{4 * time.Second, 8 * time.Second, 14 * time.Second, 40 * time.Second} {
		t.Run(takes.String(), func(t *testing.T) {
			t.Parallel()
			answer := route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				if !strings.HasPrefix(ev.Text(), "order") {
					time.Sleep(3 * time.Second)
				} else if err := store.KeepSession(ctx, "order", ev.Text(), 0); err != nil {
					return err
				}
				return reply.Reply(ctx, sending.Text("re: "+ev.Text()))
			})
			synctest.Test(t, func(t *testing.T) {
				st := &slowCommits{Store: memory.New(memory.Config{}), one: make(chan struct{}, 1), takes: takes}
				w := newWorld(t, simulator.Config{}, config{Policy: texts(answer), Store: st})
				w.Says(ada, "hello")
				w.Says(lin, "hello")
				after(10 * time.Second)
				want := []string{"re: hello"}
				for i := range 2 { // the turns of the other person begin before the commit and go on meanwhile
					id := func(n int) string { return fmt.Sprintf("m_%d_%d", i, n) }
					require.Equal(t, http.StatusOK, w.Posts(fmt.Sprintf(`{"object":"page","entry":[%s,%s,%s,%s]}`,
						entry(pageID, lin, id(1), "long"), entry(pageID, lin, id(2), "meanwhile"),
						entry(pageID, ada, id(3), "order"), entry(pageID, ada, id(4), "after"))).Code)
					after(takes + time.Minute)
					want = append(want, "re: order", "re: after")
				}
				require.Equal(t, want, w.Texts(ada))
				require.Equal(t, []string{"re: hello", "re: long", "re: meanwhile", "re: long", "re: meanwhile"}, w.Texts(lin))
				require.EqualValues(t, 2, st.committed.Load())
				require.Empty(t, w.Letters())
				require.Zero(t, w.engine.Counts().Stuck)
				require.NoError(t, w.Close())
				w.Stop()
			})
		})
	}
}
