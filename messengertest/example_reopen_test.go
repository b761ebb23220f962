package messengertest_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

func TestOnSQLite(t *testing.T) {
	t.Parallel()
	clock, path := messengertest.NewClock(), filepath.Join(t.TempDir(), "bot.db")
	var st *gormstore.Store
	t.Cleanup(func() { _ = st.Close() }) // before StartAt, so that it runs after the bot has stopped
	open := func() *gormstore.Store {
		var err error
		if st, err = sqlite.Open(path, gormstore.WithClock(clock.Now)); err != nil { // in memory: memory.Config{Now: clock.Now}
			t.Fatal(err)
		}
		return st
	}
	config := messenger.Config{Store: open(), Policy: routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Dummy{},
		Senders: sending.List(sending.After(23*time.Hour, sending.Text("Still there?"))),
	}}}}
	chat := messengertest.StartAt(t, clock, simulator.Config{}, config)
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	chat.Idle()

	chat.Stop() // the process ends
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	config.Store = open() // and the next one opens the file
	chat.RestartWith(config)
	chat.Advance(23 * time.Hour)
	ada.Sees("Still there?")
}
