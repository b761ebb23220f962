package receiving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

func TestKnownAndNearest(t *testing.T) {
	t.Parallel()
	for _, typ := range append(receiving.Types(), receiving.TypeDefault, receiving.TypeTap) {
		require.True(t, receiving.Known(typ), typ)
		require.Equal(t, typ, receiving.Nearest(string(typ)))
	}
	require.False(t, receiving.Known("SIMPLE_TEKST"))
	require.False(t, receiving.Known(""))
	for name, want := range map[string]receiving.Type{
		"SIMPLE_TEKST": receiving.TypeSimpleText, "STIKER": receiving.TypeSticker, "DEFUALT": receiving.TypeDefault,
		"sticker": receiving.TypeSticker, "Simple_Text": receiving.TypeSimpleText, "default": receiving.TypeDefault, "tap": receiving.TypeTap,
		"TEXT": receiving.TypeSimpleText, "nonsense": "", "": "",
	} {
		require.Equal(t, want, receiving.Nearest(name), name)
	}
}
