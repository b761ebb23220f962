package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// The page of a customer, in an app of its own, and a person who writes to it.
const (
	customer       = "300000000000003"
	customerApp    = "3000000000000003"
	customerSecret = "customer-app-secret"
	customerToken  = "customer-page-token"
	sue            = "7300000000000001"
)

func withCustomer() simulator.Config {
	return simulator.Config{
		Pages:  []simulator.Page{{ID: customer, AppID: customerApp, AppSecret: customerSecret, Token: customerToken}},
		People: append(simulator.DefaultPeople(), simulator.Person{ID: sue, PageID: customer, FirstName: "Sue", Locale: "en_US"}),
	}
}

func customerPage() messenger.Page {
	return messenger.Page{
		ID: customer, App: customerApp, Secrets: []secret.Value{secret.New(customerSecret)},
		Token: graph.PageToken(customerToken), Policy: answersAs("customer"),
	}
}

// answersAs is a policy that answers with a name and what was said.
func answersAs(name string) routing.Policy {
	return texts(route(name, func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text(name+" "+ev.Text()))
	}))
}

// atRunTime is a bot that serves the simulator's first page, and others when it is told of them.
func atRunTime() messenger.Config {
	return messenger.Config{Policy: answersAs("common"), PagesAtRunTime: true, Pages: []messenger.Page{{ID: pageID}}}
}

// tells lets a person write without waiting until the callback was taken.
func (w *world) tells(psid, text string) {
	w.T.Helper()
	_, err := w.Say(w.T.Context(), psid, text)
	require.NoError(w.T, err)
}

func (w *world) set(pages ...messenger.Page) {
	w.T.Helper()
	require.NoError(w.T, w.bot.SetPages(pages...))
}

func (w *world) remove(pageIDs ...string) {
	w.T.Helper()
	require.NoError(w.T, w.bot.RemovePages(pageIDs...))
}

func (w *world) stats() messenger.Stats {
	w.T.Helper()
	stats, err := w.bot.Stats(w.T.Context())
	require.NoError(w.T, err)
	return stats
}

func TestPageIsAddedWhileTheBotRuns(t *testing.T) {
	t.Parallel()
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		w.Says(ada, "1")
		w.tells(sue, "early")
		after(time.Second)
		require.Equal(t, []string{"common 1"}, w.Texts(ada))
		require.NotZero(t, w.stats().Webhook.RefusedSignatures, "its app is not known")
		require.ErrorIs(t, w.bot.Send(t.Context(), customer, sue, sending.Text("x")), messenger.ErrNoApp)

		w.set(customerPage())
		after(5 * time.Minute) // the platform delivers again
		require.Equal(t, []string{"customer early"}, w.Texts(sue))
		require.NoError(t, w.bot.Send(t.Context(), customer, sue, sending.Text("welcome")))
		w.Says(ada, "2")
		after(time.Second)
		require.Equal(t, []string{"customer early", "welcome"}, w.Texts(sue))
		require.Equal(t, []string{"common 1", "common 2"}, w.Texts(ada))
		var ids []string
		for _, p := range w.bot.Pages() {
			ids = append(ids, p.ID)
		}
		require.Equal(t, []string{pageID, customer}, ids)
		require.Empty(t, w.Letters())
	})
}

// A turn of a page that is removed meanwhile goes on to its end, with the page's token and secret; what waits for the page
// stays where it is, is counted, and goes on when the page is set again.
func TestRemovedPageKeepsItsWork(t *testing.T) {
	t.Parallel()
	var hold atomic.Bool
	started, goOn := make(chan bool), make(chan bool)
	var name atomic.Value
	page := customerPage()
	page.Policy = texts(route("customer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if hold.Load() {
			started <- true
			<-goOn
			profile, err := graph.From(ctx).Profile(ctx, ev.PageID, ev.PSID, "first_name")
			if err != nil {
				return err
			}
			name.Store(profile.FirstName)
		}
		return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text(ev.Text()), sending.Text(ev.Text()+"!")))
	}))
	cfg := atRunTime()
	var told atomic.Int32
	cfg.OnTokenInvalid = func(context.Context, string, error) { told.Add(1) }
	inBubble(t, withCustomer(), cfg, func(w *world) {
		hold.Store(true)
		w.set(page)
		w.Says(sue, "1")
		w.Says(sue, "2")
		require.NoError(t, w.bot.Send(t.Context(), customer, "7300000000000002", sending.Text("later").After(time.Hour)))
		<-started
		w.remove(customer)
		hold.Store(false)
		goOn <- true
		after(time.Minute)
		require.Equal(t, "Sue", name.Load(), "the turn had the page's token to its end")
		p, err := w.Store.Person(t.Context(), customer, sue)
		require.NoError(t, err)
		require.Equal(t, 1, p.ThumbUps, "its turn has committed, and no other began")
		require.Empty(t, w.Texts(sue))
		require.Zero(t, told.Load())

		waits := w.stats().Unserved
		require.Len(t, waits, 1)
		require.Equal(t, 1, waits[customer].Events)
		require.Equal(t, 3, waits[customer].Sends)
		require.False(t, waits[customer].OldestEvent.IsZero())
		require.ErrorIs(t, w.bot.Send(t.Context(), customer, sue, sending.Text("x")), messenger.ErrNoApp)
		_, err = w.bot.Explain(t.Context(), &receiving.Event{PageID: customer, PSID: sue})
		require.ErrorIs(t, err, messenger.ErrNoApp)
		w.remove(customer) // it is safe to repeat

		w.set(page)
		after(time.Second)
		require.Equal(t, []string{"1", "1!", "2", "2!"}, w.Texts(sue))
		require.Empty(t, w.stats().Unserved)
		w.remove(customer)
		after(2 * time.Hour)
		require.Equal(t, 1, w.stats().Unserved[customer].Sends, "a delayed message waits as well")
		require.NoError(t, w.Store.Forget(t.Context(), store.Conversation{PageID: customer, PSID: "7300000000000002"}))
		require.Empty(t, w.stats().Unserved)
		require.Empty(t, w.Letters())
	})
}

func TestRunningTurnKeepsThePolicyOfItsPage(t *testing.T) {
	t.Parallel()
	started, goOn := make(chan bool), make(chan bool)
	slow := func(name string) routing.Policy {
		first := route("first", func(context.Context, *receiving.Event, *sending.Replier) error {
			started <- true
			<-goOn
			return nil
		})
		return texts(append([]routing.Route{first}, answersAs(name)[receiving.TypeSimpleText]...)...)
	}
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		page := customerPage()
		page.Policy = slow("old")
		w.set(page)
		w.Says(sue, "1")
		w.Says(sue, "2")
		<-started
		page.Policy = answersAs("new")
		w.set(page)
		goOn <- true
		after(time.Second)
		require.Equal(t, []string{"old 1", "new 2"}, w.Texts(sue))

		// Without one of its own the page uses the common one, or another page's, as it is then.
		page.Policy = nil
		w.set(page)
		w.Says(sue, "3")
		after(time.Second)
		require.NoError(t, w.bot.SetPolicy(answersAs("other")))
		w.Says(sue, "4")
		after(time.Second)
		page.PolicyOf = pageID
		w.set(page, messenger.Page{ID: pageID, Policy: answersAs("first page")})
		w.Says(sue, "5")
		after(time.Second)
		w.set(messenger.Page{ID: pageID, Policy: answersAs("changed")})
		w.Says(sue, "6")
		after(time.Second)
		require.Equal(t, []string{"old 1", "new 2", "common 3", "other 4", "first page 5", "changed 6"}, w.Texts(sue))
	})
}

func TestNewTokenOfAPageSendsWhatWaited(t *testing.T) {
	t.Parallel()
	cfg := atRunTime()
	var told atomic.Int32
	cfg.OnTokenInvalid = func(_ context.Context, page string, _ error) {
		require.Equal(t, customer, page)
		told.Add(1)
	}
	inBubble(t, withCustomer(), cfg, func(w *world) {
		page := customerPage()
		page.Token = graph.PageToken("expired")
		w.set(page)
		w.Says(sue, "1")
		after(10 * time.Second)
		w.Says(sue, "2")
		w.Says(ada, "hi")
		after(20 * time.Second)
		held := w.stats().Held
		require.Len(t, held, 1)
		require.Equal(t, 1, held[customer].Waiting.Sends)
		require.Equal(t, 1, held[customer].Waiting.Events)
		require.True(t, held[customer].Since.Before(held[customer].RetryAt))
		require.Equal(t, []string{"common hi"}, w.Texts(ada))
		require.Empty(t, w.Texts(sue))

		page.Token = graph.PageToken(customerToken)
		w.set(page)
		after(5 * time.Second)
		require.Equal(t, []string{"customer 1", "customer 2"}, w.Texts(sue))
		require.Empty(t, w.stats().Held)
		require.EqualValues(t, 1, told.Load())
	})
}

// While the secret of a page's app changes, both are accepted; and the first one signs the bot's own calls.
// A call that is signed with a wrong secret is refused like one with a wrong token. With the
// right secret and the same token what waited goes out.
func TestNewSecretOfAPageSendsWhatWaited(t *testing.T) {
	t.Parallel()
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		page := customerPage()
		page.Secrets = []secret.Value{secret.New("wrong"), secret.New(customerSecret)}
		w.set(page)
		w.Says(sue, "1")
		after(20 * time.Second)
		require.Empty(t, w.Texts(sue))
		require.Contains(t, w.stats().Held, customer)

		page.Secrets = page.Secrets[1:]
		w.set(page)
		after(5 * time.Second)
		require.Equal(t, []string{"customer 1"}, w.Texts(sue))
		require.Empty(t, w.stats().Held)
	})
}

func TestSecretOfAPageIsRotated(t *testing.T) {
	t.Parallel()
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		const next = "the next secret"
		page := customerPage()
		w.set(page)
		w.Says(sue, "1")
		page.Secrets = []secret.Value{secret.New(customerSecret), secret.New(next)}
		w.set(page)
		w.Says(sue, "2")
		after(time.Second) // it is sent, signed with the secret before
		w.SetAppSecret(customerApp, next)
		page.Secrets[0], page.Secrets[1] = page.Secrets[1], page.Secrets[0]
		w.set(page)
		w.Says(sue, "3")
		page.Secrets = page.Secrets[:1]
		w.set(page)
		w.Says(sue, "4")
		after(time.Second)
		require.Equal(t, []string{"customer 1", "customer 2", "customer 3", "customer 4"}, w.Texts(sue))

		// The tenant's secret signs for its page and no other.
		require.Equal(t, http.StatusUnauthorized, bubble.PostSigned(w.bot, next, callback(pageID, "4711", "m_1", "forged")).Code)
		require.Equal(t, http.StatusUnauthorized, bubble.PostSigned(w.bot, customerSecret, callback(customer, "4711", "m_2", "forged")).Code)
		require.Equal(t, http.StatusUnauthorized, bubble.PostSigned(w.bot, appSecret, callback(customer, "4711", "m_3", "forged")).Code)
	})
}

// A new process knows the pages of its configuration. What waits for the others waits on.
func TestPagesAreOfOneProcess(t *testing.T) {
	t.Parallel()
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		page := customerPage()
		page.Token = graph.PageToken("expired")
		w.set(page)
		w.Says(sue, "1")
		after(time.Second)
		w.Stop()
		w.start()
		w.Says(ada, "hi")
		after(time.Hour)
		require.Equal(t, []string{"common hi"}, w.Texts(ada))
		require.Equal(t, 1, w.stats().Unserved[customer].Sends)
		w.Stop()
		w.cfg.Pages = append(w.cfg.Pages, customerPage())
		w.start()
		after(time.Second)
		require.Equal(t, []string{"customer 1"}, w.Texts(sue))
	})
}

// profileCalls counts the calls for thread settings.
type profileCalls struct {
	bubble.InProcess
	made atomic.Int32
}

func (p *profileCalls) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/messenger_profile") {
		p.made.Add(1)
	}
	return p.InProcess.RoundTrip(r)
}

func TestThreadSettingsOfAPageFollowIt(t *testing.T) {
	t.Parallel()
	greeting := func(text string) threadsettings.Settings {
		return threadsettings.Settings{Greeting: threadsettings.GreetingOf(text)}
	}
	platform := &profileCalls{}
	cfg := atRunTime()
	cfg.HTTPClient = &http.Client{Transport: platform}
	calls := func() int32 { return platform.made.Load() }
	inBubble(t, withCustomer(), cfg, func(w *world) {
		platform.Handler = func() http.Handler { return w.Simulator }
		shown := func() string { return string(w.Page(customer).Profile()["greeting"]) }
		page := customerPage()
		page.ThreadSettings = greeting("first")
		w.set(page)
		after(time.Second)
		require.Contains(t, shown(), "first")
		n := calls()
		page.Policy = answersAs("new")
		w.set(page)
		after(time.Hour)
		require.Equal(t, n, calls(), "the same settings are not applied again")

		// Those that fail are tried again, until there are others.
		w.Fault(simulator.Fault{Match: func(method, _ string) bool { return method == "GET" }, Times: 1, Error: &simulator.GraphError{Code: 2, Message: "a fault"}})
		page.ThreadSettings = greeting("second")
		w.set(page)
		after(time.Second)
		require.NotContains(t, shown(), "second")
		page.ThreadSettings = greeting("third")
		w.set(page)
		after(time.Second)
		require.Contains(t, shown(), "third")
		after(time.Hour)
		require.Contains(t, shown(), "third")

		// A page that was removed is not touched any more.
		w.Fault(simulator.Fault{Match: func(method, _ string) bool { return method == "GET" }, Times: 1, Error: &simulator.GraphError{Code: 2, Message: "a fault"}})
		page.ThreadSettings = greeting("fourth")
		w.set(page)
		after(time.Second)
		w.remove(customer)
		n = calls()
		after(time.Hour)
		require.Contains(t, shown(), "third")
		require.Equal(t, n, calls())

		// Not even if a call was under way.
		w.Fault(simulator.Fault{Match: func(method, _ string) bool { return method == "GET" }, Times: 1, Delay: 5 * time.Second})
		page.ThreadSettings = greeting("never")
		w.set(page)
		after(time.Second)
		w.remove(customer)
		n = calls()
		after(time.Hour)
		require.Equal(t, n, calls())
		page.ThreadSettings = greeting("fourth")

		// A new token is a reason to try again what has failed.
		page.Token = graph.PageToken("expired")
		w.set(page)
		after(time.Hour)
		require.Contains(t, shown(), "third")
		page.Token = graph.PageToken(customerToken)
		w.set(page)
		after(time.Second)
		require.Contains(t, shown(), "fourth")
	})
}

func TestMistakesInPagesAreRefusedTogether(t *testing.T) {
	t.Parallel()
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		w.set(customerPage())
		before := w.bot.Pages()
		own := []secret.Value{secret.New("own")}
		err := w.bot.SetPages(
			messenger.Page{},
			messenger.Page{ID: "me"},
			messenger.Page{ID: "0"},
			messenger.Page{ID: "10", App: "unknown"},
			messenger.Page{ID: "11", App: appID, Secrets: own},
			messenger.Page{ID: "12", Secrets: []secret.Value{secret.New(""), own[0], own[0]}},
			messenger.Page{ID: "13", Secrets: []secret.Value{secret.New(appSecret)}},
			messenger.Page{ID: "14", Token: graph.TokenFunc(nil)},
			messenger.Page{ID: "15", Policy: answersAs("x"), PolicyOf: pageID},
			messenger.Page{ID: "16", PolicyOf: "16"},
			messenger.Page{ID: "17", PolicyOf: "gone"},
			messenger.Page{ID: "18", PolicyOf: "19"},
			messenger.Page{ID: "19", PolicyOf: "20"},
			messenger.Page{ID: "20", PolicyOf: "18"},
			messenger.Page{ID: "21", Policy: texts(routing.Route{Name: "empty"})},
			messenger.Page{ID: "22", ThreadSettings: threadsettings.Settings{Greeting: threadsettings.GreetingOf(strings.Repeat("x", 200))}},
			messenger.Page{ID: "22"},
			messenger.Page{ID: "23", App: "other", Secrets: []secret.Value{secret.New(customerSecret)}},
			messenger.Page{ID: "abc", Token: graph.PageToken("")},
			messenger.Page{ID: "24 ", Token: graph.TokenMap{"24": secret.New("t")}},
		)
		require.Error(t, err)
		require.NotContains(t, err.Error(), appSecret)
		require.NotContains(t, err.Error(), customerSecret)
		for i, want := range []string{
			`pages[0] (page ""): ID: is empty`,
			`pages[1] (page "me"): ID: "me" is not a page id`,
			`pages[2] (page "0"): ID: no page has the id "0"`,
			`pages[3] (page "10"): App: "unknown" is none of Config.Apps, and there are no Secrets`,
			`pages[4] (page "11"): Secrets: are set, and App is that of Config.Apps[0]`,
			`pages[5] (page "12"): Secrets[0]: is empty`,
			`pages[5] (page "12"): Secrets[2]: is the same as Secrets[1]`,
			`pages[6] (page "13"): Secrets[0]: is a secret of Config.Apps[0]; set App instead`,
			`pages[7] (page "14"): Token: is a nil graph.TokenFunc`,
			`pages[8] (page "15"): PolicyOf: is set beside Policy`,
			`pages[9] (page "16"): PolicyOf: is the page itself`,
			`pages[10] (page "17"): PolicyOf: page "gone" is not served`,
			`pages[11] (page "18"): PolicyOf: is a cycle: 18 → 19 → 20 → 18`,
			`pages[12] (page "19"): PolicyOf: is a cycle: 19 → 20 → 18 → 19`,
			`pages[13] (page "20"): PolicyOf: is a cycle: 20 → 18 → 19 → 20`,
			`pages[14] (page "21"): Policy: `,
			`pages[15] (page "22"): ThreadSettings: `,
			`pages[16] (page "22"): ID: is the same as that of pages[15]`,
			`pages[17] (page "23"): Secrets[0]: is a secret of page "` + customer + `" too`,
			`pages[18] (page "abc"): ID: is not a number: page ids have digits only`,
			`pages[18] (page "abc"): Token: is empty`,
			`pages[19] (page "24 "): ID: is not a number`,
			`pages[19] (page "24 "): Token: is a graph.TokenMap without a token of this page`,
		} {
			require.ErrorContains(t, err, want, i)
		}
		for i, line := range strings.Split(err.Error(), "\n") {
			require.Equal(t, i > 0, strings.HasPrefix(line, "pages["), line)
		}
		wrong, ok := errors.AsType[*messenger.PageError](err)
		require.True(t, ok)
		require.Equal(t, "pages[0]", wrong.Place)
		require.Equal(t, before, w.bot.Pages())

		// Pages of one app have its secret in common.
		twin := customerPage()
		twin.ID = "31"
		w.set(twin)
		require.Equal(t, http.StatusOK, bubble.PostSigned(w.bot, customerSecret, callback("31", "60", "m_twin", "x")).Code)
		w.remove(twin.ID)
		require.Equal(t, http.StatusUnauthorized, bubble.PostSigned(w.bot, customerSecret, callback("31", "60", "m_twin 2", "x")).Code)

		// What others refer to stays, and a cycle with a page that was set before is found.
		w.set(messenger.Page{ID: "30", PolicyOf: customer})
		require.ErrorContains(t, w.bot.RemovePages(pageID, customer), `page "`+customer+`" cannot be removed: page "30" uses its policy`)
		require.Len(t, w.bot.Pages(), 3)
		page := customerPage()
		page.Policy, page.PolicyOf = nil, "30"
		require.ErrorContains(t, w.bot.SetPages(page), "is a cycle: "+customer+" → 30 → "+customer)
		w.remove("30", customer)
	})
}

func TestMistakesInTheConfigurationOfPages(t *testing.T) {
	t.Parallel()
	app := func(id string, pages ...string) receiving.App {
		return receiving.App{ID: id, Secrets: []secret.Value{secret.New("secret of " + id)}, Pages: pages}
	}
	own := []secret.Value{secret.New("own")}
	token := graph.PageToken("token")
	for name, test := range map[string]struct {
		cfg  messenger.Config
		want string // empty if nothing is wrong
	}{
		"no apps at all":         {messenger.Config{Pages: []messenger.Page{{ID: "1", Secrets: own, Token: token}}}, ""},
		"no pages yet":           {messenger.Config{PagesAtRunTime: true}, ""},
		"no secrets":             {messenger.Config{Pages: []messenger.Page{{ID: "1", Token: token}}}, `Config.Pages[0] (page "1"): Secrets: are missing`},
		"no token":               {messenger.Config{Pages: []messenger.Page{{ID: "1", Secrets: own}}}, `Config.Pages[0] (page "1"): Token: is missing`},
		"several apps":           {messenger.Config{Apps: []receiving.App{app("a"), app("b")}, Pages: []messenger.Page{{ID: "1", App: "b", Token: token}}}, ""},
		"one of several apps":    {messenger.Config{Apps: []receiving.App{app("a"), app("b")}, Pages: []messenger.Page{{ID: "1", Token: token}}}, "App: is missing: several"},
		"the app that names it":  {messenger.Config{Apps: []receiving.App{app("a"), app("b", "1")}, Pages: []messenger.Page{{ID: "1", Token: token}}}, ""},
		"another app names it":   {messenger.Config{Apps: []receiving.App{app("a"), app("b", "1")}, Pages: []messenger.Page{{ID: "1", App: "a", Token: token}}}, "App: is another than Config.Apps[1]"},
		"an app of every page":   {messenger.Config{Tokens: token, Apps: []receiving.App{app("a")}, Pages: []messenger.Page{{ID: "1", Secrets: own}}}, "Secrets: are set, but the only app"},
		"two policies":           {messenger.Config{Tokens: token, Apps: []receiving.App{app("a")}, Policies: map[string]routing.Policy{"1": answersAs("x")}, Pages: []messenger.Page{{ID: "1"}}}, "Policy: is in Config.Policies too"},
		"a page of two apps":     {messenger.Config{Tokens: token, PagesAtRunTime: true, Apps: []receiving.App{app("a", "1"), app("b", "1")}}, "Config.Apps[1].Pages[0]: is the same as Config.Apps[0].Pages[0]"},
		"two apps of one id":     {messenger.Config{Tokens: token, PagesAtRunTime: true, Apps: []receiving.App{app("a"), {ID: "a", Secrets: own}}}, "Config.Apps[1].ID: is the same as Config.Apps[0].ID"},
		"a policy of no page":    {messenger.Config{PagesAtRunTime: true, Policies: map[string]routing.Policy{"1": answersAs("x")}}, `Policies["1"]: is for a page that no app`},
		"apps without run time":  {messenger.Config{Tokens: token, Apps: []receiving.App{app("a"), app("b")}}, "Apps[0].Pages: is empty"},
		"a cycle":                {messenger.Config{Tokens: token, Apps: []receiving.App{app("a")}, Pages: []messenger.Page{{ID: "1", PolicyOf: "2"}, {ID: "2", PolicyOf: "1"}}}, `Config.Pages[0] (page "1"): PolicyOf: is a cycle: 1 → 2 → 1`},
		"a bad common policy":    {messenger.Config{PagesAtRunTime: true, Policy: texts(routing.Route{})}, "SIMPLE_TEXT"},
		"a page of Policies too": {messenger.Config{Tokens: token, Apps: []receiving.App{app("a", "1")}, Pages: []messenger.Page{{ID: "2", PolicyOf: "1"}}, Policies: map[string]routing.Policy{"1": answersAs("x")}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.cfg.VerifyToken = secret.New(verifyToken)
			test.cfg.Store = memory.New(memory.Config{})
			_, err := messenger.New(test.cfg)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
			require.Equal(t, 1, strings.Count(err.Error(), test.want), "%v", err)
		})
	}
}

// A bot whose only app delivers the events of every page serves every page, with what was set for it.
func TestPagesOfABotThatServesEveryPage(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: answersAs("common")}, func(w *world) {
		require.Empty(t, w.bot.Pages())
		w.set(messenger.Page{ID: pageID, Policy: answersAs("own")})
		w.Says(ada, "1")
		require.NoError(t, w.bot.Send(t.Context(), "40", "41", sending.Text("x")))
		after(time.Second)
		w.remove(pageID)
		w.Says(ada, "2")
		after(time.Second)
		require.Equal(t, []string{"own 1", "common 2"}, w.Texts(ada))
		require.ErrorContains(t, w.bot.SetPages(customerPage()), "delivers the events of every page")
		require.Nil(t, w.stats().Unserved)
	})
}

func TestPagesOfANilBot(t *testing.T) {
	t.Parallel()
	var bot *messenger.Bot
	require.ErrorIs(t, bot.SetPages(), messenger.ErrNoBot)
	require.ErrorIs(t, bot.RemovePages(), messenger.ErrNoBot)
	require.Empty(t, bot.Pages())
}

// Several pages in one callback: those that are not served are dropped, the others are not.
func TestCallbackAboutServedAndRemovedPages(t *testing.T) {
	t.Parallel()
	cfg := atRunTime()
	cfg.Pages = append(cfg.Pages, messenger.Page{ID: "50"}, messenger.Page{ID: "51"})
	inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
		both := fmt.Sprintf(`{"object":"page","entry":[%s,%s]}`, entry("50", "60", "m_1", "a"), entry("51", "61", "m_2", "b"))
		w.remove("50")
		require.Equal(t, http.StatusOK, w.Posts(both).Code)
		require.Equal(t, http.StatusUnauthorized, w.Posts(callback("50", "60", "m_3", "c")).Code)
		after(time.Second)
		counts := w.stats().Webhook
		require.EqualValues(t, 2, counts.Foreign)
		require.EqualValues(t, 1, counts.RefusedPages)
		require.EqualValues(t, 1, counts.Events)
	})
}

func TestSetPolicySwapsWhileRunning(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		w.Says(ada, "one")
		after(time.Second)
		require.Error(t, w.bot.SetPolicy(routing.Policy{"NONSENSE": {{}}}))
		require.NoError(t, w.bot.SetPolicy(texts(routing.Route{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("new"))})))
		w.Says(ada, "two")
		after(time.Second)
		require.Equal(t, []string{"you said one", "new"}, w.Texts(ada))
	})
}
