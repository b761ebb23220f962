package chaos_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// raised is what a turn raises for its conversation: a signal, or a timer that is not due before a time.
type raised struct {
	Number    int       `json:"number"`
	NotBefore time.Time `json:"not_before"`
}

// raisedSession has what was raised and has been handled.
type raisedSession struct {
	// Turns are the turns of each number, that is to say 1, and Early those that began before their time.
	Turns map[int]int
	Early []int
}

var (
	raisedKind = payload.New[raised]("chaos.raised")
	raisedBy   = store.SessionOf[raisedSession]{Name: "raised"}
)

// Of three numbers the first raises a signal, twice under one key; the second sets a timer; and the third a timer that it
// sets anew, and one that it takes back.
func raise(ctx context.Context, n int) error {
	key := fmt.Sprint("number ", n)
	after := func(delay time.Duration, key string, number int) error {
		// The delay counts from the commit, which is later than now. All processes and the database have this machine's clock, which
		// says more than handling.Now: that is behind by the time that the answer to a claim took.
		return handling.After(ctx, delay, key, raisedKind, raised{number, time.Now().Truncate(time.Millisecond).Add(delay)})
	}
	switch n % 3 {
	case 0:
		if err := handling.Signal(ctx, key, raisedKind, raised{Number: n}); err != nil {
			return err
		}
		return handling.Signal(ctx, key, raisedKind, raised{Number: -n})
	case 1:
		return after(time.Duration(n%4)*time.Second/2, key, n)
	}
	if err := after(0, key, -n); err != nil {
		return err
	}
	if err := after(time.Second, key, n); err != nil {
		return err
	}
	if err := after(0, "never", -n); err != nil {
		return err
	}
	return handling.CancelTimer(ctx, "never")
}

// applyRaised is the turn of what was raised.
func applyRaised(ctx context.Context, _ *receiving.Event, r raised, _ *sending.Replier) error {
	s, _, err := raisedBy.Load(ctx)
	if err != nil {
		return err
	}
	if s.Turns == nil {
		s.Turns = map[int]int{}
	}
	s.Turns[r.Number]++
	if time.Now().Before(r.NotBefore) {
		s.Early = append(s.Early, r.Number)
	}
	return raisedBy.Keep(ctx, s)
}

// checkRaised asks for one turn for each number of a person, and for none before its time. It returns how many there are.
func checkRaised(t *testing.T, st store.Store, p *person) int {
	t.Helper()
	stored, err := st.Session(t.Context(), p.page, p.id, raisedBy.Name)
	require.NoError(t, err, "person %s: nothing of what was raised has been handled", p.id)
	got, _, err := raisedBy.Decode(stored)
	require.NoError(t, err)
	want, _ := p.numbers()
	turns := map[int]int{}
	for _, n := range want {
		turns[n] = 1
	}
	require.Equal(t, turns, got.Turns, "person %s: what was raised is handled once, and what was replaced or taken back is not", p.id)
	require.Empty(t, got.Early, "person %s: before their time", p.id)
	return len(want)
}
