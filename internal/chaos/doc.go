// Package chaos tests a bot under faults: its process is killed at random or stopped
// for longer than its leases, a handler ends the process, the disk is full, callbacks
// arrive faster than they can be answered, or a thousand clients send requests that
// never end. Each test runs the bot as a process of its own, on a real database and
// behind real HTTP, and plays the platform. `make chaos` runs the tests for a minute
// or longer; `go test` runs short versions.
//
// The tests assert counts and order: nothing acknowledged is lost, nothing takes
// effect twice, no timer is lost, handled twice or handled before its time, a broadcast
// reaches each person, once but for sends of unknown outcome, the dead letters are the poison events and no others. How long
// replies take, and how long after a kill, is reported and not asserted, since it
// depends on the machine; that interrupted turns run at the same time is asserted by
// a barrier.
//
// CHAOS_SECONDS sets for how long processes are killed, or CHAOS_KILLS how often. The
// default is three kills, and one with slow turns. CHAOS_SEED repeats the random
// choices of a run. MESSENGER_TEST_POSTGRES names a PostgreSQL server to test on
// besides SQLite, as a postgres:// URL of a user who may create databases.
package chaos
