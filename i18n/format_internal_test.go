package i18n

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The file has what ICU 78 writes in every locale of the platform that it knows, and in some of other regions. A question
// mark stands for what it does not know, or what CLDR has changed since.
func TestFormats(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/formats.tsv")
	require.NoError(t, err)
	when, early := time.Date(2026, 12, 24, 15, 4, 5, 0, time.UTC), time.Date(2026, 3, 7, 0, 9, 5, 0, time.UTC)
	values := []any{
		1234567.891, 1234, -1234567, Percent{Value: 0.26},
		Money{"1234567.5", "EUR"}, Money{"-1234", "JPY"}, Money{"0.5", "USD"}, Money{"1999", "CHF"}, Money{"10", "SEK"},
		Date{when, Short}, Date{when, Medium}, Date{when, Long}, Date{when, Full}, Clock{when}, Clock{early}, early, DateTime{when, Full},
		ListOf("A", "B"), ListOf("A", "B", "C", "D"), Choices{"A", "B", "C"},
	}
	lines := 0
	for line := range strings.Lines(string(data)) {
		lines++
		want := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		l := (*Catalog)(nil).For(want[0])
		for i, value := range values {
			// Items of lists are in isolates where needed, and JavaScript writes no narrow spaces in dates.
			plain := strings.NewReplacer(string(firstIsolate), "", string(popIsolate), "", "\u202f", " ")
			got := plain.Replace(l.Format(value))
			want[i+1] = plain.Replace(want[i+1])
			if got != want[i+1] && want[i+1] != "?" {
				t.Errorf("%s %T %v: %q, want %q", want[0], value, value, got, want[i+1])
			}
		}
	}
	require.Greater(t, lines, 150)
}
