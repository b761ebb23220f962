package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// typing answers with three messages that take 3, 1 and 2 seconds to type.
var typing = routing.Route{Name: "typing", Handler: handling.Dummy{}, Senders: sending.List(sending.Typing{
	Senders: sending.List(sending.SimpleMessage{Text: "three."}, sending.Text("1"), sending.Text("two.")),
	Pace:    sending.Pace{PerSecond: 2, Max: 3 * time.Second},
})}

// sight is something that a person has seen of the page: a text, or "…" for the
// typing mark.
type sight struct {
	what string
	at   time.Duration // since they began to look
}

// sights returns what a person has seen, in order.
func (w *world) sights(psid string, start time.Time) []sight {
	marks := map[string][]sight{} // by the message that they came after
	for _, a := range w.Actions(psid) {
		marks[a.After] = append(marks[a.After], sight{"…", a.Time.Sub(start)})
	}
	var all []sight
	for _, m := range w.Messages(psid) {
		if m.From == simulator.FromPage {
			all = append(all, sight{m.Text, m.Time.Sub(start)})
		}
		all = append(all, marks[m.ID]...)
	}
	return all
}

// requireSights requires that a person has seen these, in order, each when it
// was due or a moment later.
func requireSights(t *testing.T, want, got []sight) {
	t.Helper()
	require.Len(t, got, len(want), "%v", got)
	for i, s := range want {
		require.Equal(t, s.what, got[i].what, "%v", got)
		require.GreaterOrEqual(t, got[i].at, s.at, "%v", got)
		require.Less(t, got[i].at, s.at+100*time.Millisecond, "%v", got)
	}
}

func TestTypedMessagesComeInOrderAtTheirPace(t *testing.T) {
	t.Parallel()
	want := []sight{
		{"…", 0},
		{"three.", 3 * time.Second},
		{"…", 3 * time.Second},
		{"1", 4 * time.Second},
		{"…", 4 * time.Second},
		{"two.", 6 * time.Second},
	}
	inBubble(t, simulator.Config{}, config{Policy: texts(typing)}, func(w *world) {
		start := time.Now()
		w.Says(ada, "hi")
		after(2900 * time.Millisecond)
		requireSights(t, want[:1], w.sights(ada, start))
		after(time.Minute)
		requireSights(t, want, w.sights(ada, start))
	})
}

// Senders before, between and after those that are typed go out where they are
// listed, also when a send has to be made again.
func TestTypingKeepsTheOrderOfARoute(t *testing.T) {
	t.Parallel()
	route := routing.Route{Name: "order", Handler: handling.Dummy{}, Senders: sending.List(
		sending.Text("first"),
		typing.Senders[0],
		sending.Text("between"),
		sending.Typing{Senders: sending.List(sending.Text("four")), Pace: sending.Pace{PerSecond: 1}},
		sending.After(time.Second, sending.Text("last")),
	)}
	want := []sight{
		{"first", 0},
		{"…", 0},
		{"three.", 3 * time.Second},
		{"…", 3 * time.Second},
		{"1", 4 * time.Second},
		{"…", 4 * time.Second},
		{"two.", 6 * time.Second},
		{"between", 6 * time.Second},
		{"…", 6 * time.Second},
		{"four", 10 * time.Second},
		{"last", 10 * time.Second},
	}
	for name, fault := range map[string]simulator.Fault{
		"undisturbed":     {},
		"slowed down":     {Times: 2, Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}},
		"outcome unknown": {Times: 2, Drop: simulator.DropBefore},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(route)}, func(w *world) {
				start := time.Now()
				w.Says(ada, "hi")
				after(5500 * time.Millisecond) // "two." and "between" are due together
				if fault.Times > 0 {
					w.Fault(fault)
				}
				after(5 * time.Minute)
				got := w.sights(ada, start)
				if fault.Times == 0 {
					requireSights(t, want, got)
				}
				var said, listed []string
				for _, s := range got {
					said = append(said, s.what)
				}
				for _, s := range want {
					listed = append(listed, s.what)
				}
				require.Equal(t, listed, said)
			})
		})
	}
}

func TestTypingDelaysNoOtherMessages(t *testing.T) {
	t.Parallel()
	policy := texts(routing.Route{Handler: handling.SimpleText{Pattern: "hi"}, Senders: typing.Senders, Final: true}, echo)
	inBubble(t, simulator.Config{}, config{Policy: policy, Workers: 1}, func(w *world) {
		start := time.Now()
		w.Says(ada, "hi")
		after(time.Second)
		w.Says(ada, "still there?")
		w.Says(lin, "hello")
		after(500 * time.Millisecond)
		w.send(ada, sending.Text("shipped"))
		after(100 * time.Millisecond)
		require.Equal(t, []string{"you said hello"}, w.Texts(lin))
		require.Equal(t, []string{"you said still there?", "shipped"}, w.Texts(ada))
		after(time.Minute)
		requireSights(t, []sight{
			{"…", 0},
			{"you said still there?", time.Second},
			{"shipped", 1500 * time.Millisecond},
			{"three.", 3 * time.Second},
			{"…", 3 * time.Second},
			{"1", 4 * time.Second},
			{"…", 4 * time.Second},
			{"two.", 6 * time.Second},
		}, w.sights(ada, start))
	})
}

func TestTypedMessagesKeepTheirOrderWhenTheyAreLate(t *testing.T) {
	t.Parallel()
	order := []string{"…", "three.", "…", "1", "…", "two."}
	for name, delay := range map[string]func(w *world){
		"the bot was away": func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.Stop()
			after(time.Minute)
			w.start()
		},
		"the platform was busy": func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.Fault(simulator.Fault{Times: 3, Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}})
		},
		"the outcome of the first is unknown": func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.Fault(simulator.Fault{Times: 2, Drop: simulator.DropBefore})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(typing)}, func(w *world) {
				delay(w)
				after(5 * time.Minute)
				var got []string
				for _, s := range w.sights(ada, time.Now()) {
					got = append(got, s.what)
				}
				require.Equal(t, order, got)
			})
		})
	}
}

func TestMessagesThatAreDueAtOnceGoInTheOrderTheyWereSaid(t *testing.T) {
	t.Parallel()
	var senders []sending.Sender
	var want []string
	for i := range 40 { // more than one lease hands out
		senders = append(senders, sending.After(time.Second, sending.Text(fmt.Sprint(i))))
		want = append(want, fmt.Sprint(i))
	}
	policy := texts(routing.Route{Handler: handling.Dummy{}, Senders: senders})
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "go")
		after(900 * time.Millisecond)
		require.Empty(t, w.Texts(ada))
		after(time.Second)
		require.Equal(t, want, w.Texts(ada))
	})
}
