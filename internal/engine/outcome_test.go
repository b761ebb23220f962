package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// TestActedAt: the platform's time of an event counts if it can be true when the event arrives.
func TestActedAt(t *testing.T) {
	t.Parallel()
	received := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	for name, c := range map[string]struct {
		at   time.Time
		want time.Time
	}{
		"a moment ago":               {received.Add(-time.Second), received.Add(-time.Second)},
		"now":                        {received, received},
		"as old as a repeat can be":  {received.Add(-36 * time.Hour), received.Add(-36 * time.Hour)},
		"older":                      {received.Add(-36*time.Hour - time.Microsecond), received},
		"in the future":              {received.Add(time.Microsecond), received},
		"far in the future":          {received.AddDate(100, 0, 0), received},
		"beyond what a duration has": {received.AddDate(1000, 0, 0), received},
		"milliseconds for seconds":   {time.UnixMilli(received.Unix()), received},
		"none":                       {time.Time{}, received},
	} {
		queued := store.QueuedEvent{Event: store.Event{Time: c.at}, ReceivedAt: received}
		require.Equal(t, c.want, actedAt(queued), name)
	}
}
