package messengertest_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/sqlite"
)

// ticking is a policy whose timer sets itself anew every ten minutes, and that answers a text an hour later.
func ticking() routing.Policy {
	set := func(ctx context.Context, n int) error { return handling.After(ctx, 10*time.Minute, "tick", tick, n) }
	return routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.OnText("go", func(ctx context.Context, _ *receiving.Event, _ map[string]string, reply *sending.Replier) error {
			if err := reply.Send(ctx, sending.After(25*time.Minute, sending.Text("later"))); err != nil {
				return err
			}
			return set(ctx, 1)
		})}},
		receiving.TypeSignal: {{Handler: handling.OnPayload(tick, func(ctx context.Context, _ *receiving.Event, n int, reply *sending.Replier) error {
			if err := reply.Reply(ctx, sending.Text(strconv.Itoa(n))); err != nil {
				return err
			}
			return set(ctx, n+1)
		})}},
	}
}

// A database that the test closes and opens again, as the next process does, keeps what waits, and goes on.
func TestRestartWithAReopenedStore(t *testing.T) {
	t.Parallel()
	clock, path := messengertest.NewClock(), filepath.Join(t.TempDir(), "bot.db")
	var st *gormstore.Store
	t.Cleanup(func() { _ = st.Close() })
	open := func() *gormstore.Store {
		var err error
		st, err = sqlite.Open(path, gormstore.WithClock(clock.Now))
		require.NoError(t, err)
		return st
	}
	config := messenger.Config{Policy: ticking(), Store: open()}
	chat := messengertest.StartAt(t, clock, simulator.Config{}, config)
	chat.Patience = patience
	ada := chat.Person("Ada", "")
	ada.Says("go")
	chat.Idle()
	chat.Stop()
	chat.Stop() // has no effect
	require.NoError(t, st.Close())
	config.Store = open()
	chat.RestartWith(config)
	chat.Advance(35 * time.Minute)
	for _, text := range []string{"1", "2", "later", "3"} {
		ada.Sees(text)
	}
	chat.Stop()
	chat.Restart()
	chat.Advance(10 * time.Minute)
	ada.Sees("4")
	config.Store = nil // the same
	chat.RestartWith(config)
	chat.Advance(10 * time.Minute)
	ada.Sees("5")
	ada.SeesNothing()
}

// Another store takes the place of the first: nothing of that is left.
func TestRestartWithAnotherStore(t *testing.T) {
	t.Parallel()
	clock := messengertest.NewClock()
	first := memory.New(memory.Config{Now: clock.Now})
	config := messenger.Config{Policy: ticking(), Store: first}
	chat := messengertest.StartAt(t, clock, simulator.Config{}, config)
	chat.Patience = patience
	ada := chat.Person("Ada", "")
	ada.Says("go")
	require.Len(t, chat.Timers(ada), 1)
	second := memory.New(memory.Config{Now: clock.Now})
	config.Store = second
	chat.RestartWith(config)
	require.Empty(t, chat.Timers(ada))
	chat.Advance(time.Hour)
	ada.SeesNothing()
	_, err := second.Person(t.Context(), messengertest.PageID, ada.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
}

// What people do while no bot runs is delivered to the next one.
func TestWhatIsSaidWhileTheBotIsStopped(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{Policy: answering("bot")})
	ada := chat.Person("Ada", "")
	chat.Stop()
	ada.Says("hi")
	chat.Restart()
	ada.Sees("bot")
	ada.SeesNothing()
}

// A chat on a store in which something waits already knows when that is due.
func TestAdvanceKnowsWhatWasStoredBefore(t *testing.T) {
	t.Parallel()
	clock := messengertest.NewClock()
	st := memory.New(memory.Config{Now: clock.Now})
	people := []simulator.Person{{ID: "7100000000000001", FirstName: "Ada"}}
	config := messenger.Config{Policy: ticking(), Store: st}
	before := messengertest.StartAt(t, clock, simulator.Config{People: people}, config)
	before.Patience = patience
	before.As(people[0].ID).Says("go")
	before.Idle()
	before.Stop()

	chat := messengertest.StartAt(t, clock, simulator.Config{People: people, Strangers: true}, config)
	chat.Patience = patience
	chat.Advance(35 * time.Minute)
	ada := chat.As(people[0].ID)
	for _, text := range []string{"1", "2", "later", "3"} {
		ada.Sees(text)
	}
	ada.SeesNothing()
}
