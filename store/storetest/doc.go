// Package storetest is the suite that every store passes: what the comments of
// package store promise, as tests. Who writes a store runs it on theirs:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T, opts storetest.Options) store.Store {
//			return mystore.Open(t.TempDir(), opts.Now, opts.Backlog)
//		})
//	}
//
// Beside one test per promise it plays random sequences of operations to the
// store and to a simple model, and compares all answers. The name of a failing
// sequence ends in its seed; the environment variable STORETEST_SEED plays one
// seed again.
//
// What lies outside of a running store is not tested here: that acknowledged
// data survives the death of the process or a loss of power, and that an
// outcome with a [store.Call] is atomic.
package storetest
