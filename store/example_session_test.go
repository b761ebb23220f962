package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// Size was a number of centimetres in version 0 and has a unit since.
type Size struct {
	Value int
	Unit  string
}

func ExampleSessionOf() {
	size := store.SessionOf[Size]{
		Name:    "size",
		Version: 1,
		Life:    24 * time.Hour,
		Upgrade: func(_ int, data []byte) (Size, error) {
			old := Size{Unit: "cm"}
			err := json.Unmarshal(data, &old.Value)
			return old, err
		},
	}

	ctx := context.Background()
	st := memory.New(memory.Config{})
	before := store.SaveSession{PageID: "1", PSID: "2", Name: "size", Data: []byte("30")} // by an older deployment
	if err := st.Apply(ctx, before); err != nil {
		fmt.Println(err)
	}
	set := store.NewTurn(st, store.Person{PageID: "1", PSID: "2"}).Begin("route")
	ctx = set.Context(ctx) // a handler gets such a context

	v, found, err := size.Load(ctx)
	fmt.Println(v, found, err)
	fmt.Println(size.Keep(ctx, v), len(set.End()), "write to commit")
	// Output:
	// {30 cm} true <nil>
	// <nil> 1 write to commit
}
