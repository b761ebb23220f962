package engine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var errCrashed = errors.New("the process has ended")

// mortal is a store, and a network, for one process of several that come one after
// the other: when it has crashed, nothing that it still does has an effect.
type mortal struct {
	store.Store
	rest    http.RoundTripper
	crashed chan struct{}
	once    sync.Once

	*survivor
}

func (m *mortal) Unwrap() store.Store { return m.Store }

// survivor is what outlives the processes: the events that are marked, and those
// whose process ended while they were.
type survivor struct {
	mu            sync.Mutex
	marked, fatal map[store.Conversation]int64
	onTheWay      map[string]store.Conversation // sends that are started and not settled
	mayDouble     map[store.Conversation]bool   // had one when a process ended
}

func (m *mortal) crash() {
	m.once.Do(func() {
		close(m.crashed)
		m.mu.Lock()
		defer m.mu.Unlock()
		maps.Copy(m.fatal, m.marked)
		clear(m.marked)
		for _, conv := range m.onTheWay {
			m.mayDouble[conv] = true
		}
	})
}

func (m *mortal) over() bool {
	select {
	case <-m.crashed:
		return true
	default:
		return false
	}
}

func (m *mortal) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if m.over() {
		return nil, errCrashed
	}
	leases, err := m.Store.Claim(ctx, claim)
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range leases {
		leases[i].Fatal = m.fatal[leases[i].Conversation]
	}
	return leases, err
}

func (m *mortal) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if m.over() {
		return nil, errCrashed
	}
	due, err := m.Store.Commit(ctx, out)
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, r := range out.Results {
			delete(m.onTheWay, r.Key)
		}
		if out.Start != "" {
			m.onTheWay[out.Start] = out.Lease.Conversation
		}
		delete(m.marked, out.Lease.Conversation)
		delete(m.fatal, out.Lease.Conversation)
	}
	return due, err
}

func (m *mortal) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	if m.over() {
		return errCrashed
	}
	err := m.Store.(store.Isolator).MarkAlone(ctx, lease, seq)
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.marked[lease.Conversation] = seq; seq == 0 {
			delete(m.marked, lease.Conversation)
		}
	}
	return err
}

func (m *mortal) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	if m.over() {
		return nil, errCrashed
	}
	return m.Store.Renew(ctx, ttl, leases...)
}

func (m *mortal) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.over() {
		return nil, errCrashed
	}
	return m.rest.RoundTrip(r)
}

// Events that end their process, at once or late in their turn, become the only
// dead letters, in a bounded number of crashes. The innocent ones that were there
// each time are answered, each once, however slow they are, and so are those that
// write meanwhile.
func TestOnlyEventsThatEndTheirProcessAreDeadLetters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		slow, late time.Duration
		poisons    int
		crashes    int // the most
	}{
		"one, at once":           {500 * time.Millisecond, 0, 1, 5},
		"two, at once":           {500 * time.Millisecond, 0, 2, 10},
		"one, after 3 s":         {10 * time.Second, 3 * time.Second, 1, 5},
		"one, after 12 s":        {25 * time.Second, 12 * time.Second, 1, 7},
		"three, after 3 s":       {10 * time.Second, 3 * time.Second, 3, 15},
		"two, among slow people": {25 * time.Second, 0, 2, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const people = 64
			alive := &survivor{
				marked: map[store.Conversation]int64{}, fatal: map[store.Conversation]int64{},
				onTheWay: map[string]store.Conversation{}, mayDouble: map[store.Conversation]bool{},
			}
			st := memory.New(memory.Config{})
			var now *mortal
			policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				wait := c.slow
				if strings.HasPrefix(ev.Text(), "poison") {
					wait = c.late
				}
				mine := now
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(wait):
				}
				if strings.HasPrefix(ev.Text(), "poison") {
					mine.crash()
					return errCrashed
				}
				return reply.Reply(ctx, sending.Text(ev.Text()))
			}))
			inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
				w.Stop()
				w.Store = st
				start := func() {
					now = &mortal{Store: st, crashed: make(chan struct{}), survivor: alive}
					now.rest = bubble.InProcess{Handler: func() http.Handler { return w.Simulator }}
					w.Store, w.cfg.HTTPClient = now, &http.Client{Transport: now}
					w.start()
				}
				start()
				writes := func(psid, text string) {
					require.Equal(t, http.StatusOK, w.Posts(callback(pageID, psid, "m_"+psid, text)).Code)
				}
				for i := range c.poisons {
					writes(fmt.Sprint("66", i), fmt.Sprint("poison ", i))
				}
				for i := range people {
					writes(fmt.Sprint(7000+i), "a")
				}
				crashes, wrote := 0, 0
				settled := time.After(30 * time.Minute)
				for over := false; !over; {
					select {
					case <-now.crashed:
						crashes++
						require.LessOrEqual(t, crashes, c.crashes)
						w.Stop()
						time.Sleep(20 * time.Second) // its leases run out
						start()
						writes(fmt.Sprint(8000+wrote), "b")
						wrote++
					case <-settled:
						over = true
					}
				}
				t.Log(crashes, "crashes")
				got := func(psid, text string) {
					texts := w.Texts(psid)
					if alive.mayDouble[store.Conversation{PageID: pageID, PSID: psid}] {
						texts = slices.Compact(texts)
					}
					require.Equal(t, []string{text}, texts)
				}
				for i := range people {
					got(fmt.Sprint(7000+i), "a")
				}
				for i := range wrote {
					got(fmt.Sprint(8000+i), "b")
				}
				var dead []string
				for _, l := range w.Letters() {
					dead = append(dead, l.PSID)
				}
				slices.Sort(dead)
				require.Len(t, dead, c.poisons)
				for i, psid := range dead {
					require.Equal(t, fmt.Sprint("66", i), psid)
				}
			})
		})
	}
}
