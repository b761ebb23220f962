package i18n

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

// The file has the plural forms of some hundred numbers in every language of the platform, by ICU 74.
func TestPluralForms(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/plurals.tsv")
	require.NoError(t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		tag := language.MustParse(fields[0])
		by := Plural
		if fields[1] == "ordinal" {
			by = Ordinal
		}
		seen[fields[0]] = true
		r := rulesOf(tag, by)
		want := map[string]string{}
		for _, group := range fields[2:] {
			category, numbers, _ := strings.Cut(group, ":")
			for text := range strings.SplitSeq(numbers, ",") {
				want[text] = category
			}
		}
		for _, text := range pluralSamples(string(data), fields[1]) {
			n, ok := numberOf(text, false)
			require.True(t, ok, text)
			expected := want[text]
			if expected == "" {
				expected = Other
			}
			if got := categoryNames[r.formOf(n)]; got != expected {
				t.Errorf("%s %s %s: %s, want %s", fields[0], fields[1], text, got, expected)
			}
		}
	}
	require.Greater(t, len(seen), 70)
}

func pluralSamples(data, of string) []string {
	seen := map[string]bool{}
	var all []string
	for line := range strings.Lines(data) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if fields[1] != of {
			continue
		}
		for _, group := range fields[2:] {
			_, numbers, _ := strings.Cut(group, ":")
			for text := range strings.SplitSeq(numbers, ",") {
				if !seen[text] {
					seen[text] = true
					all = append(all, text)
				}
			}
		}
	}
	return all
}
