// Package storetest is the conformance suite for stores: it tests what the comments
// of package store promise. Run it on your own store:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T, opts storetest.Options) store.Store {
//			return mystore.Open(t.TempDir(), opts.Now, opts.Backlog)
//		})
//	}
//
// Besides one test for each promise, it runs random sequences of operations on the
// store and on a simple model, and compares all results. The name of a failing
// sequence ends in its seed; set the environment variable STORETEST_SEED to repeat
// it.
//
// Not tested here: that acknowledged data survives the death of the process or a
// power cut, and that an outcome with a [store.Call] is atomic.
package storetest
