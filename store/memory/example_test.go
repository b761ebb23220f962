package memory_test

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// A test advances the store's clock instead of waiting.
func ExampleNew() {
	ctx := context.Background()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	st := memory.New(memory.Config{Now: func() time.Time { return now }})

	err := st.Apply(ctx, store.SaveSession{PageID: "1", PSID: "2", Name: "order", Data: []byte(`"tea"`), Life: time.Hour})
	fmt.Println("kept:", err)
	s, _ := st.Session(ctx, "1", "2", "order")
	fmt.Printf("%s until %s\n", s.Data, s.Expires.Format(time.TimeOnly))

	now = now.Add(time.Hour)
	_, err = st.Session(ctx, "1", "2", "order")
	fmt.Println(err)
	// Output:
	// kept: <nil>
	// "tea" until 13:00:00
	// store: not found
}
