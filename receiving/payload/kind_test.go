package payload_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving/payload"
)

type size struct {
	Inches int    `json:"inches"`
	Note   string `json:"note,omitempty"`
}

func TestEncode(t *testing.T) {
	t.Parallel()

	s, err := payload.New[size]("order.size").Encode(size{Inches: 14, Note: "<b> & 'thin' 你好"})
	require.NoError(t, err)
	require.Equal(t, `{"kind":"order.size","data":{"inches":14,"note":"<b> & 'thin' 你好"}}`, s)

	s, err = payload.New[payload.None]("order.cancel").Encode(payload.None{})
	require.NoError(t, err)
	require.Equal(t, `{"kind":"order.cancel"}`, s)

	s, err = payload.New[*size]("order.size").Encode(nil)
	require.NoError(t, err)
	require.Equal(t, `{"kind":"order.size"}`, s)

	s, err = payload.New[int]("answer").Encode(0)
	require.NoError(t, err)
	require.Equal(t, `{"kind":"answer","data":0}`, s)
}

func TestEncodeCountsCharacters(t *testing.T) {
	t.Parallel()

	kind := payload.New[string]("k")
	room := payload.MaxLength - len(`{"kind":"k","data":""}`)

	for _, letter := range []string{"a", "é", "你", "😀", "<"} {
		s, err := kind.Encode(strings.Repeat(letter, room))
		require.NoError(t, err, letter)
		got, err := kind.Decode(s)
		require.NoError(t, err)
		require.Equal(t, strings.Repeat(letter, room), got)

		_, err = kind.Encode(strings.Repeat(letter, room+1))
		require.ErrorIs(t, err, payload.ErrTooLong, letter)
		require.NotContains(t, err.Error(), letter+letter)
	}
}

func TestEncodeFaults(t *testing.T) {
	t.Parallel()

	_, err := payload.New[any]("k").Encode(make(chan int))
	require.Error(t, err)

	var zero payload.Kind[size]
	_, err = zero.Encode(size{})
	require.Error(t, err)
	require.Panics(t, func() { zero.MustEncode(size{}) })
	require.False(t, zero.Matches(""))
	require.False(t, zero.Matches("YES"))
	require.Empty(t, zero.Name())
	_, err = zero.Decode("YES")
	require.ErrorIs(t, err, payload.ErrOtherKind)
}

func TestDecode(t *testing.T) {
	t.Parallel()

	kind := payload.New[size]("order.size", payload.Alias("shop.payloads.SizePayload", "order.inches"))
	for name, test := range map[string]struct {
		in   string
		want size
	}{
		"our own":          {`{"kind":"order.size","data":{"inches":14}}`, size{Inches: 14}},
		"spaced":           {" \n{ \"data\" : {\"inches\":14}, \"kind\" : \"order.size\" }", size{Inches: 14}},
		"unknown fields":   {`{"v":2,"kind":"order.size","data":{"inches":14,"colour":"red"}}`, size{Inches: 14}},
		"no data":          {`{"kind":"order.size"}`, size{}},
		"null data":        {`{"kind":"order.size","data":null}`, size{}},
		"bare":             {`order.size`, size{}},
		"bare alias":       {`order.inches`, size{}},
		"alias":            {`{"kind":"order.inches","data":{"inches":14}}`, size{Inches: 14}},
		"old class":        {`{"inches":14,"payload_class":"shop.payloads.SizePayload"}`, size{Inches: 14}},
		"old class, kind":  {`{"kind":"large","inches":14,"payload_class":"shop.payloads.SizePayload"}`, size{Inches: 14}},
		"class no string":  {`{"kind":"order.size","payload_class":7,"data":{"inches":14}}`, size{Inches: 14}},
		"duplicate fields": {`{"kind":"x","kind":"order.size","data":{"inches":14}}`, size{Inches: 14}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.True(t, kind.Matches(test.in))
			got, err := kind.Decode(test.in)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestDecodeRefusesOtherKinds(t *testing.T) {
	t.Parallel()

	kind := payload.New[size]("order.size", payload.Alias("shop.payloads.SizePayload"))
	for _, in := range []string{
		``, `{}`, `{`, `[]`, `null`, `"order.size"`, `ORDER.SIZE`, ` order.size`, `order.size `, `order.sizes`, `{"kind":"order.sizes"}`,
		`{"KIND":"order.size"}`, `{"kind":["order.size"]}`, `{"kind":"order.size"`, `{"kind":"order.size"} x`,
		`{"payload_class":"shop.payloads.Size"}`, `{"payload_class":"SizePayload"}`,
		`{"kind":"order.size","payload_class":"shop.payloads.Other"}`, strings.Repeat("{", 100_000), strings.Repeat(`{"kind":`, 100_000),
	} {
		require.False(t, kind.Matches(in), in)
		got, err := kind.Decode(in)
		require.ErrorIs(t, err, payload.ErrOtherKind, in)
		require.Zero(t, got)
	}
}

func TestDecodeMisfit(t *testing.T) {
	t.Parallel()

	kind := payload.New[size]("order.size")
	got, err := kind.Decode(`{"kind":"order.size","data":{"note":"kept out","inches":12345.678}}`)
	require.ErrorContains(t, err, "field inches")
	require.NotErrorIs(t, err, payload.ErrOtherKind)
	require.NotContains(t, err.Error(), "12345")
	require.Zero(t, got)

	_, err = kind.Decode(`{"kind":"order.size","data":"private"}`)
	require.ErrorContains(t, err, "does not fit Go type payload_test.size")
	require.NotContains(t, err.Error(), "private")

	_, err = payload.New[picky]("p").Decode(`{"kind":"p","data":1}`)
	require.ErrorIs(t, err, errPicky)

	_, err = payload.New[payload.None]("p").Decode(`{"kind":"p","data":1}`)
	require.NoError(t, err, "data that is not read fits")
}

// TestErrorsContainNoValues: an error goes into logs and dead letters, and a payload may contain what a person has entered.
func TestErrorsContainNoValues(t *testing.T) {
	t.Parallel()
	type data struct {
		At    time.Time         `json:"at"`
		Raw   []byte            `json:"raw"`
		Small int8              `json:"small"`
		Fit   float64           `json:"fit"`
		Words map[string]string `json:"words"`
		List  [2]bool           `json:"list"`
	}
	kind := payload.New[data]("k", payload.Alias("shop.Data"))
	for _, in := range []string{
		`{"kind":"k","data":{"at":"private"}}`,
		`{"kind":"k","data":{"raw":"private"}}`,
		`{"kind":"k","data":{"small":299792458}}`,
		`{"kind":"k","data":{"fit":1e299792458}}`,
		`{"kind":"k","data":{"words":{"a":299792458}}}`,
		`{"kind":"k","data":{"list":["private"]}}`,
		`{"kind":"k","data":"private"}`,
		`{"kind":"k","data":[{"private":299792458}]}`,
		`{"payload_class":"shop.Data","at":"private"}`,
		`{"payload_class":"shop.Data","words":"private"}`,
		`{"kind":"private"}`,
		`private`,
	} {
		got, err := kind.Decode(in)
		require.Error(t, err, in)
		require.Zero(t, got, "a value that does not fit is not half read: %s", in)
		require.NotContains(t, err.Error(), "private", in)
		require.NotContains(t, err.Error(), "299792458", in)
		require.Less(t, len(err.Error()), 200, in)
	}
}

// TestDecodeTakesHostileData: repeated keys, big numbers and deep nesting, from chats that others can write to.
func TestDecodeTakesHostileData(t *testing.T) {
	t.Parallel()
	kind := payload.New[any]("k")
	for in, want := range map[string]any{
		`{"kind":"x","data":1,"kind":"k","data":2}`:          2.0,
		`{"kind":"k","data":{"a":1,"a":2}}`:                  map[string]any{"a": 2.0},
		`{"kind":"k","data":123456789012345678901234567890}`: 1.2345678901234568e29,
		`{"kind":"k","data":"\ud83d"}`:                       "\ufffd",
		`{"kind":"k","data":"\u0000\u202e\u4f60"}`:           "\x00\u202e你",
		`{"kind":"k","data":` + nested(1000) + `}`:           deep(1000),
	} {
		got, err := kind.Decode(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, in := range []string{
		`{"kind":"k","data":` + nested(100_000) + `}`, // more than encoding/json decodes: no JSON, so of no kind
		`{"kind":"k","kind":7}`,
		`{"kind":"k","payload_class":"other"}`,
		`{"\u006bind":"K"}`,
	} {
		require.False(t, kind.Matches(in))
		_, err := kind.Decode(in)
		require.ErrorIs(t, err, payload.ErrOtherKind)
	}
	require.True(t, kind.Matches(`{"\u006bind":"\u006b"}`), "escapes make no other name")
}

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func deep(n int) any {
	list := []any{}
	for range n - 1 {
		list = []any{list}
	}
	return list
}

var errPicky = errors.New("picky")

type picky struct{}

func (*picky) UnmarshalJSON([]byte) error { return errPicky }

var _ json.Unmarshaler = (*picky)(nil)

func TestNames(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"YES", "order.size", "Show me more", "你好", "+1 555", "42", strings.Repeat("é", 200)} {
		kind := payload.New[payload.None](name)
		require.True(t, kind.Matches(name))
		require.True(t, kind.Matches(kind.MustEncode(payload.None{})))
	}
	for _, name := range []string{"", " a", "a ", "a\nb", "a\x00", "\xff", "{", `{"kind":"x"}`, strings.Repeat("é", 201)} {
		require.Contains(t, panicOf(func() { payload.New[int](name) }), "payload: New: the name ", name)
		require.Contains(t, panicOf(func() { payload.New[int]("k", payload.Alias("fine", name)) }), "payload: New: the alias ", name)
		_, ok := payload.KindOf(name)
		require.Equal(t, name == `{"kind":"x"}`, ok, name)
	}
}

func panicOf(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return ""
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for name, matches := range map[string]string{
		"order.size": `{"kind":"order.size","data":{"inches":14}}`,
		"YES":        "YES",
		"djmessenger.payload.PersistentMenuOnePayload": payload.PersistentMenuOne,
		"GetStartedPayload":                            `{"payload_class":"djmessenger.payload.GetStartedPayload"}`,
		"shop.payloads.SizePayload":                    `{"payload_class":"shop.payloads.SizePayload","inches":14}`,
	} {
		ref, err := payload.Named(name)
		require.NoError(t, err)
		require.Equal(t, name, ref.Name())
		require.True(t, ref.Matches(matches), name)
		require.False(t, ref.Matches("NO"), name)
	}
	for _, name := range []string{"", " YES", "{", strings.Repeat("x", 201), "a\nb"} {
		ref, err := payload.Named(name)
		require.Error(t, err, "%q", name)
		require.True(t, ref.IsZero())
	}
}
