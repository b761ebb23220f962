package oncommittest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// ways run a statement in each way that GORM has, and ignore what it returns.
var ways = map[string]func(tx *gorm.DB, statement string) error{
	"exec": func(tx *gorm.DB, statement string) error { return tx.Exec(statement).Error },
	"raw":  func(tx *gorm.DB, statement string) error { return tx.Raw(statement).Scan(&[]map[string]any{}).Error },
	"row": func(tx *gorm.DB, statement string) error {
		row := tx.Raw(statement).Row()
		if row == nil {
			return errors.New("no row")
		}
		return row.Scan(new(any))
	},
	"pool": func(tx *gorm.DB, statement string) error {
		_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, statement)
		return err
	},
	"argument": func(tx *gorm.DB, statement string) error {
		return tx.Exec("SELECT ?; "+statement, 1).Error
	},
}

// RunStatements tests only what statements a function may run.
func RunStatements(t *testing.T, d Database) {
	t.Helper()
	t.Run("Ordinary", d.runsOrdinaryStatements)
	t.Run("Endings", d.cannotEndItsTransaction)
	t.Run("Failing", d.failsWithAStatement)
	t.Run("Nested", d.survivesInANestedTransaction)
}

// A statement that ends the transaction leaves nothing of the turn, whatever the
// function does next, and the connection goes on.
func (d Database) cannotEndItsTransaction(t *testing.T) {
	s := d.shop(t)
	for _, statement := range d.Endings {
		for way, run := range ways {
			_ = s.Refuses(t, statement+" by "+way, func(tx *gorm.DB) error {
				_ = run(tx, statement)
				tx.Create(&Order{Text: "after it by " + way})
				return nil
			})
		}
		_ = s.Refuses(t, "at last "+statement,
			func(tx *gorm.DB) error { return tx.Create(&Order{Text: "before"}).Error },
			func(tx *gorm.DB) error {
				tx.Create(&Order{Text: "before it"})
				tx.Exec(statement)
				return nil
			})
	}
	s.Works(t)
}

func (d Database) runsOrdinaryStatements(t *testing.T) {
	s := d.shop(t, patient)
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		for _, statement := range d.Ordinary {
			if err := tx.Exec(statement).Error; err != nil {
				return errors.Join(errors.New(statement), err)
			}
		}
		return tx.Create(&Order{Text: "one"}).Error
	}, func(tx *gorm.DB) error { return tx.AutoMigrate(&Bill{}) },
		func(tx *gorm.DB) error { return tx.Create(&Bill{Sum: 2}).Error }))
	require.Equal(t, []string{"one"}, s.Orders(t))
	var bill Bill
	require.NoError(t, s.DB().First(&bill).Error)
	require.Equal(t, 2, bill.Sum)
}

// Skim reads the rows of a query, and ignores why they end.
func Skim(query *gorm.DB) error {
	rows, err := query.Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		_ = rows.Err()
	}
	return nil
}

// Bill is a table that a function makes.
type Bill struct{ ID, Sum int }

// failing fail one statement each, and return the error that the function sees.
var failing = map[string]func(tx *gorm.DB) error{
	"in the database": func(tx *gorm.DB) error { return tx.Create(&Order{Text: "once"}).Error },
	"no such table":   func(tx *gorm.DB) error { return tx.Exec("SELECT 1 FROM no_such_table").Error },
	"in a row":        func(tx *gorm.DB) error { return tx.Raw("SELECT no_such_column FROM orders").Row().Err() },
	"of its argument": func(tx *gorm.DB) error { return tx.Exec("SELECT ?", make(chan int)).Error },
}

// A statement that failed fails the call, though the function ignores it.
func (d Database) failsWithAStatement(t *testing.T) {
	s := d.shop(t)
	for name, fails := range failing {
		var first, second error
		err := s.Refuses(t, name, func(tx *gorm.DB) error {
			if err := tx.Create(&Order{Text: "once"}).Error; err != nil {
				return err
			}
			first = fails(tx)
			second = tx.Create(&Order{Text: "more"}).Error
			tx.Exec("SAVEPOINT late")
			tx.Exec("ROLLBACK TO SAVEPOINT late")
			return nil
		})
		require.Error(t, first, name)
		require.ErrorContains(t, second, first.Error(), name)
		require.ErrorContains(t, second, "no other can run", name)
		require.ErrorIs(t, err, first, name)
		require.ErrorContains(t, err, "outside of a nested transaction", name)
	}
	s.Works(t)
}

// The function may survive what fails in a nested transaction, or between a savepoint
// and a rollback to it.
func (d Database) survivesInANestedTransaction(t *testing.T) {
	s := d.shop(t)
	require.NoError(t, s.Turn(t, func(tx *gorm.DB) error {
		if err := tx.Create(&Order{Text: "once"}).Error; err != nil {
			return err
		}
		for name, fails := range failing {
			err := tx.Transaction(func(tx *gorm.DB) error {
				if err := tx.Create(&Order{Text: "undone " + name}).Error; err != nil {
					return err
				}
				return fails(tx)
			})
			if err == nil {
				return errors.New(name + " did not fail")
			}
			if err := errors.Join(tx.Exec("SAVEPOINT a").Error, tx.Exec("SAVEPOINT b").Error); err != nil {
				return err
			}
			if fails(tx) == nil {
				return errors.New(name + " did not fail again")
			}
			if err := tx.Exec("ROLLBACK TO SAVEPOINT a").Error; err != nil {
				return err
			}
		}
		return tx.Create(&Order{Text: "twice"}).Error
	}))
	require.Equal(t, []string{"once", "twice"}, s.Orders(t))
}

func (d Database) runsPreparedSessions(t *testing.T) {
	s := d.shop(t)
	prepared := func(tx *gorm.DB) *gorm.DB { return tx.Session(&gorm.Session{PrepareStmt: true}) }
	use := func(tx *gorm.DB, text string) error {
		tx = prepared(tx)
		var n int64
		var row string
		return errors.Join(
			tx.Create(&Order{Text: text}).Error,
			tx.Model(&Order{}).Where("text = ?", text).Count(&n).Error,
			tx.Model(&Order{}).Where("text = ?", text).Update("text", text+"!").Error,
			tx.Raw("SELECT text FROM orders WHERE text = ?", text+"!").Row().Scan(&row),
			tx.Exec("UPDATE orders SET text = ? WHERE text = ?", text, text+"!").Error,
			tx.Transaction(func(tx *gorm.DB) error { return tx.Create(&Order{Text: text + " nested"}).Error }),
			tx.Where("text = ?", text+" nested").Delete(&Order{}).Error)
	}
	// What the host has prepared is of another connection, and remains so.
	require.NoError(t, use(s.DB(), "before"))
	require.NoError(t, s.DB().Where("TRUE").Delete(&Order{}).Error)
	require.NoError(t, s.Turn(t,
		func(tx *gorm.DB) error { return use(tx, "one") },
		func(tx *gorm.DB) error { return use(tx, "two") }))
	require.Equal(t, []string{"one", "two"}, s.Orders(t))
	require.NoError(t, use(s.DB(), "after"))
	require.NoError(t, s.DB().Transaction(func(tx *gorm.DB) error { return use(tx, "in the host's transaction") }))
}
