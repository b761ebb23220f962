package memory_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// TestAGroupIsItsOperationsOneByOne: only the writer of the SQL stores makes groups, and whatever comes together in one has the
// results, and leaves the rows, of the same operations one after the other in the order that [queue.Machine.Run] documents.
func TestAGroupIsItsOperationsOneByOne(t *testing.T) {
	t.Parallel()
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, 8, rand.Uint64()}
	more, _ := strconv.Atoi(os.Getenv("STORETEST_SEEDS")) // none by default
	for range more {
		seeds = append(seeds, rand.Uint64())
	}
	if text := os.Getenv("STORETEST_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		seeds = []uint64{seed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed_", seed), func(t *testing.T) {
			t.Parallel()
			newGrouper(t, seed).play(200)
		})
	}
}

// grouper plays the same operations to two stores: to one as groups, and to the other one by one.
type grouper struct {
	*testing.T
	rand   *rand.Rand
	now    time.Time
	group  *memory.Store
	single *memory.Store
	tight  bool // few events may wait
	at     string

	convs  []store.Conversation
	leases []sides[store.Lease]
	sends  []string
	keys   int
	// ended, started and echoed are what the group that is made has already: one outcome of a conversation, and no echo of a send
	// that the same group starts, for its request is made when the group has committed.
	ended           map[store.Conversation]bool
	started, echoed map[string]bool
}

// sides are the same thing in the store that runs groups, and in the other one, which numbers its rows in another order.
type sides[T any] struct{ group, single T }

// planned is an operation to run on both sides, and its place in the order in which a group runs.
type planned struct {
	step int
	ops  sides[*queue.Operation]
}

func newGrouper(t *testing.T, seed uint64) *grouper {
	t.Helper()
	g := &grouper{
		T: t, rand: rand.New(rand.NewPCG(seed, 0)), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), tight: seed%4 == 0,
		convs: []store.Conversation{ann, {PageID: "page", PSID: "bob"}, {PageID: "page2", PSID: "feed/1_2"}},
	}
	config := memory.Config{Now: func() time.Time { return g.now }}
	if g.tight {
		config.Backlog = 6
	}
	g.group, g.single = memory.New(config), memory.New(config)
	return g
}

func (g *grouper) play(groups int) {
	for i := range groups {
		g.at = fmt.Sprint("group ", i)
		g.now = g.now.Add(time.Microsecond + time.Duration(g.rand.IntN(2)*g.rand.IntN(5000))*time.Millisecond)
		plan := g.plan()
		before := g.group.Backlog()
		var ops []*queue.Operation
		for _, p := range plan {
			ops = append(ops, p.ops.group)
		}
		effects, err := g.group.Run(g.check, ops...)
		require.NoError(g, err, g.at)
		slices.SortStableFunc(plan, func(a, b planned) int { return a.step - b.step })
		hint := false
		for _, p := range plan {
			one, err := g.single.Run(g.check, p.ops.single)
			require.NoError(g, err, g.at)
			hint = hint || one.Hint
			g.results(p.ops)
		}
		require.Equal(g, hint, effects.Hint, "%s: the hint", g.at)
		g.backlog(before, effects.Backlog())
		g.alone()
		g.compare()
	}
}

// check holds changes to what an adapter may rely on: it may make one statement of each list.
func (g *grouper) check(c *queue.Changes) {
	sorted := func(n int, compare func(i, j int) int, list string) {
		for i := 1; i < n; i++ {
			require.Negative(g, compare(i-1, i), "%s: %s are sorted, without repetitions", g.at, list)
		}
	}
	sorted(len(c.Echoed), func(i, j int) int { return strings.Compare(c.Echoed[i].PageID, c.Echoed[j].PageID) }, "pages")
	sorted(len(c.KeysFreed), func(i, j int) int {
		a, b := c.KeysFreed[i], c.KeysFreed[j]
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Text, b.Text))
	}, "keys")
	sorted(len(c.Attachments), func(i, j int) int {
		a, b := c.Attachments[i], c.Attachments[j]
		return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.Name, b.Name))
	}, "attachments")
	rows := map[any]bool{}
	once := func(row any) {
		require.False(g, rows[row], "%s: two changes of one row: %+v", g.at, row)
		rows[row] = true
	}
	type ended int64 // an event
	for _, seq := range c.EventsDone {
		once(ended(seq))
	}
	for _, r := range c.EventsRetried {
		once(ended(r.ID))
	}
	for _, d := range c.EventsDead {
		require.True(g, rows[ended(d.Seq)], "%s: a dead letter leaves the inbox", g.at)
	}
	for _, id := range c.SendsGone {
		once(id)
	}
	for _, s := range c.SendsChanged {
		once(s.ID)
	}
	for _, r := range c.Conversations {
		once(r.Conversation)
	}
	for _, conv := range c.ConversationsGone {
		once(conv)
	}
	for _, s := range c.Sessions {
		once(queue.SessionKey{PageID: s.PageID, PSID: s.PSID, Name: s.Name})
	}
	for _, key := range c.SessionsGone {
		once(key)
	}
	people := map[string]bool{}
	for _, p := range c.People {
		require.False(g, people[p.PageID+" "+p.PSID], g.at)
		people[p.PageID+" "+p.PSID] = true
	}
}

// results are alike but for the numbers of rows.
func (g *grouper) results(ops sides[*queue.Operation]) {
	got, want := ops.group, ops.single
	switch {
	case want.Err == nil:
		require.NoError(g, got.Err, g.at)
	case errors.Is(want.Err, store.ErrNotFound):
		require.ErrorIs(g, got.Err, store.ErrNotFound, g.at)
	default:
		require.Equal(g, want.Err, got.Err, g.at)
	}
	require.Equal(g, want.Found, got.Found, g.at)
	require.Equal(g, want.Due, got.Due, g.at)
	require.Len(g, got.Lost, len(want.Lost), g.at)
	for i := range want.Lost {
		require.Equal(g, want.Lost[i].Conversation, got.Lost[i].Conversation, g.at)
	}
	for _, leases := range [][]store.Lease{got.Leases, want.Leases} {
		slices.SortFunc(leases, func(a, b store.Lease) int {
			return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.PSID, b.PSID))
		})
	}
	require.Len(g, got.Leases, len(want.Leases), g.at)
	for i := range want.Leases {
		require.Equal(g, numberless(want.Leases[i]), numberless(got.Leases[i]), g.at)
		g.leases = append(g.leases, sides[store.Lease]{got.Leases[i], want.Leases[i]})
	}
}

func numberless(l store.Lease) store.Lease {
	l.Token, l.Previous = 0, 0
	l.Events = slices.Clone(l.Events)
	for i := range l.Events {
		l.Events[i].Seq = 0
	}
	return l
}

// backlog holds what the machine says of the waiting events of pages against the rows.
func (g *grouper) backlog(before, change map[string]int) {
	for page, n := range change {
		before[page] += n
	}
	after := g.group.Backlog()
	for _, page := range []string{"page", "page2"} {
		require.Equal(g, after[page], before[page], "%s: the waiting events of %s", g.at, page)
	}
}

// alone plays an operation that forms no group, now and then.
func (g *grouper) alone() {
	conv := pick(g, g.convs)
	switch g.rand.IntN(8) {
	case 0:
		for _, st := range []*memory.Store{g.group, g.single} {
			letters, err := st.Dead(g.Context(), store.DeadQuery{})
			require.NoError(g, err)
			for _, l := range letters {
				require.NoError(g, st.Replay(g.Context(), l.ID))
			}
		}
	case 1:
		for _, st := range []*memory.Store{g.group, g.single} {
			require.NoError(g, st.Forget(g.Context(), conv))
		}
	}
}

func (g *grouper) compare() {
	require.Equal(g, contents(g.T, g.single, g.convs), contents(g.T, g.group, g.convs), g.at)
}

// contents is all that a store holds, without the numbers of rows and in an order that does not depend on them.
func contents(t *testing.T, st *memory.Store, convs []store.Conversation) []string {
	t.Helper()
	d := st.Dump()
	d.Conversations = slices.DeleteFunc(d.Conversations, func(r queue.ConversationRow) bool {
		return r.NextAt == 0 && r.LeaseUntil == 0 && r.HoldUntil == 0
	})
	byText := func(a, b any) int { return strings.Compare(fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b)) }
	for i := range d.Conversations {
		d.Conversations[i].Token = 0
		d.Conversations[i].Alone = min(d.Conversations[i].Alone, 1)
	}
	slices.SortFunc(d.Conversations, func(a, b queue.ConversationRow) int { return byText(a, b) })
	slices.SortFunc(d.Events, func(a, b queue.EventRow) int {
		return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.PSID, b.PSID), cmp.Compare(a.OrderAt, b.OrderAt), cmp.Compare(a.Seq, b.Seq))
	})
	for i := range d.Events {
		d.Events[i].Seq = 0
	}
	slices.SortFunc(d.Sends, func(a, b queue.SendRow) int {
		return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.PSID, b.PSID), cmp.Compare(a.ID, b.ID))
	})
	for i := range d.Sends {
		d.Sends[i].ID = 0
	}
	for i := range d.Dead {
		d.Dead[i].ID, d.Dead[i].Seq = 0, 0
	}
	slices.SortFunc(d.Keys, func(a, b queue.Key) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Text, b.Text)) })
	var lines []string
	for _, table := range []any{d.Conversations, d.Events, d.Sends, d.Dead, d.Keys} {
		for i := range reflect.ValueOf(table).Len() {
			lines = append(lines, fmt.Sprintf("%T %+v", table, reflect.ValueOf(table).Index(i)))
		}
	}
	add := func(v any, err error) {
		if !errors.Is(err, store.ErrNotFound) {
			require.NoError(t, err)
			lines = append(lines, fmt.Sprintf("%T %+v", v, v))
		}
	}
	for _, conv := range convs {
		add(st.Person(t.Context(), conv.PageID, conv.PSID))
		add(st.Session(t.Context(), conv.PageID, conv.PSID, "s"))
		add(st.Received(t.Context(), conv.PageID, conv.PSID, 1000))
		add(st.Sent(t.Context(), conv.PageID, conv.PSID, 1000))
		add(st.Locations(t.Context(), conv.PageID, conv.PSID, 1000))
		add(st.Attachment(t.Context(), conv.PageID, "a"))
		add(st.EchoedAt(t.Context(), conv.PageID))
	}
	return lines
}
