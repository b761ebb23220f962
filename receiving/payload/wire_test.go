package payload_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving/payload"
)

func TestKindOf(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]string{
		`YES`:               "YES",
		`GET_STARTED`:       "GET_STARTED",
		`GetStartedPayload`: "GetStartedPayload", // no class, since no object says so
		`[1]`:               "[1]",
		`{"kind":"a.b"}`:    "a.b",
		`{"kind":"a.b","data":{"payload_class":"x"}}`:                         "a.b",
		`{"payload_class":"shop.Size","kind":"big"}`:                          "shop.Size",
		`{"payload_class":"","kind":"big"}`:                                   "big",
		`{"payload_class":"djmessenger.payload.PersistentMenuOnePayload"}`:    "PERSISTENT_MENU_ONE",
		`{"payload_class":"djmessenger.payload.PersistentMenuTwoPayload"}`:    "PERSISTENT_MENU_TWO",
		`{"payload_class":"djmessenger.payload.PersistentMenuThreePayload"}`:  "PERSISTENT_MENU_THREE",
		`{"payload_class":"djmessenger.payload.PersistentMenuFourPayload"}`:   "PERSISTENT_MENU_FOUR",
		`{"payload_class":"djmessenger.payload.PersistentMenuFivePayload"}`:   "PERSISTENT_MENU_FIVE",
		`{"payload_class":"djmessenger.payload.GetStartedPayload"}`:           "GET_STARTED_BUTTON",
		`{"payload_class":"djmessenger.payload.GetStartedButtonPayload"}`:     "GET_STARTED_BUTTON",
		`{"payload_class":"djmessenger.payloads.GetStartedButton"}`:           "GET_STARTED_BUTTON",
		`{"payload_class":"PersistentMenuOnePayload"}`:                        "PERSISTENT_MENU_ONE",
		`{"payload_class":"PersistentMenuTwo"}`:                               "PERSISTENT_MENU_TWO",
		`{"payload_class":"PersistentMenuPayloadThree"}`:                      "PERSISTENT_MENU_THREE",
		`{"payload_class":"PayloadPersistentMenuFour"}`:                       "PERSISTENT_MENU_FOUR",
		`{"payload_class":"djmessenger.PersistentMenu5Payload"}`:              "PERSISTENT_MENU_FIVE",
		`{"payload_class":"djmessenger.x.y.PersistentMenuItemOnePayload"}`:    "PERSISTENT_MENU_ONE",
		`{"payload_class":"PERSISTENT_MENU_ONE"}`:                             "PERSISTENT_MENU_ONE",
		`{"payload_class":"GET_STARTED_BUTTON"}`:                              "GET_STARTED_BUTTON",
		`{"payload_class":"GetStartedButtonPayload","title":"x"}`:             "GET_STARTED_BUTTON",
		`{"payload_class":"<class 'djmessenger.payload.GetStartedPayload'>"}`: "GET_STARTED_BUTTON",
		`{"payload_class":"<class 'shop.Size'>"}`:                             "shop.Size",
		`{"payload_class":"<class 'shop.Size"}`:                               "<class 'shop.Size",
		`djmessenger.payload.PersistentMenuOnePayload`:                        "PERSISTENT_MENU_ONE",
		`djmessenger.payload.SizePayload`:                                     "djmessenger.payload.SizePayload",
		`PersistentMenuOnePayload`:                                            "PersistentMenuOnePayload", // as for GetStartedPayload
		`{"payload_class":"PersistentMenu"}`:                                  "PersistentMenu",
		`{"payload_class":"PersistentMenuSix"}`:                               "PersistentMenuSix",
		`{"payload_class":"shop.PersistentMenuOnePayload"}`:                   "shop.PersistentMenuOnePayload",
		`{"payload_class":"djmessenger.payload.PersistentMenuSixPayload"}`:    "djmessenger.payload.PersistentMenuSixPayload",
	} {
		got, ok := payload.KindOf(in)
		require.True(t, ok, in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{``, `{}`, `{"kind":""}`, `{"kind":7}`, `{"kind":null}`, `{"Kind":"a"}`, `{kind}`, ` x`} {
		name, ok := payload.KindOf(in)
		require.False(t, ok, in)
		require.Empty(t, name, in)
	}
}

func TestRef(t *testing.T) {
	t.Parallel()

	a := payload.New[int]("a", payload.Alias("x", "a", "x"))
	again := payload.New[string]("a")
	b := payload.New[int]("b", payload.Alias("y", "djmessenger.payload.GetStartedPayload"))
	c := payload.New[int]("c", payload.Alias("y"))
	started := payload.New[payload.None](payload.GetStartedButton)

	require.Equal(t, []string{"a", "x"}, a.Ref().Names())
	same := func(x, y payload.Ref) bool { return x == y } // require.Equal would look behind them
	copied := a
	require.True(t, same(a.Ref(), copied.Ref()), "a copy is the same kind")
	require.False(t, same(a.Ref(), again.Ref()), "one name, two kinds")

	clash := func(x, y payload.Ref) string {
		name, ok := x.Clash(y)
		back, okBack := y.Clash(x)
		require.Equal(t, ok, okBack)
		require.Equal(t, name, back)
		return name
	}
	require.Equal(t, "a", clash(a.Ref(), again.Ref()))
	require.Equal(t, "y", clash(b.Ref(), c.Ref()))
	require.Equal(t, "GET_STARTED_BUTTON", clash(b.Ref(), started.Ref()))
	require.Empty(t, clash(a.Ref(), b.Ref()))
	require.Empty(t, clash(a.Ref(), a.Ref()))
	require.Empty(t, clash(a.Ref(), payload.Ref{}))
	require.True(t, payload.Ref{}.IsZero())
	require.False(t, a.Ref().IsZero())
	require.Empty(t, payload.Ref{}.Names())
	require.True(t, b.Matches(`{"payload_class":"djmessenger.payload.GetStartedPayload"}`))
	require.True(t, started.Matches(`{"payload_class":"djmessenger.payload.GetStartedPayload"}`))
}

var corpus = []string{
	``, `YES`, `{}`, `{"kind":"k"}`, `{"kind":"k","data":{"inches":3,"note":"x"}}`, `{"kind":"k","data":[[[[]]]]}`, `{"kind":"k","data":"\ud800"}`,
	`{"inches":1,"payload_class":"shop.Size"}`, `{"payload_class":"djmessenger.payload.GetStartedPayload"}`, "\xff\xfe", `{"kind":"\u0000"}`,
}

func FuzzDecode(f *testing.F) {
	for _, s := range corpus {
		f.Add(s)
	}
	kind := payload.New[size]("k", payload.Alias("shop.Size"))
	anything := payload.New[any]("k")
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := payload.KindOf(s)
		if !ok {
			require.Empty(t, name)
			require.False(t, kind.Matches(s))
		} else {
			require.True(t, payload.New[payload.None](name).Matches(s), "what KindOf names can be matched")
		}
		_, err := kind.Decode(s)
		require.Equal(t, !kind.Matches(s), isOtherKind(err))
		_, _ = anything.Decode(s)
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("order.size", 14, "thin <b>")
	f.Add("YES", -1, "\u2028\x00\"")
	f.Fuzz(func(t *testing.T, name string, inches int, note string) {
		if !utf8.ValidString(note) || panicOf(func() { payload.New[size](name) }) != "" {
			t.Skip()
		}
		kind, want := payload.New[size](name), size{Inches: inches, Note: note}
		s, err := kind.Encode(want)
		if err != nil {
			require.ErrorIs(t, err, payload.ErrTooLong)
			return
		}
		require.LessOrEqual(t, utf8.RuneCountInString(s), payload.MaxLength)
		got, err := kind.Decode(s)
		require.NoError(t, err)
		require.Equal(t, want, got)
		decoded, ok := payload.KindOf(s)
		require.True(t, ok)
		require.Equal(t, name, decoded)
	})
}

func isOtherKind(err error) bool {
	return errors.Is(err, payload.ErrOtherKind)
}
