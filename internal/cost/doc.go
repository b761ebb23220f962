//go:build linux

// Command cost measures the CPU time that a bot spends on one event, and prints the table of docs/benchmarks.md.
//
//	go run ./internal/cost [flags]
//
// It starts bots in processes of their own and drives them in a closed loop: a load generator posts signed callbacks with
// one text each, and a fake Graph API in the same process takes the replies. For each reply that arrives, another
// callback is posted, over a connection of its own as from a platform of many machines. All bots echo the text:
//
//   - floor is a bare handler that reads the body, checks the HMAC, decodes the JSON and answers 200, and a bare
//     http.Client that posts the reply. It stores nothing, retries nothing and keeps no order.
//   - memory, sqlite and postgres are bots of this library with default settings on each store, with new tables in each
//     round.
//
// The bots run in interleaved rounds, each round in another order. A round drives a bot for a fixed number of events
// after a warm-up. The cost is the CPU time, user and system, of the bot's process during these events, without the load
// generator; for PostgreSQL plus that of all processes of the server, which must run on this machine and serve nothing
// else. The table has medians of the rounds, and of each round's ratio to the floor of the same round.
//
// A stall of the machine delays all events in flight. With 32 of them, two stalls decide the p99 of a round of 5,000 events;
// so the table has the p99 of the best round, too, which says more of the bot.
//
// `make cost` runs it with a PostgreSQL server of its own, and with BASE=COMMIT compares with another commit.
package main
