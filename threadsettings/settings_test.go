package threadsettings_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/threadsettings"
)

func TestPayloadsAreByPlaceInTheWholeList(t *testing.T) {
	t.Parallel()
	plan, err := threadsettings.NewPlan(threadsettings.Settings{}, threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "a"}, threadsettings.MenuItem{Title: "b", URL: "https://b"}, threadsettings.MenuItem{Title: "c"},
			threadsettings.MenuItem{Title: "d", Payload: "own"}, threadsettings.MenuItem{Title: "e"}, threadsettings.MenuItem{Title: "f", Payload: "sixth"},
		),
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"payload":"GET_STARTED_BUTTON"}`, string(plan.Changes[0].To))
	require.JSONEq(t, `[{"locale":"default","composer_input_disabled":false,"call_to_actions":[
		{"type":"postback","title":"a","payload":"PERSISTENT_MENU_ONE"},
		{"type":"web_url","title":"b","url":"https://b"},
		{"type":"postback","title":"c","payload":"PERSISTENT_MENU_THREE"},
		{"type":"postback","title":"d","payload":"own"},
		{"type":"postback","title":"e","payload":"PERSISTENT_MENU_FIVE"},
		{"type":"postback","title":"f","payload":"sixth"}]}]`, string(plan.Changes[1].To))
}

func TestValidateNamesThePlace(t *testing.T) {
	t.Parallel()
	item := threadsettings.MenuItem{Title: "t", Payload: "p"}
	menu := func(change func(*threadsettings.MenuItem)) threadsettings.Settings {
		changed := item
		change(&changed)
		return threadsettings.Settings{PersistentMenu: threadsettings.MenuOf(item, changed)}
	}
	long := func(n int) string { return strings.Repeat("字", n) }
	many := func(n int) []threadsettings.Menu {
		items := make([]threadsettings.MenuItem, n)
		for i := range items {
			items[i] = item
		}
		return threadsettings.MenuOf(items...)
	}
	tests := []struct {
		name     string
		settings threadsettings.Settings
		want     string // "": fine
	}{
		{"nothing", threadsettings.Settings{}, ""},
		{"all", wanted(), ""},
		{"payload at the limit", threadsettings.Settings{GetStarted: &threadsettings.GetStarted{Payload: long(1000)}}, ""},
		{"payload over it", threadsettings.Settings{GetStarted: &threadsettings.GetStarted{Payload: long(1001)}}, "GetStarted.Payload: 1001 characters; at most 1000"},
		{"greeting at the limit", threadsettings.Settings{Greeting: threadsettings.GreetingOf(long(160))}, ""},
		{"greeting over it", threadsettings.Settings{Greeting: threadsettings.GreetingOf(long(161))}, "Greeting[0].Text (default): 161 characters; at most 160"},
		{"blank greeting", threadsettings.Settings{Greeting: threadsettings.GreetingOf(" ")}, "Greeting[0].Text (default): is empty"},
		{"greeting without default", threadsettings.Settings{Greeting: []threadsettings.Greeting{{Locale: "de_DE", Text: "x"}}}, `Greeting: has no block for the locale "default"`},
		{"locale twice", threadsettings.Settings{Greeting: append(threadsettings.GreetingOf("x"), threadsettings.Greeting{Text: "y"})}, `Greeting[1].Locale: "default" comes twice, first at 0`},
		{"locale", threadsettings.Settings{Greeting: append(threadsettings.GreetingOf("x"), threadsettings.Greeting{Locale: "zh-TW", Text: "y"})}, `Greeting[1].Locale: "zh-TW" is neither`},
		{"menu without items", threadsettings.Settings{PersistentMenu: many(0)}, "PersistentMenu[0].Items (default): 0 items"},
		{"20 items", threadsettings.Settings{PersistentMenu: many(20)}, ""},
		{"21 items", threadsettings.Settings{PersistentMenu: many(21)}, "PersistentMenu[0].Items (default): 21 items; a menu has 1 to 20"},
		{"menu without default", threadsettings.Settings{PersistentMenu: []threadsettings.Menu{{Locale: "de_DE", Items: []threadsettings.MenuItem{item}}}}, "PersistentMenu: has no block"},
		{"title at the limit", menu(func(i *threadsettings.MenuItem) { i.Title = long(30) }), ""},
		{"title over it", menu(func(i *threadsettings.MenuItem) { i.Title = long(31) }), "PersistentMenu[0].Items[1].Title (default): 31 characters; at most 30"},
		{"no title", menu(func(i *threadsettings.MenuItem) { i.Title = "" }), "Items[1].Title (default): is empty"},
		{"item payload", menu(func(i *threadsettings.MenuItem) { i.Payload = long(1001) }), "Items[1].Payload (default): 1001 characters"},
		{"both", menu(func(i *threadsettings.MenuItem) { i.URL = "https://x" }), "Items[1] (default): has both a url and a payload"},
		{"relative URL", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload = "/x", "" }), "Items[1].URL (default): \"/x\" is not an absolute"},
		{"space", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload = "https://x/a b", "" }), `Items[1].URL (default): "https://x/a b" has a space; write "%20"`},
		{"no host", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload = "https:///x", "" }), `Items[1].URL (default): "https:///x" has no host`},
		{"placeholder", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload = "https://x/%{id}", "" }), `Items[1].URL (default): "https://x/%{id}" has '{'`},
		{"not ASCII", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload = "https://x/é", "" }), `has 'é'; write "%C3%A9"`},
		{"escape", menu(func(i *threadsettings.MenuItem) {
			i.URL, i.Payload, i.MessengerExtensions, i.FallbackURL = "https://x", "", true, "https://x/%zz"
		}), `Items[1].FallbackURL (default): "https://x/%zz" has a '%' without`},
		{"other scheme", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload = "javascript://x", "" }), "Items[1].URL (default): "},
		{"height", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload, i.WebviewHeightRatio = "https://x", "", "huge" }), `Items[1].WebviewHeightRatio (default): "huge"`},
		{"full height", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload, i.WebviewHeightRatio = "https://x", "", "full" }), ""},
		{"fallback", menu(func(i *threadsettings.MenuItem) { i.URL, i.Payload, i.FallbackURL = "https://x", "", "https://y" }), "Items[1].FallbackURL (default): goes with"},
		{"link fields of a postback", menu(func(i *threadsettings.MenuItem) { i.MessengerExtensions = true }), "Items[1] (default): has fields of a link"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := test.settings.Validate()
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "threadsettings: ")
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "\n", "one mistake, one error")
		})
	}
}

func TestSixthItemHasNoPayloadByPlace(t *testing.T) {
	t.Parallel()
	var items []threadsettings.MenuItem
	for i := range 7 {
		items = append(items, threadsettings.MenuItem{Title: fmt.Sprint(i)})
	}
	require.NoError(t, threadsettings.Settings{PersistentMenu: threadsettings.MenuOf(items[:5]...)}.Validate())
	err := threadsettings.Settings{PersistentMenu: threadsettings.MenuOf(items...)}.Validate()
	require.ErrorContains(t, err, "Items[5] (default): needs a payload")
	require.ErrorContains(t, err, "Items[6] (default): needs a payload", "all mistakes at once")
}

func TestPlanIsReadable(t *testing.T) {
	t.Parallel()
	plan, err := threadsettings.NewPlan(
		threadsettings.Settings{GetStarted: &threadsettings.GetStarted{Payload: "OLD"}},
		threadsettings.Settings{GetStarted: &threadsettings.GetStarted{}, Greeting: threadsettings.GreetingOf("Hi")},
	)
	require.NoError(t, err)
	require.Equal(t, `change get_started
    - OLD
    + GET_STARTED_BUTTON
set greeting
  default
    + "Hi"
`, plan.String())
	require.Equal(t, "nothing to change\n", threadsettings.Plan{}.String())
}

func TestLocalizeServesThePeopleWhomTheCataloguesServe(t *testing.T) {
	t.Parallel()
	settings := wanted()
	settings.PersistentMenu = append(settings.PersistentMenu, threadsettings.Menu{
		Locale: "es_ES", Items: []threadsettings.MenuItem{{Title: "A mano"}},
	})
	settings.Greeting = append(settings.Greeting, threadsettings.Greeting{Locale: "zh_HK", Text: "By hand"})
	localized := settings.Localize(translations(t))
	require.NoError(t, localized.Validate(), "no locale comes twice")

	titles := make(map[string]string)
	for _, menu := range localized.PersistentMenu {
		titles[menu.Locale] = menu.Items[0].Title + " " + menu.Items[0].Payload
	}
	require.Equal(t, map[string]string{
		"default": "Order status PERSISTENT_MENU_ONE",
		"es_ES":   "A mano PERSISTENT_MENU_ONE", // as the user wrote it
		"es_LA":   "Estado del pedido PERSISTENT_MENU_ONE",
		"ca_ES":   "Estado del pedido PERSISTENT_MENU_ONE", // Catalan, Basque, Galician and Guarani speakers read Spanish
		"eu_ES":   "Estado del pedido PERSISTENT_MENU_ONE",
		"gl_ES":   "Estado del pedido PERSISTENT_MENU_ONE",
		"gn_PY":   "Estado del pedido PERSISTENT_MENU_ONE",
		"zh_HK":   "訂單狀態 PERSISTENT_MENU_ONE",
		"zh_TW":   "訂單狀態 PERSISTENT_MENU_ONE",
	}, titles)

	var greeted []string
	for _, greeting := range localized.Greeting {
		greeted = append(greeted, greeting.Locale)
	}
	require.Equal(t, []string{"default", "zh_HK", "zh_TW"}, greeted, "what is not translated needs no block")
}

func TestLocalizeLeavesItsReceiverAlone(t *testing.T) {
	t.Parallel()
	settings := wanted()
	settings.Localize(translations(t))
	require.Equal(t, wanted(), settings)
	var none *i18n.Catalog
	plan, err := threadsettings.NewPlan(settings.Localize(none), settings)
	require.NoError(t, err)
	require.True(t, plan.Empty())
}

func TestLocalizeKnowsCataloguesBesideThePlatformsList(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{
		"de-AT": {"x": "y"}, "en": {"x": "default text"}, "es-419": {"x": "default text"},
	})
	require.NoError(t, err)
	localized := threadsettings.Settings{Greeting: threadsettings.GreetingOf("x")}.Localize(catalog)
	require.Equal(t, []threadsettings.Greeting{
		{Locale: "default", Text: "default text"}, {Locale: "de_AT", Text: "y"}, {Locale: "de_DE", Text: "y"},
	}, localized.Greeting)
	require.NoError(t, localized.Validate())
}
