// Package memory keeps everything that a bot remembers in the process, for tests and first steps: [New] makes a [store.Store] that
// is empty, and nothing survives the end of the process. What grows with traffic is bounded, see [Config]. It is the store of a bot
// whose configuration has none.
//
// It runs the same state machine as the SQL stores, on maps, and so it is the model that those are checked against.
package memory
