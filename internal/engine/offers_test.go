package engine

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

func TestQuickRepliesOfTheNewestMessageThatHasSome(t *testing.T) {
	t.Parallel()
	now := time.Now()
	message := func(to sending.Recipient, title string) json.RawMessage {
		m := sending.Text("Which size?")
		if title != "" {
			m = m.WithQuickReplies(sending.QuickReply{ContentType: "text", Title: title, Payload: "P"})
		}
		body, err := m.Request(to, "")
		require.NoError(t, err)
		return body
	}
	person := sending.Recipient{ID: "42"}
	record := func(outcome store.SentOutcome, ago time.Duration, body json.RawMessage) store.Sent {
		return store.Sent{PSID: "42", Outcome: outcome, At: now.Add(-ago), Body: body}
	}
	old := record(store.OutcomeSent, time.Hour, message(person, "old"))
	for name, c := range map[string]struct {
		newer store.Sent
		want  string
	}{
		"sent":                       {record(store.OutcomeSent, time.Second, message(person, "new")), "new"},
		"of unknown outcome":         {record(store.OutcomeUncertain, time.Second, message(person, "new")), "new"},
		"refused":                    {record(store.OutcomeRefused, time.Second, message(person, "new")), "old"},
		"to be tried again":          {record(store.OutcomeRetry, time.Second, message(person, "new")), "old"},
		"set aside":                  {record(store.OutcomeSetAside, time.Second, message(person, "new")), "old"},
		"its echo":                   {record(store.OutcomeEchoed, time.Second, nil), "old"},
		"without quick replies":      {record(store.OutcomeSent, time.Second, message(person, "")), "old"},
		"to another person":          {record(store.OutcomeSent, time.Second, message(sending.Recipient{ID: "43"}, "new")), "old"},
		"to a comment":               {record(store.OutcomeSent, time.Second, message(sending.Recipient{CommentID: "1_2"}, "new")), "old"},
		"at that time":               {record(store.OutcomeSent, 0, message(person, "new")), "old"},
		"later":                      {record(store.OutcomeSent, -time.Second, message(person, "new")), "old"},
		"a text about quick_replies": {record(store.OutcomeSent, time.Second, json.RawMessage(`{"recipient":{"id":"42"},"message":{"text":"\"quick_replies\""}}`)), "old"},
		"cut off":                    {record(store.OutcomeSent, time.Second, json.RawMessage(`{"message":{"quick_replies"`)), "old"},
	} {
		got := quickReplies([]store.Sent{c.newer, old}, "42", now)
		require.Equal(t, []routes.Offer{{Title: c.want, Payload: "P", QuickReply: true}}, got, name)
	}
	require.Empty(t, quickReplies(nil, "42", now))
}

func TestWhatThePersonHadSeenWhenTheyWrote(t *testing.T) {
	t.Parallel()
	claimed := time.Now()
	for name, c := range map[string]struct {
		happened, received time.Time
		only               []string
		want               time.Time
	}{
		"just now":              {time.Time{}, claimed.Add(-time.Second), nil, claimed},
		"in a backlog":          {time.Time{}, claimed.Add(-time.Hour), nil, claimed.Add(-time.Hour + 10*time.Second)},
		"by no clock":           {time.Time{}, time.Time{}, nil, claimed},
		"by a later one":        {time.Time{}, claimed.Add(time.Hour), nil, claimed},
		"by clocks that differ": {claimed.Add(-time.Minute), claimed, nil, claimed},
		"by a late platform":    {claimed.Add(-time.Hour), claimed.Add(-time.Second), nil, claimed.Add(-time.Hour + 10*time.Second)},
		"by an early platform":  {claimed.Add(time.Hour), claimed, nil, claimed},
		"a replayed event":      {claimed.Add(-time.Hour), claimed, nil, claimed.Add(-time.Hour + 10*time.Second)},
		"a replayed route":      {claimed.Add(-20 * time.Second), claimed, []string{"tap"}, claimed.Add(-10 * time.Second)},
		"a replay of no time":   {time.Time{}, claimed, []string{"tap"}, claimed},
	} {
		turn := &turn{
			w:      &worker{claimed: claimed, e: &Engine{cfg: Config{SendTimeout: 10 * time.Second}}},
			queued: store.QueuedEvent{Event: store.Event{Time: c.happened}, ReceivedAt: c.received, Only: c.only},
		}
		require.Equal(t, c.want, turn.wroteBefore(), name)
	}
}
