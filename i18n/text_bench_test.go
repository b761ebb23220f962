package i18n_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
)

// benchmarkLocales are 60 locales of the platform, of as many languages.
var benchmarkLocales = strings.Fields(`
	en_US de_DE fr_FR es_ES it_IT pt_BR nl_NL sv_SE da_DK nb_NO fi_FI pl_PL cs_CZ sk_SK hu_HU ro_RO bg_BG hr_HR sr_RS sl_SI
	ru_RU uk_UA be_BY el_GR tr_TR he_IL ar_AR fa_IR ur_PK hi_IN bn_IN pa_IN gu_IN ta_IN te_IN kn_IN ml_IN mr_IN ne_NP si_LK
	th_TH vi_VN id_ID ms_MY tl_PH zh_TW zh_CN ja_JP ko_KR km_KH my_MM ka_GE hy_AM az_AZ kk_KZ uz_UZ mn_MN lt_LT lv_LV et_EE`)

// benchmarkCatalog has a text with two arguments and a plural in a number of languages.
func benchmarkCatalog(b *testing.B, languages int) *i18n.Catalog {
	b.Helper()
	var files []i18n.File
	for _, locale := range benchmarkLocales[:languages] {
		base, _ := language.MustParse(locale).Base()
		tag := base.String()
		if tag == "zh" {
			tag = strings.ReplaceAll(locale, "_", "-")
		}
		text := i18n.Text{By: i18n.Plural, Of: "count"}
		forms := map[string]bool{i18n.Other: true}
		for n := range 200 {
			forms[i18n.PluralCategory(language.MustParse(tag), n)] = true
		}
		for form := range forms {
			text.Cases = append(text.Cases, i18n.Case{When: form, Text: i18n.Text{Words: "%{name}: %{count} parcels have been shipped (" + form + ")"}})
		}
		files = append(files, i18n.File{Language: tag, Messages: []i18n.Message{{Key: "orders.shipped", Text: text}}})
	}
	catalog, err := i18n.Build(files)
	if err != nil {
		b.Fatal(err)
	}
	return catalog
}

// BenchmarkText says a text with two arguments and a plural to people of 1, 10 and 60 languages in turn.
func BenchmarkText(b *testing.B) {
	for _, languages := range []int{1, 10, 60} {
		b.Run(fmt.Sprintf("languages-%d", languages), func(b *testing.B) {
			catalog := benchmarkCatalog(b, languages)
			for _, locale := range benchmarkLocales[:languages] {
				catalog.For(locale) // what a person costs that is the first of their language
			}
			// The heap of a service. With an empty one the collector runs hundreds of times a second, and takes the second processor.
			heap := make([]byte, 64<<20)
			defer runtime.KeepAlive(heap)
			b.ReportAllocs()
			b.ResetTimer()
			var starts atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				for i := int(starts.Add(7)); pb.Next(); i++ {
					text := catalog.For(benchmarkLocales[i%languages]).Text("orders.shipped", i18n.Args{"count": i % 200, "name": "Ada"})
					if len(text) < 30 {
						b.Error(text)
					}
				}
			})
		})
	}
}
