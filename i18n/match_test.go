package i18n_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
)

func testCatalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	catalog, err := i18n.Load(os.DirFS("testdata"), "catalogs")
	require.NoError(t, err)
	return catalog
}

func TestForChoosesTheLanguageOfThePerson(t *testing.T) {
	t.Parallel()
	catalog := testCatalog(t)
	tests := []struct {
		locale, text, tag string
	}{
		{"zh_TW", "訂單狀態", "zh-TW"},
		{"zh-TW", "訂單狀態", "zh-TW"},
		{"zh_HK", "訂單狀態", "zh-TW"},
		{"zh_CN", "订单状态", "zh-CN"},
		{"zh", "订单状态", "zh-CN"},
		{"pt_BR", "Status do pedido", "pt-BR"},
		{"pt_PT", "Estado da encomenda", "pt"},
		{"de_DE", "Bestellstatus", "de"},
		{"de_AT", "Bestellstatus", "de"},

		{"fr_FR", "Order status", "en"}, // not German
		{"nl_NL", "Order status", "en"},
		{"es_LA", "Order status", "en"}, // not Portuguese
		{"ja_JP", "Order status", "en"},

		{"en_US", "Order status", "en"},
		{"en_AU", "Order status", "en"}, // the ids are English too; a near catalogue does not beat them
		{"en_GB", "Status of your order", "en-GB"},
		{"en_UD", "Order status", "en"},

		{"", "Order status", "en"}, // as Instagram has it
		{"xx_YY", "Order status", "en"},
		{"cb_IQ", "Order status", "en"},
		{"_DE", "Order status", "en"},
		{"und_DE", "Order status", "en"}, // a region is no language
		{"de_DE_", "Order status", "en"},
		{"de DE", "Order status", "en"},
		{"../de", "Order status", "en"},
		{strings.Repeat("de_DE", 1000), "Order status", "en"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%.20q", test.locale), func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second answer comes from the cache
				localizer := catalog.For(test.locale)
				require.Equal(t, test.text, localizer.Text("Order status"))
				require.Equal(t, test.tag, localizer.Tag().String())
			}
		})
	}
}

func TestForOfOneChineseDoesNotServeTheOther(t *testing.T) {
	t.Parallel()
	traditional, err := i18n.New(map[string]map[string]string{"zh_TW": {"Menu": "選單"}})
	require.NoError(t, err)
	require.Equal(t, "選單", traditional.For("zh_TW").Text("Menu"))
	require.Equal(t, "Menu", traditional.For("zh_CN").Text("Menu"))

	simplified, err := i18n.New(map[string]map[string]string{"zh": {"Menu": "菜单"}})
	require.NoError(t, err)
	require.Equal(t, "菜单", simplified.For("zh_CN").Text("Menu"))
	require.Equal(t, "Menu", simplified.For("zh_TW").Text("Menu"))
}

func TestForKnowsLatinAmericanSpanish(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"es-ES": {"car": "coche"}, "es-419": {"car": "auto"}})
	require.NoError(t, err)
	require.Equal(t, "auto", catalog.For("es_LA").Text("car"))
	require.Equal(t, "auto", catalog.For("es_MX").Text("car"))
	require.Equal(t, "coche", catalog.For("es_ES").Text("car"))
}

func TestTextFallsBackToTheParentCatalogueThenToTheID(t *testing.T) {
	t.Parallel()
	brazilian := testCatalog(t).For("pt_BR")
	require.Equal(t, "Status do pedido", brazilian.Text("Order status"))
	require.Equal(t, "Ementa", brazilian.Text("Menu"))
	require.Equal(t, "Goodbye", brazilian.Text("Goodbye"))
}

func TestSourceIsTheLanguageOfTheIDs(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"en": {"選單": "Menu"}, "zh-CN": {"選單": "菜单"}}, i18n.Source("zh-TW"))
	require.NoError(t, err)
	require.Equal(t, "選單", catalog.For("zh_TW").Text("選單"))
	require.Equal(t, "選單", catalog.For("zh_HK").Text("選單"))
	require.Equal(t, "選單", catalog.For("ja_JP").Text("選單"))
	require.Equal(t, "菜单", catalog.For("zh_CN").Text("選單"))
	require.Equal(t, "Menu", catalog.For("en_US").Text("選單"))
	require.Equal(t, "zh-TW", catalog.For("").Tag().String())

	parent, err := i18n.New(map[string]map[string]string{"en": {"colour": "color"}}, i18n.Source("en-GB"))
	require.NoError(t, err)
	require.Equal(t, "colour", parent.For("en_GB").Text("colour"))
	require.Equal(t, "color", parent.For("en_US").Text("colour"))
}

func TestACatalogueOfTheSourceLanguageServesWhoeverReadsTheIDs(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"en": {"menu.title": "Menu"}, "de": {"menu.title": "Menü"}})
	require.NoError(t, err)
	for _, locale := range []string{"en_US", "en_GB", "", "fr_FR", "nonsense"} {
		require.Equal(t, "Menu", catalog.For(locale).Text("menu.title"), locale)
	}
	require.Equal(t, "Menü", catalog.For("de_DE").Text("menu.title"))
}

func TestNilCatalogTranslatesNothing(t *testing.T) {
	t.Parallel()
	var catalog *i18n.Catalog
	require.Equal(t, "Menu", catalog.For("zh_TW").Text("Menu"))
	require.Equal(t, language.Und, catalog.For("zh_TW").Tag())
	require.Empty(t, catalog.Locales())
}

func TestForIsBoundedInWhatItKeeps(t *testing.T) {
	t.Parallel()
	catalog := testCatalog(t)
	for i := range 5000 {
		require.Equal(t, "Bestellstatus", catalog.For(fmt.Sprintf("de-x-%d", i)).Text("Order status"))
	}
	require.LessOrEqual(t, i18n.Kept(catalog), 1024)

	long := testCatalog(t)
	long.For(strings.Repeat("de-x-long", 10))
	require.Zero(t, i18n.Kept(long), "nor is a text kept that is no locale")
	require.Equal(t, "訂單狀態", catalog.For("zh_TW").Text("Order status"))
}

func BenchmarkFor(b *testing.B) {
	catalog, err := i18n.Load(os.DirFS("testdata"), "catalogs")
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		catalog.For("zh_TW")
	}
}
