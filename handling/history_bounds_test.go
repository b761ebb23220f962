package handling_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// endless is a conversation in which the bot has said something each minute since ever, until a time.
type endless struct {
	until time.Time
	reads []int
}

func (e *endless) Received(context.Context, string, string, int) ([]store.Received, error) {
	return nil, nil
}

func (e *endless) Sent(_ context.Context, _, _ string, limit int) (rows []store.Sent, err error) {
	e.reads = append(e.reads, limit)
	for i := range limit {
		at := e.until.Add(-time.Duration(i) * time.Minute)
		rows = append(rows, store.Sent{At: at, MID: fmt.Sprint(i), Outcome: store.OutcomeSent, Body: []byte(`{"message":{"text":"hi"}}`)})
	}
	return rows, nil
}

// TestAHistoryReadsNoFurtherThanItsAge: not when some of what it has read is too old, and not when all is.
func TestAHistoryReadsNoFurtherThanItsAge(t *testing.T) {
	t.Parallel()
	now := time.Now()
	conv := store.Conversation{PageID: "1", PSID: "2"}
	for _, c := range []struct {
		until time.Time
		want  int
	}{{now, 10}, {now.Add(-time.Hour), 0}} {
		e := &endless{until: c.until}
		said, err := handling.HistoryOf(t.Context(), e, conv, now, handling.HistoryQuery{MaxAge: 9*time.Minute + time.Second})
		require.NoError(t, err)
		require.Len(t, said, c.want)
		require.Equal(t, []int{100}, e.reads)
	}
}
