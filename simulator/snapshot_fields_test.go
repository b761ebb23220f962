package simulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestASnapshotHasEveryField: a new field of what the platform knows is saved and restored (snapshot.go, snapshotpage.go), or is
// here because it is not what the platform knows.
func TestASnapshotHasEveryField(t *testing.T) {
	t.Parallel()
	fields := simulator.StateFields()
	for of, names := range map[string]string{
		"Simulator": `apps disorder faults files fileOrder home main order pages serial usage userTokens appFields clock ` +
			// Running, or the record of what went over the wire.
			`cfg random client api initial ctx cancel work effects mu closed webhook problem answerBytes requests requestBytes deliveries queues pending numbered flushing ` +
			`drawn feed wire changed raws rawBytes`,
		"page": `id name appID defaultApp token instagram link tokenError tokenAt tokenUntil refreshed lenient usage fields unsubscribed people ` +
			`conversations profile profileCalls attachments authors comments replied posts personas labels templates linkTokens optIns removedIDs ` +
			`random removed gone outage`, // running
		"conversation":    `messages actions lastAct seen typing thread blocked moderated settings story lost`,
		"thread":          `owner until`,
		"moderated":       `blocked banned spam`,
		"userSettings":    `menu calls`,
		"attachment":      `kind url at`,
		"author":          `id at`,
		"persona":         `serial id name picture`,
		"label":           `serial id name people`,
		"utilityTemplate": `serial id name language status from components`,
		"linkToken":       `token psid at`,
		"issuedToken":     `token at until`,
		"optIn":           `token psid request payload title at used stopped`,
		"appSubscription": `callback fields`,
		"file":            `name contentType data`,
	} {
		require.ElementsMatch(t, strings.Fields(names), fields[of], of)
	}
}
