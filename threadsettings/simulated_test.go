package threadsettings_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

const (
	simulated = "100000000000001"
	account   = "17841400000000001"
	psid      = "7100000000000001"
)

// startSimulator starts a platform with a page and its Instagram account.
func startSimulator(t *testing.T) (*simulator.Simulator, *graph.Client) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Pages: []simulator.Page{{ID: account, Platform: simulator.PlatformInstagram, LinkedTo: simulated}}})
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	client, err := graph.New(graph.Config{BaseURL: server.URL, Retries: -1, Timeout: time.Minute, Tokens: graph.PageToken("simulator-page-token")})
	require.NoError(t, err)
	return sim, client
}

// everything mentions every property, at the limits of the platform.
func everything() threadsettings.Settings {
	var items []threadsettings.MenuItem
	for i := range 20 {
		items = append(items, threadsettings.MenuItem{Title: fmt.Sprintf("%02d%s", i, strings.Repeat("字", 28)), Payload: strings.Repeat("é", 1000)})
	}
	items[19] = threadsettings.MenuItem{Title: "Shop", URL: "https://shop.example/a", MessengerExtensions: true, FallbackURL: "https://shop.example/b", WebviewHeightRatio: "compact"}
	var commands []threadsettings.Command
	for i := range 100 {
		commands = append(commands, threadsettings.Command{Name: fmt.Sprintf("%02d%s", i, strings.Repeat("c", 30)), Description: strings.Repeat("說", 64)})
	}
	var domains []string
	for i := range 50 {
		domains = append(domains, fmt.Sprintf("https://d%d.shop.example", i))
	}
	questions := make([]threadsettings.IceBreaker, 4)
	for i := range questions {
		questions[i] = threadsettings.IceBreaker{Question: fmt.Sprint(i) + strings.Repeat("問", 79), Payload: "P"}
	}
	return threadsettings.Settings{
		AccountLinkingURL:  "https://shop.example/login",
		Commands:           threadsettings.CommandsOf(commands...),
		GetStarted:         &threadsettings.GetStarted{Payload: strings.Repeat("p", 1000)},
		Greeting:           threadsettings.GreetingOf(strings.Repeat("您", 160)),
		IceBreakers:        threadsettings.IceBreakersOf(questions...),
		PersistentMenu:     []threadsettings.Menu{{Items: items}, {Locale: "zh_TW", ComposerInputDisabled: true}},
		WhitelistedDomains: domains,
	}
}

func calls(sim *simulator.Simulator) []string {
	var lines []string
	for _, request := range sim.Requests() {
		lines = append(lines, request.Method+" "+request.Path)
	}
	return lines
}

func TestThePlatformTakesEverythingAtItsLimits(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	report, err := threadsettings.Apply(t.Context(), client, simulated, everything())
	require.NoError(t, err)
	require.Equal(t, `applied  set whitelisted_domains
applied  set account_linking_url
applied  set get_started
applied  set persistent_menu
applied  set commands
applied  set ice_breakers
applied  set greeting
`, report.String(), "the domains and the button come before the menu")
	require.Len(t, calls(sim), 8, "of the 10 that the platform allows in 10 minutes")

	report, err = threadsettings.Apply(t.Context(), client, simulated, everything())
	require.NoError(t, err)
	require.Empty(t, report.Outcomes)
	require.Len(t, calls(sim), 9, "what is there is only read")
	require.NoError(t, sim.MoveClock(threadsettings.CallsPeriod))

	current, err := threadsettings.Read(t.Context(), client, simulated, "")
	require.NoError(t, err)
	require.Empty(t, current.LeftOut)
	plan, err := threadsettings.ReadPlan(t.Context(), client, simulated, current.Settings)
	require.NoError(t, err)
	require.Equal(t, "nothing to change\n", plan.String(), "what was read is what is there")

	report, err = threadsettings.Delete(t.Context(), client, simulated, "")
	require.NoError(t, err)
	require.Equal(t, 7, report.Changed())
	require.Empty(t, sim.Profile())
}

// TestApplyAtTheLimitOfCalls: Apply stops at the first call that the platform does not take, says what was done and what was
// not, and is repeated when there are calls again.
func TestApplyAtTheLimitOfCalls(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	settings := everything()
	apply := func() (threadsettings.Report, error) {
		return threadsettings.Apply(t.Context(), client, simulated, settings)
	}
	report, err := apply()
	require.NoError(t, err)
	require.Equal(t, 7, report.Changed())
	_, err = apply()
	require.NoError(t, err)
	require.Len(t, calls(sim), threadsettings.MaxCalls-1)

	settings.Greeting, settings.IceBreakers = threadsettings.GreetingOf("Hello"), questions().IceBreakers
	report, err = apply()
	require.ErrorIs(t, err, graph.ErrRateLimited)
	require.ErrorContains(t, err, "cannot change ice_breakers")
	require.ErrorContains(t, err, "10 calls in 10 minutes for a page: apply again after that, what is done is not repeated")
	require.ErrorContains(t, err, "not tried: greeting")
	require.Equal(t, []threadsettings.Status{threadsettings.Failed, threadsettings.Skipped}, []threadsettings.Status{report.Outcomes[0].Status, report.Outcomes[1].Status})
	require.Len(t, calls(sim), threadsettings.MaxCalls+1, "nothing is tried after the refusal")
	_, err = apply()
	require.ErrorIs(t, err, graph.ErrRateLimited)
	require.ErrorContains(t, err, "reading", "what is there cannot be read either")

	require.NoError(t, sim.MoveClock(threadsettings.CallsPeriod))
	report, err = apply()
	require.NoError(t, err)
	require.Equal(t, "applied  change ice_breakers\napplied  change greeting\n", report.String())
}

func TestSettingsRemoveWhatThePageMustNotHave(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	_, err := threadsettings.Apply(t.Context(), client, simulated, everything())
	require.NoError(t, err)
	require.NoError(t, sim.MoveClock(threadsettings.CallsPeriod))
	wanted := threadsettings.Settings{
		Greeting: threadsettings.GreetingOf("Hi"),
		Remove: []threadsettings.Property{
			threadsettings.PropertyGetStarted, threadsettings.PropertyPersistentMenu, threadsettings.PropertyCommands,
		},
	}
	report, err := threadsettings.Apply(t.Context(), client, simulated, wanted)
	require.NoError(t, err)
	require.Equal(t, "applied  change greeting\napplied  remove commands\napplied  remove persistent_menu\napplied  remove get_started\n", report.String())
	profile := sim.Profile()
	require.NotContains(t, profile, "get_started")
	require.Contains(t, profile, "ice_breakers")
	report, err = threadsettings.Apply(t.Context(), client, simulated, wanted)
	require.NoError(t, err)
	require.Empty(t, report.Outcomes)

	wanted.GetStarted = &threadsettings.GetStarted{}
	require.ErrorContains(t, wanted.Validate(), "Remove[0]: get_started is wanted and removed")
}

func TestOrderOfDomainsHasNoMeaning(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	_, err := threadsettings.Apply(t.Context(), client, simulated, threadsettings.Settings{WhitelistedDomains: []string{"https://b.example", "https://A.example/"}})
	require.NoError(t, err)
	report, err := threadsettings.Apply(t.Context(), client, simulated, threadsettings.Settings{WhitelistedDomains: []string{"https://a.example", "https://b.example/"}})
	require.NoError(t, err)
	require.Empty(t, report.Outcomes)
	require.JSONEq(t, `["https://a.example","https://b.example"]`, string(sim.Profile()["whitelisted_domains"]))
}

func TestInstagramHasPropertiesOfItsOwn(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	_, err := threadsettings.Apply(t.Context(), client, simulated, everything())
	require.NoError(t, err)
	settings := threadsettings.Settings{
		IceBreakers:    questions().IceBreakers,
		PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Help"}, threadsettings.MenuItem{Title: "Shop", URL: "https://shop.example"}),
		Platform:       graph.PlatformInstagram,
	}
	report, err := threadsettings.Apply(t.Context(), client, account, settings)
	require.NoError(t, err, "a menu needs no button there")
	require.Equal(t, "applied  set persistent_menu\napplied  set ice_breakers\n", report.String())
	require.NotContains(t, string(sim.Page(account).Profile()["persistent_menu"]), "composer_input_disabled")
	require.Contains(t, sim.Profile(), "commands", "the page keeps its own")

	report, err = threadsettings.Apply(t.Context(), client, account, settings)
	require.NoError(t, err)
	require.Empty(t, report.Outcomes)
	current, err := threadsettings.Read(t.Context(), client, account, graph.PlatformInstagram)
	require.NoError(t, err)
	plan, err := threadsettings.NewPlan(current.Settings, settings)
	require.NoError(t, err)
	require.True(t, plan.Empty())
	_, err = threadsettings.Delete(t.Context(), client, account, graph.PlatformInstagram)
	require.NoError(t, err)
	require.Empty(t, sim.Page(account).Profile())
}

func TestInstagramRefusesInWords(t *testing.T) {
	t.Parallel()
	settings := everything()
	settings.Platform = graph.PlatformInstagram
	settings.Remove = []threadsettings.Property{"home_url", threadsettings.PropertyGreeting}
	err := settings.Validate()
	for _, want := range []string{
		`GetStarted: there is no get_started on Instagram; there are persistent_menu, ice_breakers; leave it out`,
		"Greeting: there is no greeting on Instagram", "Commands: there is no commands on Instagram", "WhitelistedDomains: ", "AccountLinkingURL: ",
		"PersistentMenu[0].Items[19] (default): Instagram has neither messenger_extensions nor webview_height_ratio",
		"PersistentMenu[1].ComposerInputDisabled (zh_TW): Instagram cannot do this",
		`Remove[0]: there is no property "home_url"`, "Remove[1]: there is no greeting on Instagram",
	} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, threadsettings.Settings{Platform: "whatsapp"}.Validate(), `Platform: is "whatsapp"; there are "messenger" and "instagram"`)
}

// refusing orders a refusal of every call that sets something, from the n-th on.
func refusing(sim *simulator.Simulator, from, times int, refusal simulator.GraphError) {
	n := 0
	sim.Fault(simulator.Fault{Times: times, Error: &refusal, Match: func(method, path string) bool {
		if method == "GET" || !strings.HasSuffix(path, "/messenger_profile") {
			return false
		}
		n++
		return n >= from
	}})
}

func TestARefusalOfOnePropertyDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	refusing(sim, 3, 1, simulator.GraphError{Code: 100, Message: "no button today"})
	report, err := threadsettings.Apply(t.Context(), client, simulated, everything())
	require.ErrorContains(t, err, "cannot set get_started: ")
	require.ErrorContains(t, err, "not tried: persistent_menu")
	require.ErrorIs(t, err, graph.ErrInvalidRequest)
	require.Equal(t, 5, report.Changed())
	require.Contains(t, report.String(), "skipped  set persistent_menu: not tried without the change of get_started\n")
	require.Contains(t, report.String(), "applied  set greeting\n")

	report, err = threadsettings.Apply(t.Context(), client, simulated, everything())
	require.NoError(t, err)
	require.Equal(t, "applied  set get_started\napplied  set persistent_menu\n", report.String(), "only the rest")
}

func TestWhatConcernsAllPropertiesStopsTheRest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		refusal simulator.GraphError
		is      error
		says    string
	}{
		{"calls used up", simulator.GraphError{Code: 613, Message: "Calls to this api have exceeded the rate limit."}, graph.ErrRateLimited, "the platform takes 10 calls in 10 minutes for a page: apply again after that, what is done is not repeated"},
		{"token", simulator.GraphError{Code: 190, Message: "expired"}, graph.ErrTokenInvalid, "cannot set account_linking_url"},
		{"platform", simulator.GraphError{Code: 2, Message: "temporarily unavailable"}, nil, "cannot set account_linking_url"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sim, client := startSimulator(t)
			refusing(sim, 2, 1, test.refusal)
			report, err := threadsettings.Apply(t.Context(), client, simulated, everything())
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "not tried: get_started, persistent_menu, commands, ice_breakers, greeting")
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			require.Equal(t, 1, report.Changed())
			require.Len(t, report.Outcomes, 7, "each change has its outcome")
			require.Len(t, calls(sim), 3)
		})
	}
}

func TestAnInterruptedApplySaysWhatWasDone(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	sim.Fault(simulator.Fault{Times: 1, Delay: time.Minute, Match: func(method, _ string) bool {
		if method == "POST" {
			n++
		}
		if n == 4 {
			cancel()
		}
		return n == 4
	}})
	report, err := threadsettings.Apply(ctx, client, simulated, everything())
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, report.Changed())
	require.Equal(t, threadsettings.Failed, report.Outcomes[3].Status)
	require.Equal(t, threadsettings.Skipped, report.Outcomes[6].Status)
}

func TestAPersonHasAMenuOfTheirOwn(t *testing.T) {
	t.Parallel()
	sim, client := startSimulator(t)
	own := threadsettings.Menu{Items: []threadsettings.MenuItem{{Title: "My orders"}, {Title: "Log out", Payload: "OUT"}}}
	_, err := threadsettings.ApplyPersonMenu(t.Context(), client, simulated, psid)
	require.ErrorContains(t, err, "DeletePersonMenu")
	_, err = threadsettings.ApplyPersonMenu(t.Context(), client, simulated, psid, threadsettings.Menu{Locale: "de_DE"})
	require.ErrorContains(t, err, "PersistentMenu[0].Items (de_DE): 0 items")
	require.Empty(t, calls(sim), "it is checked before any call")
	_, err = threadsettings.ApplyPersonMenu(t.Context(), client, simulated, psid, own)
	require.ErrorIs(t, err, graph.ErrInvalidRequest, "the page has no button")

	_, err = threadsettings.Apply(t.Context(), client, simulated, wanted())
	require.NoError(t, err)
	for _, changes := range []bool{true, false} {
		changed, err := threadsettings.ApplyPersonMenu(t.Context(), client, simulated, psid, own)
		require.NoError(t, err)
		require.Equal(t, changes, changed)
	}
	menus, err := threadsettings.ReadPersonMenu(t.Context(), client, simulated, psid)
	require.NoError(t, err)
	require.Equal(t, threadsettings.MenuOf(threadsettings.MenuItem{Title: "My orders", Payload: "PERSISTENT_MENU_ONE"}, own.Items[1]), menus)
	for _, changes := range []bool{true, false} {
		changed, err := threadsettings.DeletePersonMenu(t.Context(), client, simulated, psid)
		require.NoError(t, err)
		require.Equal(t, changes, changed)
	}
	menus, err = threadsettings.ReadPersonMenu(t.Context(), client, simulated, psid)
	require.NoError(t, err)
	require.Empty(t, menus)
}
