package engine

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/store"
)

func TestRoomOfAPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ workers, free, held, want int }{
		{64, 64, 0, 56},  // alone: all but the reserve
		{64, 9, 55, 1},   // one more
		{64, 8, 56, 0},   // the reserve is for others
		{64, 8, 0, 4},    // a newcomer; half is left for the next one
		{64, 1, 0, 1},    // the last slot is for a page that holds none
		{64, 1, 1, 0},    //
		{64, 8, 8, 0},    // seven busy pages settle at eight slots each
		{64, 8, 7, 1},    //
		{64, 4, 4, 0},    // and fifteen at four
		{64, 20, 44, 12}, //
		{3, 3, 0, 2},     //
		{3, 1, 2, 0},     //
		{2, 1, 1, 1},     // of two slots a page may hold both
		{1, 1, 0, 1},     //
	} {
		got := roomFor(c.free, c.held, newShares(c.workers, nil).reserve)
		require.Equal(t, c.want, got, "%d workers, %d free, the page holds %d", c.workers, c.free, c.held)
	}
}

// Whatever pages are busy, each settles at a fair part, and slots are left for a page that holds
// none.
func TestBusyPagesSettle(t *testing.T) {
	t.Parallel()
	for busy, want := range map[int]struct{ least, most, free int }{
		1: {56, 56, 8}, 2: {24, 28, 8}, 7: {7, 8, 8}, 15: {3, 4, 3}, 31: {1, 2, 1}, 63: {1, 1, 1},
	} {
		s := newShares(64, nil)
		held := make([]int, busy)
		free := 64
		for range 100 { // each claim takes what it may for the page that holds least, and then one of the largest ends
			for {
				at := 0
				for i := range held {
					if held[i] < held[at] {
						at = i
					}
				}
				if roomFor(free, held[at], s.reserve) == 0 {
					break
				}
				held[at]++
				free--
			}
			at := 0
			for i := range held {
				if held[i] > held[at] {
					at = i
				}
			}
			held[at]--
			free++
		}
		for _, n := range held {
			require.GreaterOrEqual(t, n, want.least-1, "%d busy pages: %v", busy, held)
			require.LessOrEqual(t, n, want.most, "%d busy pages: %v", busy, held)
		}
		require.GreaterOrEqual(t, free, want.free, "%d busy pages: %v", busy, held)
	}
}

// fakeStore hands out a conversation for each that waits, within the bounds of the claim, and notes
// the claims.
type fakeStore struct {
	store.Store

	mu       sync.Mutex
	waiting  map[string]int // conversations by page
	news     int            // of them those of background work, on page "news"
	level    int            // the isolation level of what is handed out
	number   int
	over     int // how many more are handed out than were asked for
	fail     error
	claims   []store.Claim
	hint     func()
	released int
	during   func() // is called once, before a claim returns
}

func (f *fakeStore) Wake(hint func()) func() { f.hint = hint; return func() {} }

func (f *fakeStore) Purge(context.Context, store.Cutoffs) error { return nil }

func (f *fakeStore) Renew(context.Context, time.Duration, ...store.LeaseID) ([]store.LeaseID, error) {
	return nil, nil
}

func (f *fakeStore) Commit(context.Context, store.Outcome) ([]store.QueuedSend, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.released++
	return nil, nil
}

func (f *fakeStore) Claim(_ context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := f.handOut(claim)
	f.mu.Lock()
	during := f.during
	f.during = nil
	f.mu.Unlock()
	if during != nil {
		during()
	}
	return leases, err
}

func (f *fakeStore) handOut(claim store.Claim) (leases []store.Lease, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.claims = append(f.claims, claim)
	claim.Conversations += f.over
	if f.fail != nil {
		return nil, f.fail
	}
	add := func(page string, background bool) {
		f.number++
		deliveries := 1
		if f.level > 0 {
			claim.Suspects[f.level-1]--
			deliveries = f.level + 2
		}
		leases = append(leases, store.Lease{
			LeaseID:    store.LeaseID{Conversation: store.Conversation{PageID: page, PSID: fmt.Sprint(f.number)}, Token: int64(f.number)},
			Deliveries: deliveries, Background: background, Events: []store.QueuedEvent{{Seq: int64(f.number)}},
		})
	}
	for page := range f.waiting {
		if claim.OnlyBackground {
			break
		}
		room := claim.Conversations
		if claim.Room != nil {
			room = claim.Room(page)
		}
		for f.waiting[page] > 0 && room > 0 && len(leases) < claim.Conversations && (f.level == 0 || claim.Suspects[f.level-1] > 0) {
			add(page, false)
			f.waiting[page]--
			room--
		}
	}
	for ; f.news > 0 && len(leases) < min(claim.Background, claim.Conversations); f.news-- {
		add("news", true)
	}
	return leases, nil
}

func (f *fakeStore) put(page string, n int) {
	f.mu.Lock()
	f.waiting[page] += n
	f.mu.Unlock()
	f.hint()
}

func (f *fakeStore) asked() []store.Claim {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.claims
}

// claiming is an engine on a fake store. Its turns take until they are let go on, by page.
type claiming struct {
	*fakeStore
	*Engine

	mu      sync.Mutex
	running map[string]int
	enough  map[string]chan struct{} // one value ends a turn of the page
	log     *lines
}

// lines keeps what is logged.
type lines struct {
	mu   sync.Mutex
	text []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// onFakeStore runs a test in a bubble with an engine that claims from a fake store.
func onFakeStore(t *testing.T, cfg Config, test func(t *testing.T, c *claiming)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &claiming{
			fakeStore: &fakeStore{waiting: map[string]int{}}, running: map[string]int{}, enough: map[string]chan struct{}{}, log: &lines{},
		}
		cfg.Base, cfg.Store, cfg.Logger = t.Context(), c.fakeStore, slog.New(slog.NewTextHandler(io.MultiWriter(c.log, t.Output()), nil))
		cfg.LeaseTTL, cfg.GracePeriod, cfg.Guard = 15*time.Second, time.Second, NewGuard(cfg.Logger)
		cfg.Keep = func(ctx context.Context, _ string) context.Context { return ctx }
		ended := make(chan struct{})
		cfg.Policy = func(page string) *routes.Table {
			turn := c.turns(page)
			c.count(page, 1)
			defer c.count(page, -1)
			select {
			case <-turn:
			case <-ended:
			}
			return nil
		}
		c.Engine = New(cfg)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { c.Run(ctx); close(done) }()
		synctest.Wait()
		test(t, c)
		stop()
		close(ended)
		<-done
	})
}

func (c *claiming) turns(page string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.enough[page] == nil {
		c.enough[page] = make(chan struct{})
	}
	return c.enough[page]
}

func (c *claiming) count(page string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running[page] += n
}

// runs returns how many turns of a page run, when all has come to rest.
func (c *claiming) runs(page string) int {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running[page]
}

// end ends a turn of a page.
func (c *claiming) end(page string) {
	c.turns(page) <- struct{}{}
	synctest.Wait()
}

// A busy page leaves slots to others, and has what is free again the moment that a turn ends.
func TestABusyPageLeavesSlotsToOthers(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 64}, func(t *testing.T, c *claiming) {
		c.put("hot", 130)
		require.Equal(t, 56, c.runs("hot"))
		c.put("cold", 1)
		require.Equal(t, 1, c.runs("cold"))
		c.end("hot")
		require.Equal(t, 55, c.runs("hot"), "seven are free")
		c.end("cold")
		require.Equal(t, 56, c.runs("hot"), "no time has passed")
		for left := 73; left > 0; left-- {
			c.end("hot")
			require.Equal(t, 56, c.runs("hot"))
		}
		c.end("hot")
		require.Equal(t, 55, c.runs("hot"), "nothing waits")
		c.put("cold", 20)
		require.Equal(t, 5, c.runs("cold"))
	})
}

// A turn that ends while a claim is under way, which does not know of that yet, leads to another
// claim.
func TestASlotThatIsFreedDuringAClaimIsTaken(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 64}, func(t *testing.T, c *claiming) {
		c.put("cold", 1)
		require.Equal(t, 1, c.runs("cold"))
		start := time.Now()
		c.fakeStore.mu.Lock()
		c.during = func() {
			c.turns("cold") <- struct{}{}
			time.Sleep(time.Microsecond) // until its slot is free
		}
		c.fakeStore.mu.Unlock()
		c.put("hot", 130)
		time.Sleep(time.Millisecond)
		require.Equal(t, 56, c.runs("hot"))
		require.Less(t, time.Since(start), lookForBackground, "neither the poll nor the look for background work was needed")
	})
}

// The only page of a bot has all workers.
func TestTheOnlyPageHasAllSlots(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 64, SolePage: func() bool { return true }}, func(t *testing.T, c *claiming) {
		c.put("only", 130)
		require.Equal(t, 64, c.runs("only"))
		c.end("only")
		require.Equal(t, 64, c.runs("only"))
	})
}

// Background work takes what people leave, without the reserve.
func TestBackgroundWorkComesSecond(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 16, SolePage: func() bool { return true }}, func(t *testing.T, c *claiming) {
		c.fakeStore.news = 100
		c.put("people", 4)
		time.Sleep(lookForBackground)
		require.Equal(t, 4, c.runs("people"))
		require.Equal(t, 10, c.runs("news"))
		c.put("people", 1)
		require.Equal(t, 5, c.runs("people"), "a slot is kept for people")
		c.put("people", 30)
		require.Equal(t, 6, c.runs("people"))
		c.end("news")
		require.Equal(t, 7, c.runs("people"))
		require.Equal(t, 9, c.runs("news"))
	})
}

// A page with more work than workers does not keep the background work of other pages from them:
// one worker of the reserve serves it.
func TestABusyPageDoesNotStarveBackgroundWork(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 64}, func(t *testing.T, c *claiming) {
		c.put("hot", 130)
		require.Equal(t, 56, c.runs("hot"))
		c.fakeStore.mu.Lock()
		c.news = 3
		c.fakeStore.mu.Unlock()
		for range 3 {
			c.put("hot", 0)
			time.Sleep(2 * lookForBackground)
			require.Equal(t, 1, c.runs("news"))
			require.Equal(t, 56, c.runs("hot"))
			c.end("news")
		}
		c.put("cold", 20)
		require.Equal(t, 4, c.runs("cold"), "the reserve is still there")
	})
}

// While people of many pages need every worker, background work still has one now and then, whatever the number of workers.
func TestPeopleDoNotStarveBackgroundWork(t *testing.T) {
	t.Parallel()
	for workers, wait := range map[int]time.Duration{1: starvedLong, 2: starvedLong, 8: starvedLong, 64: starved} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			t.Parallel()
			onFakeStore(t, Config{Workers: workers}, func(t *testing.T, c *claiming) {
				for page := range 2 * workers {
					c.put(fmt.Sprint(page), 100)
				}
				synctest.Wait()
				c.fakeStore.mu.Lock()
				c.news = 100
				c.fakeStore.mu.Unlock()
				ends := func() { // a turn of a page ends, and another one begins
					c.mu.Lock()
					page := ""
					for p, n := range c.running {
						if p != "news" && n > 0 {
							page = p
						}
					}
					c.mu.Unlock()
					c.end(page)
				}
				for round := range 3 {
					for begun := time.Now(); time.Since(begun) < wait-100*time.Millisecond; time.Sleep(100 * time.Millisecond) {
						ends()
						require.Zero(t, c.runs("news"), "round %d", round)
					}
					time.Sleep(100 * time.Millisecond)
					ends()
					require.Equal(t, 1, c.runs("news"), "round %d", round)
					if workers > 1 {
						ends()
						require.Equal(t, 1, c.runs("news"), "one at a time")
					}
					c.end("news")
				}
			})
		})
	}
}

// The timers of a page that are due together, with turns that take their time, take what people leave:
// those who write to that page meanwhile have the half of the reserve, as those of any page have.
func TestTimersDelayNoPersonOfTheirPage(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 64}, func(t *testing.T, c *claiming) {
		c.fakeStore.mu.Lock()
		c.news = 100
		c.fakeStore.mu.Unlock()
		c.put("news", 0)
		time.Sleep(2 * lookForBackground)
		require.Equal(t, 56, c.runs("news"))
		c.put("news", 20) // people
		require.Equal(t, 60, c.runs("news"))
		c.put("cold", 20)
		require.Equal(t, 2, c.runs("cold"))
	})
}

// A claim looks for background work now and then, and then at once for the rest.
func TestClaimsSeldomLookForBackgroundWork(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 16}, func(t *testing.T, c *claiming) {
		looks := func() (beside, only int) { // for background work beside other work, and for nothing else
			for _, claim := range c.asked() {
				switch {
				case claim.OnlyBackground:
					only++
				case claim.Background > 0:
					beside++
				}
			}
			return beside, only
		}
		time.Sleep(10 * time.Second)
		beside, only := looks()
		asked := len(c.asked())
		for range 100 {
			c.put("people", 1)
			c.end("people")
			time.Sleep(time.Millisecond)
		}
		require.GreaterOrEqual(t, len(c.asked()), asked+100)
		besideNow, onlyNow := looks()
		require.LessOrEqual(t, besideNow, beside+6, "in 100 ms")
		require.LessOrEqual(t, onlyNow, only+1, "once a second, so that it is not starved")
		c.fakeStore.mu.Lock()
		c.fakeStore.news = 1
		c.fakeStore.mu.Unlock()
		c.put("people", 0)
		time.Sleep(lookForBackground)
		require.Equal(t, 1, c.runs("news"), "the hint was for it")
	})
}
