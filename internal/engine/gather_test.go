package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// joined answers a burst with all of its texts.
func joined(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
	var all []string
	for _, ev := range burst {
		all = append(all, ev.Text())
	}
	return reply.Reply(ctx, sending.Text(strings.Join(all, "+")))
}

var talk = handling.Gather{Name: "talk", Handler: joined}

// gathering is a policy in which texts and images are gathered.
func gathering(g handling.Gather) routing.Policy {
	return routing.Policy{receiving.TypeSimpleText: {{Name: "talk", Handler: g}}, receiving.TypeImage: {{Name: "talk images", Handler: g}}}
}

// settling is gathering, with a burst that is handled before what else the person does.
func settling(g handling.Gather) routing.Policy {
	policy := gathering(g)
	policy[receiving.TypeDefault] = []routing.Route{{Name: "settle", Handler: g.Settle()}}
	policy[receiving.TypeReaction] = []routing.Route{{Name: "reaction", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("reacted"))}}
	return policy
}

func TestABurstIsHandledTogetherOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: gathering(talk)}, func(w *world) {
		for _, text := range []string{"hi", "one question", "are you open?"} {
			w.Says(ada, text)
			after(2 * time.Second)
		}
		w.Says(lin, "hello")
		require.Empty(t, w.Texts(ada))
		after(1500 * time.Millisecond)
		require.Equal(t, []string{"hi+one question+are you open?"}, w.Texts(ada), "3 s after the last one")
		require.Empty(t, w.Texts(lin))
		after(3 * time.Second)
		require.Equal(t, []string{"hello"}, w.Texts(lin))
		w.Says(ada, "thanks")
		after(time.Hour)
		require.Equal(t, []string{"hi+one question+are you open?", "thanks"}, w.Texts(ada))
		require.Zero(t, w.queue().Timers)
		_, err := w.Store.Session(w.T.Context(), pageID, ada, "messenger.gather.talk")
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestABurstSurvivesRestartsAndOutages(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: gathering(talk)}, func(w *world) {
		w.Says(ada, "1")
		after(time.Second)
		w.Stop()
		w.start()
		w.Says(ada, "2")
		after(time.Second)
		w.Stop()
		w.Says(ada, "3") // before the timer is due
		after(time.Hour)
		w.start()
		after(2 * time.Second)
		require.Equal(t, []string{"1+2+3"}, w.Texts(ada))
	})
}

// TestABurstOfAPersonWhoseTimesAreAhead: the platform's clock may be ahead of the store's.
func TestABurstOfAPersonWhoseTimesAreAhead(t *testing.T) {
	t.Parallel()
	ahead := func() time.Time { return time.Now().Add(10 * time.Second) }
	inBubble(t, simulator.Config{Now: ahead}, config{Policy: gathering(talk)}, func(w *world) {
		for _, text := range []string{"1", "2", "3"} {
			w.Says(ada, text)
			after(time.Second)
		}
		after(time.Minute)
		require.Equal(t, []string{"1+2+3"}, w.Texts(ada))
	})
}

// TestABurstGathersWhatWaitedWhileTheBotWasAway: each message of a backlog is handled at its turn, and none is lost or
// handled twice.
func TestABurstGathersWhatWaitedWhileTheBotWasAway(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: gathering(talk)}, func(w *world) {
		w.Says(ada, "0")
		after(time.Second)
		w.Stop()
		var want []string
		for i := range 40 {
			if i%2 == 0 {
				after(time.Minute)
			}
			w.Says(ada, fmt.Sprint(i+1))
			want = append(want, fmt.Sprint(i+1))
		}
		w.start()
		after(time.Minute)
		got := strings.Split(strings.Join(w.Texts(ada), "+"), "+")
		require.Equal(t, append([]string{"0"}, want...), got)
	})
}

func TestABurstWithoutEndIsBounded(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: gathering(talk)}, func(w *world) {
		for i := range 40 { // a message every second
			w.Says(ada, fmt.Sprint(i))
			after(time.Second)
		}
		require.Len(t, w.Texts(ada), 1)
		require.Len(t, strings.Split(w.Texts(ada)[0], "+"), 30, "its timer is due 30 s after the first one")
		after(4 * time.Second)
		require.Len(t, w.Texts(ada), 2)
	})
	inBubble(t, simulator.Config{}, config{Policy: gathering(talk)}, func(w *world) {
		for i := range 120 {
			w.Says(lin, fmt.Sprint(i))
		}
		after(time.Minute)
		var sizes []int
		for _, answer := range w.Texts(lin) {
			sizes = append(sizes, len(strings.Split(answer, "+")))
		}
		require.Equal(t, []int{50, 50, 20}, sizes)
	})
}

// TestABurstIsBoundedByItsStoredSize: characters that JSON escapes count as long as they are stored.
func TestABurstIsBoundedByItsStoredSize(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var sizes []int
	g := handling.Gather{Name: "talk", Handler: func(_ context.Context, burst []*receiving.Event, _ *sending.Replier) error {
		mu.Lock()
		defer mu.Unlock()
		sizes = append(sizes, len(burst))
		return nil
	}}
	inBubble(t, simulator.Config{}, config{Policy: gathering(g)}, func(w *world) {
		for i := range 6 {
			require.Equal(t, 200, w.Posts(callback(pageID, ada, fmt.Sprint("m", i), strings.Repeat("<", 20_000))).Code)
		}
		require.Equal(t, 200, w.Posts(callback(pageID, lin, "huge", strings.Repeat("x", 1_500_000))).Code)
		after(time.Minute)
		require.Equal(t, []int{1, 3, 3}, slices.Sorted(slices.Values(sizes)))
		require.Empty(t, w.Letters())
	})
}

// TestOtherActsAndABurst: without Settle what is no message goes first, and with it the burst does.
func TestOtherActsAndABurst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy func(handling.Gather) routing.Policy
		want   []string
	}{
		"not settled": {func(g handling.Gather) routing.Policy {
			p := settling(g)
			delete(p, receiving.TypeDefault)
			return p
		}, []string{"reacted", "1+2+3"}},
		"settled": {settling, []string{"1+2", "reacted", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{Fields: append(simulator.DefaultFields(), "message_reactions")}, config{Policy: c.policy(talk)}, func(w *world) {
				mid, err := w.Say(w.T.Context(), ada, "1")
				require.NoError(t, err)
				w.Says(ada, "2")
				after(time.Second)
				require.NoError(t, w.React(w.T.Context(), ada, mid, "👍"))
				require.NoError(t, w.Flush(w.T.Context()))
				w.Says(ada, "3")
				after(time.Minute)
				require.Equal(t, c.want, w.Texts(ada))
				require.Zero(t, w.queue().Timers)
			})
		})
	}
}

func TestASettledBurstHasWhatThePersonEditedAndNotWhatTheyUnsent(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Fields: append(simulator.DefaultFields(), "message_edits")}, config{Policy: settling(talk)}, func(w *world) {
		first, err := w.Say(w.T.Context(), ada, "open tody?")
		require.NoError(t, err)
		w.Says(ada, "please")
		require.NoError(t, w.Edit(w.T.Context(), ada, first, "open today?"))
		second, err := w.Say(w.T.Context(), ada, "my password is 123")
		require.NoError(t, err)
		require.NoError(t, w.Flush(w.T.Context()))
		after(time.Second)
		require.Equal(t, 200, w.Posts(fmt.Sprintf(`{"object":"instagram","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
			`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"message":{"mid":"%[4]s","is_deleted":true}}]}]}`, pageID, ada, time.Now().UnixMilli(), second)).Code)
		after(10 * time.Second)
		require.Equal(t, []string{"open today?+please"}, w.Texts(ada))
		only, err := w.Say(w.T.Context(), ada, "nothing")
		require.NoError(t, err)
		require.NoError(t, w.Flush(w.T.Context()))
		after(time.Second)
		require.Equal(t, 200, w.Posts(fmt.Sprintf(`{"object":"instagram","entry":[{"id":"%[1]s","time":1,"messaging":[{"sender":{"id":"%[2]s"},`+
			`"recipient":{"id":"%[1]s"},"timestamp":%[3]d,"message":{"mid":"%[4]s","is_deleted":true}}]}]}`, pageID, ada, time.Now().UnixMilli(), only)).Code)
		after(10 * time.Second)
		require.Equal(t, []string{"open today?+please"}, w.Texts(ada), "a burst of which nothing is left is not handled")
		require.Empty(t, w.Letters())
	})
}

// broken is talk, which fails while the switch is set.
func brokenTalk(broken *atomic.Bool, tries *[]string) handling.Gather {
	return handling.Gather{Name: "talk", Handler: func(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
		var all []string
		for _, ev := range burst {
			all = append(all, ev.Text())
		}
		*tries = append(*tries, strings.Join(all, "+"))
		if broken.Load() {
			return errors.New("the model is away")
		}
		return joined(ctx, burst, reply)
	}}
}

func TestABurstThatFailsIsRetriedAndKeptForAReplay(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	var tries []string
	broken.Store(true)
	inBubble(t, simulator.Config{}, config{Policy: gathering(brokenTalk(&broken, &tries))}, func(w *world) {
		w.Says(ada, "1")
		w.Says(ada, "2")
		after(5 * time.Second)
		w.Says(ada, "3") // waits for the retries, and is no part of what is retried
		after(time.Minute)
		require.Equal(t, []string{"1+2", "1+2", "1+2", "1+2"}, tries[:4])
		require.Len(t, w.Letters(), 1)
		broken.Store(false)
		after(2 * time.Minute)
		require.Equal(t, []string{"3"}, w.Texts(ada), "what failed does not spoil what follows")
		require.Len(t, w.Letters(), 1)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(w.T.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Equal(t, []string{"3", "1+2"}, w.Texts(ada))
		require.Empty(t, w.Letters())
	})
}

// TestAFailedTurnOfAFullBurst: the message that filled the burst is in the letter, and the others are handled at their time.
func TestAFailedTurnOfAFullBurst(t *testing.T) {
	t.Parallel()
	g := handling.Gather{Name: "talk", Handler: func(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
		if len(burst) == handling.MaxGathered {
			return handling.Permanent(errors.New("too much"))
		}
		return reply.Reply(ctx, sending.Text(fmt.Sprint(len(burst))))
	}}
	inBubble(t, simulator.Config{}, config{Policy: gathering(g)}, func(w *world) {
		for i := range handling.MaxGathered {
			w.Says(ada, fmt.Sprint(i))
		}
		after(time.Minute)
		require.Equal(t, []string{"49"}, w.Texts(ada))
		require.Len(t, w.Letters(), 1)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(w.T.Context(), w.Letters()[0].ID))
		after(time.Minute)
		require.Equal(t, []string{"49", "1"}, w.Texts(ada))
	})
}
