package engine_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// slow is a handler that takes its time, and the most that it ever ran at a time.
type slow struct {
	takes time.Duration

	mu            sync.Mutex
	running, most int
}

func (s *slow) handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	if ev.Text() == "fast" {
		return reply.Reply(ctx, sending.Text("fast"))
	}
	s.mu.Lock()
	s.running++
	s.most = max(s.most, s.running)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(s.takes):
		return reply.Reply(ctx, sending.Text("done"))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// after lets time pass, and returns the most turns that ran at a time meanwhile.
func (s *slow) after(d time.Duration) int {
	s.mu.Lock()
	s.most = s.running
	s.mu.Unlock()
	after(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// leavesInterrupted lets people, from 70 on, write a text each, and claims all of it
// so many times, as processes do that end while they work for them. The bot does
// not run then.
func (w *world) leavesInterrupted(people, times int, text string) {
	w.T.Helper()
	w.Stop()
	for i := range people {
		require.Equal(w.T, http.StatusOK, w.Posts(callback(pageID, fmt.Sprint(70+i), fmt.Sprint("m_", i), text)).Code)
	}
	for range times {
		leases, err := w.Store.Claim(w.T.Context(), store.Claim{
			Owner: "dead", Conversations: 2 * people, Background: people, Suspects: store.Suspects{people, people, people}, TTL: time.Millisecond,
		})
		require.NoError(w.T, err)
		require.Len(w.T, leases, people)
		after(time.Second)
	}
}

// Conversations that were interrupted once go on in parallel, with 64 workers, of which
// their page leaves 8 to others; those
// that were interrupted more often in ever smaller company. Each starts as soon as
// one before it has ended.
func TestInterruptedConversationsRunInSmallerCompanyEachTime(t *testing.T) {
	t.Parallel()
	for times, width := range map[int]int{1: 56, 2: 16, 3: 4, 4: 1, 5: 1, 20: 1} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			t.Parallel()
			const people = 64
			turns := &slow{takes: time.Second}
			cfg := config{Policy: texts(route("slow", turns.handle)), Workers: 64}
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
				w.leavesInterrupted(people, times, "hi")
				w.start()
				require.Equal(t, width, turns.after(time.Duration((people+width-1)/width)*time.Second+500*time.Millisecond))
				for i := range people {
					require.Equal(t, []string{"done"}, w.Texts(fmt.Sprint(70+i)))
				}
				require.Empty(t, w.Letters())
			})
		})
	}
}

func TestIsolatedConversationsDelayNoOthers(t *testing.T) {
	t.Parallel()
	for _, times := range []int{2, 3} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			t.Parallel()
			turns := &slow{takes: 5 * time.Second}
			cfg := config{Policy: texts(route("slow", turns.handle)), Workers: 64}
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
				w.leavesInterrupted(64, times, "hi")
				w.start()
				after(time.Second)
				w.Says(ada, "fast")
				after(time.Millisecond)
				require.Equal(t, []string{"fast"}, w.Texts(ada))
				after(5 * time.Minute)
				require.Empty(t, w.Letters())
			})
		})
	}
}

// isolationStore is a store that shows what engines ask of it: it hands out no
// suspects while it is told so, and knows the event that is marked.
type isolationStore struct {
	store.Store
	noSuspects atomic.Bool
	marked     atomic.Int64
	starts     atomic.Int64 // that leases pretend to have, if not 0
	fatal      atomic.Bool  // the first event of each lease, as far as it tells
}

func (s *isolationStore) Unwrap() store.Store { return s.Store }

func (s *isolationStore) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	if s.noSuspects.Load() {
		claim.Suspects = store.Suspects{}
	}
	leases, err := s.Store.Claim(ctx, claim)
	for i := range leases {
		if starts := s.starts.Load(); starts != 0 {
			leases[i].Deliveries = int(starts)
		}
		if s.fatal.Load() {
			leases[i].Fatal = leases[i].Events[0].Seq
		}
	}
	return leases, err
}

func (s *isolationStore) MarkAlone(ctx context.Context, lease store.LeaseID, seq int64) error {
	err := s.Store.(store.Isolator).MarkAlone(ctx, lease, seq)
	if err == nil {
		s.marked.Store(seq)
	}
	return err
}

// An event that runs alone waits for the turns that run, and lets no other start
// until it is over, or has shown for 5 s that it does not end the process.
func TestAnEventRunsAloneForAWhile(t *testing.T) {
	t.Parallel()
	turns := &slow{takes: 20 * time.Second}
	st := &isolationStore{Store: memory.New(memory.Config{})}
	cfg := config{Policy: texts(route("slow", turns.handle)), Store: st}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		w.leavesInterrupted(1, 4, "suspect")
		st.noSuspects.Store(true)
		w.start()
		w.Says(lin, "slow too")
		after(time.Second)
		st.noSuspects.Store(false)
		after(15 * time.Second)
		w.Says(ada, "fast")
		require.Equal(t, 1, turns.after(3*time.Second))
		require.Zero(t, st.marked.Load(), "a turn runs still")
		require.Equal(t, 1, turns.after(2*time.Second))
		require.NotZero(t, st.marked.Load())
		require.Equal(t, []string{"done"}, w.Texts(lin))
		require.Empty(t, w.Texts(ada), "no other starts")
		after(5 * time.Second)
		require.Zero(t, st.marked.Load(), "it has run alone for long enough")
		require.Equal(t, []string{"fast"}, w.Texts(ada))
		require.Empty(t, w.Texts("70"))
		after(time.Minute)
		require.Equal(t, []string{"done"}, w.Texts("70"))
		require.Empty(t, w.Letters())
	})
}

// The events that follow one that ran alone, in its conversation, are turns like all
// others: what runs alone next waits for them.
func TestAnEventRunsAloneBesideNoLaterEventOfAnother(t *testing.T) {
	t.Parallel()
	var running, suspects, beside atomic.Int64
	handler := func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		running.Add(1)
		defer running.Add(-1)
		if ev.Text() == "suspect" {
			suspects.Add(1)
			defer suspects.Add(-1)
		}
		for range 3 {
			after(time.Second)
			if suspects.Load() > 0 && running.Load() > 1 {
				beside.Add(1)
			}
		}
		return reply.Reply(ctx, sending.Text("done"))
	}
	st := &isolationStore{Store: memory.New(memory.Config{})}
	cfg := config{Policy: texts(route("handler", handler)), Store: st}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		w.Stop()
		for _, text := range []string{"suspect", "next"} {
			w.Says(ada, text)
			w.Says(lin, text)
		}
		st.starts.Store(5)
		w.start()
		after(time.Minute)
		require.Equal(t, []string{"done", "done"}, w.Texts(ada))
		require.Equal(t, []string{"done", "done"}, w.Texts(lin))
		require.Zero(t, beside.Load())
	})
}

// The more often an event was interrupted the longer it runs alone: one that ends
// its process late is found, too.
func TestAnEventRunsAloneForLongerEachTime(t *testing.T) {
	t.Parallel()
	for starts, alone := range map[int64]time.Duration{5: 5 * time.Second, 6: 10 * time.Second, 7: 20 * time.Second, 8: 25 * time.Second, 100: 25 * time.Second} {
		t.Run(fmt.Sprint(starts), func(t *testing.T) {
			t.Parallel()
			turns := &slow{takes: 25 * time.Second}
			st := &isolationStore{Store: memory.New(memory.Config{})}
			cfg := config{Policy: texts(route("slow", turns.handle)), Store: st}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				st.starts.Store(starts)
				w.Says(ada, "suspect")
				after(time.Second)
				st.starts.Store(0)
				w.Says(lin, "fast")
				after(alone - time.Second - time.Millisecond)
				require.Empty(t, w.Texts(lin))
				after(time.Second)
				require.Equal(t, []string{"fast"}, w.Texts(lin))
				after(time.Minute)
				require.Equal(t, []string{"done"}, w.Texts(ada))
			})
		})
	}
}

// Neither interruptions alone nor leases that expire make a dead letter, however
// many: the process may have ended for another's doing, or not at all.
func TestAnInterruptedEventIsNotADeadLetter(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 4, 5, 6, 50} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
				w.Stop()
				w.Says(ada, "hi")
				w.Says(ada, "next")
				for range times {
					require.Len(t, w.Dies().Events, 2)
				}
				w.start()
				after(10 * time.Second)
				require.Equal(t, []string{"you said hi", "you said next"}, w.Texts(ada))
				require.Empty(t, w.Letters())
			})
		})
	}
}

// What ended its process while it ran alone is a dead letter, and not run again.
func TestAFatalEventIsNotRun(t *testing.T) {
	t.Parallel()
	st := &isolationStore{Store: memory.New(memory.Config{})}
	inBubble(t, simulator.Config{}, config{Policy: texts(echo), Store: st}, func(w *world) {
		w.Stop()
		w.Says(ada, "hi")
		w.Says(ada, "next")
		st.fatal.Store(true)
		st.starts.Store(6)
		w.start()
		after(10 * time.Second)
		require.Equal(t, []string{"you said next"}, w.Texts(ada))
		require.False(t, w.Person(ada).LastAct.IsZero())
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Contains(t, string(letters[0].Body), `"hi"`)
		require.Empty(t, letters[0].Failures[0].Route, "all routes, for none was run")
		require.Contains(t, letters[0].Failures[0].Error, "not run again")
	})
}
