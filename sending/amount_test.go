package sending_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
)

func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	for cents, want := range map[int64]sending.Amount{
		0: "0.00", 5: "0.05", -5: "-0.05", 1250: "12.50", -1250: "-12.50", 100: "1.00",
		math.MaxInt64: "92233720368547758.07", math.MinInt64: "-92233720368547758.08",
	} {
		require.Equal(t, want, sending.Cents(cents))
	}
	for amount, want := range map[sending.Amount]string{
		"12.50": "12.50", "0.10": "0.10", "-3": "-3", "9007199254740993.01": "9007199254740993.01",
		"12,50": `"12,50"`, "": `""`, "NaN": `"NaN"`, "1e3": `"1e3"`, "\xff": `"\ufffd"`, ".5": `".5"`, "1.": `"1."`,
	} {
		got, err := json.Marshal(amount)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	for raw, want := range map[string]sending.Amount{`12.50`: "12.50", `"12.50"`: "12.50", `1e999`: "1e999", `"abc"`: "abc"} {
		var got sending.Amount
		require.NoError(t, json.Unmarshal([]byte(raw), &got), raw)
		require.Equal(t, want, got)
	}
	for _, raw := range []string{`[]`, `{}`, `true`} {
		var got sending.Amount
		require.Error(t, json.Unmarshal([]byte(raw), &got), raw)
	}
}
