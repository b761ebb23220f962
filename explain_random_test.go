package messenger_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// TestExplainAgreesWithRandomTurns makes random policies and events, and compares what Bot.Explain says before an event with what
// the turn does: which handlers ran, which senders answered, and what the debug log says of each route, and why.
func TestExplainAgreesWithRandomTurns(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed-", seed), func(t *testing.T) {
			t.Parallel()
			testExplainAgrees(t, rand.New(rand.NewPCG(seed, 1)), 150)
		})
	}
}

// agreeing records what turns do.
type agreeing struct {
	rand     *rand.Rand
	ran      []string // handlers
	composed []string
	sent     []string
	refused  []string
}

func testExplainAgrees(t *testing.T, random *rand.Rand, rounds int) {
	t.Helper()
	a := &agreeing{rand: random}
	var log bytes.Buffer
	cfg := messenger.Config{
		Logger: bubble.DebugLog(&log), Policy: routing.Policy{}, HTTPClient: &http.Client{Transport: &bubble.Taker{}},
		Quiet:        handling.Quiet{AfterHuman: time.Minute, OtherApp: true},
		OnSendFailed: func(_ context.Context, f sending.Failure) { a.refused = append(a.refused, f.Message.Text) },
		SendMiddleware: []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				a.sent = append(a.sent, d.Message.Text)
				return next(ctx, d)
			}
		}},
	}
	explainedRoutes, fired, answered, silent, typed := 0, 0, 0, 0, 0
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		offer := sending.Text("coffee?").WithQuickReplies(sending.TextReply("Yes", "yes"))
		for round := range rounds {
			if round%10 == 0 {
				after(2 * time.Minute) // ends silences
			}
			if w.bot.SetPolicy(a.policy()) != nil {
				continue // a route that can never run, for example
			}
			require.NoError(t, w.bot.Send(t.Context(), pageID, ada, offer))
			after(time.Second)
			body := a.event(fmt.Sprint("m", round))
			callback, err := receiving.Split([]byte(body))
			require.NoError(t, err)
			ev, _ := callback.Envelopes[0].Event()

			a.ran, a.composed, a.sent, a.refused = nil, nil, nil, nil
			log.Reset()
			explained, err := w.bot.Explain(w.T.Context(), ev)
			require.NoError(t, err)
			require.Empty(t, a.ran, "Explain runs no handler")
			require.Empty(t, a.composed, "nor a sender")
			require.Equal(t, 200, w.Posts(body).Code)
			after(time.Second)

			about := fmt.Sprintf("round %d: %s\n%s\nexplained: %+v", round, body, log.String(), explained)
			var fires, answers []string
			why := map[string]string{}
			for _, e := range explained {
				why[e.Route] = e.Why
				explainedRoutes++
				if e.Fires {
					fires = append(fires, e.Route)
				}
				if e.Answers {
					answers = append(answers, e.Route)
				}
				if strings.Contains(e.Why, "silent:") {
					silent++
				}
				if strings.Contains(e.Why, "counts as a") {
					typed++
				}
			}
			fired, answered = fired+len(fires), answered+len(answers)
			var handled []string
			for _, name := range fires {
				if !strings.HasPrefix(name, "answer-only") {
					handled = append(handled, name)
				}
			}
			require.Equal(t, handled, a.ran, "the handlers that ran: %s", about)
			if ev.Type == receiving.TypeComment && len(answers) > 1 {
				answers = answers[:1] // the platform takes one private reply; the others are refused in the turn
			}
			require.Equal(t, answers, a.sent, "the senders that answered: %s", about)

			if ev.Type != receiving.TypeComment { // what may not answer says nothing
				require.Empty(t, a.refused, about)
			}

			logged, firedByLog := map[string]string{}, []string(nil)
			for _, r := range bubble.TracesIn(t, log.Bytes()) {
				if r.Route == "" {
					continue
				}
				logged[r.Route] = r.Why
				if r.Message == "a route handled the event" {
					firedByLog = append(firedByLog, r.Route)
				}
			}
			require.Equal(t, why, logged, "the debug log's reasons: %s", about)
			require.Equal(t, fires, firedByLog, about)
		}
	})
	// The random policies do reach all of it.
	require.Greater(t, explainedRoutes, rounds)
	require.Greater(t, fired, rounds/3)
	require.Greater(t, answered, rounds/10)
	require.Positive(t, silent)
	require.Positive(t, typed)
}

func (a *agreeing) chance(percent int) bool { return a.rand.IntN(100) < percent }

// policy returns a random policy.
func (a *agreeing) policy() routing.Policy {
	policy := routing.Policy{}
	for _, t := range []receiving.Type{
		receiving.TypeDefault, receiving.TypeTap, receiving.TypeSimpleText, receiving.TypeQuickReply, receiving.TypePostback,
		receiving.TypeEcho, receiving.TypeRead, receiving.TypeComment,
	} {
		for i := range a.rand.IntN(4) {
			policy[t] = append(policy[t], a.route(t, fmt.Sprint(t, "-", i)))
		}
	}
	return policy
}

func (a *agreeing) route(t receiving.Type, name string) routing.Route {
	r := routing.Route{Name: name, Final: a.chance(10), Otherwise: a.chance(25), DespiteSilence: a.chance(20)}
	if a.chance(30) {
		r.Timeout = time.Minute
	}
	if a.chance(40) {
		r.When = a.condition(2)
	}
	if t == receiving.TypeTap || t == receiving.TypeQuickReply || t == receiving.TypePostback {
		r.TypedTaps = a.chance(50)
	}
	answers := t != receiving.TypeRead && a.chance(50)
	if r.When != nil && answers && a.chance(40) {
		r.Name = "answer-only " + name
	} else {
		r.Handler = agreeingHandler{a, name, !a.chance(25)}
	}
	if answers {
		name := r.Name
		r.Senders = sending.List(sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) {
			a.composed = append(a.composed, name)
			return []sending.Message{sending.Text(name)}, nil
		}))
	}
	return r
}

func (a *agreeing) condition(depth int) routing.Condition {
	switch a.rand.IntN(7) {
	case 0:
		return routing.If("never", func(context.Context, *receiving.Event) bool { return false })
	case 1:
		return routing.If("yes", func(_ context.Context, ev *receiving.Event) bool {
			return ev.Text() == "yes" || ev.PayloadText() == "yes"
		})
	case 2:
		return routing.If("postback", func(_ context.Context, ev *receiving.Event) bool { return ev.Type == receiving.TypePostback })
	case 3:
		if depth > 0 {
			return routing.Not{Condition: a.condition(depth - 1)}
		}
	case 4:
		if depth > 0 {
			return routing.All{a.condition(depth - 1), a.condition(depth - 1)}
		}
	case 5:
		if depth > 0 {
			return routing.Any{a.condition(depth - 1), a.condition(depth - 1)}
		}
	}
	return routing.If("always", func(context.Context, *receiving.Event) bool { return true })
}

type agreeingHandler struct {
	to     *agreeing
	name   string
	should bool
}

func (h agreeingHandler) String() string { return "handler of " + h.name }

func (h agreeingHandler) ShouldHandle(context.Context, *receiving.Event) bool { return h.should }

func (h agreeingHandler) Handle(context.Context, *receiving.Event, *sending.Replier) error {
	h.to.ran = append(h.to.ran, h.name)
	return nil
}

// event returns the callback of a random event, which has that id.
func (a *agreeing) event(id string) string {
	element := func(from, to, what string) string {
		return fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,%s}]}]}`,
			pageID, from, to, time.Now().UnixMilli(), what)
	}
	comment := func(id string) string {
		return `{"object":"page","entry":[{"id":"` + pageID + `","time":1,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","from":{"id":"7"}` + id + `}}]}]}`
	}
	switch a.rand.IntN(13) {
	case 0, 1:
		return element(ada, pageID, `"message":{"mid":"`+id+`","text":"hi"}`)
	case 2, 3, 4:
		return element(ada, pageID, `"message":{"mid":"`+id+`","text":"yes"}`)
	case 5:
		return element(ada, pageID, `"message":{"mid":"`+id+`","text":"Yes","quick_reply":{"payload":"yes"}}`)
	case 6:
		return element(ada, pageID, `"postback":{"mid":"`+id+`","title":"Yes","payload":"yes"}`)
	case 7:
		return element(ada, pageID, `"read":{"watermark":`+fmt.Sprint(time.Now().UnixMilli())+`}`)
	case 8:
		return element(pageID, ada, `"message":{"mid":"`+id+`","is_echo":true,"app_id":`+appID+`,"text":"own"}`)
	case 9:
		return element(pageID, ada, `"message":{"mid":"`+id+`","is_echo":true,"app_id":5,"text":"of a human"}`)
	case 10:
		return strings.Replace(element(ada, pageID, `"message":{"mid":"`+id+`","text":"yes"}`), `"messaging"`, `"standby"`, 1)
	case 11:
		return comment(`,"comment_id":"1_` + id + `"`)
	}
	return comment(`,"created_time":` + fmt.Sprint(time.Now().Unix()))
}
