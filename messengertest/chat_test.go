package messengertest_test

import (
	"context"
	"errors"
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
	"github.com/djmessenger/messenger/store/memory"
)

// patience is how long these tests wait for what must come: a busy machine is slow.
const patience = time.Minute

// startPatient starts a chat that waits for as long.
func startPatient(t testing.TB, cfg messenger.Config) *messengertest.Chat {
	t.Helper()
	chat := messengertest.Start(t, cfg)
	chat.Patience = patience
	return chat
}

func TestBuiltInPolicyEndToEnd(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{})
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
	ctx     context.Context
}

func (f *failing) Context() context.Context {
	if f.ctx != nil {
		return f.ctx
	}
	return f.TB.Context()
}

// expect runs an expectation that is to fail with these words.
func (f *failing) expect(want string, act func()) {
	f.TB.Helper()
	f.failure = ""
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(f) {
				panic(r)
			}
		}()
		act()
	}()
	require.Contains(f.TB, f.failure, want)
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.failure = fmt.Sprintf(format, args...)
	panic(f)
}

func TestExpectationsFailWithWhatWasSeen(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{})
	ada := chat.Person("Ada", "en_US")
	ada.SeesNothing()
	tb.expect("call Sees or Next first", func() { ada.Reacts("👍") })
	ada.Says("hi")
	tb.expect("the page has said more", ada.SeesNothing)
	tb.expect(`"Hi, Ada!", want "Bye!"`, func() { ada.Sees("Bye!") })
	// The id alone fails the test, and not what the person does: a mistyped id would only show where they write.
	tb.expect("there is no person 1 on the platform; known are:\n", func() { chat.As("1") })
	require.Contains(t, tb.failure, "\n  Ada ("+ada.ID+" on page "+messengertest.PageID+")")
}

// blocked is a store that reports when its statistics show a conversation that
// waits for a retry. Its clock stands still, so that the retry never comes.
type blocked struct {
	*memory.Store

	shown func()
}

func newBlocked(shown func()) blocked {
	now := time.Now()
	return blocked{memory.New(memory.Config{Now: func() time.Time { return now }}), shown}
}

func (b blocked) Stats(ctx context.Context) (store.Stats, error) {
	stats, err := b.Store.Stats(ctx)
	if len(stats.Blocked) > 0 && stats.InFlight == 0 {
		b.shown()
	}
	return stats, err
}

func TestIdleSaysWhatWaits(t *testing.T) {
	t.Parallel()
	failed := make(chan struct{}, 10)
	tb := &failing{TB: t}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	chat := startPatient(tb, messenger.Config{Store: newBlocked(cancel), Policy: routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
			failed <- struct{}{}
			return errors.New("the shop is closed")
		}),
	}}}})
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	<-failed
	require.NoError(t, chat.Flush(t.Context()))
	tb.ctx = ctx // Idle gives up when it has seen that the conversation waits
	tb.expect("events that wait: 1;", chat.Idle)
	require.Contains(t, tb.failure, "the conversation with "+ada.ID+" waits to be tried again; failures so far: 1")
	require.Contains(t, tb.failure, "after 1, 5 and 25 s")
	require.NotContains(t, tb.failure, "{")
}

// carousel offers two articles, by buttons of one title.
var carousel = sending.GenericTemplate{}.WithElements(
	sending.Element{Title: "Shirt"}.WithPostback("Buy", "buy:shirt"),
	sending.Element{Title: "Shoes"}.WithPostback("Buy", "buy:shoes"),
)

func TestTapsTellButtonsOfOneTitleApart(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(carousel)}},
		receiving.TypePostback: {{Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text(ev.PayloadText()).WithQuickReplies(sending.TextReply("Thanks", "thanks")))
		})}},
		receiving.TypeQuickReply: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Gladly."))}},
	}})
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	ada.Sees("Shirt")
	tb.expect(`"Buy", with the payloads "buy:shirt", "buy:shoes"; use TapsPayload`, func() { ada.Taps("Buy") })
	ada.TapsPayload("buy:shoes")
	ada.Sees("buy:shoes")
	ada.TapsPayload("thanks")
	ada.Sees("Gladly.")
	ada.SeesNothing()
}

func TestReactionsReachTheBot(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("one"), sending.Text("two"))}},
		receiving.TypeReaction: {{Handler: handling.On(
			func(ctx context.Context, _ *receiving.Event, p *receiving.Reaction, reply *sending.Replier) error {
				return reply.Reply(ctx, sending.Text(p.Emoji).InReplyTo(p.MID))
			})}},
	}})
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	one := ada.Next()
	ada.Reacts("😍")
	ada.Sees("two")
	answer := ada.Next()
	require.Equal(t, "😍", messengertest.Text(answer))
	require.Equal(t, one.ID, answer.ReplyTo)
}

func TestTextOfTemplates(t *testing.T) {
	t.Parallel()
	receipt := sending.ReceiptTemplate{RecipientName: "Ada"}.WithOrder("4711", "USD", "Visa").
		WithSummary(sending.ReceiptSummary{TotalCost: "25"})
	chat := startPatient(t, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Dummy{}, Senders: sending.List(
			carousel, sending.ButtonTemplate("What next?", sending.PostbackButton("Help", "help")), receipt,
			receipt.WithElements(sending.ReceiptElement{Title: "Shirt", Price: "25"}), sending.Image("https://shop.example/a.png"),
		),
	}}}})
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	for _, want := range []string{"Shirt", "What next?", "4711", "Shirt", ""} {
		ada.Sees(want)
	}
}

// Unknown outcomes need connections that really break.
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
			st := memory.New(memory.Config{})
			chat := startPatient(t, messenger.Config{Policy: policy, Store: st, AtMostOnce: c.atMostOnce})
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
			}, patience, 5*time.Millisecond)
			sent, err := st.Sent(t.Context(), messengertest.PageID, ada.ID, 10)
			require.NoError(t, err)
			for i, want := range c.outcomes {
				require.Equal(t, want, sent[i].Outcome)
			}
		})
	}
}
