package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// A store that takes no commits for as long as a lease lasts is one that refuses the records, or
// one that is away: what was delivered stays known without the records, and nothing else does.
func TestResultsWithoutRecordsKnowWhatWasDelivered(t *testing.T) {
	t.Parallel()
	conv := store.Conversation{PageID: "1", PSID: "2"}
	at := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	result := func(key string, outcome store.SentOutcome) sendResult {
		return sendResult{
			SendResult: store.SendResult{Key: key, State: store.SendFinished},
			record:     &store.Sent{PageID: "1", PSID: "2", Key: key, Outcome: outcome, Response: "\xff", At: at},
		}
	}
	bare := sendResults{result("a", store.OutcomeSent), result("b", store.OutcomeRefused)}.recordless().recordless()
	var out store.Outcome
	bare.addTo(&out)
	require.Empty(t, out.Writes, "the store refuses them")
	require.Len(t, out.Results, 2)
	require.Equal(t, []store.Write{store.SettleSend{
		Conversation: conv, Key: "a", Sent: store.Sent{PageID: "1", PSID: "2", Key: "a", Outcome: store.OutcomeSent, At: at},
	}}, bare.settlements(conv))
	require.Len(t, bare.undelivered(), 1)
}
