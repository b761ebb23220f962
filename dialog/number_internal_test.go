package dialog

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

func anyNumber() Answer[float64] { return Number(math.Inf(-1), math.Inf(1)) }

// strange is the context of a turn with a person of whom nothing is known, and a bot without a catalogue.
func strange(t *testing.T) context.Context {
	t.Helper()
	return handling.WithTurn(store.WithPerson(t.Context(), store.Person{}), handling.Turn{Now: nowOfTests})
}

func TestNumbersWithTheMarksOfAnyLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		locale, text string
		want         float64
	}{
		{"en_US", "3", 3}, {"en_US", "1,234.5", 1234.5}, {"en_US", "1,234", 1234}, {"en_US", "1,5", 1.5}, {"en_US", "1.234", 1.234},
		{"de_DE", "1.234,5", 1234.5}, {"de_DE", "1.234", 1234}, {"de_DE", "1,5", 1.5}, {"de_DE", "1.5", 1.5}, {"de_DE", "1,234", 1.234},
		{"de_DE", "1 234 567,25", 1234567.25}, {"de_DE", "1\u202f234,5", 1234.5}, {"en_US", "-7", -7}, {"en_US", "−7", -7}, {"en_US", "+7", 7},
		{"en_US", "٣", 3}, {"en_US", "１２", 12}, {"en_US", "१२", 12}, {"en_US", "3️⃣", 3}, {"en_US", "١٢٬٣٤٥٫٦", 12345.6}, {"de_DE", "1,5", 1.5}, {"en_US", "1,234,567", 1234567},
		{"en_US", "1.234.567", 1234567}, {"en_US", "1.234,567", 1234.567}, {"de_DE", "1,234.567", 1234.567}, {"en_IN", "12,34,567", 1234567}, {"en_IN", "12,34,567.5", 1234567.5},
		{"en_US", "1'234.5", 1234.5}, {"en_US", "0.125", 0.125}, {"de_DE", "0.125", 0.125}, {"en_US", "\u200e3\u200f", 3}, {"en_US", "1234,567", 1234.567}, {"en_US", "007", 7},
	} {
		got, _, err := answered(t, in(t, c.locale), anyNumber(), c.text, 0)
		require.NoError(t, err, "%s %q", c.locale, c.text)
		require.InDelta(t, c.want, got, 1e-9, "%s %q", c.locale, c.text)
	}
	for _, text := range []string{
		"", "two", "1e3", "NaN", "Inf", "0x10", "1,23,4", "1.", ".5", "1.2.3", "1,,2", "--1", "1 2", "5%", "1_000", "3 or 4", "3-4", "1/2", "1.234,567,890",
		"1'234 567", "1 2345", "12,34,56", "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901", "⅓", "3 pcs 4",
	} {
		_, _, err := answered(t, in(t, "en_US"), anyNumber(), text, 0)
		require.Equal(t, refuseNumber, refusedWith(t, err), text)
	}
}

func TestANumberIsRefusedWithItsBounds(t *testing.T) {
	t.Parallel()
	_, _, err := answered(t, in(t, "de_DE"), Number(0, 1234.5), "2000", 0)
	require.Equal(t, &RefusalError{Text: refuseNumberBetween, Values: map[string]string{"min": "0", "max": "1.234,5"}}, err)
	_, _, err = answered(t, in(t, "en_US"), Number(1, math.Inf(1)), "0", 0)
	require.Equal(t, refuseNumberFrom, refusedWith(t, err))
	_, _, err = answered(t, in(t, "en_US"), Number(math.Inf(-1), 9), "10", 0)
	require.Equal(t, refuseNumberTo, refusedWith(t, err))
	require.Equal(t, "1.234.567,5", Number(0, 1).Show(in(t, "de_DE"), 1234567.5))
}

// One mark in front of three digits: the person says which number it is, unless their language, the
// bot's, or the bounds do.
func TestANumberThatCanBeReadInTwoWays(t *testing.T) {
	t.Parallel()
	both := &RefusalError{Text: refuseWhichNumber, Values: map[string]string{"numbers": "1234 / 1.2340"}}
	for name, ctx := range map[string]context.Context{"nothing is known": strange(t), "French points": inFrench(t), "the languages differ": in(t, "fr_FR")} {
		if name == "the languages differ" {
			ctx = store.WithPerson(in(t, "de_DE"), store.Person{Profile: store.Profile{Locale: "en_US"}})
		}
		_, _, err := answered(t, ctx, anyNumber(), "1.234", 0)
		require.Equal(t, both, err, name)
		for text, want := range map[string]float64{"1234": 1234, "1.2340": 1.234} { // as the question has them
			got, _, err := answered(t, ctx, anyNumber(), text, 0)
			require.NoError(t, err, name)
			require.InDelta(t, want, got, 1e-9, name)
		}
		got, _, err := answered(t, ctx, Number(100, 5000), "1.234", 0)
		require.NoError(t, err, name)
		require.InDelta(t, 1234, got, 1e-9, "only that is within the bounds")
		got, _, err = answered(t, ctx, Number(0, 5), "1.234", 0)
		require.NoError(t, err, name)
		require.InDelta(t, 1.234, got, 1e-9)
		whole, _, err := answered(t, ctx, Whole(0, 5000), "1.234", 0)
		require.NoError(t, err, name)
		require.Equal(t, 1234, whole, "only that is whole")
	}
}

func inFrench(t *testing.T) context.Context {
	t.Helper()
	return store.WithPerson(t.Context(), store.Person{Profile: store.Profile{Locale: "fr_FR"}})
}

func TestANumberWithAUnitIsAskedForAlone(t *testing.T) {
	t.Parallel()
	for text, number := range map[string]string{"3 pcs": "3", "3 pizzas": "3", "2,5kg": "2.5", "1.234,50 €": "1234.50", "-3 °C": "-3", "3 🍕": "3", "3 Stück, bitte": "3"} {
		_, _, err := answered(t, in(t, "de_DE"), anyNumber(), text, 0)
		require.Equal(t, &RefusalError{Text: refuseUnit, Values: map[string]string{"number": number}}, err, text)
	}
}

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"3": 3, "2.0": 2, "1,000": 1000, "１２": 12, "-5": -5, "9007199254740992": 1 << 53} {
		got, _, err := answered(t, in(t, "en_US"), Whole(math.MinInt, math.MaxInt), text, 0)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"2.5", "three", "9007199254740994", "1.234", "0.999"} {
		_, _, err := answered(t, in(t, "en_US"), Whole(math.MinInt, math.MaxInt), text, 0)
		require.Equal(t, refuseWhole, refusedWith(t, err), text)
	}
	_, _, err := answered(t, in(t, "de_DE"), Whole(1, 1200), "2,5", 0)
	require.Equal(t, &RefusalError{Text: refuseWholeBetween, Values: map[string]string{"min": "1", "max": "1.200"}}, err)
	for _, c := range []struct {
		a    Answer[int]
		want string
	}{{Whole(1, math.MaxInt), refuseWholeFrom}, {Whole(math.MinInt, 9), refuseWholeTo}} {
		_, _, err := answered(t, in(t, "en_US"), c.a, "no", 0)
		require.Equal(t, c.want, refusedWith(t, err))
	}
	require.Equal(t, "1.200", Whole(1, 2).Show(in(t, "de_DE"), 1200))
}
