package postgres_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// order is a row of a program's own table.
type order struct {
	ID   int64
	Text string `gorm:"unique"`
}

// shop is a store with a table of the program's own, and one leased event.
type shop struct {
	*gormstore.Store
	lease store.Lease
}

func openShop(t *testing.T, opts ...gormstore.Option) *shop {
	t.Helper()
	return openShopAt(t, testpostgres.DSN(t), opts...)
}

func openShopAt(t *testing.T, dsn string, opts ...gormstore.Option) *shop {
	t.Helper()
	st := open(t, dsn, opts...)
	require.NoError(t, st.DB().AutoMigrate(&order{}))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	return &shop{st, leases[0]}
}

// turn commits a turn whose route has queued a thumb and the functions.
func (s *shop) turn(t *testing.T, calls ...func(tx *gorm.DB) error) error {
	t.Helper()
	set := store.NewTurn(s.Store, store.Person{}).Begin("orders")
	ctx := set.Context(t.Context())
	require.NoError(t, store.Queue(ctx, store.AddThumbUp{PageID: ann.PageID, PSID: ann.PersonID}))
	for _, call := range calls {
		require.NoError(t, gormstore.OnCommit(ctx, call))
	}
	ev := s.lease.Events[0]
	return s.Commit(t.Context(), store.Outcome{
		Lease: s.lease.LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Writes: set.End(),
		Sends: []store.Send{{Conversation: ann, Key: "s"}}, Release: true,
	})
}

func (s *shop) orders(t *testing.T) []string {
	t.Helper()
	texts := []string{}
	require.NoError(t, s.DB().Model(&order{}).Order("id").Pluck("text", &texts).Error)
	return texts
}

// untouched expects that nothing of the turn was stored and that its lease
// still holds, by committing it again.
func (s *shop) untouched(t *testing.T) {
	t.Helper()
	require.Empty(t, s.orders(t))
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.Events)
	require.Zero(t, stats.Sends)
	_, err = s.Person(t.Context(), ann.PageID, ann.PersonID)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, s.turn(t, func(tx *gorm.DB) error { return tx.Create(&order{Text: "at last"}).Error }))
	require.Equal(t, []string{"at last"}, s.orders(t))
}

func TestOnCommitJoinsTheTurn(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	require.NoError(t, s.turn(t,
		func(tx *gorm.DB) error { return tx.Create(&order{Text: "one"}).Error },
		func(tx *gorm.DB) error {
			// What the turn has stored before is there, and can be built on.
			var first order
			if err := tx.Where("text = ?", "one").First(&first).Error; err != nil {
				return err
			}
			return tx.Create(&order{Text: first.Text + " and two"}).Error
		}))
	require.Equal(t, []string{"one", "one and two"}, s.orders(t))
	p, err := s.Person(t.Context(), ann.PageID, ann.PersonID)
	require.NoError(t, err)
	require.Equal(t, 1, p.ThumbUps)
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Events)
	require.Equal(t, 1, stats.Sends)
}

func TestOnCommitNestsWithSavepoints(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	require.NoError(t, s.turn(t, func(tx *gorm.DB) error {
		err := tx.Transaction(func(tx *gorm.DB) error {
			if err := tx.Create(&order{Text: "undone"}).Error; err != nil {
				return err
			}
			return errors.New("undo")
		})
		if err == nil || err.Error() != "undo" {
			return errors.New("the nested transaction was not rolled back")
		}
		return tx.Transaction(func(tx *gorm.DB) error { return tx.Create(&order{Text: "done"}).Error })
	}))
	require.Equal(t, []string{"done"}, s.orders(t))
}

func TestOnCommitMayIgnoreAStatementThatFailed(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	require.NoError(t, s.turn(t, func(tx *gorm.DB) error {
		if err := tx.Create(&order{Text: "once"}).Error; err != nil {
			return err
		}
		if tx.Create(&order{Text: "once"}).Error == nil {
			return errors.New("the second must violate the unique index")
		}
		return nil
	}))
	require.Equal(t, []string{"once"}, s.orders(t))
}

var errUser = errors.New("out of stock")

func TestOnCommitThatFailsStoresNothing(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		call func(tx *gorm.DB) error
		want error
		text string
	}{
		"error":    {func(*gorm.DB) error { return errUser }, errUser, "out of stock"},
		"panic":    {func(*gorm.DB) error { panic("oh no") }, nil, "oh no"},
		"goexit":   {func(*gorm.DB) error { runtime.Goexit(); return nil }, nil, "did not return"},
		"rollback": {func(tx *gorm.DB) error { tx.Rollback(); return nil }, nil, "cannot end"},
		"commit":   {func(tx *gorm.DB) error { tx.Commit(); return nil }, nil, "cannot end"},
		"raw rollback": {func(tx *gorm.DB) error {
			tx.Exec("ROLLBACK")
			tx.Create(&order{Text: "after it"})
			return nil
		}, nil, "cannot end"},
		"raw commit": {func(tx *gorm.DB) error { tx.Exec("SELECT 1; COMMIT"); return nil }, nil, "cannot end"},
		"raw commit in a query": {func(tx *gorm.DB) error {
			var n int
			_ = tx.Raw("COMMIT").Row().Scan(&n)
			return nil
		}, nil, "cannot end"},
		"prepared":        {func(tx *gorm.DB) error { tx.Session(&gorm.Session{PrepareStmt: true}).Exec("SELECT 1"); return nil }, nil, "prepared"},
		"prepared before": {func(tx *gorm.DB) error { tx.Session(&gorm.Session{PrepareStmt: true}).Exec("SELECT 2"); return nil }, nil, "prepared"},
		"ended context":   {func(tx *gorm.DB) error { tx.WithContext(ended).Create(&order{Text: "late"}); return nil }, context.Canceled, ""},
		"a lost connection": {func(tx *gorm.DB) error {
			tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())")
			tx.Create(&order{Text: "after it"})
			return nil
		}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			require.NoError(t, s.DB().Session(&gorm.Session{PrepareStmt: true}).Exec("SELECT 2").Error)
			err := s.turn(t, func(tx *gorm.DB) error { return tx.Create(&order{Text: "before"}).Error }, c.call)
			var call *store.CallError
			require.ErrorAs(t, err, &call)
			require.Equal(t, "orders", call.Route)
			require.ErrorContains(t, call.Err, c.text)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			s.untouched(t)
		})
	}
}

func TestOnCommitIsBoundedInTime(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(s *shop, over chan struct{}) func(tx *gorm.DB) error{
		"a statement without end": func(*shop, chan struct{}) func(*gorm.DB) error {
			return func(tx *gorm.DB) error {
				return tx.Exec("SELECT pg_sleep(60)").Error
			}
		},
		"a function that waits": func(_ *shop, over chan struct{}) func(*gorm.DB) error {
			return func(tx *gorm.DB) error {
				if err := tx.Create(&order{Text: "early"}).Error; err != nil {
					return err
				}
				<-over
				return tx.Create(&order{Text: "late"}).Error
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t, gormstore.WithCommitTimeout(200*time.Millisecond))
			over := make(chan struct{})
			began := time.Now()
			err := s.turn(t, call(s, over))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			var failed *store.CallError
			require.ErrorAs(t, err, &failed)
			require.Less(t, time.Since(began), 4*time.Second)
			close(over)
			s.untouched(t)
		})
	}
}

func TestOnCommitLeavesNeighboursAlone(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	stop := make(chan struct{})
	stopped := make(chan int)
	require.NoError(t, s.Apply(t.Context(), store.AddThumbUp{PageID: "page", PSID: "neighbour"}))
	go func() {
		n := 1
		for {
			select {
			case <-stop:
				stopped <- n
				return
			default:
				assert.NoError(t, s.Apply(context.Background(), store.AddThumbUp{PageID: "page", PSID: "neighbour"}))
				n++
			}
		}
	}()
	for range 50 {
		var call *store.CallError
		require.ErrorAs(t, s.turn(t, func(tx *gorm.DB) error {
			tx.Create(&order{Text: "no"})
			return errUser
		}), &call)
	}
	close(stop)
	n := <-stopped
	p, err := s.Person(t.Context(), "page", "neighbour")
	require.NoError(t, err)
	require.Equal(t, n, p.ThumbUps)
	s.untouched(t)
}

// A function that others made fail, by waiting for each other, is run again.
func TestOnCommitIsRunAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	s := openShop(t, gormstore.WithCommitTimeout(20*time.Second))
	require.NoError(t, s.DB().Create([]order{{Text: "a"}, {Text: "b"}}).Error)
	other := s.DB().Begin()
	require.NoError(t, other.Exec("SET LOCAL deadlock_timeout = '10s'").Error)
	require.NoError(t, other.Exec("UPDATE orders SET text = 'a2' WHERE text = 'a'").Error)
	locked, tried := make(chan struct{}), 0
	go func() {
		<-locked
		assert.NoError(t, other.Exec("UPDATE orders SET text = 'b2' WHERE text = 'b'").Error)
		assert.NoError(t, other.Commit().Error)
	}()
	require.NoError(t, s.turn(t, func(tx *gorm.DB) error {
		if tried++; tried == 1 {
			if err := tx.Exec("UPDATE orders SET text = 'b3' WHERE text = 'b'").Error; err != nil {
				return err
			}
			close(locked)
			return tx.Exec("SET LOCAL deadlock_timeout = '50ms'; UPDATE orders SET text = 'a3' WHERE text = 'a'").Error
		}
		return tx.Create(&order{Text: "again"}).Error
	}))
	require.Equal(t, 2, tried)
	require.ElementsMatch(t, []string{"a2", "b2", "again"}, s.orders(t))
}

func TestOnCommitOutsideOfATurn(t *testing.T) {
	t.Parallel()
	run := func(*gorm.DB) error { return nil }
	require.ErrorIs(t, gormstore.OnCommit(t.Context(), run), store.ErrNoTurn)
	set := store.NewTurn(store.NewMemory(), store.Person{}).Begin("r")
	require.ErrorIs(t, gormstore.OnCommit(set.Context(t.Context()), run), errors.ErrUnsupported)
	set.End()
	require.ErrorIs(t, gormstore.OnCommit(set.Context(t.Context()), run), store.ErrTurnOver)
}
