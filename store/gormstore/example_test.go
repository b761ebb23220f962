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
	conv := store.Conversation{PageID: "1", PSID: "2"}
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

// A program joins its own rows with the bot's people.
func ExamplePerson() {
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

	// The tag keeps AutoMigrate from making a foreign key, which would keep the bot from forgetting a person.
	type Order struct {
		ID     int64
		PageID string
		PSID   string `gorm:"column:psid"`
		Item   string
		Person gormstore.Person `gorm:"foreignKey:PageID,PSID;references:PageID,PSID;-:migration"`
	}
	if err := st.DB().AutoMigrate(&Order{}); err != nil {
		fmt.Println(err)
	}
	if err := st.DB().Omit("Person").Create(&Order{PageID: "1", PSID: "2", Item: "tea"}).Error; err != nil {
		fmt.Println(err)
	}

	// What a bot's handlers do.
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	err = st.Apply(context.Background(),
		store.SaveProfile{PageID: "1", PSID: "2", At: noon, Profile: store.Profile{FirstName: "Ann"}},
		store.TouchPerson{PageID: "1", PSID: "2", At: noon})
	if err != nil {
		fmt.Println(err)
	}

	var orders []Order
	err = st.DB().Joins("Person").Where("Person.last_act >= ?", gormstore.TimeOf(noon.Add(-time.Hour))).Find(&orders).Error
	for _, order := range orders {
		fmt.Println(order.Item, "for", order.Person.FirstName, "who wrote at", order.Person.LastAct.Time().Format(time.TimeOnly))
	}
	fmt.Println(err, st.DB().Create(&gormstore.Person{}).Error)
	// Output:
	// tea for Ann who wrote at 12:00:00
	// <nil> gormstore: the tables of the bot are read-only; use store.Queue in a handler or Store.Apply
}
