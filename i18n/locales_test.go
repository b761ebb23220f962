package i18n_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

// Each locale of the platform with every subset of the catalogues that concern it, of a bot
// whose texts are written in another language.
func TestForOfEveryLocaleOfThePlatform(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/locales.txt")
	require.NoError(t, err)
	defer file.Close()
	locales := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		fields := strings.Fields(lines.Text())
		locales++
		source := "en"
		if strings.HasPrefix(fields[1], "en") {
			source = "ka"
		}
		everySubset(fields[1:], func(names []string) {
			catalogs := map[string]map[string]string{}
			want := "id"
			for _, name := range names {
				tag, never := strings.CutPrefix(name, "!")
				catalogs[tag] = map[string]string{"id": tag}
				if !never && want == "id" {
					want = tag
				}
			}
			catalog, err := i18n.New(catalogs, i18n.Source(source))
			require.NoError(t, err)
			require.Equal(t, want, catalog.For(fields[0]).Text("id"), "%s with %v", fields[0], names)
		})
	}
	require.Equal(t, 155, locales)
}

// A bot that has them all serves each locale in its own language.
func TestForOfABotWithEveryLanguage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/locales.txt")
	require.NoError(t, err)
	all := map[string]map[string]string{}
	first := map[string]string{} // by locale
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); fields[0] != "#" {
			all[fields[1]] = map[string]string{"id": fields[1]}
			first[fields[0]] = fields[1]
		}
	}
	catalog, err := i18n.New(all, i18n.Source("vo"))
	require.NoError(t, err)
	for locale, want := range first {
		require.Equal(t, want, catalog.For(locale).Text("id"), locale)
	}
}

func everySubset(all []string, do func([]string)) {
	for bits := range 1 << len(all) {
		var names []string
		for i, name := range all {
			if bits>>i&1 == 1 {
				names = append(names, name)
			}
		}
		do(names)
	}
}
