package receiving_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// A dropped event's page is what its operator has to bind, so the log names it.
func TestTheLogNamesThePagesThatNoAppIsBoundTo(t *testing.T) {
	t.Parallel()
	b := start(t, func(c *receiving.WebhookConfig) { c.Apps[0].ID, c.Apps[0].Pages = "", []string{"10"} })
	status, _ := b.signed(`{"object":"page","entry":[{"id":"11","messaging":[{"read":{}},{"read":{}}]},{"id":"12","messaging":[{"read":{}}]},
		{"id":"10","messaging":[{"read":{}}]}]}`)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, b.logged(), `pages="[11 12]" dropped=3 kept=1`)
	require.NotContains(t, b.logged(), "app_id", "the app has none")
}

func TestTheLogNamesFewPages(t *testing.T) {
	t.Parallel()
	b := start(t, func(c *receiving.WebhookConfig) { c.Apps[0].ID, c.Apps[0].Pages = "77", []string{"10"} })
	var entries []string
	for i := range 500 {
		entries = append(entries, fmt.Sprintf(`{"id":"%d","messaging":[{"read":{}}]}`, 1000+i))
	}
	status, _ := b.signed(`{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, b.logged(), `pages="[1000 1001 1002 1003 1004 1005 1006 1007 1008 1009]" dropped=500 kept=0 app_id=77`)
	require.Contains(t, b.logged(), `error="the app is bound to none of its pages: [1000 `)
}

// A callback without events is answered 200; without a log line the operator would not learn that the app is subscribed to something else.
func TestACallbackWithoutEventsIsLogged(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"object":"user","entry":[]}`:            `level=INFO msg="received a callback without events" object=user`,
		`{"object":"page","entry":[{"id":"10"}]}`: `msg="received a callback without events" object=page`,
		`{"object":"page"}`:                       "part of a callback is malformed",
	} {
		b := start(t, nil)
		status, _ := b.signed(body)
		require.Equal(t, http.StatusOK, status, body)
		require.Contains(t, b.logged(), want, body)
	}
}
