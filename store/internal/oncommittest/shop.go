// Package oncommittest is the test suite of gormstore.OnCommit, run on each kind of
// database. Only tests import it.
package oncommittest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// Order is a row of a program's own table.
type Order struct {
	ID   int64
	Text string `gorm:"unique"`
}

var (
	ann   = store.Conversation{PageID: "page", PSID: "ann"}
	claim = store.Claim{Owner: "w", Conversations: 100, Events: 100, Background: 100, Suspects: store.Suspects{100, 100, 100}, TTL: time.Minute}
)

// Shop is a store with a table of the program's own, and one leased event.
type Shop struct {
	*gormstore.Store
	lease store.Lease
}

// NewShop returns an empty store as a shop. The caller closes it.
func NewShop(t testing.TB, st *gormstore.Store) *Shop {
	t.Helper()
	require.NoError(t, st.DB().AutoMigrate(&Order{}))
	return NewCustomer(t, st, ann.PSID)
}

// NewCustomer returns a shop for an event of another person in the same database.
func NewCustomer(t testing.TB, st *gormstore.Store, person string) *Shop {
	t.Helper()
	conv := store.Conversation{PageID: ann.PageID, PSID: person}
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: "k of " + person}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	i := slices.IndexFunc(leases, func(l store.Lease) bool { return l.Conversation == conv && len(l.Events) == 1 })
	require.GreaterOrEqual(t, i, 0, "there is no lease of the event")
	return &Shop{st, leases[i]}
}

// Turn commits a turn whose route has queued a thumb and the functions.
func (s *Shop) Turn(t testing.TB, calls ...func(tx *gorm.DB) error) error {
	t.Helper()
	set := store.NewTurn(s.Store, store.Person{}).Begin("orders")
	ctx := set.Context(t.Context())
	require.NoError(t, store.Queue(ctx, store.AddThumbUp{PageID: s.lease.PageID, PSID: s.lease.PSID}))
	for _, call := range calls {
		require.NoError(t, gormstore.OnCommit(ctx, call))
	}
	ev := s.lease.Events[0]
	_, err := s.Commit(t.Context(), store.Outcome{
		Lease: s.lease.LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Writes: set.End(),
		Sends: []store.Send{{Conversation: s.lease.Conversation, Key: "s of " + s.lease.PSID}}, Release: true,
	})
	return err
}

// Orders returns what the table holds, in order.
func (s *Shop) Orders(t testing.TB) []string {
	t.Helper()
	texts := []string{}
	require.NoError(t, s.DB().Model(&Order{}).Order("id").Pluck("text", &texts).Error)
	return texts
}

// Refuses expects that a turn with the functions fails and leaves nothing. It returns
// the error of the function that failed. What they do is for the report of a failure.
func (s *Shop) Refuses(t testing.TB, what string, calls ...func(tx *gorm.DB) error) error {
	t.Helper()
	err := s.Turn(t, calls...)
	var call *store.CallError
	require.ErrorAs(t, err, &call, what)
	require.Equal(t, "orders", call.Route)
	s.unchanged(t, what)
	return call.Err
}

// unchanged expects that nothing of the turn was stored.
func (s *Shop) unchanged(t testing.TB, what string) {
	t.Helper()
	require.Empty(t, s.Orders(t), what)
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.Events, what)
	require.Zero(t, stats.Sends, what)
	_, err = s.Person(t.Context(), ann.PageID, ann.PSID)
	require.ErrorIs(t, err, store.ErrNotFound, what)
}

// untouched expects that nothing of the turn was stored and that its lease
// still holds, by committing it again.
func (s *Shop) untouched(t testing.TB) {
	t.Helper()
	s.unchanged(t, "the turn")
	s.Works(t)
}

// Works expects that a turn takes effect.
func (s *Shop) Works(t testing.TB) {
	t.Helper()
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error { return tx.Create(&Order{Text: "at last"}).Error }))
	require.Equal(t, []string{"at last"}, s.Orders(t))
}
