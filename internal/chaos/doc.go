// Package chaos tests a bot under faults: its process is killed at random moments
// or stopped past its leases, handlers end it, the disk is full, more comes in than
// can be answered, a thousand clients send requests that do not end. Each test runs the bot as a process of its own, on a real
// database and behind real HTTP, and is the platform on both sides. `make chaos`
// runs them for long; `go test` runs what takes seconds.
//
// The tests assert counts and order: nothing acknowledged is lost, nothing takes
// effect twice, the dead letters are the poison events and no others. How long
// replies take, and how long after a kill, is reported and not asserted, since it
// depends on the machine; that interrupted turns run at the same time is asserted by
// a barrier.
//
// CHAOS_SECONDS is how long processes are killed, or instead CHAOS_KILLS how
// often; without them it is three times, and once with slow turns. CHAOS_SEED
// repeats the dice of a run. MESSENGER_TEST_POSTGRES is a PostgreSQL server to test
// beside SQLite, as a postgres:// URL of a user who may create databases.
package chaos
