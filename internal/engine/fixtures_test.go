package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// person returns what the store knows of a person; the zero Person if nothing.
func (w *world) person(psid string) store.Person {
	w.t.Helper()
	p, err := w.store.Person(w.t.Context(), pageID, psid)
	if !errors.Is(err, store.ErrNotFound) {
		require.NoError(w.t, err)
	}
	return p
}

// letters returns the dead letters.
func (w *world) letters() []store.DeadLetter {
	w.t.Helper()
	dead, err := as[store.DeadLetters](w.t, w.store).Dead(w.t.Context(), store.DeadQuery{})
	require.NoError(w.t, err)
	return dead
}

// thumb is a handler with an effect that can be counted.
func thumb(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
}

// dies claims what a conversation has, as a process does that ends before it
// commits anything.
func (w *world) dies() store.Lease {
	w.t.Helper()
	leases, err := w.store.Claim(w.t.Context(), store.Claim{
		Owner: "dead", Conversations: 1, Events: 16, Background: 1, Suspects: store.Suspects{1, 1, 1}, TTL: time.Millisecond,
	})
	require.NoError(w.t, err)
	require.Len(w.t, leases, 1)
	after(2 * time.Millisecond)
	return leases[0]
}

// leavesInterrupted lets people, from 70 on, write a text each, and claims all of it
// so many times, as processes do that end while they work for them. The bot does
// not run then.
func (w *world) leavesInterrupted(people, times int, text string) {
	w.t.Helper()
	w.stop()
	for i := range people {
		require.Equal(w.t, http.StatusOK, w.post(callback(pageID, fmt.Sprint(70+i), fmt.Sprint("m_", i), text)).Code)
	}
	for range times {
		leases, err := w.store.Claim(w.t.Context(), store.Claim{
			Owner: "dead", Conversations: 2 * people, Background: people, Suspects: store.Suspects{people, people, people}, TTL: time.Millisecond,
		})
		require.NoError(w.t, err)
		require.Len(w.t, leases, people)
		after(time.Second)
	}
}

// as returns a capability of a store.
func as[T any](t testing.TB, st store.Store) T {
	t.Helper()
	found, ok := store.As[T](st)
	require.True(t, ok, "the store lacks a capability")
	return found
}

// echo answers a text with itself.
var echo = routing.Route{Name: "echo", Handler: handling.Func(
	func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	})}

func texts(routes ...routing.Route) routing.Policy {
	return routing.Policy{receiving.TypeSimpleText: routes}
}

func route(name string, fn handling.Func) routing.Route {
	return routing.Route{Name: name, Handler: fn}
}

func outcomes(t *testing.T, st store.Store, psid string) []store.SentOutcome {
	t.Helper()
	sent, err := st.Sent(t.Context(), pageID, psid, 100)
	require.NoError(t, err)
	var out []store.SentOutcome
	for i := range sent {
		out = append(out, sent[len(sent)-1-i].Outcome)
	}
	return out
}

// noRenew is a store that cannot renew leases.
type noRenew struct{ store.Store }

func (s noRenew) Unwrap() store.Store { return s.Store }

func (noRenew) Renew(context.Context, time.Duration, ...store.LeaseID) ([]store.LeaseID, error) {
	return nil, context.DeadlineExceeded
}

// three answers each text with three messages.
var three = routing.Route{Name: "three", Handler: handling.Dummy{},
	Senders: sending.List(sending.Text("1"), sending.Text("2"), sending.Text("3"))}
