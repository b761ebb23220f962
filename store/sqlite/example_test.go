package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

func ExampleOpen() {
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

	ctx := context.Background()
	if err := st.Apply(ctx, store.AddThumbUp{PageID: "1", PSID: "2"}); err != nil {
		fmt.Println(err)
	}
	p, err := st.Person(ctx, "1", "2")
	fmt.Println(p.ThumbUps, err)
	// Output: 1 <nil>
}
