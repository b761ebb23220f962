package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestArgumentsAreThoseOfAllLanguages(t *testing.T) {
	t.Parallel()
	words := func(s string) i18n.Text { return i18n.Text{Words: s} }
	booking := i18n.Text{By: i18n.Plural, Of: "people", Cases: []i18n.Case{
		{When: "=0", Text: words("None for %{name}.")},
		{When: "one", Text: words("One on %{day|a day}.")},
		{When: i18n.Other, Text: i18n.Text{By: i18n.Select, Of: "kind", Cases: []i18n.Case{
			{When: "big", Text: words("A party at %{time}. 100%%{cotton}")}, {When: i18n.Other, Text: words("A table.")},
		}}},
	}}
	catalog, err := i18n.Build([]i18n.File{
		{Language: "de", Messages: []i18n.Message{
			{Key: "only.german", Text: words("Für %{name}.")}, {Key: "booking.summary", Text: booking}, {Key: "No gap.", Text: words("Keine Lücke.")},
		}},
		{Language: "en", Messages: []i18n.Message{{Key: "booking.summary", Text: booking}}},
	})
	require.NoError(t, err)
	for id, want := range map[string][]string{
		"booking.summary": {"people", "name", "day", "kind", "time"}, "only.german": {"name"}, "No gap.": nil, "For %{a}%{b|c}?": {"a", "b"},
	} {
		for _, locale := range []string{"en_US", "de_DE", "fr_FR"} {
			got, known := catalog.For(locale).Arguments(id)
			require.True(t, known, id)
			require.ElementsMatch(t, want, got, id)
		}
	}
	_, known := catalog.For("en_US").Arguments("no.such")
	require.False(t, known, "a key that no language has may show anything")
	for _, none := range []*i18n.Localizer{nil, {}} {
		got, known := none.Arguments("Size: %{size}.")
		require.True(t, known)
		require.Equal(t, []string{"size"}, got)
		_, known = none.Arguments("booking.summary")
		require.False(t, known)
	}
}
