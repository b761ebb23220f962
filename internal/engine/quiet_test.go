package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/sqlite"
)

const otherAppID = "2000000000000002"

// handovers is a platform that tells of what others do.
func handovers() simulator.Config {
	return simulator.Config{
		DefaultApp: appID, Fields: append(simulator.DefaultFields(), "message_echoes", "messaging_handovers", "standby"),
	}
}

// beside is a platform on which every app may answer.
func beside() simulator.Config {
	platform := handovers()
	platform.DefaultApp = ""
	return platform
}

func anHour() handling.Quiet { return handling.Quiet{AfterHuman: time.Hour} }

// countingTexts is a policy that answers texts, and counts all events of a person under DEFAULT.
func countingTexts(routes ...routing.Route) routing.Policy {
	policy := texts(append(routes, echo)...)
	policy[receiving.TypeDefault] = []routing.Route{route("count", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		if !ev.Type.IsAct() {
			return handling.Skip
		}
		return thumb(ctx, ev, nil)
	})}
	return policy
}

func (w *world) humanSays(psid, text string) {
	w.T.Helper()
	_, err := w.Inbox().Say(w.T.Context(), psid, text)
	require.NoError(w.T, err)
	require.NoError(w.T, w.Flush(w.T.Context()))
	after(time.Second)
}

// event posts an event of the page's, about ada, that is not the simulator's.
func (w *world) event(at time.Time, rest string) {
	w.T.Helper()
	body := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,%s}`, ada, pageID, at.UnixMilli(), rest)
	require.NoError(w.T, w.Post(w.T.Context(), json.RawMessage(body)))
	require.NoError(w.T, w.Flush(w.T.Context()))
	after(time.Second)
}

// echoOf posts the echo of a message to ada.
func (w *world) echoOf(at time.Time, message string) {
	w.T.Helper()
	body := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,"message":{"is_echo":true,%s}}`,
		pageID, ada, at.UnixMilli(), message)
	require.NoError(w.T, w.Post(w.T.Context(), json.RawMessage(body)))
	require.NoError(w.T, w.Flush(w.T.Context()))
	after(time.Second)
}

func TestBotIsSilentAfterAHumanWrote(t *testing.T) {
	t.Parallel()
	inBubble(t, beside(), config{Policy: countingTexts(), Quiet: anHour()}, func(w *world) {
		w.Says(ada, "1")
		w.Says(lin, "1")
		after(time.Minute)
		w.Says(ada, "2")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "you said 2"}, w.Texts(ada), "the bot's own echoes do not silence it")

		w.humanSays(ada, "Eve here")
		w.Says(ada, "3")
		w.Says(lin, "2")
		after(59 * time.Minute)
		w.Says(ada, "4")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "you said 2", "Eve here"}, w.Texts(ada))
		require.Equal(t, []string{"you said 1", "you said 2"}, w.Texts(lin), "it is silent towards one person")
		require.Equal(t, 4, w.Person(ada).ThumbUps, "routes under DEFAULT run")

		w.humanSays(ada, "still here")
		after(59 * time.Minute)
		w.Says(ada, "5")
		after(time.Minute)
		w.Says(ada, "6")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "you said 2", "Eve here", "still here", "you said 6"}, w.Texts(ada),
			"what came meanwhile is done, and an hour after the last message of the human the bot answers")
		require.Empty(t, w.Letters())
	})
}

func TestQuietIsOffByDefaultAndTheFactsAreKept(t *testing.T) {
	t.Parallel()
	inBubble(t, beside(), config{Policy: countingTexts()}, func(w *world) {
		w.humanSays(ada, "Eve here")
		at := w.Person(ada).HumanAt
		require.WithinDuration(t, time.Now(), at, 2*time.Second, "of someone who never wrote")
		w.Says(ada, "1")
		after(time.Second)
		require.Equal(t, []string{"Eve here", "you said 1"}, w.Texts(ada))

		w.Stop()
		w.cfg.Quiet = anHour() // takes effect immediately, and outlives the process
		w.start()
		w.Says(ada, "2")
		after(time.Second)
		require.Len(t, w.Texts(ada), 2)
		require.NoError(t, w.Store.Forget(t.Context(), store.Conversation{PageID: pageID, PSID: ada}))
		w.Says(ada, "3")
		after(time.Second)
		require.Equal(t, []string{"Eve here", "you said 1", "you said 3"}, w.Texts(ada), "a forgotten person has no history")
	})
}

func TestEveryReplicaIsSilent(t *testing.T) {
	t.Parallel()
	inBubble(t, beside(), config{Policy: countingTexts(), Quiet: anHour()}, func(w *world) {
		first := w.Stop
		w.start()
		w.humanSays(ada, "Eve here")
		for i := range 20 {
			w.Says(ada, fmt.Sprint(i))
			after(time.Second)
		}
		first()
		w.Says(ada, "again")
		after(time.Second)
		require.Equal(t, []string{"Eve here"}, w.Texts(ada))
		require.Equal(t, 21, w.Person(ada).ThumbUps)
	})
}

// TestWhoseEchoSilences goes through the senders that an echo can have.
func TestWhoseEchoSilences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		message string
		silent  bool
	}{
		"the page's inbox":       {`"mid":"m_x","text":"x","app_id":` + graph.InboxApp, true},
		"an id as a string":      {`"mid":"m_x","text":"x","app_id":"` + graph.InboxApp + `"`, true},
		"no app":                 {`"mid":"m_x","text":"x"`, true},
		"app null":               {`"mid":"m_x","text":"x","app_id":null`, true},
		"a picture":              {`"mid":"m_x","attachments":[{"type":"image","payload":{"url":"https://x.example/"}}],"app_id":1`, true},
		"the bot's app":          {`"mid":"m_x","text":"x","app_id":` + appID, false},
		"a named automation":     {`"mid":"m_x","text":"x","app_id":` + otherAppID, false},
		"a message that is gone": {`"mid":"m_x","is_deleted":true,"app_id":` + graph.InboxApp, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quiet := anHour()
			quiet.Automations = []string{"1234", otherAppID}
			inBubble(t, beside(), config{Policy: countingTexts(), Quiet: quiet}, func(w *world) {
				w.echoOf(time.Now(), c.message)
				w.Says(ada, "hi")
				after(time.Second)
				require.Equal(t, c.silent, len(w.Texts(ada)) == 0)
			})
		})
	}
}

func TestEchoOnStandbySilences(t *testing.T) {
	t.Parallel()
	inBubble(t, beside(), config{Policy: countingTexts(), Quiet: anHour()}, func(w *world) {
		body := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,"message":{"is_echo":true,"mid":"m","app_id":1}}`,
			pageID, ada, time.Now().UnixMilli())
		require.NoError(t, w.PostStandby(t.Context(), json.RawMessage(body)))
		after(time.Second)
		w.Says(ada, "hi")
		after(time.Second)
		require.Empty(t, w.Texts(ada))
	})
}

// TestEchoesOfTheBotOnInstagram have neither the app's id nor metadata: the bot knows them by their
// message.
func TestEchoesOfTheBotOnInstagram(t *testing.T) {
	t.Parallel()
	var mids []string
	sent := bubble.RoundTripper(func(r *http.Request) (*http.Response, error) {
		mids = append(mids, fmt.Sprint("m_bot", len(mids)))
		body := `{"recipient_id":"` + ada + `","message_id":"` + mids[len(mids)-1] + `"}`
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
	echoes := 0
	policy := countingTexts()
	policy[receiving.TypeEcho] = []routing.Route{route("echoes", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		echoes++
		return reply.Reply(ctx, sending.Text("never"))
	})}
	cfg := config{Policy: policy, Quiet: anHour(), HTTPClient: &http.Client{Transport: sent}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		event := func(sender, recipient, message string) {
			body := fmt.Sprintf(`{"object":"instagram","entry":[{"id":"%s","time":1,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},`+
				`"timestamp":%d,"message":{%s}}]}]}`, pageID, sender, recipient, time.Now().UnixMilli(), message)
			require.Equal(t, http.StatusOK, w.Posts(body).Code)
			after(time.Second)
		}
		event(ada, pageID, `"mid":"m_1","text":"1"`)
		require.Len(t, mids, 1)
		event(pageID, ada, `"mid":"m_bot0","text":"you said 1","is_echo":true`)
		require.Equal(t, 1, echoes)
		event(ada, pageID, `"mid":"m_2","text":"2"`)
		require.Len(t, mids, 2, "the bot did not silence itself, nor answer itself")
		event(pageID, ada, `"mid":"m_human","text":"Eve here","is_echo":true`)
		event(ada, pageID, `"mid":"m_3","text":"3"`)
		require.Len(t, mids, 2)
		after(time.Hour)
		event(ada, pageID, `"mid":"m_4","text":"4"`)
		require.Len(t, mids, 3)
	})
}

// TestTimeOfAHumansMessage: a late echo does not shorten the silence, and an impossible time does
// not lengthen it.
func TestTimeOfAHumansMessage(t *testing.T) {
	t.Parallel()
	inBubble(t, beside(), config{Policy: countingTexts(), Quiet: anHour()}, func(w *world) {
		now := time.Now()
		w.echoOf(now, `"mid":"m_1","app_id":1`)
		w.echoOf(now.Add(-30*time.Minute), `"mid":"m_0","app_id":1`)
		require.Equal(t, now.UnixMilli(), w.Person(ada).HumanAt.UnixMilli())
		w.echoOf(now.Add(365*24*time.Hour), `"mid":"m_2","app_id":1`)
		require.WithinDuration(t, time.Now(), w.Person(ada).HumanAt, 2*time.Second)
		after(time.Hour)
		w.Says(ada, "hi")
		after(time.Second)
		require.Len(t, w.Texts(ada), 1)
	})
}

// TestHumanIsNotedEvenIfTheTurnFails: also while the echo's own route fails and will be tried
// again.
func TestHumanIsNotedEvenIfTheTurnFails(t *testing.T) {
	t.Parallel()
	policy := countingTexts()
	policy[receiving.TypeEcho] = []routing.Route{route("fails", func(context.Context, *receiving.Event, *sending.Replier) error { return errMine })}
	inBubble(t, beside(), config{Policy: policy, Quiet: anHour()}, func(w *world) {
		at := time.Now()
		w.echoOf(at, `"mid":"m_1","app_id":1`)
		require.Equal(t, at.UnixMilli(), w.Person(ada).HumanAt.UnixMilli())
		require.Empty(t, w.Letters(), "it is tried again")
		after(time.Minute)
		require.Len(t, w.Letters(), 1)
	})
}

// TestEchoOfAPrivateReply has the person, while the record of the reply has none: it went to a
// comment.
func TestEchoOfAPrivateReply(t *testing.T) {
	t.Parallel()
	inBubble(t, beside(), config{Policy: countingTexts(), Quiet: anHour()}, func(w *world) {
		require.NoError(t, w.Store.Apply(t.Context(), store.SaveSent{Sent: store.Sent{PageID: pageID, Key: "k", MID: "m_private", At: time.Now()}}))
		w.echoOf(time.Now(), `"mid":"m_private","text":"x"`)
		require.Zero(t, w.Person(ada).HumanAt)
		w.echoOf(time.Now(), `"mid":"m_other","text":"x"`)
		require.NotZero(t, w.Person(ada).HumanAt)
	})
}

func TestAnswersWhileSilentAreErrorsThatAreSeen(t *testing.T) {
	t.Parallel()
	var seen []error
	var failed []sending.Failure
	var log bytes.Buffer
	policy := texts(echo)
	policy[receiving.TypeDefault] = []routing.Route{{
		Name: "insists",
		Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if !ev.Type.IsAct() {
				return handling.Skip
			}
			seen = append(seen, reply.Reply(ctx, sending.Text("insists")), reply.Now(ctx, sending.TypingOn))
			return thumb(ctx, ev, reply)
		}),
		Senders: sending.List(sending.Text("sender")),
	}}
	cfg := config{
		Policy: policy, Quiet: anHour(), Logger: slog.New(slog.NewTextHandler(&log, nil)),
		OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f) },
	}
	inBubble(t, beside(), cfg, func(w *world) {
		w.humanSays(ada, "Eve here")
		at := w.Person(ada).HumanAt
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, []string{"Eve here"}, w.Texts(ada))
		require.Equal(t, 1, w.Person(ada).ThumbUps)
		require.Len(t, seen, 2)
		for _, err := range seen {
			require.ErrorIs(t, err, sending.ErrSilent)
			require.ErrorIs(t, err, sending.ErrNotAnswerable)
			require.ErrorContains(t, err, "silent: a human wrote at "+at.Format(time.RFC3339)+", until "+at.Add(time.Hour).Format(time.RFC3339))
		}
		require.Len(t, failed, 2)
		require.ErrorIs(t, failed[0].Err, sending.ErrSilent)
		require.Contains(t, log.String(), "a human wrote at")
		require.Contains(t, log.String(), "route=insists")
	})
}

// TestPersonComesBackToTheBot by a route that runs despite the silence.
func TestPersonComesBackToTheBot(t *testing.T) {
	t.Parallel()
	back := routing.Route{
		Name: "back", DespiteSilence: true, When: routing.If("asks for the bot", func(_ context.Context, ev *receiving.Event) bool { return ev.Text() == "bot" }),
		Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return handling.EndSilence(ctx, ev)
		}),
		Senders: sending.List(sending.Text("I am back.")),
	}
	inBubble(t, beside(), config{Policy: countingTexts(back), Quiet: anHour()}, func(w *world) {
		w.humanSays(ada, "Eve here")
		w.Says(ada, "help")
		after(time.Second)
		w.Says(ada, "bot")
		after(time.Second)
		w.Says(ada, "thanks")
		after(time.Second)
		require.Equal(t, []string{"Eve here", "I am back.", "you said thanks"}, w.Texts(ada))
		w.humanSays(ada, "Eve again")
		w.Says(ada, "hm")
		after(time.Second)
		require.Len(t, w.Texts(ada), 4, "a human who writes later silences it anew")

		end := store.EndSilence{PageID: pageID, PSID: ada, At: time.Now()}
		require.NoError(t, w.Store.Apply(t.Context(), end), "the host may end it too")
		w.Says(ada, "now")
		after(time.Second)
		require.Equal(t, "you said now", w.Texts(ada)[4])
	})
}

func TestQuietExcept(t *testing.T) {
	t.Parallel()
	quiet := anHour()
	quiet.Except = func(_ context.Context, ev *receiving.Event) bool { return ev.Text() == "urgent" }
	inBubble(t, beside(), config{Policy: countingTexts(), Quiet: quiet}, func(w *world) {
		w.humanSays(ada, "Eve here")
		w.Says(ada, "hi")
		w.Says(ada, "urgent")
		after(time.Second)
		require.Equal(t, []string{"Eve here", "you said urgent"}, w.Texts(ada))
	})
}

// TestRoutesOfAHumansEcho run, so that a bot can cancel what waits; they do not answer. What they
// do not cancel is sent.
func TestRoutesOfAHumansEcho(t *testing.T) {
	t.Parallel()
	var refused error
	policy := texts(route("remind", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("reminder").After(time.Minute).WithKey("reminder"), sending.Text("news").After(time.Minute))
	}))
	policy[receiving.TypeEcho] = []routing.Route{route("human", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if m, ok := ev.Payload.(*receiving.Message); !ok || m.AppID != graph.InboxApp {
			return handling.Skip
		}
		refused = reply.Reply(ctx, sending.Text("never"))
		return reply.Cancel(ctx, "reminder")
	})}
	inBubble(t, beside(), config{Policy: policy, Quiet: anHour()}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		w.humanSays(ada, "Eve here")
		after(5 * time.Minute)
		require.Equal(t, []string{"Eve here", "news"}, w.Texts(ada))
		require.ErrorIs(t, refused, sending.ErrSilent)
	})
}

func TestReplayWhileSilentIsNotLost(t *testing.T) {
	t.Parallel()
	broken := true
	policy := texts(route("answer", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		if broken {
			return handling.Permanent(fmt.Errorf("broken"))
		}
		return reply.Reply(ctx, sending.Text("sorry for the delay"))
	}))
	inBubble(t, beside(), config{Policy: policy, Quiet: anHour()}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		broken = false
		w.humanSays(ada, "Eve here")
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Equal(t, []string{"Eve here"}, w.Texts(ada))
		require.Len(t, w.Letters(), 1)
		require.Contains(t, w.Letters()[0].Failures[0].Error, "not replayed: silent: a human wrote at")
		after(time.Hour)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Equal(t, []string{"Eve here", "sorry for the delay"}, w.Texts(ada), "it is silent by the time of the replay")
	})
}

func TestReplayedEchoSaysNothingNew(t *testing.T) {
	t.Parallel()
	policy := countingTexts()
	policy[receiving.TypeEcho] = []routing.Route{route("broken", func(context.Context, *receiving.Event, *sending.Replier) error {
		return handling.Permanent(fmt.Errorf("broken"))
	})}
	inBubble(t, beside(), config{Policy: policy, Quiet: anHour()}, func(w *world) {
		w.humanSays(ada, "Eve here")
		at := w.Person(ada).HumanAt
		require.False(t, at.IsZero(), "it is recorded although the turn failed")
		w.isAwayFor(72 * time.Hour)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Equal(t, at, w.Person(ada).HumanAt)
	})
}

// TestSilenceOutlivesTheProcess: the bot ends, and its database is opened anew, between the human's
// message and the person's.
func TestSilenceOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	inBubble(t, handovers(), config{Policy: countingTexts(), Quiet: anHour()}, func(w *world) {
		reopen := func() {
			w.Stop()
			if st, ok := w.Store.(*gormstore.Store); ok {
				require.NoError(t, st.Close())
			}
			st, err := sqlite.Open(path)
			require.NoError(t, err)
			w.Store = st
			w.start()
		}
		reopen()
		w.Says(ada, "1")
		after(time.Second)
		w.humanSays(ada, "Eve here")
		before := w.Person(ada)
		require.False(t, before.HumanAt.IsZero())
		require.Equal(t, graph.InboxApp, before.ThreadOwner)
		reopen()
		require.Equal(t, before, w.Person(ada))
		require.NoError(t, w.Inbox().PassThread(t.Context(), ada, "", ""))
		w.Says(ada, "2")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "Eve here"}, w.Texts(ada))
		reopen()
		after(time.Hour)
		w.Says(ada, "3")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "Eve here", "you said 3"}, w.Texts(ada))
		w.Stop()
		require.NoError(t, w.Store.(*gormstore.Store).Close())
		w.Store = memory.New(memory.Config{})
		w.start()
	})
}
