package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
)

// byName keeps profiles and answers texts with the person's name.
var byName = routing.Policy{
	receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
	receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.SimpleMessage{Text: "%{first_name|nobody}"})}},
}

func gets(method, _ string) bool { return method == "GET" }

func TestBurstOfNewPeopleGetsTheirProfiles(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: byName}, func(w *world) {
		w.Fault(simulator.Fault{Match: gets, Times: -1, Delay: 2 * time.Second, Effect: true})
		var ids []string
		for i := range 40 {
			p, err := w.AddPerson(simulator.Person{FirstName: fmt.Sprint("P", i)})
			require.NoError(t, err)
			ids = append(ids, p.ID)
			_, err = w.Say(t.Context(), p.ID, "hi")
			require.NoError(t, err)
		}
		after(2500 * time.Millisecond) // a second, and the page's pace
		for i, id := range ids {
			require.Equal(t, []string{"nobody"}, w.Texts(id), "%d: nobody waits for long", i)
		}
		after(time.Minute)
		for i, id := range ids {
			require.Equal(t, fmt.Sprint("P", i), w.Person(id).Profile.FirstName)
		}
		require.Len(t, w.Requests(), 80)
	})
}

func TestOneProfileCallPerPersonAtATime(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	policy := routing.Policy{
		receiving.TypeDefault: {{Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {route("later", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if tries.Add(1) < 3 {
				return errors.New("not yet")
			}
			return thumb(ctx, ev, reply)
		})},
	}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Fault(simulator.Fault{Match: gets, Times: -1, Delay: 8*time.Second + 500*time.Millisecond, Effect: true})
		w.Says(ada, "hi")
		after(time.Minute)
		require.EqualValues(t, 3, tries.Load())
		require.Len(t, w.Requests(), 1)
		require.Equal(t, "Ada", w.Person(ada).Profile.FirstName)
	})
}

func TestProfileThatWasNotAnsweredIsAskedForAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: byName}, func(w *world) {
		w.Fault(simulator.Fault{Match: gets, Status: 503, Body: "oops"})
		for range 3 {
			w.Says(ada, "hi")
			after(10 * time.Minute)
		}
		require.Equal(t, []string{"nobody", "nobody", "Ada"}, w.Texts(ada))
	})
}

// TestProfileLookupsThatTheShutdownEndsAreNoWarnings: nothing failed, and nothing has to be done.
func TestProfileLookupsThatTheShutdownEndsAreNoWarnings(t *testing.T) {
	t.Parallel()
	var log bubble.Log
	cfg := config{Policy: byName, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Fault(simulator.Fault{Match: gets, Times: -1, Delay: 8 * time.Second})
		w.Says(ada, "hi")
		after(2 * time.Second) // the turn no longer waits for the look-up
		require.Equal(t, []string{"nobody"}, w.Texts(ada))
		w.Stop()
		require.Len(t, w.Requests(), 2)
		require.NotContains(t, log.String(), "profile lookup failed")
	})
}

func TestFirstAnswerUsesTheProfileAndASlowOneCostsASecondAtMost(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{
		receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"})}},
	}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(10 * time.Millisecond)
		require.Equal(t, []string{"Hello, Ada!"}, w.Texts(ada))

		w.Fault(simulator.Fault{Match: func(method, _ string) bool { return method == "GET" }, Delay: 3 * time.Second, Effect: true})
		w.Says(lin, "hi")
		after(900 * time.Millisecond)
		require.Empty(t, w.Texts(lin))
		after(200 * time.Millisecond)
		require.Equal(t, []string{"Hello, there!"}, w.Texts(lin))
		w.Says(lin, "hi")
		after(10 * time.Millisecond)
		require.Len(t, w.Texts(lin), 2, "the second turn does not wait")
		after(3 * time.Second)
		w.Says(lin, "hi")
		after(10 * time.Millisecond)
		require.Equal(t, []string{"Hello, there!", "Hello, there!", "Hello, 小美!"}, w.Texts(lin))
	})
}

func TestRefusedProfileIsAPersonWithoutOne(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeDefault: {{Handler: handling.UserProfile{}}}}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Fault(simulator.Fault{
			Match: func(method, _ string) bool { return method == "GET" }, Times: -1, Status: 400,
			Error: &simulator.GraphError{Code: 2018218, Message: "profile not available"},
		})
		for range 3 {
			w.Says(ada, "hi")
		}
		after(time.Second)
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.True(t, person.ProfileRefused)
		require.Len(t, w.Requests(), 1, "a refusal is remembered")
	})
}
