package store_test

import (
	"testing"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/storetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(_ *testing.T, opts storetest.Options) store.Store {
		return store.NewMemory(store.MemoryConfig{Now: opts.Now, Backlog: opts.Backlog})
	})
}
