package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// diesSending queues messages and starts the first of them that is due, as a
// process does that ends while its request is under way. It returns its key.
func (w *world) diesSending(psid string, messages ...sending.Message) string {
	w.T.Helper()
	for _, m := range messages {
		w.send(psid, m)
	}
	return w.DiesSending()
}

func TestSendThatWasUnderWayWhenTheProcessEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		atMostOnce, echoed bool
		want               []string
		outcomes           []store.SentOutcome
	}{
		"is sent again":            {false, false, []string{"news"}, []store.SentOutcome{"sent"}},
		"is not, at most once":     {true, false, nil, []store.SentOutcome{"uncertain"}},
		"is not, for it came back": {false, true, nil, []store.SentOutcome{"echoed"}},
		"came back, at most once":  {true, true, nil, []store.SentOutcome{"echoed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failed []error
			cfg := config{
				AtMostOnce: c.atMostOnce, Policy: texts(echo),
				OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f.Err) },
			}
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
				w.Stop()
				key := w.diesSending(ada, sending.Text("news"))
				if c.echoed {
					require.Equal(t, 200, w.Posts(echoOf(ada, appID, wire(t, key), "news")).Code)
				}
				w.start()
				after(time.Minute)
				require.Equal(t, c.want, w.Texts(ada))
				require.Equal(t, c.outcomes, outcomes(t, w.Store, ada))
				if c.outcomes[0] == store.OutcomeUncertain {
					require.Len(t, failed, 1)
					require.ErrorIs(t, failed[0], sending.ErrUncertain)
				} else {
					require.Empty(t, failed)
				}
			})
		})
	}
}

// TestSendThatAnotherProcessKnowsIsWaitedFor: also when a message before it makes its conversation rest, after which nothing says any
// more that the lease under which it was started ran out.
func TestSendThatAnotherProcessKnowsIsWaitedFor(t *testing.T) {
	t.Parallel()
	var failed []string
	refused := false
	cfg := config{
		AtMostOnce: true, Policy: texts(echo),
		OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f.Message.Text) },
		SendMiddleware: []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				if !refused {
					refused = true
					return graph.SendResult{}, &graph.Error{Code: 613} // it may be sent again, after a pause
				}
				return next(ctx, d)
			}
		}},
	}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		w.Stop()
		w.send(ada, sending.Text("late").After(time.Second))
		w.send(ada, sending.Text("news"))
		leases, err := w.Store.Claim(t.Context(), store.Claim{Owner: "other", Conversations: 1, Background: 1, TTL: time.Second})
		require.NoError(t, err)
		_, err = w.Store.Commit(t.Context(), store.Outcome{Lease: leases[0].LeaseID, Start: leases[0].Sends[0].Key, Due: 1})
		require.NoError(t, err)
		after(2 * time.Second)
		w.start()
		after(12 * time.Second)
		require.Empty(t, failed, "another process may know what came of it")
		after(time.Minute)
		require.Equal(t, []string{"news"}, failed)
		require.Equal(t, []string{"late"}, w.Texts(ada))
	})
}

func TestEchoThatArrivesBetweenClaimAndSendIsBelieved(t *testing.T) {
	t.Parallel()
	var w2 *world
	var key string
	watch := func(next sending.DeliverFunc) sending.DeliverFunc {
		return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			if d.Message.Text == "1" {
				if code := w2.Posts(echoOf(ada, appID, wire(w2.T, key), "2")).Code; code != 200 {
					return graph.SendResult{}, errors.New("the echo was not taken")
				}
			}
			return next(ctx, d)
		}
	}
	cfg := config{SendMiddleware: []sending.Middleware{watch}}
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		w2 = w
		w.Stop()
		key = w.diesSending(ada, sending.Text("1").After(time.Second), sending.Text("2"), sending.Text("3"))
		after(time.Second)
		w.start()
		after(time.Minute)
		require.Equal(t, []string{"1", "3"}, w.Texts(ada))
		require.ElementsMatch(t, []store.SentOutcome{"sent", "echoed", "sent"}, outcomes(t, w.Store, ada))
	})
}

func TestWhoseEchoIsAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		app  string
		ours bool
		want []string
	}{
		"our app, our metadata":       {appID, true, nil},
		"our app by another way":      {appID, false, nil},
		"our metadata, another app":   {"4242", true, nil},
		"somebody else at the page":   {"4242", false, []string{"I saw that"}},
		"a human in the page's inbox": {"263902037430900", false, []string{"I saw that"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := routing.Policy{receiving.TypeEcho: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("I saw that"))}}}
			inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
				with := "something of theirs"
				if c.ours {
					with = wire(t, "some-key")
				}
				require.Equal(t, 200, w.Posts(echoOf(ada, c.app, with, "hello")).Code)
				after(time.Second)
				require.Equal(t, c.want, w.Texts(ada))
				require.Empty(t, w.Letters())
			})
		})
	}
}

func TestClosedWindowSetsTheRestAside(t *testing.T) {
	t.Parallel()
	var failed []error
	cfg := config{Policy: texts(echo), OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f.Err) }}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		w.isAwayFor(25 * time.Hour)
		calls := len(w.Requests())
		w.send(ada,
			sending.TypingOn.Message(), sending.Text("a"), sending.Text("b"), sending.Text("legal").WithTag(sending.TagHumanAgent), sending.Text("c"))
		after(time.Second)
		require.Equal(t, []string{"you said hi", "legal"}, w.Texts(ada))
		require.Len(t, w.Requests(), calls+1)
		require.Equal(t, []store.SentOutcome{"refused", "refused", "set aside", "sent", "set aside"}, outcomes(t, w.Store, ada)[1:])
		for _, err := range failed {
			require.ErrorIs(t, err, graph.ErrOutsideWindow)
		}
		require.NotErrorIs(t, failed[1], sending.ErrSetAside)
		require.ErrorIs(t, failed[2], sending.ErrSetAside)
	})
}

func TestMessageToAnotherSaysNothingOfThePerson(t *testing.T) {
	t.Parallel()
	toLin := func(text string) sending.Message { return sending.Text(text).To(sending.Recipient{ID: lin}) }
	t.Run("the other is unavailable", func(t *testing.T) {
		t.Parallel()
		inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			require.NoError(t, w.Block(lin))
			w.send(ada, toLin("x"), sending.Text("for ada"))
			after(time.Second)
			require.Equal(t, []string{"you said hi", "for ada"}, w.Texts(ada))
			require.True(t, w.Person(ada).UnavailableSince.IsZero())
		})
	})
	t.Run("the person is unavailable", func(t *testing.T) {
		t.Parallel()
		inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
			w.Says(lin, "hi")
			w.Says(ada, "hi")
			after(time.Second)
			require.NoError(t, w.Block(ada))
			w.send(ada, sending.Text("gone?"), toLin("ada is gone"))
			after(time.Second)
			since := w.Person(ada).UnavailableSince
			require.False(t, since.IsZero())
			after(time.Hour)
			w.send(ada, sending.Text("still?"), toLin("still"))
			after(time.Second)
			require.Equal(t, []string{"you said hi", "ada is gone", "still"}, w.Texts(lin))
			require.Equal(t, since, w.Person(ada).UnavailableSince, "it was not asked again")
		})
	})
	t.Run("the person's window is closed", func(t *testing.T) {
		t.Parallel()
		inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.isAwayFor(25 * time.Hour)
			w.Says(lin, "hi")
			after(time.Second)
			w.send(ada, toLin("open"))
			after(time.Second)
			require.Equal(t, []string{"you said hi", "open"}, w.Texts(lin))
		})
	})
	t.Run("a comment", func(t *testing.T) {
		t.Parallel()
		gone := func(sending.DeliverFunc) sending.DeliverFunc {
			return func(context.Context, sending.Delivery) (graph.SendResult, error) {
				return graph.SendResult{}, &graph.Error{Code: 551, HTTPStatus: 400}
			}
		}
		cfg := config{SendMiddleware: []sending.Middleware{gone}}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			comment := sending.Text("thanks").To(sending.Recipient{CommentID: "1_2"})
			w.send("", comment)
			w.send(ada, comment)
			after(time.Second)
			for _, psid := range []string{"", "comment/1_2", ada} {
				require.Zero(t, w.Person(psid), psid)
			}
		})
	})
}

func TestTemporaryRefusalsAreOutlasted(t *testing.T) {
	t.Parallel()
	slow := simulator.Fault{Times: 3, Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}}
	t.Run("then an unknown outcome", func(t *testing.T) {
		t.Parallel()
		inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
			w.Fault(slow)
			w.Fault(simulator.Fault{Drop: simulator.DropBefore})
			w.Says(ada, "hi")
			after(15 * time.Minute)
			require.Equal(t, []string{"you said hi"}, w.Texts(ada), "the throttle used up no try")
		})
	})
	t.Run("of a message that was delayed for days", func(t *testing.T) {
		t.Parallel()
		inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.Fault(simulator.Fault{Times: 6, Status: 400, Error: slow.Error})
			w.send(ada, sending.Text("later").WithTag(sending.TagHumanAgent).After(48*time.Hour))
			w.isAwayFor(48*time.Hour - time.Minute)
			require.Equal(t, []string{"you said hi"}, w.Texts(ada))
			after(30 * time.Minute)
			require.Equal(t, []string{"you said hi", "later"}, w.Texts(ada))
		})
	})
	t.Run("unless they do not end", func(t *testing.T) {
		t.Parallel()
		broken := func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				if d.Message.Attachment != nil {
					return graph.SendResult{}, &graph.Error{Code: 100, Subcode: 2018008, HTTPStatus: 400, Message: "cannot fetch it"}
				}
				return next(ctx, d)
			}
		}
		cfg := config{Policy: texts(echo), SendMiddleware: []sending.Middleware{broken}}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.send(ada, sending.Image("https://gone.example/x.png"))
			after(time.Second)
			w.Says(ada, "are you there?")
			after(10 * time.Minute)
			require.Equal(t, []string{"you said hi", "you said are you there?"}, w.Texts(ada), "a broken image holds up nobody for good")
			require.Equal(t, store.OutcomeRefused, outcomes(t, w.Store, ada)[4])
		})
	})
}

func TestNow(t *testing.T) {
	t.Parallel()
	var errs []error
	var kept *sending.Replier
	now := func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		kept = reply
		errs = append(errs, reply.Now(ctx, sending.TypingOn))
		if ev.Text() == "fail" {
			return handling.Permanent(errors.New("no"))
		}
		return nil
	}
	policy := routing.Policy{
		receiving.TypeSimpleText: {route("now", now)},
		receiving.TypeRead:       {route("read", now)},
		receiving.TypeEcho:       {route("echo", now)},
	}
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "fail")
		after(time.Second)
		require.Equal(t, []error{nil}, errs)
		require.Len(t, w.Actions(ada), 1, "it does not wait for the commit")
		sent, err := w.Store.Sent(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Len(t, sent, 1)
		require.Equal(t, "typing_on", sent[0].Type)
		require.Equal(t, store.OutcomeSent, sent[0].Outcome)

		require.ErrorIs(t, kept.Now(t.Context(), sending.TypingOff), store.ErrTurnOver)

		require.NoError(t, w.Post(t.Context(), json.RawMessage(fmt.Sprintf(
			`{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,"read":{"watermark":1}}`, ada, pageID, time.Now().UnixMilli()))))
		require.Equal(t, 200, w.Posts(echoOf(ada, appID, wire(t, "k"), "hello")).Code)
		after(time.Second)
		require.Len(t, errs, 3)
		require.ErrorIs(t, errs[1], sending.ErrNotAnswerable)
		require.ErrorIs(t, errs[2], sending.ErrNotAnswerable)
		require.Len(t, w.Requests(), 1)
	})
}
