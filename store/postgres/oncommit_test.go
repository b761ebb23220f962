package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/oncommittest"
)

func TestOnCommit(t *testing.T) {
	t.Parallel()
	oncommittest.Run(t, oncommittest.Database{
		Open: func(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
			return open(t, testpostgres.DSN(t), opts...)
		},
		Endless: "SELECT pg_sleep(60)",
		Failures: map[string]oncommittest.Failure{"a lost connection": {Call: func(tx *gorm.DB) error {
			tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())")
			tx.Create(&oncommittest.Order{Text: "after it"})
			return nil
		}}},
	})
}

// A function that others made fail, by waiting for each other, is run again.
func TestOnCommitIsRunAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	s := oncommittest.NewShop(t, open(t, testpostgres.DSN(t), gormstore.WithCommitTimeout(20*time.Second)))
	require.NoError(t, s.DB().Create([]oncommittest.Order{{Text: "a"}, {Text: "b"}}).Error)
	other := s.DB().Begin()
	require.NoError(t, other.Exec("SET LOCAL deadlock_timeout = '10s'").Error)
	require.NoError(t, other.Exec("UPDATE orders SET text = 'a2' WHERE text = 'a'").Error)
	locked, tried := make(chan struct{}), 0
	committed := make(chan struct{})
	go func() {
		defer close(committed)
		<-locked
		assert.NoError(t, other.Exec("UPDATE orders SET text = 'b2' WHERE text = 'b'").Error)
		assert.NoError(t, other.Commit().Error)
	}()
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		if tried++; tried == 1 {
			if err := tx.Exec("UPDATE orders SET text = 'b3' WHERE text = 'b'").Error; err != nil {
				return err
			}
			close(locked)
			return tx.Exec("SET LOCAL deadlock_timeout = '50ms'; UPDATE orders SET text = 'a3' WHERE text = 'a'").Error
		}
		return tx.Create(&oncommittest.Order{Text: "again"}).Error
	}))
	require.Equal(t, 2, tried)
	<-committed
	require.ElementsMatch(t, []string{"a2", "b2", "again"}, s.Orders(t))
}
