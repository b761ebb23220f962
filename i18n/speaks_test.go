package i18n_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func speaking(t *testing.T, tags ...string) *i18n.Catalog {
	t.Helper()
	messages := map[string]map[string]string{}
	for _, tag := range tags {
		messages[tag] = map[string]string{"Hello": "Hello in " + tag}
	}
	catalog, err := i18n.New(messages)
	require.NoError(t, err)
	return catalog
}

func TestLanguagesHaveTheirOwnNames(t *testing.T) {
	t.Parallel()
	names := func(tags ...string) map[string]string {
		all := map[string]string{}
		for _, l := range speaking(t, tags...).Languages() {
			all[l.Tag] = l.Name
		}
		return all
	}
	require.Equal(t, map[string]string{
		"en": "English", "de": "Deutsch", "fr": "Français", "zh-TW": "繁體中文", "zh-Hans": "简体中文", "pt-BR": "Português", "sr": "Српски", "sr-Latn": "Srpski",
		"ar": "العربية", "zu": "isiZulu", "no": "Norsk", "fil": "Filipino", "ckb": "کوردیی ناوەندی", "tlh": "tlh",
	}, names("de", "fr", "zh-TW", "zh-Hans", "pt-BR", "sr", "sr-Latn", "ar", "zu", "no", "fil", "ckb", "tlh"))
	require.Equal(t, map[string]string{
		"en": "English", "pt-BR": "Português do Brasil", "pt-PT": "Português europeu", "es": "Español", "es-AR": "Español (AR)",
	}, names("pt-BR", "pt-PT", "es", "es-AR"), "two regions have two names")
	require.Empty(t, (*i18n.Catalog)(nil).Languages())
}

// Who chose a language without a text would get another one.
func TestALanguageWithoutATextIsNotOffered(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"Hello": "Hallo"}, "it": {}, "pt-BR": {}, "pt-PT": {"Hello": "Olá"}})
	require.NoError(t, err)
	var tags []string
	for _, l := range catalog.Languages() {
		tags = append(tags, l.Tag)
	}
	require.Equal(t, []string{"de", "en", "pt-PT"}, tags, "the source language is always there")
	for _, said := range []string{"Italian", "Italiano", "it", "it_IT", "pt-BR", "Português do Brasil"} {
		require.Empty(t, catalog.For("de").FindLanguages(said), said)
	}
	require.Len(t, catalog.For("de").FindLanguages("Portuguese"), 1)
}

func TestLanguagesAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{
		"de": {"Hello": "Hallo", "French": "Französisch"}, "fr": {"Hello": "Bonjour"}, "pt-BR": {"Hello": "Olá"}, "pt-PT": {"Hello": "Olá"},
		"zh-TW": {"Hello": "你好"}, "nb": {"Hello": "Hei"},
	})
	require.NoError(t, err)
	for said, want := range map[string][]string{
		"Deutsch": {"de"}, "  DEUTSCH! ": {"de"}, "German": {"de"}, "ｇｅｒｍａｎ": {"de"}, "de": {"de"}, "de_AT": {"de"}, "DE": {"de"}, "de-CH": {"de"},
		"Français": {"fr"}, "francais": nil, "Französisch": {"fr"}, "English": {"en"}, "en_GB": {"en"},
		"português": {"pt-BR", "pt-PT"}, "Portuguese": {"pt-BR", "pt-PT"}, "pt": {"pt-BR", "pt-PT"}, "português europeu": {"pt-PT"}, "pt_BR": {"pt-BR"},
		"中文": {"zh-TW"}, "繁體中文": {"zh-TW"}, "zh-HK": {"zh-TW"}, "zh-CN": nil, "简体中文": nil, "no": nil, "norsk": nil, "norsk bokmål": {"nb"},
		"": nil, " ": nil, "Klingon": nil, "hello": nil, "xx_YY": nil, "\xff": nil,
	} {
		var got []string
		for _, l := range catalog.For("de_DE").FindLanguages(said) {
			got = append(got, l.Tag)
		}
		require.ElementsMatch(t, want, got, "%q", said)
	}
	require.Empty(t, (*i18n.Localizer)(nil).FindLanguages("German"))
}

// What people write takes no room from the locales of profiles.
func TestFindLanguagesKeepsNothing(t *testing.T) {
	t.Parallel()
	catalog := speaking(t, "de")
	l := catalog.For("de_DE")
	kept := i18n.Kept(catalog)
	for _, said := range []string{"hello", "de_AT", "de-x-1", "fr", strings.Repeat("a", 64), strings.Repeat("a", 65)} {
		l.FindLanguages(said)
		require.Equal(t, kept, i18n.Kept(catalog), said)
	}
}

// The language that was chosen, the profile's, what was detected, the page's.
func TestChooseKnowsTheOrder(t *testing.T) {
	t.Parallel()
	catalog := speaking(t, "de", "fr", "zh-TW", "en-GB")
	for _, c := range []struct {
		chosen, profile string
		detected        []string
		standard, want  string
	}{
		{"", "", nil, "", "en"},
		{"", "", nil, "fr", "fr"},
		{"", "", []string{"de_XX"}, "fr", "de"},
		{"", "", []string{"es_XX", "de_XX", "zh_TW"}, "fr", "de"}, // the first in which the bot speaks
		{"", "", []string{"zh_CN", "nonsense"}, "fr", "fr"},       // not Traditional Chinese
		{"", "fr_CA", []string{"de_XX"}, "de", "fr"},
		{"", "es_ES", []string{"de_XX"}, "de", "en"}, // a known locale counts, whatever the bot speaks of it
		{"", "rubbish!", []string{"de_XX"}, "fr", "de"},
		{"", "\x00\xff_XX", nil, "fr", "fr"},
		{"de", "fr_FR", []string{"zh_TW"}, "en", "de"},
		{"zh_HK", "fr_FR", nil, "", "zh-TW"},
		{"es", "fr_FR", nil, "", "fr"},    // a deployment that no longer speaks it
		{"zh-CN", "fr_FR", nil, "", "fr"}, // another script
		{"rubbish!", "fr_FR", nil, "", "fr"},
		{"en", "fr_FR", nil, "", "en"}, // the language of the ids
	} {
		detected := func() []string { return c.detected }
		l := catalog.Choose(c.chosen, c.profile, detected, c.standard)
		require.Equal(t, c.want, l.Tag().String(), "%+v", c)
	}
	require.Equal(t, "1'234.5", catalog.Choose("de", "de_CH", nil, "").Format(1234.5), "the region of the profile")
	require.Equal(t, "1.234,5", catalog.Choose("de", "fr_CH", nil, "").Format(1234.5))
	require.Equal(t, "1.234,5", (*i18n.Catalog)(nil).Choose("fr", "de_DE", nil, "").Format(1234.5), "without a catalogue nothing can be chosen")
	catalog.Choose("de", "fr_FR", func() []string { panic("not needed") }, "")
}

// Of each text that a person writes it is asked whether it names a language.
func BenchmarkFindLanguages(b *testing.B) {
	messages := map[string]map[string]string{}
	for _, tag := range []string{"ar", "de", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt-BR", "pt-PT", "ru", "tr", "uk"} {
		messages[tag] = map[string]string{"Hello": "Hello in " + tag}
	}
	catalog, err := i18n.New(messages)
	require.NoError(b, err)
	l := catalog.For("de_DE")
	for b.Loop() {
		require.Empty(b, l.FindLanguages("I would like to order a pizza, please"))
	}
}
