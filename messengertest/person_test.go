package messengertest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

func TestFailedTapsListWhatIsOnOffer(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	offer := sending.ButtonTemplate("What next?",
		sending.PostbackButton("Help", "help"), sending.URLButton("Site", "https://shop.example/")).
		WithQuickReplies(sending.TextReply("Small", "size:s"), sending.TextReply("Large", "size:l"))
	chat := startPatient(tb, messenger.Config{
		Policy: routing.Policy{
			receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(carousel, sending.Text("and"), offer)}},
		},
		ThreadSettings: map[string]threadsettings.Settings{graph.Me: {
			GetStarted:     &threadsettings.GetStarted{},
			PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Orders", Payload: "orders"}),
		}},
	})
	ada := chat.Person("Ada", "en_US")
	stranger := chat.Person("Eve", "en_US")
	require.Eventually(t, func() bool { return len(chat.Profile()["persistent_menu"]) > 0 }, patience, time.Millisecond)
	for range 2 { // what an older message offers as well is listed once
		ada.Says("hi")
		chat.Idle()
	}
	chat.Patience = 50 * time.Millisecond
	tb.expect(`nothing on offer has the title "Medium"; on offer are:`, func() { ada.Taps("Medium") })
	require.Contains(t, tb.failure, `messengertest: nothing on offer has the title "Medium"; on offer are:
  quick reply "Small", payload "size:s"
  quick reply "Large", payload "size:l"
  button "Help", payload "help"
  button "Site", of the type web_url
  button "Buy", payload "buy:shirt"
  button "Buy", payload "buy:shoes"
  menu item "Orders", payload "orders"
the conversation so far:
  person: "hi"
    page: generic template; card "Shirt"`)
	tb.expect(`nothing on offer has the payload "size:m"; on offer are:`, func() { ada.TapsPayload("size:m") })
	tb.expect(`on offer are:`+"\n"+`  menu item "Orders", payload "orders"`, func() { stranger.Taps("Small") })
}

// What waiting cannot change fails without it: the test would time out otherwise.
func TestTapsOnALinkFailAtOnce(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	site := sending.ButtonTemplate("What next?", sending.URLButton("Site", "https://shop.example/"), sending.PhoneButton("Call", "+15550100"))
	chat := startPatient(tb, messenger.Config{
		Policy: routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(site)}}},
		ThreadSettings: map[string]threadsettings.Settings{graph.Me: {
			GetStarted:     &threadsettings.GetStarted{},
			PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Shop", URL: "https://shop.example/"}),
		}},
	})
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	ada.Sees("What next?")
	require.Eventually(t, func() bool { return len(chat.Profile()["persistent_menu"]) > 0 }, patience, time.Millisecond)
	chat.Patience = 1000 * time.Hour
	for _, title := range []string{"Site", "Call", "Shop"} {
		tb.expect(strconv.Quote(title)+": simulator: it opens a link", func() { ada.Taps(title) })
	}
	chat.As(ada.ID)
	tb.expect("there is no person 1 on the platform", func() { chat.As("1") })
}

func TestPatienceIsThatOfTheChat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set, want time.Duration
		wait      bool
	}{
		"default":      {0, messengertest.Patience, false},
		"long":         {time.Minute, time.Minute, false},
		"short":        {20 * time.Millisecond, 20 * time.Millisecond, true},
		"a bit longer": {30 * time.Millisecond, 30 * time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &failing{TB: t}
			chat := messengertest.Start(tb, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{
				Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { return errors.New("not now") }),
			}}}})
			chat.Patience = c.set
			ada := chat.Person("Ada", "")
			if !c.wait { // the test's own end comes first
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				tb.ctx = ctx
			}
			tb.expect(fmt.Sprintf("no message from the page within %v;", c.want), func() { ada.Next() })
			tb.expect(fmt.Sprintf("no further comment below 1_2 within %v;", c.want), func() { ada.SeesBelow("1_2", "hi") })
			if c.wait {
				tb.expect("nothing on offer", func() { ada.Taps("Buy") })
				ada.Says("hi")
				require.NoError(t, chat.Flush(t.Context()))
				tb.expect(fmt.Sprintf("still busy after %v:", c.want), chat.Idle)
			}
		})
	}
}

// A test needs no durable store, and gets no warning that it has none.
func TestNoWarningAboutTheStoreOfATest(t *testing.T) {
	t.Parallel()
	for name, st := range map[string]store.Store{"none": nil, "its own": memory.New(memory.Config{})} {
		log := &log{TB: t}
		chat := startPatient(log, messenger.Config{Policy: routing.BuiltIn(), Store: st})
		ada := chat.Person("Ada", "")
		ada.Says("hi")
		ada.Sees("Hi, Ada!")
		require.Empty(t, log.String(), name)
	}
}

// log is a testing.TB whose log can be read.
type log struct {
	testing.TB
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Output() io.Writer { return l }

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lines are the lines of the log.
func (l *log) lines() []string { return strings.Split(strings.TrimSuffix(l.String(), "\n"), "\n") }

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestSeesMatchesAnyCard(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(carousel)}},
	}})
	ada := chat.Person("Ada", "")
	for _, card := range []string{"Shirt", "Shoes"} {
		ada.Says("hi")
		ada.Sees(card)
		ada.SeesNothing()
	}
	ada.Says("hi")
	tb.expect(`the page's next message is "Shirt", "Shoes", want "Hat"`, func() { ada.Sees("Hat") })
	ada.Says("hi")
	require.Equal(t, []string{"Shirt", "Shoes"}, messengertest.Texts(ada.Next()))
}
