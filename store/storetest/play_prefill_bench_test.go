//go:build linux

package storetest_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// The age of what the tables hold before the play.
const (
	keyAge  = 7 * 24 * time.Hour
	sentAge = 90 * 24 * time.Hour
)

// prefillBatch is how many rows one operation stores.
const prefillBatch = 1000

// prefillRows is how many dedup keys and how many records the tables hold.
func prefillRows(b *testing.B) int {
	b.Helper()
	rows := 200_000
	if flag.Lookup("test.benchtime").Value.String() == "1x" {
		rows = 2000
	}
	if text := os.Getenv("PLAY_ROWS"); text != "" {
		var err error
		rows, err = strconv.Atoi(text)
		require.NoError(b, err, "PLAY_ROWS")
	}
	return max(rows/prefillBatch, 1) * prefillBatch
}

// prefill makes the people known, and stores old dedup keys and records, oldest first.
func prefill(b *testing.B, st *gormstore.Store) {
	b.Helper()
	rows := prefillRows(b)
	now := time.Now()
	past := func(n int, age time.Duration) time.Time {
		return now.Add(age / time.Duration(rows) * time.Duration(n-rows))
	}
	var people []store.Write
	for n := range players {
		who := someone(n)
		people = append(people, store.SaveProfile{
			PageID: who.PageID, PSID: who.PSID, At: now, Profile: store.Profile{FirstName: "Ada", LastName: "Byron", Locale: "en_US"},
		})
	}
	require.NoError(b, st.Apply(b.Context(), people...))
	fills := make(chan error, 2)
	go func() {
		var err error
		for n := 0; n < rows && err == nil; n += prefillBatch {
			err = fillKeys(b.Context(), st, n, func(n int) time.Time { return past(n, keyAge) })
		}
		fills <- err
	}()
	go func() {
		var err error
		for n := 0; n < rows && err == nil; n += prefillBatch {
			err = fillRecords(b.Context(), st, n, func(n int) time.Time { return past(n, sentAge) })
		}
		fills <- err
	}()
	require.NoError(b, errors.Join(<-fills, <-fills))
	// Conversations that were made for the writes and have nothing in them.
	require.NoError(b, st.Purge(b.Context(), store.Cutoffs{}))
	stats, err := st.Stats(b.Context())
	require.NoError(b, err)
	require.Equal(b, store.Stats{}, stats)
}

// fillKeys leaves the dedup keys of a batch of events: those of someone who is then
// forgotten.
func fillKeys(ctx context.Context, st *gormstore.Store, from int, at func(n int) time.Time) error {
	who := store.Conversation{PageID: "old", PSID: fmt.Sprint(from)}
	events := make([]store.Event, prefillBatch)
	for i := range events {
		events[i] = newEvent(who, at(from+i), nil)
	}
	if err := st.Put(ctx, events...); err != nil {
		return err
	}
	return st.Forget(ctx, who)
}

// fillRecords leaves the records of a batch of sends, to all people in no order.
func fillRecords(ctx context.Context, st *gormstore.Store, from int, at func(n int) time.Time) error {
	records := make([]store.Write, prefillBatch)
	for i := range records {
		who := someone((from + i) * 7919 % players)
		records[i] = store.SaveSent{Sent: sentTo(who.PageID, who.PSID, fmt.Sprint("old/", from+i), at(from+i))}
	}
	return st.Apply(ctx, records...)
}

// analyze makes the statistics that a server in production has.
func analyze(b *testing.B, st *gormstore.Store) {
	b.Helper()
	require.NoError(b, st.DB().Exec(`DO $$ DECLARE name TEXT; BEGIN
		FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
			EXECUTE 'ANALYZE ' || name;
		END LOOP; END $$`).Error)
}
