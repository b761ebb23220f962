// Package chaos holds the tests that treat a bot as bad days do: its process is
// killed at random moments or stopped past its leases, handlers end it, the disk
// fills, a thousand clients send requests that do not end. Each test runs the bot as a process of its own, on a real database and
// behind real HTTP, and is itself the platform on both sides. `make chaos` runs
// them for long; `go test` runs what takes seconds.
//
// CHAOS_SECONDS is how long processes are killed, or instead CHAOS_KILLS how
// often; without them it is three times. CHAOS_SEED repeats the dice of a run.
// MESSENGER_TEST_POSTGRES is a PostgreSQL server to try beside SQLite, as a
// postgres:// URL of a user who may create databases.
package chaos
