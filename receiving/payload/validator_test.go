package payload_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving/payload"
)

var errNoInches = errors.New("inches are missing")

type checkedSize struct {
	Inches int `json:"inches"`
}

func (s checkedSize) Validate() error {
	if s.Inches <= 0 {
		return errNoInches
	}
	return nil
}

type checkedByPointer struct {
	Inches int `json:"inches"`
}

func (s *checkedByPointer) Validate() error { return checkedSize{s.Inches}.Validate() }

// What an old button lacks is an error, and not the zero value, if the data checks itself.
func TestDataChecksItself(t *testing.T) {
	t.Parallel()
	const class = "shop.payloads.SizePayload"
	byValue := payload.New[checkedSize]("size", payload.Alias(class))
	byPointer := payload.New[checkedByPointer]("size", payload.Alias(class))
	ofPointers := payload.New[*checkedSize]("size", payload.Alias(class))

	for _, s := range []string{
		`{"payload_class":"` + class + `"}`, `{"payload_class":"` + class + `","size":"M"}`, `{"kind":"size"}`, `size`,
		`{"kind":"size","data":null}`, `{"kind":"size","data":{}}`, `{"kind":"size","data":{"inches":-1}}`,
	} {
		_, err := byValue.Decode(s)
		require.ErrorIs(t, err, errNoInches, s)
		require.EqualError(t, err, "payload: size: inches are missing", s)
		_, err = byPointer.Decode(s)
		require.ErrorIs(t, err, errNoInches, s)
		none, err := ofPointers.Decode(s)
		require.Error(t, err, s)
		require.Nil(t, none, s)
	}
	const old = `{"inches":12,"payload_class":"` + class + `"}`
	one, err := byValue.Decode(old)
	require.NoError(t, err)
	require.Equal(t, checkedSize{12}, one)
	two, err := byPointer.Decode(old)
	require.NoError(t, err)
	require.Equal(t, checkedByPointer{12}, two)
	three, err := ofPointers.Decode(old)
	require.NoError(t, err)
	require.Equal(t, &checkedSize{12}, three)

	_, err = byValue.Encode(checkedSize{})
	require.ErrorIs(t, err, errNoInches, "no button is made that cannot be read")
	_, err = byPointer.Encode(checkedByPointer{})
	require.ErrorIs(t, err, errNoInches)
	_, err = ofPointers.Encode(nil)
	require.EqualError(t, err, "payload: size: the data is missing")
	require.Panics(t, func() { byValue.MustEncode(checkedSize{}) })
}
