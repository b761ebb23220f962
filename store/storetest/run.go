package storetest

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// Options is how the suite wants a store to be.
type Options struct {
	// Now is the clock that the store must use. It is safe for concurrent use.
	Now func() time.Time
	// Backlog is how many events of a page may wait.
	Backlog int
}

// Run tests a store with the capabilities [store.Broadcasts], [store.DeadLetters], [store.Inspector],
// [store.Isolator], [store.OnceKeeper], [store.Peeker], [store.Replicas], [store.Timers] and [store.Viewer]: the suite observes a store by them, and fails for
// one that lacks any. The function opens a new, empty one; the suite closes it.
// The subtests run in parallel.
func Run(t *testing.T, open func(t *testing.T, opts Options) store.Store) {
	t.Helper()
	RunPromises(t, open)
	for _, seed := range seeds(t) {
		t.Run(seedName(seed), func(t *testing.T) {
			t.Parallel()
			playRandom(newSuite(t, open), seed)
		})
	}
}

// RunPromises is [Run] without its random sequences, which take most of its time. It is
// for another way to reach a store that passes Run: a mode of its driver, a pooler.
func RunPromises(t *testing.T, open func(t *testing.T, opts Options) store.Store) {
	t.Helper()
	for _, promises := range [][]promise{
		putPromises, orderPromises, claimPromises, fairPromises, backgroundPromises, pagePromises, commitPromises, sendPromises, delayPromises, cancelPromises, echoPromises, settlePromises,
		deadPromises, unsendPromises, personPromises, recordPromises, sessionPromises, erasePromises, silentPromises, lifePromises, pingPromises, racePromises, clusterPromises, oncePromises, raisePromises, raiseKeyPromises, raiseBoundPromises, raiseNextPromises,
		broadcastPromises, broadcastEndPromises, peekPromises, viewPromises,
	} {
		for _, p := range promises {
			t.Run(strings.ReplaceAll(p.name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				p.test(newSuite(t, open))
			})
		}
	}
}

// promise is one test, named after what it holds a store to.
type promise struct {
	name string
	test func(s *suite)
}

// backlog is the bound of the stores under test.
const backlog = 300

// start is when the clock of each test begins.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// suite is a store under test and what the tests do with it over and over.
type suite struct {
	*testing.T
	store.Store
	store.Broadcasts
	store.Clock
	store.DeadLetters
	store.Inspector
	store.Isolator
	store.OnceKeeper
	store.Peeker
	store.Replicas
	store.Timers
	store.Viewer

	ctx   context.Context
	clock *clock
}

func newSuite(t *testing.T, open func(*testing.T, Options) store.Store) *suite {
	t.Helper()
	c := &clock{now: start}
	st := open(t, Options{Now: c.Now, Backlog: backlog})
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	s := &suite{T: t, Store: st, ctx: t.Context(), clock: c}
	s.Broadcasts = capability[store.Broadcasts](t, st)
	s.Clock = capability[store.Clock](t, st)
	s.DeadLetters = capability[store.DeadLetters](t, st)
	s.Inspector = capability[store.Inspector](t, st)
	s.Isolator = capability[store.Isolator](t, st)
	s.OnceKeeper = capability[store.OnceKeeper](t, st)
	s.Peeker = capability[store.Peeker](t, st)
	s.Replicas = capability[store.Replicas](t, st)
	s.Timers = capability[store.Timers](t, st)
	s.Viewer = capability[store.Viewer](t, st)
	return s
}

// capability finds what the suite looks at a store by.
func capability[T any](t *testing.T, st store.Store) T {
	t.Helper()
	found, ok := store.As[T](st)
	require.True(t, ok, "the suite needs a store with the capability %v", reflect.TypeFor[T]())
	return found
}

// clock is a clock that stands still until it is told to go on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// The people of the tests, on two pages.
var (
	ann = store.Conversation{PageID: "page1", PSID: "ann"}
	bob = store.Conversation{PageID: "page1", PSID: "bob"}
	eve = store.Conversation{PageID: "page2", PSID: "eve"}
)

// ttl is how long leases last unless a test says otherwise.
const ttl = time.Minute

// all claims everything.
var all = store.Claim{Owner: "worker", Conversations: 1000, Events: 1000, Background: 1000, Suspects: store.Suspects{1000, 1000, 1000}, TTL: ttl}
