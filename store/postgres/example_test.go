package postgres_test

import (
	"context"
	"fmt"
	"os"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
)

func ExampleOpen() {
	st, err := postgres.Open(os.Getenv("MESSENGER_DATABASE"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = st.Close() }()
	err = st.Apply(context.Background(), store.AddThumbUp{PageID: "1", PSID: "2"})
	fmt.Println(err)
}

// The errors of a DSN tell nothing of it: it has a password.
func ExampleOpen_refused() {
	_, err := postgres.Open("postgres://bot:secret@db:port/bot")
	fmt.Println(err != nil)
	// Output: true
}
