package oncommittest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store/gormstore"
)

// What a function leaves behind cannot use the transaction when it has returned: not
// in the next call, and not when the transaction is over.
func (d Database) endsWithItsFunction(t *testing.T) {
	s := d.shop(t)
	_ = s.Refuses(t, "a savepoint of the call before", func(tx *gorm.DB) error {
		return tx.Exec("SAVEPOINT left_over").Error
	}, func(tx *gorm.DB) error {
		return tx.Exec("ROLLBACK TO SAVEPOINT left_over").Error
	})
	var kept *gorm.DB
	late := func() error { return kept.Create(&Order{Text: "late"}).Error }
	release, ended := make(chan struct{}), make(chan error)
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		kept = tx
		go func() {
			<-release
			ended <- late()
		}()
		return tx.Create(&Order{Text: "one"}).Error
	}, func(tx *gorm.DB) error {
		close(release)
		if <-ended == nil {
			return errors.New("the first function goes on")
		}
		return tx.Create(&Order{Text: "two"}).Error
	}))
	require.ErrorContains(t, late(), "has ended")
	require.ErrorContains(t, kept.Exec("COMMIT").Error, "has ended")
	require.ErrorContains(t, kept.Raw("COMMIT").Row().Err(), "has ended")
	require.Equal(t, []string{"one", "two"}, s.Orders(t))
}

// Rows that a function has left open are closed.
func (d Database) closesRows(t *testing.T) {
	s := d.shop(t)
	orders := []Order{{Text: "1"}, {Text: "2"}, {Text: "3"}}
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		if err := tx.Create(&orders).Error; err != nil {
			return err
		}
		rows, err := tx.Model(&Order{}).Rows() // which are not closed
		if err != nil {
			return err
		}
		rows.Next()
		return rows.Err()
	}, func(tx *gorm.DB) error { return tx.Create(&Order{Text: "4"}).Error }))
	require.Equal(t, []string{"1", "2", "3", "4"}, s.Orders(t))
	require.NoError(t, s.Ping(t.Context()))
}

// A commit timeout that no server takes, or that leaves no time, is refused.
func (d Database) needsTime(t *testing.T) {
	for _, limit := range []time.Duration{-time.Second, 0, 10*time.Minute + 1, 1 << 62} {
		_, err := d.TryOpen(t, gormstore.WithCommitTimeout(limit))
		require.ErrorContains(t, err, "commit timeout", limit)
	}
	for _, limit := range []time.Duration{10 * time.Minute, time.Minute} {
		NewShop(t, d.Open(t, gormstore.WithCommitTimeout(limit))).Works(t)
	}
}
