package threadsettings_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/threadsettings"
)

func questions() threadsettings.Settings {
	return threadsettings.Settings{IceBreakers: threadsettings.IceBreakersOf(
		threadsettings.IceBreaker{Payload: "STATUS", Question: "Order status"},
		threadsettings.IceBreaker{Payload: "SHOP", Question: "Our shop"},
	)}
}

func TestIceBreakersAreAppliedOnce(t *testing.T) {
	t.Parallel()
	platform, client := newPlatform(t)
	settings := questions().Localize(translations(t))
	_, err := threadsettings.Apply(t.Context(), client, page, settings)
	require.NoError(t, err)
	calls := platform.taken()
	require.Len(t, calls, 2)
	require.Equal(t, "GET ice_breakers", calls[0])
	golden(t, "localized.icebreakers.json", []byte(strings.TrimPrefix(calls[1], "POST ")))

	report, err := threadsettings.Apply(t.Context(), client, page, settings)
	require.NoError(t, err)
	require.Empty(t, report.Outcomes)
	require.Len(t, platform.taken(), 1)

	_, err = threadsettings.Delete(t.Context(), client, page, "", threadsettings.PropertyIceBreakers)
	require.NoError(t, err)
	require.Empty(t, platform.has())
}

// The platform documents two forms, and a page may have either.
func TestIceBreakersAreReadInBothForms(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"by locale":       `[{"locale":"default","call_to_actions":[{"question":"Order status","payload":"STATUS"},{"question":"Our shop","payload":"SHOP"}]}]`,
		"without locales": `[{"question":"Order status","payload":"STATUS"},{"question":"Our shop","payload":"SHOP"}]`,
		"without default": `[{"call_to_actions":[{"question":"Order status","payload":"STATUS"},{"question":"Our shop","payload":"SHOP"}]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform, client := newPlatform(t)
			platform.holds(t, "ice_breakers", value)
			found, err := threadsettings.Read(t.Context(), client, page, "")
			require.NoError(t, err)
			require.Equal(t, threadsettings.Current{Settings: questions()}, found)
			report, err := threadsettings.Apply(t.Context(), client, page, questions())
			require.NoError(t, err)
			require.Empty(t, report.Outcomes)
			changed := questions()
			changed.IceBreakers[0].Items[1].Payload = "STORE"
			report, err = threadsettings.Apply(t.Context(), client, page, changed)
			require.NoError(t, err)
			require.Len(t, report.Outcomes, 1)
		})
	}
}

func TestIceBreakersOfAnUnknownShapeAreReplaced(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`{}`, `[]`, `null`, `[1]`, `"x"`, `[{"question":1}]`} {
		platform, client := newPlatform(t)
		platform.holds(t, "ice_breakers", value)
		report, err := threadsettings.Apply(t.Context(), client, page, questions())
		require.NoError(t, err, value)
		require.Len(t, report.Outcomes, 1, value)
	}
}

func TestValidateChecksIceBreakers(t *testing.T) {
	t.Parallel()
	item := threadsettings.IceBreaker{Payload: "p", Question: "q"}
	many := func(n int) []threadsettings.IceBreakers {
		items := make([]threadsettings.IceBreaker, n)
		for i := range items {
			items[i] = item
		}
		return threadsettings.IceBreakersOf(items...)
	}
	long := func(n int) string { return strings.Repeat("字", n) }
	for name, test := range map[string]struct {
		blocks []threadsettings.IceBreakers
		want   string // "": fine
	}{
		"4 items":            {many(4), ""},
		"5 items":            {many(5), "IceBreakers[0].Items (default): 5 items; a locale has 1 to 4"},
		"no items":           {many(0), "IceBreakers[0].Items (default): 0 items"},
		"question at limit":  {threadsettings.IceBreakersOf(threadsettings.IceBreaker{Payload: "p", Question: long(80)}), ""},
		"question over it":   {threadsettings.IceBreakersOf(threadsettings.IceBreaker{Payload: "p", Question: long(81)}), "Items[0].Question (default): 81 characters; at most 80"},
		"no question":        {threadsettings.IceBreakersOf(threadsettings.IceBreaker{Payload: "p"}), "Items[0].Question (default): is empty"},
		"no payload":         {threadsettings.IceBreakersOf(threadsettings.IceBreaker{Question: "q"}), "Items[0].Payload (default): is empty"},
		"payload over it":    {threadsettings.IceBreakersOf(threadsettings.IceBreaker{Payload: long(1001), Question: "q"}), "Items[0].Payload (default): 1001 characters"},
		"no default":         {[]threadsettings.IceBreakers{{Items: []threadsettings.IceBreaker{item}, Locale: "de_DE"}}, `IceBreakers: has no block for the locale "default"`},
		"locale twice":       {append(many(1), many(1)...), `IceBreakers[1].Locale: "default" comes twice`},
		"default by default": {[]threadsettings.IceBreakers{{Items: []threadsettings.IceBreaker{item}}}, ""},
	} {
		err := threadsettings.Settings{IceBreakers: test.blocks}.Validate()
		if test.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.want, name)
	}
}

func TestLocalizeLeavesIceBreakersOfItsReceiverAlone(t *testing.T) {
	t.Parallel()
	settings := questions()
	localized := settings.Localize(translations(t))
	require.Equal(t, questions(), settings)
	require.Greater(t, len(localized.IceBreakers), 1)
	for _, block := range localized.IceBreakers {
		require.Equal(t, "STATUS", block.Items[0].Payload, "payloads are the same in every language")
	}
}

func TestLocalizeKeepsIceBreakersOfALocale(t *testing.T) {
	t.Parallel()
	settings := questions()
	own := threadsettings.IceBreakers{Items: []threadsettings.IceBreaker{{Payload: "OWN", Question: "自訂"}}, Locale: "zh_TW"}
	settings.IceBreakers = append(settings.IceBreakers, own)
	localized := settings.Localize(translations(t))
	require.NoError(t, localized.Validate(), "no locale comes twice")
	require.Contains(t, localized.IceBreakers, own)
}
