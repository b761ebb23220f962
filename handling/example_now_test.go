package handling_test

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// A handler asks how long it is since the person last did something.
func ExampleNow() {
	lastAct := time.Date(2026, time.November, 27, 9, 30, 0, 0, time.UTC)
	ctx := store.WithPerson(context.Background(), store.Person{LastAct: lastAct})
	// In a turn the bot does this.
	ctx = handling.WithTurn(ctx, handling.Turn{Now: func() time.Time { return lastAct.Add(20 * time.Minute) }})

	fmt.Println(handling.Now(ctx).Sub(store.PersonFrom(ctx).LastAct))
	// Output: 20m0s
}
