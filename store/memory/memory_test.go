package memory_test

import (
	"testing"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/storetest"
)

func Test(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(_ *testing.T, opts storetest.Options) store.Store {
		return memory.New(memory.Config{Now: opts.Now, Backlog: opts.Backlog})
	})
}
