package sqlite

import (
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/store"
)

// Call implements queue.Tx.
func (t *tx) Call(call store.Call) error {
	if t.calls == nil {
		return fmt.Errorf("sqlite: a call of route %q in a transaction without calls: %w", call.Route, errors.ErrUnsupported)
	}
	defer t.people.clear() // the function may have changed them
	return t.calls.Run(t.ctx, t.sql, t.guard, call)
}
