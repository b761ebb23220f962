package storetest_test

import (
	"testing"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/storetest"
)

func ExampleRun() {
	// In a file that ends in _test.go, with a store of your own:
	_ = func(t *testing.T) {
		storetest.Run(t, func(_ *testing.T, opts storetest.Options) store.Store {
			return memory.New(memory.Config{Now: opts.Now, Backlog: opts.Backlog})
		})
	}
}
