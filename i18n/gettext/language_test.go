package gettext_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/gettext"
)

func TestOtherLanguage(t *testing.T) {
	t.Parallel()
	const entry = "msgid \"a\"\nmsgstr \"Language: de\\n\"\n"
	for content, want := range map[string]string{
		"msgid \"\"\nmsgstr \"\"\n\"MIME-Version: 1.0\\n\"\n\"Language: pt_BR\\n\"\n\n" + entry: "pt_BR",
		"# A comment.\n#, fuzzy\nmsgid \"\"\nmsgstr \"X: y\\nlanguage:fr\\n\"\n":                "fr",
		"msgid \"\"\nmsgstr \"Language: \\n\"\n\n" + entry:                                      "",
		entry:                    "",
		"msgid \"\nLanguage: de": "",
		"":                       "",
	} {
		said, other := gettext.OtherLanguage([]byte(content), "da")
		require.Equal(t, want, said, content)
		require.Equal(t, want != "", other, content)
	}
	var po bytes.Buffer
	require.NoError(t, gettext.WritePO(&po, i18n.File{Language: "zh-Hant-HK"}, i18n.File{}))
	said, other := gettext.OtherLanguage(po.Bytes(), "zh-Hant")
	require.Equal(t, "zh_Hant_HK", said)
	require.False(t, other)
}
