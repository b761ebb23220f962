package storetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// seeds are those of the sequences to play: some that are always the same, and one that is new each time.
func seeds(t *testing.T) []uint64 {
	if text := os.Getenv("STORETEST_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		return []uint64{seed}
	}
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, 8, rand.Uint64()}
	more, _ := strconv.Atoi(os.Getenv("STORETEST_SEEDS")) // none by default
	for range more {
		seeds = append(seeds, rand.Uint64())
	}
	return seeds
}

func seedName(seed uint64) string { return fmt.Sprint("random_sequence_", seed) }

// A sequence has so many steps, and all rows are read after every few of them.
const (
	steps     = 400
	rowsEvery = 4
)

// player plays one sequence to a store and to the memory store, which is the model: both must answer alike at each step.
type player struct {
	*suite
	rand  *rand.Rand
	model *memory.Store
	convs []store.Conversation
	// leases are those that were handed out, stale ones included, and sends are those that were added.
	leases []pair
	sends  []store.Send
	keys   int
	step   string
	tokens map[store.Conversation]int64 // the highest that each conversation had
}

// pair is a lease of the store, and that of the model.
type pair struct{ got, want store.Lease }

func playRandom(s *suite, seed uint64) {
	p := &player{
		suite: s, rand: rand.New(rand.NewPCG(seed, seed)), tokens: map[store.Conversation]int64{},
		model: memory.New(memory.Config{Now: s.clock.Now, Backlog: backlog}),
		convs: []store.Conversation{ann, bob, eve, {PageID: "page2", PSID: "feed/1_2"}},
	}
	ops := []struct {
		name   string
		weight int
		play   func()
	}{
		{"put", 6, p.put}, {"enqueue", 3, p.enqueue}, {"cancel", 1, p.cancel}, {"raise", 3, p.raise}, {"cancel timer", 1, p.cancelTimer}, {"claim", 7, p.claim}, {"settle", 1, p.settle}, {"renew", 1, p.renew}, {"mark", 1, p.mark},
		{"commit", 14, p.commit}, {"replay", 1, p.replay}, {"forget", 1, p.forget}, {"purge", 1, p.purge}, {"advance", 6, p.advance},
		{"broadcast", 3, p.startBroadcast}, {"feed", 4, p.feedBroadcast},
	}
	total := 0
	for _, op := range ops {
		total += op.weight
	}
	for i := range steps {
		s.clock.advance(time.Microsecond) // so that few things are due at the same time
		n := p.rand.IntN(total)
		for _, op := range ops {
			if n -= op.weight; n < 0 {
				p.step = fmt.Sprintf("seed %d, step %d, %s", seed, i, op.name)
				op.play()
				break
			}
		}
		p.compare()
		if i%rowsEvery == 0 {
			p.compareRows()
		}
	}
	p.drain(seed)
}

func pick[T any](p *player, of []T) T { return of[p.rand.IntN(len(of))] }

// recent picks one of the last few.
func recent[T any](p *player, of []T) T { return of[len(of)-1-p.rand.IntN(min(6, len(of)))] }

// same does something to the store and to the model, and expects the same error. It reports whether there was none.
func (p *player) same(do func(st store.Store) error) bool {
	p.Helper()
	want, got := do(p.model), do(p.Store)
	if want == nil {
		require.NoError(p, got, p.step)
		return true
	}
	for _, target := range []error{store.ErrFenced, store.ErrNotFound, store.ErrConflict, store.ErrNoPerson} {
		if matches(want, target) {
			require.ErrorIs(p, got, target, p.step)
			return false
		}
	}
	require.EqualError(p, got, want.Error(), p.step)
	return false
}

// claim asks both for the same, if it is clear which conversations are the oldest.
func (p *player) claim() {
	claim := store.Claim{
		Owner: "w", Conversations: p.rand.IntN(4), Events: 1 + p.rand.IntN(3), Serves: pick(p, servings), Background: p.rand.IntN(4),
		Suspects: store.Suspects{p.rand.IntN(3) - 1, p.rand.IntN(3), p.rand.IntN(2)}, TTL: time.Duration(1+p.rand.IntN(10)) * time.Second,
	}
	if p.tied() {
		claim.Conversations, claim.Suspects, claim.Background = 1000, all.Suspects, claim.Background/2*1000
	}
	if room := p.rand.IntN(5); p.rand.IntN(3) == 0 && !p.tied() {
		// Which of several pages comes first is not defined, so all that there is room for is claimed.
		claim.Conversations, claim.Background = 1000, claim.Background/2*1000
		claim.Room = func(string) int { return room - 1 }
	}
	p.claimWith(claim)
}

// tied reports whether the contract leaves open which conversation is older: two became due at the same time, or a lease has expired,
// which may count as the time when its conversation became due.
func (p *player) tied() bool {
	due := map[int64]bool{}
	now := queue.Micros(p.clock.Now())
	for _, row := range p.dump().Conversations {
		if due[row.NextAt] || row.LeaseUntil != 0 && row.LeaseUntil <= now {
			return true
		}
		due[row.NextAt] = row.NextAt != 0
	}
	return false
}

func (p *player) claimWith(claim store.Claim) {
	want, err := p.model.Claim(p.ctx, claim)
	require.NoError(p, err, p.step)
	got, err := p.Claim(p.ctx, claim)
	require.NoError(p, err, p.step)
	if claim.Conversations == 1000 {
		byConversation := func(a, b store.Lease) int { return compareConversations(a.Conversation, b.Conversation) }
		slices.SortFunc(want, byConversation)
		slices.SortFunc(got, byConversation)
	}
	require.Len(p, got, len(want), p.step)
	for i := range want {
		g := got[i]
		require.Greater(p, g.Token, p.tokens[g.Conversation], p.step)
		p.tokens[g.Conversation] = g.Token
		require.Equal(p, numberless(want[i]), numberless(g), p.step)
		p.leases = append(p.leases, pair{g, want[i]})
	}
}

// numberless is a lease without the numbers that each store gives in its own way.
func numberless(l store.Lease) store.Lease {
	l.Token, l.Previous = 0, 0
	if l.Fatal != 0 {
		l.Fatal = -1
	}
	l.Events = slices.Clone(l.Events)
	for i := range l.Events {
		l.Events[i].Seq, l.Events[i].Event = 0, anonymous(l.Events[i].Event)
	}
	return l
}

func (p *player) renew() {
	if len(p.leases) == 0 {
		return
	}
	lease := recent(p, p.leases)
	want, err := p.model.Renew(p.ctx, 5*time.Second, lease.want.LeaseID)
	require.NoError(p, err, p.step)
	got, err := p.Renew(p.ctx, 5*time.Second, lease.got.LeaseID)
	require.NoError(p, err, p.step)
	require.Len(p, got, len(want), p.step)
}

func (p *player) mark() {
	if len(p.leases) == 0 {
		return
	}
	lease, at := recent(p, p.leases), p.rand.IntN(2)
	mark := func(isolator store.Isolator, l store.Lease) error {
		if at < len(l.Events) {
			return isolator.MarkAlone(p.ctx, l.LeaseID, l.Events[at].Seq)
		}
		return isolator.MarkAlone(p.ctx, l.LeaseID, 0)
	}
	require.Equal(p, mark(p.model, lease.want) == nil, mark(p.Isolator, lease.got) == nil, p.step)
}
