package gormstore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

// A program keeps its orders in the bot's database. A handler stores one
// together with the end of the event that asked for it.
func ExampleOnCommit() {
	dir, err := os.MkdirTemp("", "bot")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	st, err := sqlite.Open(filepath.Join(dir, "bot.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = st.Close() }()

	type Order struct {
		ID   int64
		Item string
	}
	if err := st.DB().AutoMigrate(&Order{}); err != nil {
		fmt.Println(err)
	}

	handle := func(ctx context.Context) error {
		return gormstore.OnCommit(ctx, func(tx *gorm.DB) error {
			return tx.Create(&Order{Item: "tea"}).Error
		})
	}

	// What the bot does around a handler.
	ctx := context.Background()
	conv := store.Conversation{PageID: "1", PersonID: "2"}
	if err := st.Put(ctx, store.Event{Conversation: conv, Key: "m1"}); err != nil {
		fmt.Println(err)
	}
	leases, err := st.Claim(ctx, store.Claim{Owner: "me", Conversations: 1, Events: 1, TTL: 15 * time.Second})
	if err != nil {
		fmt.Println(err)
	}
	for _, lease := range leases {
		set := store.NewTurn(st, store.Person{}).Begin("orders")
		if err := handle(set.Context(ctx)); err != nil {
			fmt.Println(err)
		}
		ev := lease.Events[0]
		_, err := st.Commit(ctx, store.Outcome{
			Lease: lease.LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Writes: set.End(), Release: true,
		})
		fmt.Println("committed:", err)
	}

	var items []string
	st.DB().Model(&Order{}).Pluck("item", &items)
	fmt.Println(items)
	// Output:
	// committed: <nil>
	// [tea]
}
