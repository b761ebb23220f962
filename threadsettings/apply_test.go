package threadsettings_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/threadsettings"
)

var update = flag.Bool("update", false, "write the golden files")

func wanted() threadsettings.Settings {
	return threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		Greeting:   threadsettings.GreetingOf("Hello {{user_first_name}}, how can we help?"),
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Order status"},
			threadsettings.MenuItem{Title: "Our shop", URL: "https://shop.example", WebviewHeightRatio: "tall", MessengerExtensions: true, FallbackURL: "https://m.shop.example"},
			threadsettings.MenuItem{Title: "Talk to a person"},
			threadsettings.MenuItem{Title: "Settings", Payload: `{"kind":"settings"}`},
		),
	}
}

func translations(t *testing.T) *i18n.Catalog {
	t.Helper()
	catalog, err := i18n.New(map[string]map[string]string{
		"zh-TW": {"Order status": "訂單狀態", "Our shop": "我們的商店", "Hello {{user_first_name}}, how can we help?": "您好 {{user_first_name}}，需要什麼協助？"},
		"es":    {"Order status": "Estado del pedido"},
	})
	require.NoError(t, err)
	return catalog
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, json.Indent(&text, got, "", "  "))
	text.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, text.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "go test ./threadsettings -update writes it")
	require.Equal(t, string(want), text.String(), "go test ./threadsettings -update writes it anew")
}

func TestApplyPostsWhatThePlatformExpects(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]threadsettings.Settings{
		"plain":     wanted(),
		"localized": wanted().Localize(translations(t)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform, client := newPlatform(t)
			report, err := threadsettings.Apply(t.Context(), client, page, settings)
			require.NoError(t, err)
			require.Len(t, report.Outcomes, 3)
			calls := platform.taken()
			require.Len(t, calls, 4)
			require.Equal(t, "GET get_started,persistent_menu,greeting", calls[0])
			require.Equal(t, `POST {"get_started":{"payload":"GET_STARTED_BUTTON"}}`, calls[1])
			golden(t, name+".menu.json", []byte(strings.TrimPrefix(calls[2], "POST ")))
			golden(t, name+".greeting.json", []byte(strings.TrimPrefix(calls[3], "POST ")))
		})
	}
}

func TestApplyAgainOnlyReads(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	settings := wanted()
	settings.PersistentMenu[0].Items = append(settings.PersistentMenu[0].Items, threadsettings.MenuItem{Title: "Imprint", URL: "https://shop.example/imprint"})
	settings = settings.Localize(translations(t))
	_, err := threadsettings.Apply(t.Context(), client, page, settings)
	require.NoError(t, err)
	platform.taken()

	// The platform answers with its own defaults spelt out and the locales in another order.
	platform.change(func(p *profileAPI) {
		var menus []map[string]any
		require.NoError(t, json.Unmarshal(p.profile["persistent_menu"], &menus))
		menus[0], menus[1] = menus[1], menus[0]
		for _, menu := range menus {
			for _, item := range menu["call_to_actions"].([]any) {
				if item := item.(map[string]any); item["type"] == "web_url" && item["webview_height_ratio"] == nil {
					item["webview_height_ratio"] = "full"
				}
			}
		}
		p.profile["persistent_menu"], err = json.Marshal(menus)
		require.NoError(t, err)
	})
	report, err := threadsettings.Apply(t.Context(), client, page, settings)
	require.NoError(t, err)
	require.Empty(t, report.Outcomes)
	require.Len(t, platform.taken(), 1)
}

func TestApplyPostsOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	_, err := threadsettings.Apply(t.Context(), client, page, wanted())
	require.NoError(t, err)
	platform.taken()

	changed := wanted()
	changed.Greeting[0].Text = "Welcome"
	report, err := threadsettings.Apply(t.Context(), client, page, changed)
	require.NoError(t, err)
	require.Len(t, report.Outcomes, 1)
	require.Equal(t, []string{
		"GET get_started,persistent_menu,greeting", `POST {"greeting":[{"locale":"default","text":"Welcome"}]}`,
	}, platform.taken())
}

func TestApplyLeavesAloneWhatIsNotMentioned(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	platform.holds(t, "greeting", `[{"locale":"default","text":"Hi"}]`)
	platform.holds(t, "commands", `[]`)
	platform.holds(t, "get_started", `{"payload":"OURS"}`)
	_, err := threadsettings.Apply(t.Context(), client, page, threadsettings.Settings{PersistentMenu: wanted().PersistentMenu})
	require.NoError(t, err)
	calls := platform.taken()
	require.Len(t, calls, 2)
	require.Equal(t, "GET persistent_menu,get_started", calls[0])
	require.NotContains(t, calls[1], "get_started")
	require.Equal(t, []string{"commands", "get_started", "greeting", "persistent_menu"}, platform.has())

	_, err = threadsettings.Apply(t.Context(), client, page, threadsettings.Settings{})
	require.NoError(t, err)
	require.Empty(t, platform.taken())
}

func TestApplyOfAMenuWithoutAButtonPostsNothing(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	_, err := threadsettings.Apply(t.Context(), client, page, threadsettings.Settings{PersistentMenu: wanted().PersistentMenu})
	require.ErrorIs(t, err, threadsettings.ErrGetStartedMissing)
	require.Len(t, platform.taken(), 1)
}

func TestApplyOfInvalidSettingsCallsNothing(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	_, err := threadsettings.Apply(t.Context(), client, page, threadsettings.Settings{Greeting: threadsettings.GreetingOf("")})
	require.ErrorContains(t, err, "Greeting[0]")
	require.Empty(t, platform.taken())
}

func TestRefusedGreetingIsAWarning(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	platform.change(func(p *profileAPI) { p.greetingFate = "refused" })
	report, err := threadsettings.Apply(t.Context(), client, page, wanted())
	require.NoError(t, err)
	require.Equal(t, 2, report.Changed())
	require.Len(t, report.Warnings(), 1)
	require.Equal(t, threadsettings.PropertyGreeting, report.Warnings()[0].Property)
	require.ErrorIs(t, report.Warnings()[0].Err, graph.ErrInvalidRequest)
	require.Contains(t, report.String(), "refused  set greeting: the platform may no longer have it: ")
	require.Equal(t, []string{"get_started", "persistent_menu"}, platform.has())
	require.Len(t, platform.taken(), 5)

	current, err := threadsettings.Read(t.Context(), client, page, "")
	require.NoError(t, err)
	require.Empty(t, current.Settings.Greeting)
	require.NotEmpty(t, current.Settings.PersistentMenu)
}

func TestIgnoredGreetingDoesNotStopTheRest(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	platform.change(func(p *profileAPI) { p.greetingFate = "ignored" })
	for range 2 {
		_, err := threadsettings.Apply(t.Context(), client, page, wanted())
		require.NoError(t, err)
	}
	require.Equal(t, []string{"get_started", "persistent_menu"}, platform.has())
	require.Len(t, platform.taken(), 4+2)
}

func TestRefusalsAreReported(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	platform.change(func(p *profileAPI) { p.refuseAnything = true })
	_, err := threadsettings.Apply(t.Context(), client, page, wanted())
	require.ErrorContains(t, err, "reading")
	_, err = threadsettings.Delete(t.Context(), client, page, "")
	require.Error(t, err)
	_, err = threadsettings.Read(t.Context(), client, page, "")
	var refused *graph.Error
	require.ErrorAs(t, err, &refused)
}

func TestReadReturnsWhatWasApplied(t *testing.T) {
	t.Parallel()
	_, client := newPlatform(t)
	settings := wanted().Localize(translations(t))
	_, err := threadsettings.Apply(t.Context(), client, page, settings)
	require.NoError(t, err)
	got, err := threadsettings.Read(t.Context(), client, page, "")
	require.NoError(t, err)
	require.Empty(t, got.LeftOut)
	require.Equal(t, "GET_STARTED_BUTTON", got.Settings.GetStarted.Payload)
	require.ElementsMatch(t, settings.Greeting, got.Settings.Greeting)
	require.ElementsMatch(t, settings.PersistentMenu, got.Settings.PersistentMenu)
}

func TestReadNamesWhatSettingsCannotExpress(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	platform.holds(t, "get_started", `{"payload":"G","extra":1}`)
	platform.holds(t, "greeting", `{"strange":true}`)
	platform.holds(t, "whitelisted_domains", `[]`)
	platform.holds(t, "persistent_menu", `[{"locale":"default","disabled_surfaces":["x"],"call_to_actions":[
		{"type":"nested","title":"More","payload":"PERSISTENT_MENU_ONE","call_to_actions":[]},{"type":"web_url","title":"Shop","url":"https://s","webview_height_ratio":"full"}]}]`)
	got, err := threadsettings.Read(t.Context(), client, page, "")
	require.NoError(t, err)
	shop := threadsettings.MenuOf(threadsettings.MenuItem{Title: "Shop", URL: "https://s"})
	require.Equal(t, threadsettings.Current{
		Settings: threadsettings.Settings{GetStarted: &threadsettings.GetStarted{Payload: "G"}, PersistentMenu: shop},
		LeftOut:  []string{`the menu item "More" (default) of the kind "nested"`, "the property greeting, which has an unknown form"},
	}, got)

	plan, err := threadsettings.ReadPlan(t.Context(), client, page, threadsettings.Settings{PersistentMenu: shop})
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1, "the nested item has to go")
	require.Contains(t, plan.String(), `"title": "More"`)

	_, err = threadsettings.Delete(t.Context(), client, page, "", threadsettings.PropertyGreeting)
	require.NoError(t, err)
	require.NotContains(t, platform.has(), "greeting", "what cannot be expressed can be removed")
}

func TestDeleteTakesTheMenuBeforeItsButton(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	_, err := threadsettings.Apply(t.Context(), client, page, wanted())
	require.NoError(t, err)
	platform.holds(t, "home_url", `{}`)
	platform.taken()
	report, err := threadsettings.Delete(t.Context(), client, page, "")
	require.NoError(t, err)
	require.Equal(t, "applied  remove greeting\napplied  remove persistent_menu\napplied  remove get_started\n", report.String())
	require.Equal(t, []string{"home_url"}, platform.has())
	require.Len(t, platform.taken(), 4, "one call to read, and one for each property that is there")

	report, err = threadsettings.Delete(t.Context(), client, page, "")
	require.NoError(t, err)
	require.Equal(t, "nothing to change\n", report.String())
	require.Len(t, platform.taken(), 1)
}

func TestDeleteOfSomeProperties(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	_, err := threadsettings.Apply(t.Context(), client, page, wanted())
	require.NoError(t, err)
	_, err = threadsettings.Delete(t.Context(), client, page, "", threadsettings.PropertyGetStarted)
	require.ErrorIs(t, err, threadsettings.ErrGetStartedMissing, "the menu needs it")
	_, err = threadsettings.Delete(t.Context(), client, page, "", threadsettings.PropertyGetStarted, threadsettings.PropertyPersistentMenu)
	require.NoError(t, err)
	require.Equal(t, []string{"greeting"}, platform.has())
	platform.taken()
	_, err = threadsettings.Delete(t.Context(), client, page, "", "menu")
	require.ErrorContains(t, err, `Remove[0]: there is no property "menu"; there are whitelisted_domains, `)
	require.Empty(t, platform.taken())
}

func TestDeleteKeepsTheButtonIfTheMenuStays(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	_, err := threadsettings.Apply(t.Context(), client, page, wanted())
	require.NoError(t, err)
	platform.change(func(p *profileAPI) { p.menuStays = true })
	platform.taken()
	report, err := threadsettings.Delete(t.Context(), client, page, "")
	require.ErrorContains(t, err, "cannot remove persistent_menu: ")
	require.ErrorContains(t, err, "not tried: get_started")
	require.Contains(t, report.String(), "skipped  remove get_started: not tried without the change of persistent_menu\n")
	require.Equal(t, []string{"get_started", "persistent_menu"}, platform.has())
	require.Len(t, platform.taken(), 3)
}

func TestApplyWithoutATokenSaysSo(t *testing.T) {
	t.Parallel()
	client, err := graph.New(graph.Config{Tokens: graph.TokenMap{}})
	require.NoError(t, err)
	_, err = threadsettings.Apply(t.Context(), client, page, wanted())
	require.ErrorIs(t, err, graph.ErrNoToken)
}
