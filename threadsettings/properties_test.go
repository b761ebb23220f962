package threadsettings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/threadsettings"
)

func TestValidateChecksCommands(t *testing.T) {
	t.Parallel()
	with := func(items ...threadsettings.Command) threadsettings.Settings {
		return threadsettings.Settings{Commands: threadsettings.CommandsOf(items...)}
	}
	fine := threadsettings.Command{Name: "help", Description: "Shows what I can do"}
	many := make([]threadsettings.Command, 101)
	for _, test := range []struct {
		settings threadsettings.Settings
		want     string
	}{
		{with(), "Commands[0].Items (default): 0 items; a locale has 1 to 100"},
		{with(many...), "Commands[0].Items (default): 101 items"},
		{with(threadsettings.Command{Name: "help"}), "Commands[0].Items[0].Description (default): is empty"},
		{with(threadsettings.Command{Name: strings.Repeat("說", 33), Description: "x"}), "Commands[0].Items[0].Name (default): 33 characters; at most 32"},
		{with(threadsettings.Command{Name: "x", Description: strings.Repeat("說", 65)}), "Commands[0].Items[0].Description (default): 65 characters; at most 64"},
		{with(threadsettings.Command{Name: "/help", Description: "x"}), `Commands[0].Items[0].Name (default): "/help" begins with a slash`},
		{with(fine, fine), `Commands[0].Items[1].Name (default): "help" comes twice, first at 0`},
		{with(threadsettings.Command{Name: "help", Description: "\xff"}), "Commands[0].Items[0].Description (default): is not valid UTF-8"},
		{threadsettings.Settings{Commands: []threadsettings.Commands{{Locale: "de", Items: []threadsettings.Command{fine}}}}, `Commands[0].Locale: "de" is neither`},
	} {
		require.ErrorContains(t, test.settings.Validate(), test.want)
	}
	require.NoError(t, with(fine).Validate())
}

func TestValidateChecksDomainsAndTheLoginPage(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"https://shop.example":           "",
		"https://shop.example/":          "",
		"https://shop.example:8443":      "",
		"http://shop.example":            `WhitelistedDomains[0]: "http://shop.example" is not an absolute https URL`,
		"shop.example":                   "is not an absolute https URL",
		"https://localhost":              `"https://localhost" has no full domain name, such as shop.example`,
		"https://192.0.2.1":              "has no full domain name",
		"https://shop.example/path":      "has more than the scheme and the domain",
		"https://shop.example?a=b":       "has more than the scheme and the domain",
		"https://shop.example#top":       "has more than the scheme and the domain",
		"https://me@shop.example":        `"https://me@shop.example" `,
		"https://shop.example/\n":        "WhitelistedDomains[0]: ",
		"https://" + "[2001:db8::1]":     "has no full domain name",
		"https://xn--caf-dma.example/":   "",
		"https://caf\u00e9.example":      "has 'é'",
		"https://shop.example/%zz":       "WhitelistedDomains[0]: ",
		"javascript://shop.example":      "WhitelistedDomains[0]: ",
		"https://shop example":           "has a space",
		"https://shop.example/?":         "",
		"https://" + "user:pw@x.example": "WhitelistedDomains[0]: ",
	} {
		err := threadsettings.Settings{WhitelistedDomains: []string{domain}}.Validate()
		if want == "" {
			require.NoError(t, err, domain)
			continue
		}
		require.ErrorContains(t, err, want, domain)
	}
	require.ErrorContains(t, threadsettings.Settings{WhitelistedDomains: make([]string, 51)}.Validate(), "WhitelistedDomains: 51 items; a page has 1 to 50")
	require.ErrorContains(t, threadsettings.Settings{AccountLinkingURL: "http://shop.example"}.Validate(), `AccountLinkingURL: "http://shop.example" is not an absolute https URL`)
}

func TestMistakesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	err := threadsettings.Settings{
		Greeting:       threadsettings.GreetingOf(""),
		PersistentMenu: []threadsettings.Menu{{Locale: "de_DE", Items: []threadsettings.MenuItem{{}}}},
	}.Validate()
	mistake, ok := errors.AsType[*threadsettings.Mistake](err)
	require.True(t, ok)
	require.Equal(t, "Greeting[0].Text", mistake.Place)
	require.Equal(t, "default", mistake.Locale)
	require.EqualError(t, err, `threadsettings: Greeting[0].Text (default): is empty
threadsettings: PersistentMenu[0].Items[0].Title (de_DE): is empty
threadsettings: PersistentMenu: has no block for the locale "default"`)
}

func TestPlansShowTextsThatATerminalCannotShow(t *testing.T) {
	t.Parallel()
	plan, err := threadsettings.NewPlan(threadsettings.Settings{}, threadsettings.Settings{
		Commands:       threadsettings.CommandsOf(threadsettings.Command{Name: "help", Description: "a\x1b[31mb"}),
		GetStarted:     &threadsettings.GetStarted{Payload: "\u202ego"},
		PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Shop", URL: "https://s.example", WebviewHeightRatio: "tall"}),
	})
	require.NoError(t, err)
	require.Equal(t, `set get_started
    + "\u202ego"
set persistent_menu
  default
    + "Shop" → https://s.example, tall
set commands
  default
    + /help  "a\x1b[31mb"
`, plan.String())
}

func TestPlanShowsTheLinesThatDiffer(t *testing.T) {
	t.Parallel()
	item := func(title string) threadsettings.MenuItem {
		return threadsettings.MenuItem{Title: title, Payload: title}
	}
	current := threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		PersistentMenu: []threadsettings.Menu{
			{Locale: "default", Items: []threadsettings.MenuItem{item("a"), item("b"), item("c")}},
			{Locale: "de_DE", Items: []threadsettings.MenuItem{item("same")}},
			{Locale: "fr_FR", Items: []threadsettings.MenuItem{item("old")}},
		},
	}
	wanted := threadsettings.Settings{PersistentMenu: []threadsettings.Menu{
		{Locale: "zh_TW", ComposerInputDisabled: true},
		{Locale: "de_DE", Items: []threadsettings.MenuItem{item("same")}},
		{Locale: "default", Items: []threadsettings.MenuItem{item("a"), item("c"), item("d")}},
	}}
	plan, err := threadsettings.NewPlan(current, wanted)
	require.NoError(t, err)
	require.Equal(t, `change persistent_menu
  default
      "a" → a
    - "b" → b
      "c" → c
    + "d" → d
  fr_FR
    - "old" → old
  zh_TW
    + the person cannot type
`, plan.String())
}

func TestCommandsAreTranslatedByTheirDescriptions(t *testing.T) {
	t.Parallel()
	settings := threadsettings.Settings{Commands: threadsettings.CommandsOf(threadsettings.Command{Name: "Order status", Description: "Order status"})}
	localized := settings.Localize(translations(t))
	require.NoError(t, localized.Validate())
	require.Equal(t, "Order status", settings.Commands[0].Items[0].Description)
	require.Equal(t, []string{"Order status"}, []string{settings.TextRefs()[0].Key})
	for _, block := range localized.Commands {
		require.Equal(t, "Order status", block.Items[0].Name, "a name is what people type")
		if block.Locale == "zh_TW" {
			require.Equal(t, "訂單狀態", block.Items[0].Description)
		}
	}
	require.Len(t, localized.Commands, 9)
}
