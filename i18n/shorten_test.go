package i18n_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestATextIsShortenedBetweenCharacters(t *testing.T) {
	t.Parallel()
	const family = "👨‍👩‍👧‍👦" // seven code points
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"Bezahlen", 8, "Bezahlen"},
		{"Bezahlen", 7, "Bezahl…"},
		{"Jetzt bezahlen", 7, "Jetzt…"}, // no space before the ellipsis
		{"Bezahlen", 1, "…"},
		{"Bezahlen", 0, "Bezahlen"}, // no limit
		{"", 3, ""},
		{"Wir " + family + " hier", 8, "Wir…"},
		{"Wir " + family + " hier", 12, "Wir " + family + "…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
		{strings.Repeat("e\u0301", 3) + "x", 6, "e\u0301e\u0301…"},
		{"🇩🇪🇫🇷🇵🇱", 4, "🇩🇪…"},
		{family, 3, "👨\u200d…"}, // alone it is over the limit
		{"\u2068Ada Lovelace\u2069 wartet", 10, "\u2068Ada Lov…\u2069"},
		{"Für \u2068Ada\u2069 und mehr", 10, "Für \u2068Ada\u2069…"},
		{"Für \u2068Ada\u2069", 7, "Für…"}, // an isolate with nothing in it is left out
		{"\u202bשלום לכולם\u202c", 7, "\u202bשלום…\u202c"},
		{"a\xffbcd", 3, "a\xff…"},
	} {
		got := i18n.Shorten(c.text, c.limit)
		require.Equal(t, c.want, got, "%q to %d", c.text, c.limit)
	}
	require.Equal(t, "Gr…", i18n.ShortenBytes("Grüße", 6))
	require.Equal(t, "Grüße", i18n.ShortenBytes("Grüße", 7), "7 bytes fit")
}

func FuzzShorten(f *testing.F) {
	f.Add("Für \u2068Ada\u2069 👨‍👩‍👧‍👦 \u202e\u2067", 7)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 1), 200)
		short := i18n.Shorten(text, limit)
		require.LessOrEqual(t, utf8.RuneCountInString(short), max(limit, 1))
		if short != text {
			require.Contains(t, short, "…")
			require.Equal(t, short, i18n.Shorten(short, limit))
		}
		opens := strings.Count(short, "\u2066") + strings.Count(short, "\u2067") + strings.Count(short, "\u2068")
		if short != text {
			require.GreaterOrEqual(t, strings.Count(short, "\u2069"), opens)
		}
		require.LessOrEqual(t, len(i18n.ShortenBytes(text, max(limit, 3))), max(limit, 3))
	})
}
