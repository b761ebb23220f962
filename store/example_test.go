package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// A handler queues its writes into the turn. They become durable with the end
// of the event, and the rest of the turn sees them already.
func ExampleQueue() {
	ctx := context.Background()
	st := memory.New(memory.Config{})
	turn := store.NewTurn(st, store.Person{PageID: "1", PSID: "2"})
	set := turn.Begin("thumbs")
	ctx = set.Context(ctx)

	if err := store.Queue(ctx, store.AddThumbUp{PageID: "1", PSID: "2"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println("in the turn:", store.PersonFrom(ctx).ThumbUps)

	if err := st.Apply(ctx, set.End()...); err != nil {
		fmt.Println(err)
	}
	p, _ := st.Person(ctx, "1", "2")
	fmt.Println("stored:", p.ThumbUps)
	// Output:
	// in the turn: 1
	// stored: 1
}

// The way of an event through the queue.
func ExampleQueuer() {
	ctx := context.Background()
	st := memory.New(memory.Config{})
	conv := store.Conversation{PageID: "1", PSID: "2"}
	hello := store.Event{Conversation: conv, Key: "m1", Body: []byte("hello")}

	// The platform delivers it twice.
	for range 2 {
		if err := st.Put(ctx, hello); err != nil {
			fmt.Println(err)
		}
	}

	leases, _ := st.Claim(ctx, store.Claim{Owner: "me", Conversations: 10, Events: 10, TTL: 15 * time.Second})
	for _, lease := range leases {
		for _, ev := range lease.Events {
			fmt.Printf("handle %s\n", ev.Body)
			_, err := st.Commit(ctx, store.Outcome{
				Lease:   lease.LeaseID,
				Event:   &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts},
				Sends:   []store.Send{{Conversation: conv, Key: ev.Key + "/1", Body: []byte("hello yourself")}},
				Release: true,
			})
			fmt.Println("committed:", err)
		}
	}
	stats, _ := st.Stats(ctx)
	fmt.Println("events:", stats.Events, "sends:", stats.Sends)
	// Output:
	// handle hello
	// committed: <nil>
	// events: 0 sends: 1
}

// counted is a wrapper that counts commits. Unwrap keeps the capabilities of the
// store that it wraps.
type counted struct {
	store.Store
	commits *int
}

func (c counted) Unwrap() store.Store { return c.Store }

func (c counted) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	*c.commits++
	return c.Store.Commit(ctx, outcome)
}

func ExampleAs() {
	st := counted{memory.New(memory.Config{}), new(int)}
	letters, ok := store.As[store.DeadLetters](st)
	fmt.Println("has dead letters:", ok)
	all, err := letters.Dead(context.Background(), store.DeadQuery{})
	fmt.Println(len(all), err)
	// Output:
	// has dead letters: true
	// 0 <nil>
}

// Of all the calls, in however many processes, one installs the settings. With other settings it is work to be done again.
func ExampleOnce() {
	ctx := context.Background()
	st := memory.New(memory.Config{}) // the store that the replicas share
	settings := "greeting: hello"
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(settings)))

	for range 3 {
		ran, err := store.Once(ctx, st, "settings of page 1", hash, time.Minute, func(context.Context) error {
			fmt.Println("installed")
			return nil
		})
		fmt.Println(ran, err)
	}
	// Output:
	// installed
	// true <nil>
	// false <nil>
	// false <nil>
}
