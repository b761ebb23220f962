package messengertest_test

import (
	"context"
	"fmt"
	"sync/atomic"
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
	"github.com/djmessenger/messenger/store/memory"
)

// said counts what the page has said to a person.
func said(chat *messengertest.Chat, p *messengertest.Person) (n int) {
	for _, m := range chat.Messages(p.ID) {
		if m.From == simulator.FromPage {
			n++
		}
	}
	return n
}

// Idle waits for messages of Bot.Send, more of them than the page's send rate lets pass together, and not for those with a delay.
func TestIdleWaitsForWhatTheProgramSends(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}}}}})
	var people []*messengertest.Person
	for i := range 60 {
		people = append(people, chat.Person(fmt.Sprint("Person ", i), "en_US"))
		people[i].Says("hi")
	}
	chat.Idle()
	for i := range 61 {
		p := people[i%60]
		require.NoError(t, chat.Bot.Send(t.Context(), messengertest.PageID, p.ID, sending.Text("news"), sending.Text("more"), sending.Text("later").After(time.Hour)))
	}
	chat.Idle()
	require.Equal(t, 4, said(chat, people[0]))
	for _, p := range people[1:] {
		require.Equal(t, 2, said(chat, p))
	}
	chat.Advance(time.Hour)
	chat.Idle()
	require.Equal(t, 6, said(chat, people[0]))
}

// SeesNothing waits for a broadcast, however many people it is for.
func TestIdleWaitsForBroadcasts(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{})
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	ada.Next()
	psids := []string{ada.ID}
	for i := range 2500 {
		psids = append(psids, fmt.Sprint("unknown", i))
	}
	_, err := chat.Bot.Broadcast(t.Context(), messengertest.PageID, "news", messenger.PSIDs(psids...), sending.Text("news"), sending.Text("later").After(time.Hour))
	require.NoError(t, err)
	tb.expect(`the page has said more: "news"`, ada.SeesNothing)
	b, err := chat.Bot.FindBroadcast(t.Context(), messengertest.PageID, "news")
	require.NoError(t, err)
	require.Equal(t, []int{2500, 1, 1}, []int{b.Unknown, b.Queued, b.Remaining()})
	ada.Sees("news")
	ada.SeesNothing()
	chat.Advance(time.Hour)
	ada.Sees("later")
	chat.Idle()
	all, err := chat.Bot.Broadcasts(t.Context(), store.BroadcastQuery{})
	require.NoError(t, err)
	require.Equal(t, store.BroadcastDone, all[0].State)
}

// What waits for the page's token keeps no bot busy.
func TestIdleDoesNotWaitForAHeldPage(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{})
	ada, bob := chat.Person("Ada", "en_US"), chat.Person("Bob", "en_US")
	for _, p := range []*messengertest.Person{ada, bob} {
		p.Says("hi")
		p.Next()
	}
	chat.Page(messengertest.PageID).RevokeToken(460)
	_, err := chat.Bot.Broadcast(t.Context(), messengertest.PageID, "news", messenger.PSIDs(ada.ID, bob.ID), sending.Text("news"))
	require.NoError(t, err)
	chat.Idle()
	require.NoError(t, chat.Bot.Send(t.Context(), messengertest.PageID, ada.ID, sending.Text("news")))
	ada.SeesNothing()
	chat.Advance(10 * time.Second) // the token is looked at again
	bob.SeesNothing()
}

// A broadcast of a page that the bot does not serve keeps it as little busy.
func TestIdleDoesNotWaitForAPageThatIsNotServed(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	chat := messengertest.StartOn(t, simulator.Config{
		Pages: []simulator.Page{{ID: "77", Name: "Shop", AppID: "2000000000000002"}},
	}, messenger.Config{Store: st})
	chat.Patience = patience
	require.NoError(t, chat.Bot.RemovePages("77"))
	require.NoError(t, st.DraftBroadcast(t.Context(), store.Broadcast{ID: "b", PageID: "77", Key: "news", Body: []byte("{}")}))
	require.NoError(t, st.AddRecipients(t.Context(), "b", "1"))
	b, err := st.StartBroadcast(t.Context(), "b", "p")
	require.NoError(t, err)
	require.Equal(t, 1, b.Remaining())
	chat.Idle()
}

// late is a store that lets no work be claimed before it was counted several times.
type late struct {
	*memory.Store

	on      atomic.Bool
	counted chan struct{}
}

func (l *late) Stats(ctx context.Context) (store.Stats, error) {
	defer func() {
		select {
		case l.counted <- struct{}{}:
		default:
		}
	}()
	return l.Store.Stats(ctx)
}

func (l *late) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	for left := 3; left > 0 && l.on.Load(); left-- {
		select {
		case <-l.counted:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if claim.Background > 0 {
		l.on.Store(false)
	}
	return l.Store.Claim(ctx, claim)
}

// A message that waits for a worker was not sent.
func TestIdleWaitsForWhatIsNotClaimedYet(t *testing.T) {
	t.Parallel()
	st := &late{Store: memory.New(memory.Config{}), counted: make(chan struct{})}
	chat := startPatient(t, messenger.Config{Store: st})
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	ada.Sees("Hi, Ada!")
	ada.SeesNothing()
	st.on.Store(true)
	require.NoError(t, chat.Bot.Send(t.Context(), messengertest.PageID, ada.ID, sending.Text("news")))
	chat.Idle()
	require.Equal(t, 2, said(chat, ada))
}

// The failure says what an event waits for whose handler asked for a time.
func TestIdleSaysThatAHandlerAskedForATime(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	tries := 0
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			if tries++; tries == 1 {
				return handling.RetryAfter(time.Hour)
			}
			return reply.Reply(ctx, sending.Text("Hello!"))
		}),
		Retry: handling.Retry{MaxWait: 2 * time.Hour},
	}}}})
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	chat.Advance(time.Minute)
	chat.Patience = 100 * time.Millisecond
	tb.expect("No event has failed: one waits because its handler asked for a time (handling.RetryAfter)", ada.SeesNothing)
	require.NotContains(t, tb.failure, "is retried")
	chat.Patience = patience
	chat.Advance(2 * time.Hour)
	ada.Sees("Hello!")
	ada.SeesNothing()
}
