package gettext_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/gettext"
)

func TestOriginals(t *testing.T) {
	t.Parallel()
	choice := func(by i18n.Selector) i18n.Text {
		return i18n.Text{By: by, Of: "n", Cases: []i18n.Case{{When: "one", Text: i18n.Text{Words: "A"}}, {When: i18n.Other, Text: i18n.Text{Words: "B"}}}}
	}
	source := i18n.File{Language: "en", Messages: []i18n.Message{
		{Key: "a.key", Text: i18n.Text{Words: "Said"}}, {Key: "Text", Text: i18n.Text{Words: "Text"}},
		{Key: "a.plural", Text: choice(i18n.Plural)}, {Key: "a.select", Text: choice(i18n.Select)},
	}}
	var po bytes.Buffer
	require.NoError(t, gettext.WritePO(&po, i18n.File{Language: "de"}, source))
	require.Equal(t, []gettext.Original{
		{Key: "a.key", Text: "Said"}, {Key: "a.plural", Text: "A\x00B"},
		{Key: "a.select", Case: `["a.select","select","n","one"]`, Text: "A"}, {Key: "a.select", Case: `["a.select","select","n","other"]`, Text: "B"},
	}, gettext.Originals(po.Bytes()))
	require.Empty(t, gettext.Originals([]byte("msgid \"\nmsgctxt")))
}
