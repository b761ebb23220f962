package messenger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func (w *world) pauses(page, reason string) {
	w.T.Helper()
	require.NoError(w.T, w.bot.Pause(w.T.Context(), page, reason))
}

func (w *world) resumes(page string) {
	w.T.Helper()
	resumed, err := w.bot.Resume(w.T.Context(), page)
	require.NoError(w.T, err)
	require.True(w.T, resumed)
}

func (w *world) sends(psid, text string) {
	w.T.Helper()
	require.NoError(w.T, w.bot.Send(w.T.Context(), pageID, psid, sending.Text(text)))
}

// Nothing goes out while a page is paused, events are handled until a message waits in their conversation, and all of it goes out
// in order afterwards.
func TestPausedPageSendsNothingAndThenAllInOrder(t *testing.T) {
	t.Parallel()
	for _, page := range []string{pageID, messenger.AllPages} {
		inBubble(t, simulator.Config{}, messenger.Config{Policy: answersAs("to")}, func(w *world) {
			w.Says(ada, "1")
			after(time.Second)
			w.pauses(page, "wrong prices")
			w.Says(ada, "2")
			w.Says(ada, "3")
			w.Says(lin, "4")
			after(time.Second)
			w.sends(lin, "5")
			after(time.Minute)
			require.Equal(t, []string{"to 1"}, w.Texts(ada))
			require.Empty(t, w.Texts(lin))
			stats, err := w.bot.Stats(w.T.Context())
			require.NoError(t, err)
			require.Equal(t, 3, stats.Queue.Sends, "the answers to 2 and 4, and 5")
			require.Equal(t, 1, stats.Queue.Events, "3")
			require.Len(t, stats.Paused, 1)
			require.Equal(t, page, stats.Paused[0].PageID)
			require.Equal(t, "wrong prices", stats.Paused[0].Reason)
			require.NoError(t, w.bot.Healthy(w.T.Context()), "a paused bot takes callbacks")

			w.resumes(page)
			after(3 * time.Second)
			require.Equal(t, []string{"to 1", "to 2", "to 3"}, w.Texts(ada))
			require.Equal(t, []string{"to 4", "5"}, w.Texts(lin))
			resumed, err := w.bot.Resume(w.T.Context(), page)
			require.NoError(t, err)
			require.False(t, resumed)
		})
	}
}

// Another page, and the pause of all pages, are pauses of their own.
// A handler that shows a typing mark by itself does not reach the platform, and does not fail.
func TestPausedPageShowsNoTypingMark(t *testing.T) {
	t.Parallel()
	turns := 0
	policy := texts(route("types", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		turns++
		return reply.Now(ctx, sending.TypingOn)
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		calls := func() int { return len(w.Requests()) }
		w.pauses(pageID, "")
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, 1, turns)
		require.Zero(t, calls())
		w.resumes(pageID)
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, 2, turns)
		require.Equal(t, 1, calls())
	})
}

func TestPausesOfAPageAndOfAllAreApart(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		w.pauses("42", "another page")
		w.sends(ada, "1")
		after(time.Second)
		require.Contains(t, w.Texts(ada), "1")

		w.pauses(pageID, "")
		w.pauses(messenger.AllPages, "all")
		w.sends(ada, "2")
		w.resumes(messenger.AllPages)
		after(time.Minute)
		require.NotContains(t, w.Texts(ada), "2")
		first, err := w.bot.Paused(w.T.Context())
		require.NoError(t, err)
		require.Len(t, first, 2)
		w.pauses(pageID, "a reason")
		again, err := w.bot.Paused(w.T.Context())
		require.NoError(t, err)
		require.Equal(t, []string{pageID, "42"}, []string{again[0].PageID, again[1].PageID})
		require.Equal(t, first[0].Since, again[0].Since)
		require.Equal(t, "a reason", again[0].Reason)
		w.resumes(pageID)
		after(2 * time.Second)
		require.Contains(t, w.Texts(ada), "2")
	})
}

// A process that starts sends nothing that was paused before, and what a killed process had on its way is not sent again before the
// page is resumed.
func TestPauseSurvivesARestart(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		said := len(w.Texts(ada))
		w.Stop()
		w.diesSending(ada, sending.Text("on its way"), sending.Text("waits"))
		w.pauses(pageID, "stopped")
		w.start()
		after(time.Minute)
		require.Len(t, w.Texts(ada), said)
		w.resumes(pageID)
		after(2 * time.Second)
		require.Equal(t, []string{"on its way", "waits"}, w.Texts(ada)[said:])
	})
}

// What is on its way when the page is paused ends, and its outcome is kept.
func TestPauseLeavesWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		said := len(w.Texts(ada))
		w.Fault(simulator.Fault{Delay: 5 * time.Second})
		w.sends(ada, "slow")
		w.sends(ada, "next")
		after(time.Second)
		w.pauses(pageID, "")
		after(time.Minute)
		require.Equal(t, []string{"slow"}, w.Texts(ada)[said:])
		w.resumes(pageID)
		after(2 * time.Second)
		require.Equal(t, []string{"slow", "next"}, w.Texts(ada)[said:])
	})
}

// lockedPauses is a store that cannot read the pauses for a while.
type lockedPauses struct {
	store.Store
	broken atomic.Bool
}

func (s *lockedPauses) Unwrap() store.Store { return s.Store }

func (s *lockedPauses) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	if s.broken.Load() && strings.HasPrefix(name, "messenger.pauses") {
		return store.Session{}, errors.New("the table is locked")
	}
	return s.Store.Session(ctx, pageID, psid, name)
}

// A process that cannot read what is paused sends nothing before it has read it; one that has, goes by that.
func TestProcessThatCannotReadThePausesFailsClosed(t *testing.T) {
	t.Parallel()
	st := &lockedPauses{Store: memory.New(memory.Config{})}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: answersAs("to"), Store: st}, func(w *world) {
		w.Says(ada, "1")
		after(time.Second)
		st.broken.Store(true)
		w.Says(ada, "2")
		after(time.Minute)
		require.Equal(t, []string{"to 1", "to 2"}, w.Texts(ada), "it knows that nothing is paused")
		_, err := w.bot.Paused(w.T.Context())
		require.ErrorContains(t, err, "locked")
		require.ErrorContains(t, w.bot.Pause(w.T.Context(), pageID, ""), "locked")

		w.Stop()
		w.start()
		w.Says(ada, "3")
		after(time.Minute)
		require.Equal(t, []string{"to 1", "to 2"}, w.Texts(ada))
		st.broken.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"to 1", "to 2", "to 3"}, w.Texts(ada))
	})
}

// Conversations that wait are looked at 200 times a second, however many there are, and every one gets its message.
func TestManyConversationsOfAPausedPage(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{}, func(w *world) {
		const people = 2000
		w.pauses(pageID, "")
		for i := range people {
			w.sends(fmt.Sprint(40_000+i), "news")
		}
		after(20 * time.Second)
		require.Empty(t, w.Messages("40000"))
		w.resumes(pageID)
		after(30 * time.Second)
		for i := range people {
			require.Equal(t, []string{"news"}, w.Texts(fmt.Sprint(40_000+i)))
		}
	})
}

func TestPauseRefusesWhatItCannotMean(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken),
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)), Store: st,
	})
	require.NoError(t, err)
	ctx := t.Context()
	for _, c := range []struct{ page, reason, want string }{
		{"", "", "the page id is empty"},
		{"me", "", `"me" is not a page id`},
		{pageID, strings.Repeat("x", messenger.MaxPauseReason+1), "has 201 bytes, more than 200"},
		{pageID, "two\nlines", "one line"},
		{pageID, "\xff", "one line of UTF-8"},
	} {
		err := bot.Pause(ctx, c.page, c.reason)
		require.ErrorContains(t, err, c.want)
		require.True(t, handling.IsPermanent(err))
	}
	_, err = bot.Resume(ctx, "")
	require.True(t, handling.IsPermanent(err))
	paused, err := bot.Paused(ctx)
	require.NoError(t, err)
	require.Empty(t, paused)

	// Each pause writes all of them anew, so all but one are stored at once, as long as they may be.
	longest := strings.Repeat("<", messenger.MaxPauseReason)
	require.NoError(t, bot.Pause(ctx, "0", longest))
	session, err := st.Session(ctx, "messenger", "messenger", "messenger.pauses")
	require.NoError(t, err)
	pauses := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal(session.Data, &pauses))
	for i := range messenger.MaxPauses - 1 {
		pauses[fmt.Sprint(i)] = pauses["0"]
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(pauses))
	require.NoError(t, st.Apply(ctx, store.SaveSession{PageID: "messenger", PSID: "messenger", Name: "messenger.pauses", Data: data.Bytes(), Version: session.Version}))
	require.NoError(t, bot.Pause(ctx, fmt.Sprint(messenger.MaxPauses-1), longest))
	require.ErrorContains(t, bot.Pause(ctx, "5000", ""), "1000 pages are paused already; pause all pages instead")
	require.NoError(t, bot.Pause(ctx, "7", "another reason"))
	require.NoError(t, bot.Pause(ctx, messenger.AllPages, longest), "all pages can always be paused")
	paused, err = bot.Paused(ctx)
	require.NoError(t, err)
	require.Len(t, paused, messenger.MaxPauses+1)

	var none *messenger.Bot
	require.ErrorIs(t, none.Pause(ctx, pageID, ""), messenger.ErrNoBot)
	_, err = none.Resume(ctx, pageID)
	require.ErrorIs(t, err, messenger.ErrNoBot)
	_, err = none.Paused(ctx)
	require.ErrorIs(t, err, messenger.ErrNoBot)
}
