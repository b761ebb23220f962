package cldrdates_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/internal/cldrdates"
)

func TestDatesOfALanguageAndItsRegions(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][2]string{
		"de": {"d. MMMM y", "d.M.y"}, "de-AT": {"d. MMMM y", "d.M.y"}, "en": {"MMMM d, y", "M/d/y"}, "en-US": {"MMMM d, y", "M/d/y"},
		"en-GB": {"d MMMM y", "dd/MM/y"}, "en-CA": {"MMMM d, y", "y-MM-dd"}, "es-MX": {"d 'de' MMMM 'de' y", "d/M/y"}, "zh-TW": {"y年M月d日", "y/M/d"},
		"nb-NO": {"d. MMMM y", "d.M.y"}, "tl-PH": {"MMMM d, y", "M/d/y"}, "th": {"d MMMM 'ค.ศ.' y", "d/M/y"}, "de-XX": {"d. MMMM y", "d.M.y"},
	} {
		d, ok := cldrdates.Of(language.MustParse(strings.ReplaceAll(tag, "XX", "BR")))
		require.True(t, ok, tag)
		require.Equal(t, want, [2]string{d.Long, d.Digits}, tag)
	}
	german, _ := cldrdates.Of(language.MustParse("de-AT"))
	require.Equal(t, []string{"Jänner", "Jän."}, german.Months[0][:2])
	require.Equal(t, "Sonntag", german.Days[0][0])
	require.Equal(t, [4]string{"gestern", "heute", "morgen", "übermorgen"}, german.Relative)
	require.Equal(t, "nächsten Freitag", german.Next[5])
	_, ok := cldrdates.Of(language.MustParse("tlh"))
	require.False(t, ok)
}

// Of the platform's locales only those are missing that CLDR does not have.
func TestTheLocalesOfThePlatform(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../i18n/testdata/locales.txt")
	require.NoError(t, err)
	defer file.Close()
	var missing []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, _, _ := strings.Cut(lines.Text(), " ")
		tag, err := language.Parse(name)
		if name == "#" || err != nil {
			continue
		}
		d, ok := cldrdates.Of(tag)
		if !ok {
			missing = append(missing, name)
			continue
		}
		for _, pattern := range []string{d.Long, d.Digits} {
			require.True(t, strings.Contains(pattern, "d") && strings.Contains(pattern, "M") && strings.Contains(pattern, "y"), "%s %q", name, pattern)
		}
		for _, names := range slices.Concat(d.Months[:], d.Days[:]) {
			require.NotEmpty(t, names[0], name)
		}
	}
	require.Equal(t, []string{"ay_BO", "ik_US", "li_NL"}, missing)
}
