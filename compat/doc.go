// Command compat runs unmodified foreign software of the Messenger Platform against
// messenger simulate: clients that call the Graph API, and bots on frameworks. It is
// no test of go test; make compat and CI run it.
//
// The software comes from the npm registry, at the versions and with the hashes of the
// package-lock.json files of this folder, into the user's cache directory. Each client and
// each bot has a simulator and a process of its own, and reaches it as the guide says. The
// results are in docs/compatibility.md: the run fails if a cell of its tables differs from
// before, for better or worse, and -update writes them anew.
//
//	go run ./compat [-update] [-only NAME] [-v]
//	go run ./compat -install
package main
