// Package upgradetest tests that a database which an older version of this library has
// written loses nothing when today's opens it. Only tests import it.
//
// [Fill] writes one scenario through the public API, with something of everything that
// a store keeps, by a clock that starts at a fixed time. The result is kept as a
// fixture for each version of the tables: testdata/upgrade/v3.sqlite of package
// store/sqlite, testdata/upgrade/v3.sql of package store/postgres. [Check] opens a copy
// of a fixture and compares all of it with the scenario, again through the public API.
// Both read the same tables of values in this package.
//
// A version of the tables has its fixture in the commit that introduces it, written by
// the code of that commit:
//
//	go test ./store/sqlite ./store/postgres -run TestUpgrade -write-fixture
//
// The command needs a PostgreSQL server, named by MESSENGER_TEST_POSTGRES, and pg_dump.
// It never overwrites a fixture, so the one of a released version stays as the old code
// wrote it. To write the one of an older version anew, delete the file and run the
// command in a checkout whose tables still have that version.
package upgradetest
