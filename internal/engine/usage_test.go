package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// manySends queues a message to each of many people.
func (w *world) manySends(n int) {
	w.T.Helper()
	for i := range n {
		w.send(fmt.Sprint(40_000+i), sending.Text("news"))
	}
}

// A page that nears the end of its allowance is slowed down before the platform
// refuses, to a twentieth of its pace at the end.
func TestPageThatUsedMostOfItsAllowanceSlowsDown(t *testing.T) {
	t.Parallel()
	sentIn := func(t *testing.T, percent int) int {
		t.Helper()
		sent := 0
		inBubble(t, simulator.Config{Strangers: true}, config{}, func(w *world) {
			w.SetUsage(fmt.Sprintf(`{"1":[{"type":"messenger","call_count":%d}]}`, percent))
			w.Says(ada, "so that the usage is known") // its profile is asked for
			after(time.Second)
			before := len(w.Requests())
			w.manySends(2000)
			after(5 * time.Second)
			sent = len(w.Requests()) - before
			require.InDelta(t, percent, w.engine.Usage()[pageID].Percent(), 0.1)
		})
		return sent
	}
	// 300 a second, of which a tenth is kept for bursts.
	require.InDelta(t, 5*270, sentIn(t, 79), 60, "79 %: the whole pace")
	require.InDelta(t, 5*135, sentIn(t, 90), 60, "90 %: half of it")
	require.InDelta(t, 5*13, sentIn(t, 100), 60, "100 %: a twentieth")
}

// A page that is told when it may call again stays silent until then, and then
// sends everything in order.
func TestPageThatIsShutOutWaitsUntilItMayCallAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: texts(three)}, func(w *world) {
		w.SetUsage(`{"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":10}]}`)
		w.Fault(simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 80006, Message: "too many calls"}})
		w.Says(ada, "go")
		after(time.Second)
		w.SetUsage("")
		calls := len(w.Requests())
		w.Says(lin, "go")
		after(9 * time.Minute)
		require.Len(t, w.Requests(), calls, "nobody is asked")
		after(2 * time.Minute)
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(lin))
	})
}
