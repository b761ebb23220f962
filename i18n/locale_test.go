package i18n_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestLocaleRange(t *testing.T) {
	t.Parallel()
	for tag, c := range map[string]struct{ in, out string }{
		"de":      {"de_DE de_AT de de-CH", "en_US nds_DE zh_CN"},
		"de_AT":   {"de_AT de-AT", "de_DE de_CH de"},
		"zh":      {"zh_CN zh_SG zh zh_Hans", "zh_TW zh_HK zh_Hant"},
		"zh_TW":   {"zh_TW zh-Hant-TW zh_Hant", "zh_CN zh_HK zh zh_Hans"},
		"zh-Hant": {"zh_TW zh_HK zh_Hant", "zh_CN zh"},
		"zh_CN":   {"zh_CN zh", "zh_TW zh_SG"},
		"pt_BR":   {"pt_BR pt", "pt_PT"},
		"pt":      {"pt_BR pt_PT", "es_ES"},
		"es_LA":   {"es_LA es_419", "es_ES es_MX"},
		"es":      {"es_LA es_ES es_MX", "en_US"},
		"en":      {"en_US en_GB en_UD en_PI", "fr_FR"},
		"he":      {"he_IL iw_IL", "ar_AR"},
		"fil":     {"tl_PH fil_PH", "en_PH"},
		"ckb":     {"cb_IQ", "ar_IQ"},
		"sr":      {"sr_RS", "sr_Latn_RS hr_HR"},
	} {
		r, err := i18n.ParseLocaleRange(tag)
		require.NoError(t, err)
		require.Equal(t, tag, r.String())
		for locale := range strings.FieldsSeq(c.in) {
			require.True(t, r.Contains(locale), "%s contains %s", tag, locale)
		}
		for _, locale := range append(strings.Fields(c.out), "", "x", "und_US", "!", strings.Repeat("de-", 100)) {
			require.False(t, r.Contains(locale), "%s does not contain %q", tag, locale)
		}
	}
	require.False(t, i18n.LocaleRange{}.Contains("de_DE"))
}

func TestLocaleRangeThatIsNone(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"", "und", "german", "de_", "xx_YY_ZZ", "qq", "_DE"} {
		_, err := i18n.ParseLocaleRange(tag)
		require.ErrorContains(t, err, "i18n: ", "%q", tag)
	}
}
