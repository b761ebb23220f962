package printable_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/printable"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "",
		"Grüße, José\t小美 👍🏽":        "Grüße, José\t小美 👍🏽",
		"a\x1b[2Jb\x00\x7f\u009b":   "a\uFFFD[2Jb\uFFFD\uFFFD\uFFFD",
		"one\ntwo\r":                "one\uFFFDtwo\uFFFD",
		"a\u2028b\u2029":            "a\uFFFDb\uFFFD",
		"user\u202Egpj.exe":         "user\uFFFDgpj.exe",
		"\u2066a\u2069\u200F\u061C": "\uFFFDa\uFFFD\uFFFD\uFFFD",
		"\xff":                      "\uFFFD",
	} {
		require.Equal(t, want, printable.Text(text), "%q", text)
	}
}
