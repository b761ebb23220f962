package messenger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// failures collects what comes to Config.OnSendFailed.
type failures struct {
	mu  sync.Mutex
	all []sending.Failure
}

func (f *failures) add(_ context.Context, failure sending.Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, failure)
}

// broadcasts is a world in which a broadcast can be followed.
type broadcasts struct {
	*world

	failed *failures
}

func inBroadcast(t *testing.T, test func(t *testing.T, w broadcasts)) {
	t.Helper()
	failed := &failures{}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(echo), OnSendFailed: failed.add}, func(w *world) { test(w.T, broadcasts{w, failed}) })
}

// starts begins a broadcast.
func (w broadcasts) starts(key string, people iter.Seq2[string, error], messages ...sending.Message) store.Broadcast {
	w.T.Helper()
	b, err := w.bot.Broadcast(w.T.Context(), pageID, key, people, messages...)
	require.NoError(w.T, err)
	return b
}

// passes lets much time pass: without a bot, whose polls would take theirs, and then with one for a moment.
func (w broadcasts) passes(d time.Duration) {
	after(time.Second)
	w.Stop()
	after(d)
	w.start()
	after(time.Second)
}

// counts expects the state and the counts of a broadcast.
func (w broadcasts) counts(key string, want store.Broadcast) {
	w.T.Helper()
	got, err := w.bot.FindBroadcast(w.T.Context(), pageID, key)
	require.NoError(w.T, err)
	require.Equal(w.T, want.State.String(), got.State.String())
	require.Equal(w.T, want, store.Broadcast{
		State: got.State, Total: got.Total, Sent: got.Sent, Refused: got.Refused, Skipped: got.Skipped, Unknown: got.Unknown,
		Uncertain: got.Uncertain, Forgotten: got.Forgotten, Cancelled: got.Cancelled, Queued: got.Queued,
	})
}

func TestABroadcastReachesEachPersonOfThePageOnce(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		b := w.starts("news", w.bot.People(t.Context(), pageID, nil), sending.Text("news"), sending.Text("more"))
		require.Equal(t, 2, b.Total)
		require.Equal(t, 2, b.Remaining())
		after(time.Second)
		again := w.starts("news", messenger.PSIDs(lin, ada), sending.Text("news"), sending.Text("more"))
		after(time.Second)
		for _, psid := range []string{ada, lin} {
			require.Equal(t, []string{"you said hi", "news", "more"}, w.Texts(psid))
		}
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 2, Sent: 2})
		require.Equal(t, b.ID, again.ID)
		list, err := w.bot.Broadcasts(t.Context(), store.BroadcastQuery{})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.False(t, list[0].EndedAt.IsZero())
		require.Empty(t, w.failed.all)
		require.Equal(t, "UPDATE", typeOfLast(t, w.world, ada))
	})
}

// typeOfLast is the messaging type of the last message to a person.
func typeOfLast(t *testing.T, w *world, psid string) string {
	t.Helper()
	sent, err := w.Store.Sent(t.Context(), pageID, psid, 1)
	require.NoError(t, err)
	require.Len(t, sent, 1)
	var body struct {
		Type string `json:"messaging_type"`
	}
	require.NoError(t, json.Unmarshal(sent[0].Body, &body))
	return body.Type
}

func TestABroadcastCountsThoseOutsideTheWindow(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.passes(12 * time.Hour)
		w.Says(lin, "hi")
		w.passes(13 * time.Hour)
		w.starts("news", messenger.PSIDs(ada, lin, "nobody"), sending.Text("news"))
		after(time.Second)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 3, Sent: 1, Skipped: 1, Unknown: 1})
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		require.Equal(t, []string{"you said hi", "news"}, w.Texts(lin))

		// A window that closes while the message waits.
		w.starts("later", messenger.PSIDs(lin), sending.Text("later").After(12*time.Hour))
		after(time.Minute)
		w.counts("later", store.Broadcast{State: store.BroadcastRunning, Total: 1, Queued: 1})
		w.passes(12 * time.Hour)
		w.counts("later", store.Broadcast{State: store.BroadcastDone, Total: 1, Skipped: 1})

		// The platform says so, of someone of whom the store believes otherwise.
		require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now()}))
		w.starts("refused", messenger.PSIDs(ada), sending.Text("refused"))
		after(time.Minute)
		w.counts("refused", store.Broadcast{State: store.BroadcastDone, Total: 1, Skipped: 1})
		require.Empty(t, w.failed.all, "none of them is an error")

		free := sending.Text("tagged").WithTag(sending.TagHumanAgent)
		w.starts("tagged", messenger.PSIDs(lin), free)
		after(time.Second)
		w.counts("tagged", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
	})
}

func TestABroadcastCountsWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		require.NoError(t, w.Store.Apply(t.Context(), store.MarkUnavailable{PageID: pageID, PSID: ada, At: time.Now()}))
		w.Fault(simulator.Fault{Error: &simulator.GraphError{Code: 551, Subcode: 1545041, Message: "unavailable"}})
		w.starts("news", messenger.PSIDs(ada, lin), sending.Text("news"))
		after(time.Second)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 2, Refused: 2})
		require.Len(t, w.failed.all, 1, "of the one whom the platform refused now")
		require.ErrorIs(t, w.failed.all[0].Err, graph.ErrPersonUnavailable)
	})
}

// TestTheLogSumsUpWhoCannotBeReached: a line each would be 100,000 of a large broadcast.
func TestTheLogSumsUpWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	failed := &failures{}
	cfg := messenger.Config{
		Policy: texts(echo), OnSendFailed: failed.add, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	inBubble(t, simulator.Config{}, cfg, func(world *world) {
		w := broadcasts{world, failed}
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		w.Fault(simulator.Fault{Times: 2, Error: &simulator.GraphError{Code: 551, Subcode: 1545041, Message: "unavailable"}})
		w.starts("news", messenger.PSIDs(ada, lin, "999"), sending.Text("news"), sending.Text("more"))
		after(time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 3, Refused: 2, Unknown: 1})
		w.Stop()
		require.Len(t, failed.all, 4)
		require.NotContains(t, log.String(), "level=ERROR")
		require.Equal(t, 4, strings.Count(log.String(), "level=DEBUG msg=\"a message was not sent\""))
		require.Equal(t, 1, strings.Count(log.String(), "a broadcast has ended"))
		require.Contains(t, log.String(), `broadcast=news state=done total=3 sent=0 refused=2 skipped=0 unknown=1 uncertain=0 forgotten=0 cancelled=0`)
	})
}

// TestABroadcastToAPageIDThatExistsNowhere: if one app delivers the events of every page, no one is known to have written to it.
func TestABroadcastToAPageIDThatExistsNowhere(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		after(time.Second)
		_, err := w.bot.Broadcast(t.Context(), "4711", "news", messenger.PSIDs(ada), sending.Text("news"))
		require.NoError(t, err)
		after(10 * time.Second)
		b, err := w.bot.FindBroadcast(t.Context(), "4711", "news")
		require.NoError(t, err)
		require.Equal(t, []any{store.BroadcastDone, 1, 1}, []any{b.State, b.Total, b.Unknown})
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
	})
}

// TestABroadcastOfAPageWithoutATokenWaits: as while the platform refuses it.
func TestABroadcastOfAPageWithoutATokenWaits(t *testing.T) {
	t.Parallel()
	var none atomic.Bool
	cfg := messenger.Config{Policy: texts(echo), Tokens: graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
		if none.Load() {
			return secret.Value{}, graph.ErrNoToken
		}
		return secret.New(pageToken), nil
	})}
	inBubble(t, simulator.Config{}, cfg, func(world *world) {
		w := broadcasts{world: world}
		w.Says(ada, "hi")
		after(time.Second)
		none.Store(true)
		w.starts("news", messenger.PSIDs(ada), sending.Text("news"))
		after(time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastRunning, Total: 1, Queued: 1})
		stats, err := w.bot.Stats(t.Context())
		require.NoError(t, err)
		require.Contains(t, stats.Held, pageID)
		none.Store(false)
		after(time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
	})
}

func TestAKeyIsThatOfOneBroadcast(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		first := w.starts("news", messenger.PSIDs(ada), sending.Text("news"))
		for _, c := range []struct {
			people           iter.Seq2[string, error]
			text             string
			content, persons bool
		}{
			{messenger.PSIDs(ada), "other", true, false},
			{messenger.PSIDs(lin), "news", false, true},
			{messenger.PSIDs(ada, lin), "news", false, true},
			{messenger.PSIDs(ada, ada), "news", false, true},
			{messenger.PSIDs(), "other", true, true},
		} {
			got, err := w.bot.Broadcast(t.Context(), pageID, "news", c.people, sending.Text(c.text))
			conflict, ok := errors.AsType[*store.BroadcastConflictError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, store.BroadcastConflictError{PageID: pageID, Key: "news", Content: c.content, People: c.persons}, *conflict)
			require.True(t, handling.IsPermanent(err))
			require.Equal(t, first.ID, got.ID)
		}
		after(time.Second)
		require.Equal(t, []string{"you said hi", "news"}, w.Texts(ada))
		require.Equal(t, []string{"you said hi"}, w.Texts(lin))
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
	})
}

func TestBroadcastRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		after(time.Second)
		ctx, fault := t.Context(), errors.New("the query failed")
		failing := func(yield func(string, error) bool) { _ = yield(ada, nil) && yield("", fault) }
		text, people := sending.Text("a"), messenger.PSIDs(ada)
		for name, c := range map[string]struct {
			page, key string
			people    iter.Seq2[string, error]
			messages  []sending.Message
			want      string
		}{
			"no page":            {"", "k", people, []sending.Message{text}, "the page id is empty"},
			"me":                 {graph.Me, "k", people, []sending.Message{text}, "not a page id"},
			"no key":             {pageID, "", people, []sending.Message{text}, "the key is empty"},
			"a long key":         {pageID, strings.Repeat("k", 201), people, []sending.Message{text}, "201 bytes, more than 200"},
			"a control in a key": {pageID, "a\nb", people, []sending.Message{text}, "control character"},
			"nil people":         {pageID, "k", nil, []sending.Message{text}, "the people are nil"},
			"no messages":        {pageID, "k", people, nil, "no messages"},
			"an empty message":   {pageID, "k", people, []sending.Message{text, sending.Text("")}, "messages[1]"},
			"a recipient":        {pageID, "k", people, []sending.Message{text.To(sending.Recipient{ID: lin})}, "a recipient of its own"},
			"a key of a message": {pageID, "k", people, []sending.Message{text.WithKey("mine")}, "a key of its own"},
			"a public reply":     {pageID, "k", people, []sending.Message{text.PubliclyTo(sending.PublicReply{CommentID: "1"})}, "a public reply"},
			"a comment":          {pageID, "k", messenger.PSIDs(ada, "comment/1_2"), []sending.Message{text}, "people[1]: store: the id of a recipient has a slash"},
			"no id":              {pageID, "k", messenger.PSIDs(""), []sending.Message{text}, "people[0]"},
			"a failing query":    {pageID, "k", failing, []sending.Message{text}, "people[1]: the query failed"},
		} {
			_, err := w.bot.Broadcast(ctx, c.page, c.key, c.people, c.messages...)
			require.ErrorContains(t, err, c.want, name)
			require.Equal(t, name != "a failing query" && c.page == pageID, handling.IsPermanent(err), name)
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err := w.bot.Broadcast(ended, pageID, "k", people, text)
		require.ErrorIs(t, err, context.Canceled)
		_, err = w.bot.FindBroadcast(ctx, pageID, "k")
		require.ErrorIs(t, err, store.ErrNotFound)
		after(time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada), "nothing was started")

		var none *messenger.Bot
		_, err = none.Broadcast(ctx, pageID, "k", people, text)
		require.ErrorIs(t, err, messenger.ErrNoBot)
		_, err = none.CancelBroadcast(ctx, pageID, "k")
		require.ErrorIs(t, err, messenger.ErrNoBot)
	})
}

func TestABroadcastToNoOneIsDone(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		require.Equal(t, store.BroadcastDone, w.starts("news", messenger.PSIDs(), sending.Text("news")).State)
		w.counts("news", store.Broadcast{State: store.BroadcastDone})
		require.Equal(t, store.BroadcastDone, w.starts("people", w.bot.People(t.Context(), pageID, nil), sending.Text("news")).State)
	})
}

func TestACancelledBroadcastTakesBackWhatWaits(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		ctx := t.Context()
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		w.starts("news", messenger.PSIDs(ada, lin), sending.Text("now"), sending.Text("later").After(time.Hour))
		after(time.Second)
		w.counts("news", store.Broadcast{State: store.BroadcastRunning, Total: 2, Queued: 2})
		b, err := w.bot.CancelBroadcast(ctx, pageID, "news")
		require.NoError(t, err)
		require.Equal(t, store.BroadcastCancelled, b.State)
		w.counts("news", store.Broadcast{State: store.BroadcastCancelled, Total: 2, Cancelled: 2})
		w.passes(2 * time.Hour)
		require.Equal(t, []string{"you said hi", "now"}, w.Texts(ada))
		again, err := w.bot.CancelBroadcast(ctx, pageID, "news")
		require.NoError(t, err)
		require.Equal(t, b, again)

		done := w.starts("none", messenger.PSIDs(), sending.Text("a"))
		b, err = w.bot.CancelBroadcast(ctx, pageID, "none")
		require.NoError(t, err)
		require.Equal(t, done, b)
		_, err = w.bot.CancelBroadcast(ctx, pageID, "unheard of")
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestABroadcastIsCancelledWithoutABotThatRuns(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		after(time.Second)
		w.starts("news", messenger.PSIDs(ada), sending.Text("later").After(time.Hour))
		after(time.Second)
		w.Stop()
		w.starts("waits", messenger.PSIDs(ada), sending.Text("waits"))
		b, err := w.bot.CancelBroadcast(t.Context(), pageID, "news")
		require.NoError(t, err)
		require.Equal(t, store.BroadcastCancelled, b.State)
		b, err = w.bot.CancelBroadcast(t.Context(), pageID, "waits")
		require.NoError(t, err)
		require.Equal(t, store.BroadcastCancelling, b.State)
		w.start()
		after(time.Second)
		w.counts("waits", store.Broadcast{State: store.BroadcastCancelled, Total: 1, Cancelled: 1})
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
	})
}

func TestAPersonWhoIsForgottenGetsNothingOfABroadcast(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		w.starts("news", messenger.PSIDs(ada, lin), sending.Text("news").After(time.Hour))
		after(time.Second)
		require.NoError(t, w.Store.Forget(t.Context(), store.Conversation{PageID: pageID, PSID: ada}))
		w.passes(2 * time.Hour)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 2, Sent: 1, Forgotten: 1})
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		w.starts("again", messenger.PSIDs(ada), sending.Text("again"))
		after(time.Second)
		w.counts("again", store.Broadcast{State: store.BroadcastDone, Total: 1, Unknown: 1})
		_, err := w.Store.Person(t.Context(), pageID, ada)
		require.ErrorIs(t, err, store.ErrNotFound, "nothing of them has come back")
		sent, err := w.Store.Sent(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Empty(t, sent)
	})
}

func TestABroadcastWaitsForATokenThatThePlatformTakes(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		w.Says(ada, "hi")
		after(time.Second)
		w.RefuseToken(&simulator.GraphError{Code: 190, Subcode: 463, Message: "expired"})
		w.starts("news", messenger.PSIDs(ada), sending.Text("news"))
		after(time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastRunning, Total: 1, Queued: 1})
		w.RefuseToken(nil)
		after(20 * time.Minute)
		w.counts("news", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
	})
}

func TestABroadcastNeedsAPageAndAStoreThatHasThem(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(echo), PagesAtRunTime: true}, func(w *world) {
		t := w.T
		_, err := w.bot.Broadcast(t.Context(), "9", "k", messenger.PSIDs(ada), sending.Text("a"))
		require.ErrorIs(t, err, messenger.ErrNoApp)
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Config{}, messenger.Config{Policy: texts(echo), Store: plainStore{memory.New(memory.Config{})}})
		w.start()
		_, err := w.bot.Broadcast(t.Context(), pageID, "k", messenger.PSIDs(ada), sending.Text("a"))
		require.ErrorIs(t, err, errors.ErrUnsupported)
		_, err = w.bot.Broadcasts(t.Context(), store.BroadcastQuery{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		for _, err := range w.bot.People(t.Context(), pageID, nil) {
			require.ErrorIs(t, err, errors.ErrUnsupported)
		}
		require.NoError(t, w.Close())
		w.Stop()
	})
}

// plainStore has no capabilities.
type plainStore struct{ store.Store }

// recipients is a platform that takes every message, and counts those to each person.
type recipients struct {
	mu   sync.Mutex
	sent map[string]int
	keys map[string]bool // in the metadata, by which an echo is recognized
	// taken is called with the number of messages so far.
	taken func(n int)
	n     int
}

func (p *recipients) RoundTrip(r *http.Request) (*http.Response, error) {
	var body struct {
		Recipient struct{ ID string }
		Message   struct{ Metadata string }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.sent[body.Recipient.ID]++
	if p.keys == nil {
		p.keys = map[string]bool{}
	}
	p.keys[body.Message.Metadata] = true
	p.n++
	n := p.n
	p.mu.Unlock()
	if p.taken != nil {
		p.taken(n)
	}
	answer := fmt.Sprintf(`{"recipient_id":%q,"message_id":"m_%d"}`, body.Recipient.ID, n)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// TestABroadcastGoesOnAfterARestart: what is in the outbox is bounded, and of people who were sent to before a restart none is
// sent to after it.
func TestABroadcastGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	const people = 2500
	platform := &recipients{sent: map[string]int{}}
	cfg := messenger.Config{Policy: texts(echo), HTTPClient: &http.Client{Transport: platform}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		t, half := w.T, make(chan struct{})
		platform.taken = func(n int) {
			if n == people/2 {
				close(half)
			}
		}
		var psids []string
		for i := range people {
			psid := fmt.Sprint("9", i)
			psids = append(psids, psid)
			require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: pageID, PSID: psid, At: time.Now()}))
		}
		all := broadcasts{w, &failures{}}
		all.starts("news", w.bot.People(t.Context(), pageID, nil), sending.Text("news"))
		<-half
		stats, err := w.bot.Stats(t.Context())
		require.NoError(t, err)
		require.LessOrEqual(t, stats.Queue.Sends, 1100, "those who wait are not in the outbox")
		w.Stop()
		w.start()
		after(time.Minute)
		all = broadcasts{w, &failures{}}
		all.counts("news", store.Broadcast{State: store.BroadcastDone, Total: people, Sent: people})
		for _, psid := range psids {
			require.Equal(t, 1, platform.sent[psid], psid)
		}
		require.Len(t, platform.keys, people, "each message has an idempotency key of its own")
	})
}

// TestABroadcastFollowsTheRuleOfUnknownOutcomes: it is that of all messages.
func TestABroadcastFollowsTheRuleOfUnknownOutcomes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		atMostOnce bool
		sent       int
		want       store.Broadcast
	}{
		{true, 1, store.Broadcast{State: store.BroadcastDone, Total: 1, Uncertain: 1}},
		{false, 2, store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1}},
	} {
		platform := &recipients{sent: map[string]int{}}
		lost := bubble.RoundTripper(func(r *http.Request) (*http.Response, error) {
			answer, err := platform.RoundTrip(r)
			if err == nil && platform.n == 1 {
				return nil, errors.Join(io.ErrUnexpectedEOF, answer.Body.Close()) // the platform has taken it
			}
			return answer, err
		})
		cfg := messenger.Config{Policy: texts(echo), AtMostOnce: c.atMostOnce, HTTPClient: &http.Client{Transport: lost}}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			require.NoError(w.T, w.Store.Apply(w.T.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now()}))
			all := broadcasts{w, &failures{}}
			all.starts("news", messenger.PSIDs(ada), sending.Text("news"))
			after(time.Minute)
			all.counts("news", c.want)
			require.Equal(w.T, c.sent, platform.sent[ada])
		})
	}
}

func TestPeopleYieldsThoseWhoAreWanted(t *testing.T) {
	t.Parallel()
	inBroadcast(t, func(t *testing.T, w broadcasts) {
		var want []string
		for i := range 1200 {
			psid := fmt.Sprintf("%04d", i)
			at := time.Now().Add(-time.Duration(i%2) * 48 * time.Hour)
			require.NoError(t, w.Store.Apply(t.Context(), store.TouchPerson{PageID: pageID, PSID: psid, At: at}))
			if i%2 == 0 {
				want = append(want, psid)
			}
		}
		recent := func(p store.Person) bool { return time.Since(p.LastAct) < 24*time.Hour }
		var got []string
		for psid, err := range w.bot.People(t.Context(), pageID, recent) {
			require.NoError(t, err)
			got = append(got, psid)
		}
		require.Equal(t, want, got)
		for _, err := range w.bot.People(t.Context(), pageID, recent) {
			require.NoError(t, err)
			break // which ends the reading, too
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range w.bot.People(ended, pageID, nil) {
			require.ErrorIs(t, err, context.Canceled)
		}
	})
}
