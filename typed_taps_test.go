package messenger_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
	"github.com/djmessenger/messenger/threadsettings"
)

type cut struct{ Size string }

var (
	cutKind = payload.New[cut]("shop.cut")
	cuts    = sending.QuickReplies{Text: "Which size?"}.
		WithReply("Small", cutKind.MustEncode(cut{"S"})).
		WithReply("Größe L", cutKind.MustEncode(cut{"L"}))
	otherCuts = sending.QuickReplies{Text: "Which height?"}.WithReply("Tall", cutKind.MustEncode(cut{"T"}))
)

// taking answers with quick replies, takes taps on them and on the menu, and says of
// every other text that it is one.
func taking() routing.Policy {
	took := handling.OnPayload(cutKind, func(ctx context.Context, ev *receiving.Event, c cut, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text(string(ev.Type)+" "+c.Size))
	})
	return routing.Policy{
		receiving.TypeTap: {{Name: "tap", Handler: took, TypedTaps: true}},
		receiving.TypePersistentMenuTwo: {{
			Name: "hours", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("We are open.")), TypedTaps: true,
		}},
		receiving.TypePersistentMenuOne: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("tapped"))}},
		receiving.TypeSimpleText: {
			{Handler: handling.SimpleText{Pattern: "sizes"}, Senders: sending.List(cuts), Final: true},
			{Handler: handling.SimpleText{Pattern: "heights"}, Senders: sending.List(otherCuts), Final: true},
			{Handler: handling.SimpleText{Pattern: "plain"}, Senders: sending.List(sending.Text("plain")), Final: true},
			{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("text"))},
		},
	}
}

func shopMenu(items ...threadsettings.MenuItem) map[string]threadsettings.Settings {
	return map[string]threadsettings.Settings{messengertest.PageID: {
		GetStarted: &threadsettings.GetStarted{}, PersistentMenu: threadsettings.MenuOf(items...),
	}}
}

func TestTypedTitleCountsAsTheTap(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) store.Store{
		"memory": func(*testing.T) store.Store { return memory.New(memory.Config{}) },
		"sqlite": func(t *testing.T) store.Store {
			st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			return st
		},
		"postgres": func(t *testing.T) store.Store {
			st, err := postgres.Open(testpostgres.DSN(t))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			return st
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalog, err := i18n.New(map[string]map[string]string{"de_DE": {"Opening hours": "Öffnungszeiten"}})
			require.NoError(t, err)
			chat := startChat(t, simulator.Config{}, messenger.Config{Store: open(t), Policy: taking(), Catalog: catalog, ThreadSettings: shopMenu(
				threadsettings.MenuItem{Title: "Look around"}, threadsettings.MenuItem{Title: "Opening hours"},
				threadsettings.MenuItem{Title: "Visit us", URL: "https://shop.example"},
				threadsettings.MenuItem{Title: "Medium", Payload: cutKind.MustEncode(cut{"M"})},
			)})
			person := chat.Person("Ada", "en_US")
			says := func(text, answer string) {
				t.Helper()
				person.Says(text)
				person.Sees(answer)
			}
			says("Small", "text") // nothing was offered yet
			says("sizes", "Which size?")
			says("Small", "QUICK_REPLY S")
			says("small ", "QUICK_REPLY S")
			says("GRÖSSE l", "QUICK_REPLY L")
			says("Smaller", "text")
			says("plain", "plain") // a message without quick replies does not end the offer
			says("Small", "QUICK_REPLY S")
			person.Says("sizes")
			person.Sees("Which size?")
			person.Taps("Small") // typing changes nothing for those who tap
			person.Sees("QUICK_REPLY S")
			says("heights", "Which height?")
			says("tall", "QUICK_REPLY T")
			says("Small", "text") // a newer offer has replaced it
			says("opening HOURS", "We are open.")
			says("Öffnungszeiten", "We are open.") // the menu in another locale
			says("medium", "POSTBACK M")
			says("Visit us", "text")    // a link sends no event
			says("Look around", "text") // its route takes taps only
			says(strings.Repeat("Small", 300), "text")

			lin := chat.Person("Lin", "zh_TW")
			lin.Says("Tall")
			lin.Sees("text") // it was offered to Ada
			lin.Says("Öffnungszeiten")
			lin.Sees("We are open.")
			lin.SeesNothing()
			person.SeesNothing()
		})
	}
}

// TestTypedTitleOfTheOnlyPage: a bot with one page need not know its id.
func TestTypedTitleOfTheOnlyPage(t *testing.T) {
	t.Parallel()
	settings := shopMenu(threadsettings.MenuItem{Title: "Look around"}, threadsettings.MenuItem{Title: "Opening hours"})
	chat := startChat(t, simulator.Config{}, messenger.Config{Policy: taking(), ThreadSettings: map[string]threadsettings.Settings{
		graph.Me: settings[messengertest.PageID],
	}})
	person := chat.Person("Ada", "en_US")
	person.Says("opening hours")
	person.Sees("We are open.")
}

// TestTypedTitleMeansWhatTheyHadSeen: two quick answers to one question do not answer
// the next question too, which the person has not seen when they wrote.
func TestTypedTitleMeansWhatTheyHadSeen(t *testing.T) {
	t.Parallel()
	again := sending.QuickReplies{Text: "Delete it all?"}.WithReply("Yes", cutKind.MustEncode(cut{"all"}))
	policy := routing.Policy{
		receiving.TypeTap: {{TypedTaps: true, Handler: handling.OnPayload(cutKind,
			func(ctx context.Context, _ *receiving.Event, c cut, reply *sending.Replier) error {
				if c.Size == "all" {
					return reply.Reply(ctx, sending.Text("Deleted."))
				}
				return reply.Send(ctx, again)
			})}},
		receiving.TypeSimpleText: {
			{Handler: handling.SimpleText{Pattern: "start"}, Final: true, Senders: sending.List(
				sending.QuickReplies{Text: "Delete one?"}.WithReply("Yes", cutKind.MustEncode(cut{"one"})))},
			{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("text"))},
		},
	}
	gate := make(chan struct{})
	entered := make(chan struct{}, 1)
	hold := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			if ev.Text() == "hold" {
				entered <- struct{}{}
				<-gate
			}
			return next(ctx, ev)
		}
	}
	chat := startChat(t, simulator.Config{}, messenger.Config{Policy: policy, TurnMiddleware: []handling.Middleware{hold}})
	person := chat.Person("Ada", "")
	person.Says("start")
	person.Sees("Delete one?")
	person.Says("hold")
	<-entered
	person.Says("yes") // both wait while the turn before them runs, and are claimed together
	person.Says("yes")
	require.NoError(t, chat.Flush(t.Context()))
	close(gate)
	person.Sees("text")
	person.Sees("Delete it all?")
	person.Sees("Delete it all?") // the second yes answers the first question again
	person.SeesNothing()
	person.Says("yes")
	person.Sees("Deleted.")
}

// TestOfferThatCannotBeReadIsTriedAgain: whether a text is a tap is unknown then, and it is
// neither lost nor taken for another.
func TestOfferThatCannotBeReadIsTriedAgain(t *testing.T) {
	t.Parallel()
	broken := &unreadable{Store: memory.New(memory.Config{})}
	inBubble(t, simulator.Config{}, messenger.Config{Store: broken, Policy: taking()}, func(w *world) {
		w.Says(ada, "sizes")
		after(0)
		broken.fails = 2
		w.Says(ada, "small")
		after(30 * time.Second)
		require.Equal(t, []string{"Which size?", "QUICK_REPLY S"}, w.Texts(ada))
		require.Zero(t, broken.fails)
	})
}

// TestTypedTitleOfTheMenuInThePersonsLanguage: of items of one title in several languages, the
// one in the person's language counts, and otherwise the default one.
func TestTypedTitleOfTheMenuInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	in := func(locale, size string) threadsettings.Menu {
		return threadsettings.Menu{Locale: locale, Items: []threadsettings.MenuItem{{Title: "Gift", Payload: cutKind.MustEncode(cut{size})}}}
	}
	policy := taking()
	policy[receiving.TypeDefault] = []routing.Route{{Handler: handling.UserProfile{}}}
	chat := startChat(t, simulator.Config{}, messenger.Config{Policy: policy, ThreadSettings: map[string]threadsettings.Settings{messengertest.PageID: {
		GetStarted:     &threadsettings.GetStarted{},
		PersistentMenu: []threadsettings.Menu{in("en_US", "present"), in(threadsettings.DefaultLocale, "gift"), in("de_DE", "poison")},
	}}})
	for locale, want := range map[string]string{"de_DE": "POSTBACK poison", "en_US": "POSTBACK present", "sv_SE": "POSTBACK gift"} {
		person := chat.Person("Ada", locale)
		person.Says("hello") // the profile is known after the first turn
		person.Sees("text")
		person.Says("gift")
		person.Sees(want)
	}
}

// TestReplayedTitleMeansWhatThePersonHadSeen: what was offered after a text was typed does
// not decide what the text means when it is replayed, whether its route failed or the turn.
func TestReplayedTitleMeansWhatThePersonHadSeen(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(broken *unreadable, route *atomic.Bool){
		"a route": func(_ *unreadable, route *atomic.Bool) { route.Store(true) },
		"a turn":  func(broken *unreadable, _ *atomic.Bool) { broken.fails = 4 }, // all tries
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask := func(about string) []sending.Sender {
				return sending.List(sending.QuickReplies{Text: about + "?"}.WithReply("Yes", cutKind.MustEncode(cut{about})))
			}
			var refuses atomic.Bool
			policy := routing.Policy{
				receiving.TypeTap: {{Name: "tap", TypedTaps: true, Handler: handling.OnPayload(cutKind,
					func(ctx context.Context, _ *receiving.Event, c cut, reply *sending.Replier) error {
						if refuses.Swap(false) {
							return handling.Permanent(errors.New("not now"))
						}
						return reply.Reply(ctx, sending.Text("did "+c.Size))
					})}},
				receiving.TypeSimpleText: {
					{Handler: handling.SimpleText{Pattern: "one"}, Senders: ask("one")},
					{Handler: handling.SimpleText{Pattern: "all"}, Senders: ask("all")},
				},
			}
			broken := &unreadable{Store: memory.New(memory.Config{})}
			inBubble(t, simulator.Config{}, messenger.Config{Store: broken, Policy: policy}, func(w *world) {
				w.Says(ada, "one")
				after(time.Minute)
				fails(broken, &refuses)
				w.Says(ada, "yes")
				after(2 * time.Minute)
				require.Len(t, w.Letters(), 1)
				w.Says(ada, "all")
				after(time.Minute)
				require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
				after(time.Minute)
				require.Equal(t, []string{"one?", "all?", "did one"}, w.Texts(ada))
				require.Empty(t, w.Letters())
			})
		})
	}
}

// TestReplayedTitleThatIsNoTapAnyMore: the dead letter says why its route does not run.
func TestReplayedTitleThatIsNoTapAnyMore(t *testing.T) {
	t.Parallel()
	fails := handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
		return handling.Permanent(errors.New("not now"))
	})
	policy := routing.Policy{
		receiving.TypePersistentMenuTwo: {{Name: "hours", Handler: fails, TypedTaps: true}},
		receiving.TypeSimpleText:        {{Name: "text", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("text"))}},
	}
	menu := func(title string) threadsettings.Settings {
		return shopMenu(threadsettings.MenuItem{Title: "Look around"}, threadsettings.MenuItem{Title: title})[messengertest.PageID]
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, ThreadSettings: map[string]threadsettings.Settings{pageID: menu("Hours")}}, func(w *world) {
		w.Says(ada, "hours")
		after(time.Minute)
		require.Len(t, w.Letters(), 1)
		require.NoError(t, w.bot.SetPages(messenger.Page{ID: pageID, ThreadSettings: menu("When?")}))
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Minute)
		require.Len(t, w.Letters(), 1)
		require.Contains(t, w.Letters()[0].Failures[0].Error, `only as a tap, and no quick reply of the newest messages or item of the menu has its title: ["hours"]`)
		require.Empty(t, w.Texts(ada))
	})
}

type unreadable struct {
	*memory.Store

	fails int
}

func (u *unreadable) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	if u.fails > 0 {
		u.fails--
		return nil, errors.New("the store is away")
	}
	return u.Store.Sent(ctx, pageID, psid, limit)
}

// TestTypedTitleOnOtherPages: on Instagram a title counts as well, and what one page has
// offered or has in its menu counts for no other page.
func TestTypedTitleOnOtherPages(t *testing.T) {
	t.Parallel()
	const shop, account = "200000000000002", "17841400000000001"
	settings := shopMenu(threadsettings.MenuItem{Title: "Look around"}, threadsettings.MenuItem{Title: "Opening hours"})
	settings[shop] = threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{}, PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Large", Payload: cutKind.MustEncode(cut{"L"})},
		),
	}
	chat := startChat(t, simulator.Config{Pages: []simulator.Page{
		{ID: shop, Name: "Shop"},
		{ID: account, Name: "Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID, Fields: simulator.DefaultInstagramFields()},
	}}, messenger.Config{Policy: taking(), ThreadSettings: settings})
	says := func(p *messengertest.Person, text, answer string) {
		t.Helper()
		p.Says(text)
		p.Sees(answer)
	}
	person, customer, ana := chat.Person("Ada", "en_US"), chat.PersonOn(shop, "Sue", "en_US"), chat.PersonOn(account, "Ana", "")

	says(ana, "small", "text")
	says(ana, "sizes", "Which size?")
	says(ana, "small", "QUICK_REPLY S")
	says(ana, "large", "text")
	says(ana, "smaller", "text")

	says(person, "opening hours", "We are open.")
	says(person, "large", "text")
	says(person, "small", "text") // it was offered to Ana
	says(customer, "opening hours", "text")
	says(customer, "large", "POSTBACK L")
	says(customer, "small", "text")
}

// TestTypedTitleOfAMenuThatChanges: the menu that counts is the one of the page as it is set now.
func TestTypedTitleOfAMenuThatChanges(t *testing.T) {
	t.Parallel()
	chat := startChat(t, simulator.Config{}, messenger.Config{Policy: taking(), ThreadSettings: shopMenu(
		threadsettings.MenuItem{Title: "Look around"}, threadsettings.MenuItem{Title: "Opening hours"},
	)})
	person := chat.Person("Ada", "en_US")
	says := func(text, answer string) {
		t.Helper()
		person.Says(text)
		person.Sees(answer)
	}
	says("opening hours", "We are open.")
	says("when?", "text")
	changed := shopMenu(threadsettings.MenuItem{Title: "Look around"}, threadsettings.MenuItem{Title: "When?"})[messengertest.PageID]
	require.NoError(t, chat.Bot.SetPages(messenger.Page{ID: messengertest.PageID, ThreadSettings: changed}))
	says("opening hours", "text")
	says("when?", "We are open.")
}
