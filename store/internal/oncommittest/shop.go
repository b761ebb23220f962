// Package oncommittest is the test suite of gormstore.OnCommit, run on each kind of
// database. Only tests import it.
package oncommittest

import (
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
	ann   = store.Conversation{PageID: "page", PersonID: "ann"}
	claim = store.Claim{Owner: "w", Conversations: 100, Events: 100, Suspects: store.Suspects{100, 100, 100}, TTL: time.Minute}
)

// Shop is a store with a table of the program's own, and one leased event.
type Shop struct {
	*gormstore.Store
	lease store.Lease
}

// NewShop returns an empty store as a shop. The caller closes it.
func NewShop(t *testing.T, st *gormstore.Store) *Shop {
	t.Helper()
	require.NoError(t, st.DB().AutoMigrate(&Order{}))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	return &Shop{st, leases[0]}
}

// Turn commits a turn whose route has queued a thumb and the functions.
func (s *Shop) Turn(t *testing.T, calls ...func(tx *gorm.DB) error) error {
	t.Helper()
	set := store.NewTurn(s.Store, store.Person{}).Begin("orders")
	ctx := set.Context(t.Context())
	require.NoError(t, store.Queue(ctx, store.AddThumbUp{PageID: ann.PageID, PSID: ann.PersonID}))
	for _, call := range calls {
		require.NoError(t, gormstore.OnCommit(ctx, call))
	}
	ev := s.lease.Events[0]
	_, err := s.Commit(t.Context(), store.Outcome{
		Lease: s.lease.LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Writes: set.End(),
		Sends: []store.Send{{Conversation: ann, Key: "s"}}, Release: true,
	})
	return err
}

// Orders returns what the table holds, in order.
func (s *Shop) Orders(t *testing.T) []string {
	t.Helper()
	texts := []string{}
	require.NoError(t, s.DB().Model(&Order{}).Order("id").Pluck("text", &texts).Error)
	return texts
}

// untouched expects that nothing of the turn was stored and that its lease
// still holds, by committing it again.
func (s *Shop) untouched(t *testing.T) {
	t.Helper()
	require.Empty(t, s.Orders(t))
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.Events)
	require.Zero(t, stats.Sends)
	_, err = s.Person(t.Context(), ann.PageID, ann.PersonID)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error { return tx.Create(&Order{Text: "at last"}).Error }))
	require.Equal(t, []string{"at last"}, s.Orders(t))
}
