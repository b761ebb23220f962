package messengertest_test

import (
	"context"
	"fmt"
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
)

func TestBuiltInPolicyEndToEnd(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{})
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	ada.Sees("Hi, Ada!")
	ada.Says("你好")
	ada.Sees("您也好")
	ada.SendsThumb()
	ada.Sees("Thanks for the thumb!")
	image := ada.Next()
	require.Equal(t, "image", image.Attachments[0].Type)
	ada.SendsThumb()
	ada.Sees("Thanks for the thumb!")
	require.Equal(t, image.Attachments[0].AttachmentID, ada.Next().Attachments[0].AttachmentID, "uploaded once")
}

// failing is a testing.TB that notes the failure of an expectation.
type failing struct {
	testing.TB
	failure string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.failure = fmt.Sprintf(format, args...)
	panic(f)
}

func TestExpectationsFailWithWhatWasSeen(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := messengertest.Start(tb, messenger.Config{})
	ada := chat.Person("Ada", "en_US")
	expect := func(want string, act func()) {
		t.Helper()
		tb.failure = ""
		func() {
			defer func() {
				if r := recover(); r != nil && r != any(tb) {
					panic(r)
				}
			}()
			act()
		}()
		require.Contains(t, tb.failure, want)
	}
	ada.SeesNothing()
	ada.Says("hi")
	expect("the page has said more", ada.SeesNothing)
	expect(`"Hi, Ada!", want "Bye!"`, func() { ada.Sees("Bye!") })
	expect("no such person", func() { chat.As("1").Says("hi") })
}

// Unknown fates need connections that really break.
func TestLostAnswersOverRealConnections(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("hello"))}}}
	for name, c := range map[string]struct {
		drop       simulator.DropKind
		atMostOnce bool
		want       int
		outcomes   []store.SentOutcome
	}{
		"half an answer":               {simulator.DropHalf, false, 2, []store.SentOutcome{"sent", "uncertain"}},
		"no answer, at least once":     {simulator.DropAfter, false, 2, []store.SentOutcome{"sent", "uncertain"}},
		"no answer, at most once":      {simulator.DropAfter, true, 1, []store.SentOutcome{"uncertain"}},
		"half an answer, at most once": {simulator.DropHalf, true, 1, []store.SentOutcome{"uncertain"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := store.NewMemory()
			chat := messengertest.Start(t, messenger.Config{Policy: policy, Store: st, AtMostOnce: c.atMostOnce})
			chat.Fault(simulator.Fault{Drop: c.drop})
			ada := chat.Person("Ada", "")
			ada.Says("hi")
			for range c.want {
				ada.Sees("hello")
			}
			require.Eventually(t, func() bool {
				sent, err := st.Sent(context.Background(), messengertest.PageID, ada.ID, 10)
				require.NoError(t, err)
				return len(sent) == len(c.outcomes)
			}, messengertest.Patience, 5*time.Millisecond)
			sent, err := st.Sent(t.Context(), messengertest.PageID, ada.ID, 10)
			require.NoError(t, err)
			for i, want := range c.outcomes {
				require.Equal(t, want, sent[i].Outcome)
			}
		})
	}
}
