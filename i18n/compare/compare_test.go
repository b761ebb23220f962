package compare_test

import (
	"strconv"
	"testing"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"github.com/djmessenger/messenger/i18n"
)

// speakers say a text with two arguments and a plural in German: ours, and the others as their guides have it.
func speakers(tb testing.TB) map[string]func(name string, count int) string {
	tb.Helper()
	ours, err := i18n.Build([]i18n.File{
		{Language: "en", Messages: []i18n.Message{{Key: "orders.shipped", Text: forms("%{name}: one parcel", "%{name}: %{count} parcels")}}},
		{Language: "de", Messages: []i18n.Message{{Key: "orders.shipped", Text: forms("%{name}: ein Paket", "%{name}: %{count} Pakete")}}},
	})
	require.NoError(tb, err)

	bundle := goi18n.NewBundle(language.English)
	require.NoError(tb, bundle.AddMessages(language.German, &goi18n.Message{
		ID: "orders.shipped", One: "{{.Name}}: ein Paket", Other: "{{.Name}}: {{.Count}} Pakete",
	}))
	localizer := goi18n.NewLocalizer(bundle, "de")

	builder := catalog.NewBuilder(catalog.Fallback(language.English))
	require.NoError(tb, builder.Set(language.German, "orders.shipped", plural.Selectf(2, "%d",
		plural.One, "%[1]s: ein Paket", plural.Other, "%[1]s: %[2]d Pakete")))
	printer := message.NewPrinter(language.German, message.Catalog(builder))

	return map[string]func(name string, count int) string{
		"messenger": func(name string, count int) string {
			return ours.For("de_DE").Text("orders.shipped", i18n.Args{"name": name, "count": count})
		},
		"go-i18n": func(name string, count int) string {
			text, err := localizer.Localize(&goi18n.LocalizeConfig{
				MessageID: "orders.shipped", PluralCount: count, TemplateData: map[string]any{"Name": name, "Count": count},
			})
			if err != nil {
				return err.Error()
			}
			return text
		},
		"x-text-message": func(name string, count int) string { return printer.Sprintf("orders.shipped", name, count) },
	}
}

func forms(one, other string) i18n.Text {
	return i18n.Text{By: i18n.Plural, Of: "count", Cases: []i18n.Case{{When: "one", Text: i18n.Text{Words: one}}, {When: i18n.Other, Text: i18n.Text{Words: other}}}}
}

func TestAllSayTheSame(t *testing.T) {
	t.Parallel()
	for name, say := range speakers(t) {
		require.Equal(t, "Ada: ein Paket", say("Ada", 1), name)
		for _, n := range []int{0, 2, 21, 999} {
			require.Equal(t, "Ada: "+strconv.Itoa(n)+" Pakete", say("Ada", n), name)
		}
	}
}

func BenchmarkText(b *testing.B) {
	all := speakers(b)
	for _, name := range []string{"messenger", "go-i18n", "x-text-message"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				if all[name]("Ada", i%200) == "" {
					b.Error("it says nothing")
				}
			}
		})
	}
}
