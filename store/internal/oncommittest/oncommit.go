package oncommittest

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/memory"
)

// Database is a kind of database under test, and what only it has.
type Database struct {
	// Open opens a new, empty store, which is closed after the test.
	Open func(t *testing.T, opts ...gormstore.Option) *gormstore.Store
	// TryOpen does so too, where that may fail.
	TryOpen func(t *testing.T, opts ...gormstore.Option) (*gormstore.Store, error)
	// Endless is a statement that does not end by itself.
	Endless string
	// Failures are functions that fail in its own way.
	Failures map[string]Failure
	// Ordinary are statements that a function may run, and Endings those that
	// it may not, because they would end its transaction or outlast it.
	Ordinary, Endings []string
	// OneWriter reports that another handle cannot write meanwhile.
	OneWriter bool
}

// Failure is a function that must cost its turn everything.
type Failure struct {
	Call func(tx *gorm.DB) error
	// Want is found in the error, if it is not nil, and Text in its text.
	Want error
	Text string
}

// Run tests a kind of database.
func Run(t *testing.T, d Database) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T){
		"JoinsTheTurn":                 d.joinsTheTurn,
		"NestsWithSavepoints":          d.nestsWithSavepoints,
		"FailsWithAStatement":          d.failsWithAStatement,
		"SurvivesInANestedTransaction": d.survivesInANestedTransaction,
		"RunsOrdinaryStatements":       d.runsOrdinaryStatements,
		"CannotEndItsTransaction":      d.cannotEndItsTransaction,
		"RunsPreparedSessions":         d.runsPreparedSessions,
		"EndsWithItsFunction":          d.endsWithItsFunction,
		"ClosesRows":                   d.closesRows,
		"NeedsTime":                    d.needsTime,
		"ThatFailsStoresNothing":       d.thatFailsStoresNothing,
		"IsNotToBlameForTheOutcome":    d.isNotToBlameForTheOutcome,
		"IsBoundedInTime":              d.isBoundedInTime,
		"LeavesNeighboursAlone":        d.leavesNeighboursAlone,
		"OutsideOfATurn":               outsideOfATurn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
}

// patient is for calls that must succeed, also on a busy machine.
var patient = gormstore.WithCommitTimeout(time.Minute)

func (d Database) shop(t *testing.T, opts ...gormstore.Option) *Shop {
	t.Helper()
	return NewShop(t, d.Open(t, opts...))
}

func (d Database) joinsTheTurn(t *testing.T) {
	s := d.shop(t, patient)
	require.NoError(t, s.Turn(t,
		func(tx *gorm.DB) error { return tx.Create(&Order{Text: "one"}).Error },
		func(tx *gorm.DB) error {
			// What the turn has stored before is there, and can be built on.
			var first Order
			if err := tx.Where("text = ?", "one").First(&first).Error; err != nil {
				return err
			}
			return tx.Create(&Order{Text: first.Text + " and two"}).Error
		}))
	require.Equal(t, []string{"one", "one and two"}, s.Orders(t))
	p, err := s.Person(t.Context(), ann.PageID, ann.PSID)
	require.NoError(t, err)
	require.Equal(t, 1, p.ThumbUps)
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Events)
	require.Equal(t, 1, stats.Sends)
}

func (d Database) nestsWithSavepoints(t *testing.T) {
	s := d.shop(t)
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		err := tx.Transaction(func(tx *gorm.DB) error {
			if err := tx.Create(&Order{Text: "undone"}).Error; err != nil {
				return err
			}
			return errors.New("undo")
		})
		if err == nil || err.Error() != "undo" {
			return errors.New("the nested transaction was not rolled back")
		}
		return tx.Transaction(func(tx *gorm.DB) error { return tx.Create(&Order{Text: "done"}).Error })
	}))
	require.Equal(t, []string{"done"}, s.Orders(t))
}

var errUser = errors.New("out of stock")

func (d Database) thatFailsStoresNothing(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	failures := map[string]Failure{
		"error":    {func(*gorm.DB) error { return errUser }, errUser, "out of stock"},
		"panic":    {func(*gorm.DB) error { panic("oh no") }, nil, "oh no"},
		"goexit":   {func(*gorm.DB) error { runtime.Goexit(); return nil }, nil, "did not return"},
		"rollback": {func(tx *gorm.DB) error { tx.Rollback(); return nil }, nil, "cannot end"},
		"commit":   {func(tx *gorm.DB) error { tx.Commit(); return nil }, nil, "cannot end"},
		"prepared by hand": {func(tx *gorm.DB) error {
			_, err := tx.Statement.ConnPool.PrepareContext(tx.Statement.Context, "SELECT 1")
			if err == nil {
				return errors.New("a statement was prepared")
			}
			return nil
		}, nil, "prepared"},
		"ended context": {func(tx *gorm.DB) error { tx.WithContext(ended).Create(&Order{Text: "late"}); return nil }, context.Canceled, ""},
	}
	maps.Copy(failures, d.Failures)
	for name, c := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := d.shop(t)
			err := s.Turn(t, func(tx *gorm.DB) error { return tx.Create(&Order{Text: "before"}).Error }, c.Call)
			var call *store.CallError
			require.ErrorAs(t, err, &call)
			require.Equal(t, "orders", call.Route)
			require.ErrorContains(t, call.Err, c.Text)
			require.NotContains(t, err.Error(), `route "orders"`, "what reports a route's failure names the route itself")
			if c.Want != nil {
				require.ErrorIs(t, err, c.Want)
			}
			s.untouched(t)
		})
	}
}

// A statement of the store itself that fails after a function has run, as on a full disk, is not the function's failure.
func (d Database) isNotToBlameForTheOutcome(t *testing.T) {
	s := d.shop(t)
	bob := store.Conversation{PageID: ann.PageID, PSID: "bob"}
	require.NoError(t, s.Enqueue(t.Context(), store.Send{Conversation: bob, Key: "waits"}))
	require.NoError(t, s.DB().Exec("CREATE UNIQUE INDEX one_send ON messenger_outbox (page_id)").Error)
	err := s.Turn(t, func(tx *gorm.DB) error { return tx.Create(&Order{Text: "no"}).Error })
	require.Error(t, err)
	var call *store.CallError
	require.NotErrorAs(t, err, &call)
	require.Empty(t, s.Orders(t))
	require.NoError(t, s.DB().Exec("DROP INDEX one_send").Error)
	s.Works(t)
}

func (d Database) isBoundedInTime(t *testing.T) {
	overruns := map[string]func(s *Shop, over chan struct{}) func(tx *gorm.DB) error{
		"a statement without end": func(*Shop, chan struct{}) func(*gorm.DB) error {
			return func(tx *gorm.DB) error {
				return tx.Exec(d.Endless).Error
			}
		},
		"a function that waits": func(_ *Shop, over chan struct{}) func(*gorm.DB) error {
			return func(tx *gorm.DB) error {
				if err := tx.Create(&Order{Text: "early"}).Error; err != nil {
					return err
				}
				<-over
				return tx.Create(&Order{Text: "late"}).Error
			}
		},
	}
	if d.OneWriter {
		overruns["a write through another handle"] = func(s *Shop, _ chan struct{}) func(*gorm.DB) error {
			return func(*gorm.DB) error {
				return s.DB().Exec("UPDATE orders SET text = 'deadlock'").Error
			}
		}
	}
	for name, call := range overruns {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := d.shop(t, gormstore.WithCommitTimeout(200*time.Millisecond))
			over := make(chan struct{})
			err := s.Turn(t, call(s, over)) // returns, though the call does not until over is closed
			require.ErrorIs(t, err, context.DeadlineExceeded)
			var failed *store.CallError
			require.ErrorAs(t, err, &failed)
			close(over)
			s.untouched(t)
		})
	}
}

func (d Database) leavesNeighboursAlone(t *testing.T) {
	s := d.shop(t)
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
		require.ErrorAs(t, s.Turn(t, func(tx *gorm.DB) error {
			tx.Create(&Order{Text: "no"})
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

func outsideOfATurn(t *testing.T) {
	run := func(*gorm.DB) error { return nil }
	require.ErrorIs(t, gormstore.OnCommit(t.Context(), run), store.ErrNoTurn)
	set := store.NewTurn(memory.New(memory.Config{}), store.Person{}).Begin("r")
	require.ErrorIs(t, gormstore.OnCommit(set.Context(t.Context()), run), errors.ErrUnsupported)
	set.End()
	require.ErrorIs(t, gormstore.OnCommit(set.Context(t.Context()), run), store.ErrTurnOver)
}
