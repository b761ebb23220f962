package handling_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
)

func TestRetryFillsWhatIsNotSet(t *testing.T) {
	t.Parallel()
	s := time.Second
	four := []time.Duration{s, 5 * s, 25 * s}
	bot := handling.Retry{Tries: 9, Pauses: []time.Duration{2 * s}, MaxWait: time.Minute}
	for name, c := range map[string]struct{ got, want handling.Retry }{
		"nothing":                       {handling.Retry{}.WithDefaults(), handling.Retry{Tries: 4, Pauses: four, MaxWait: time.Hour}},
		"tries":                         {handling.Retry{Tries: 9}.WithDefaults(), handling.Retry{Tries: 9, Pauses: four, MaxWait: time.Hour}},
		"no retry":                      {handling.Retry{Tries: 1}.WithDefaults(), handling.Retry{Tries: 1, Pauses: four, MaxWait: time.Hour}},
		"pauses bring their tries":      {handling.Retry{Pauses: []time.Duration{s}}.WithDefaults(), handling.Retry{Tries: 2, Pauses: []time.Duration{s}, MaxWait: time.Hour}},
		"all":                           {bot.WithDefaults(), bot},
		"a route that sets nothing":     {handling.Retry{}.Or(bot), bot},
		"a route with tries":            {handling.Retry{Tries: 2}.Or(bot), handling.Retry{Tries: 2, Pauses: bot.Pauses, MaxWait: time.Minute}},
		"a route with pauses":           {handling.Retry{Pauses: four}.Or(bot), handling.Retry{Tries: 4, Pauses: four, MaxWait: time.Minute}},
		"a route with a wait":           {handling.Retry{MaxWait: s}.Or(bot), handling.Retry{Tries: 9, Pauses: bot.Pauses, MaxWait: s}},
		"a route with tries and pauses": {handling.Retry{Tries: 7, Pauses: four}.Or(bot), handling.Retry{Tries: 7, Pauses: four, MaxWait: time.Minute}},
	} {
		require.Equal(t, c.want, c.got, name)
		require.Equal(t, c.want, c.got.WithDefaults(), name+": defaults change nothing more")
	}
}

func TestRetryCopiesItsPauses(t *testing.T) {
	t.Parallel()
	given := handling.Retry{Pauses: []time.Duration{time.Second}}
	filled := given.WithDefaults()
	given.Pauses[0] = time.Hour
	require.Equal(t, time.Second, filled.Pauses[0])
	defaults := handling.Retry{}.WithDefaults()
	defaults.Pauses[0] = time.Hour
	require.Equal(t, time.Second, handling.Retry{}.WithDefaults().Pauses[0])
}

func TestRetryValidate(t *testing.T) {
	t.Parallel()
	many := slices.Repeat([]time.Duration{0}, 99)
	for name, c := range map[string]struct {
		retry handling.Retry
		want  []string
	}{
		"nothing":        {handling.Retry{}, nil},
		"the limits":     {handling.Retry{Tries: 100, Pauses: []time.Duration{0, time.Hour}, MaxWait: 24 * time.Hour}, nil},
		"most pauses":    {handling.Retry{Pauses: many}, nil},
		"negative":       {handling.Retry{Tries: -1, Pauses: []time.Duration{1, -1}, MaxWait: -1}, []string{"Retry.Tries: is negative: -1", "Retry.Pauses[1]: is negative: -1ns", "Retry.MaxWait: is negative: -1ns"}},
		"too many tries": {handling.Retry{Tries: 101}, []string{"Retry.Tries: is 101, and at most 100"}},
		"too many pauses": {handling.Retry{Pauses: slices.Repeat(many, 2)[:100]}, []string{
			"Retry.Pauses: has 100 pauses, and at most 99"}},
		"a single try with the default pauses": {handling.Retry{Tries: 1}.WithDefaults(), nil},
		"two tries with the default pauses":    {handling.Retry{Tries: 2}.WithDefaults(), nil},
		"three tries with the default pauses":  {handling.Retry{Tries: 3}.WithDefaults(), nil},
		"as many pauses as the default":        {handling.Retry{Tries: 2, Pauses: []time.Duration{1, 2, 3}}, []string{"Retry.Pauses: has 3 pauses, and there are 1 between 2 tries"}},
		"unused pauses":                        {handling.Retry{Tries: 1, Pauses: []time.Duration{1}}, []string{"Retry.Pauses: has 1 pauses, and there are 0 between 1 tries"}},
		"too long": {handling.Retry{Pauses: []time.Duration{time.Hour + 1}, MaxWait: 24*time.Hour + 1}, []string{
			"Retry.Pauses[0]: is 1h0m0.000000001s, and at most 1h0m0s", "Retry.MaxWait: is 24h0m0.000000001s, and at most 24h0m0s"}},
		"overflow": {handling.Retry{Tries: math.MaxInt, Pauses: []time.Duration{math.MaxInt64, math.MinInt64}, MaxWait: math.MaxInt64}, []string{
			"Retry.Tries: is 9223372036854775807, and at most 100",
			"Retry.Pauses[0]: is 2562047h47m16.854775807s, and at most 1h0m0s", "Retry.Pauses[1]: is negative: -2562047h47m16.854775808s",
			"Retry.MaxWait: is 2562047h47m16.854775807s, and at most 24h0m0s"}},
	} {
		var got []string
		if err := c.retry.Validate(); err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				got = append(got, strings.TrimPrefix(line, "handling: "))
			}
		}
		require.Equal(t, c.want, got, name)
	}
}

func TestRetryAfterOf(t *testing.T) {
	t.Parallel()
	s := time.Second
	failure := errors.New("the kitchen is closed")
	for name, c := range map[string]struct {
		err  error
		want time.Duration // 0: it does not ask
	}{
		"nil":                         {nil, 0},
		"another error":               {failure, 0},
		"itself":                      {handling.RetryAfter(30 * s), 30 * s},
		"wrapped":                     {fmt.Errorf("a: %w", fmt.Errorf("b: %w", handling.RetryAfter(30*s))), 30 * s},
		"with its reason":             {fmt.Errorf("%w: %w", failure, handling.RetryAfter(30*s)), 30 * s},
		"joined":                      {errors.Join(failure, handling.RetryAfter(30*s)), 30 * s},
		"the longest wins":            {errors.Join(handling.RetryAfter(3*s), fmt.Errorf("b: %w", errors.Join(handling.RetryAfter(30*s))), handling.RetryAfter(5*s)), 30 * s},
		"permanent":                   {handling.Permanent(handling.RetryAfter(30 * s)), 30 * s}, // which IsPermanent says
		"a second":                    {handling.RetryAfter(s), s},
		"less":                        {handling.RetryAfter(s - 1), s},
		"none":                        {handling.RetryAfter(0), s},
		"negative":                    {handling.RetryAfter(math.MinInt64), s},
		"an hour":                     {handling.RetryAfter(time.Hour), time.Hour},
		"more":                        {handling.RetryAfter(math.MaxInt64), time.Hour},
		"an error that wraps nothing": {nilsError{}, 0},
	} {
		got, asks := handling.RetryAfterOf(c.err)
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.want > 0, asks, name)
	}
}

type nilsError struct{}

func (nilsError) Error() string   { return "wraps nil" }
func (nilsError) Unwrap() []error { return []error{nil} }

func TestRetryElsewhere(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("newer: %w", errors.Join(errors.New("why"), handling.RetryElsewhere()))
	after, asks := handling.RetryAfterOf(err)
	require.True(t, asks)
	require.Equal(t, 20*time.Millisecond, after)
	require.True(t, handling.IsElsewhere(err))
	require.False(t, handling.IsElsewhere(handling.RetryAfter(time.Second)))
	require.False(t, handling.IsElsewhere(nil))
	require.EqualError(t, handling.RetryElsewhere(), "handling: retry on another replica")
}
