package receiving_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// TestLinkPreviews: an attachment that only shows a link of the text makes no other type of it; one that shares something else does.
func TestLinkPreviews(t *testing.T) {
	t.Parallel()

	const lamp = "https://shop.example/lamp"
	for name, test := range map[string]struct {
		text    string
		preview bool
		urls    []string
	}{
		"the link":           {"see " + lamp, true, []string{lamp}},
		"only the link":      {lamp, true, []string{lamp}},
		"no link":            {"see this", false, []string{lamp}},
		"another link":       {"see https://shop.example/sofa", false, []string{lamp}},
		"longer link":        {"see https://shop.example/lamp/red", false, []string{lamp}},
		"no scheme":          {"see shop.example/lamp", true, []string{lamp}},
		"other scheme":       {"see http://shop.example/lamp", true, []string{lamp}},
		"www":                {"see www.shop.example/lamp", true, []string{lamp}},
		"letter case":        {"see HTTPS://Shop.Example/lamp", true, []string{lamp}},
		"path's letter case": {"see https://shop.example/LAMP", false, []string{lamp}},
		"slash at the end":   {"see shop.example", true, []string{"https://shop.example/"}},
		"full stop":          {"see " + lamp + ".", true, []string{lamp}},
		"brackets":           {"see (" + lamp + "), please", true, []string{lamp}},
		"markdown":           {"[lamp](" + lamp + ")", true, []string{lamp}},
		"no spaces":          {"看" + lamp + "这个", true, []string{lamp}},
		"lower case grows":   {strings.Repeat("Ⱥ", 99) + lamp, true, []string{lamp}},
		"new line":           {"look:\n" + lamp + "\nthanks", true, []string{lamp}},
		"query":              {"see " + lamp + "?a=1&b=2", true, []string{lamp + "?b=2&a=1"}},
		"other query":        {"see " + lamp + "?a=1", false, []string{lamp + "?a=2"}},
		"added by platform":  {"see " + lamp + "?a=1", true, []string{lamp + "?a=1&fbclid=IwAR0"}},
		"escaped":            {"see https://shop.example/caf%C3%A9", true, []string{"https://shop.example/café"}},
		"wrapped":            {"see " + lamp + "?a=1", true, []string{"https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example%2Flamp%3Fa%3D1&h=AT0&s=1"}},
		"wrapped, Instagram": {"see " + lamp, true, []string{"https://l.instagram.com/?u=https%3A%2F%2Fshop.example%2Flamp&e=AT0"}},
		"wrapped, other":     {"see " + lamp, false, []string{"https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example%2Fsofa"}},
		"wrapped, nothing":   {"see " + lamp, false, []string{"https://l.facebook.com/l.php"}},
		"two links":          {"this " + lamp + " or https://shop.example/sofa", true, []string{lamp, "https://shop.example/sofa"}},
		"one of two":         {"this " + lamp, false, []string{lamp, "https://shop.example/sofa"}},
		"no address":         {"see " + lamp, false, []string{""}},
		"no web address":     {"see mailto:ana@shop.example", false, []string{"mailto:ana@shop.example"}},
		"no address at all":  {"see http://%zz", false, []string{"http://%zz"}},
		"no host":            {"see lamp", false, []string{"lamp"}},
		"no text":            {"", false, []string{lamp}},
	} {
		for kind, other := range map[string]receiving.Type{"fallback": receiving.TypeFallback, "share": receiving.TypeAttachment} {
			for _, form := range []string{`{"type":%q,"url":%q,"payload":null}`, `{"type":%q,"payload":{"title":"t","url":%q}}`} {
				var attachments []string
				for _, u := range test.urls {
					attachments = append(attachments, fmt.Sprintf(form, kind, u))
				}
				text, err := json.Marshal(test.text)
				require.NoError(t, err)
				ev, _ := event(t, `{"sender":{"id":"7"},"message":{"text":`+string(text)+`,"attachments":[`+strings.Join(attachments, ",")+`]}}`)
				want := other
				if test.preview {
					want = receiving.TypeSimpleText
				}
				require.Equal(t, want, ev.Type, "%s, %s", name, kind)
				require.Len(t, ev.Payload.(*receiving.Message).Attachments, len(test.urls), "nothing is lost of it")
			}
		}
	}

	for attachments, want := range map[string]receiving.Type{
		`{"type":"fallback","url":"` + lamp + `"},{"type":"image"}`: receiving.TypeImage,
		`{"type":"image"},{"type":"fallback","url":"` + lamp + `"}`: receiving.TypeImage,
		`{"type":"post","payload":{"url":"` + lamp + `"}}`:          receiving.TypePost,
		`{"type":"image","payload":{"url":"` + lamp + `"}}`:         receiving.TypeImage,
		`{"type":"fallback"}`: receiving.TypeFallback,
	} {
		ev, _ := event(t, `{"sender":{"id":"7"},"message":{"text":"see `+lamp+`","attachments":[`+attachments+`]}}`)
		require.Equal(t, want, ev.Type, attachments)
	}
	quick, _ := event(t, `{"message":{"text":"`+lamp+`","quick_reply":{"payload":"P"},"attachments":[{"type":"fallback","url":"`+lamp+`"}]}}`)
	require.Equal(t, receiving.TypeQuickReply, quick.Type)
}

// TestManyLinksAreBounded: only the first 32 links of a text are looked at, and its first 32 KiB, so that a long text and a long list of
// attachments do not make each other long.
func TestManyLinksAreBounded(t *testing.T) {
	t.Parallel()

	typeOf := func(text, address string) receiving.Type {
		ev, _ := event(t, `{"message":{"text":"`+text+`","attachments":[{"type":"fallback","url":"`+address+`"}]}}`)
		return ev.Type
	}
	text := ""
	for i := range 1000 {
		text += fmt.Sprintf("https://shop.example/%d ", i)
	}
	require.Equal(t, receiving.TypeSimpleText, typeOf(text, "https://shop.example/31"))
	require.Equal(t, receiving.TypeFallback, typeOf(text, "https://shop.example/32"))
	require.Equal(t, receiving.TypeSimpleText, typeOf(strings.Repeat("x ", 10_000)+"https://shop.example/lamp", "https://shop.example/lamp"))
	require.Equal(t, receiving.TypeFallback, typeOf(strings.Repeat("x ", 20_000)+"https://shop.example/lamp", "https://shop.example/lamp"))
}
