package house_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/simulator"
)

// The simulator imports nothing of the library. It has a sample of each kind of callback that package receiving knows, and what a bot gets is of
// that kind.
func TestTheSimulatorHasEveryKindOfCallback(t *testing.T) {
	t.Parallel()
	got := make(chan []byte, 1)
	bot := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is missing fails below
		got <- body
	}))
	t.Cleanup(bot.Close)
	sim, err := simulator.New(simulator.Config{
		WebhookURL: bot.URL, AnswerTimeout: time.Minute, Pages: []simulator.Page{{ID: "178", Platform: simulator.PlatformInstagram}},
		People: []simulator.Person{{ID: "71", FirstName: "Ada"}, {ID: "72", FirstName: "Ida", PageID: "178"}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	missing := map[receiving.Type]bool{}
	for _, typ := range receiving.Types() {
		missing[typ] = typ != receiving.TypeSignal // no callback contains one
	}
	for _, k := range simulator.Kinds() {
		_, err := sim.Trigger(t.Context(), k.Kind, simulator.Trigger{})
		require.NoError(t, err, k.Kind)
		callback, err := receiving.Split(<-got)
		require.NoError(t, err, k.Kind)
		require.Len(t, callback.Envelopes, 1, k.Kind)
		event, problems := callback.Envelopes[0].Event()
		require.Empty(t, problems, k.Kind)
		require.Equal(t, strings.ToUpper(k.Kind), string(event.Type))
		missing[event.Type] = false
	}
	for typ, is := range missing {
		require.False(t, is, "no sample is of the type %s", typ)
	}
}
