package receiving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// TestFlags reads every flag in every form that the platform writes. An echo and a deletion must be told by Split too.
func TestFlags(t *testing.T) {
	t.Parallel()

	no, yes := false, true
	forms := map[string]*bool{
		`true`: &yes, `"true"`: &yes, `"True"`: &yes, `1`: &yes, `"1"`: &yes, `1.0`: &yes,
		`false`: &no, `"false"`: &no, `"FALSE"`: &no, `0`: &no, `"0"`: &no, `-0`: &no,
		`null`: nil,
	}
	wrong := []string{`2`, `-1`, `"yes"`, `""`, `" true"`, `{}`, `[true]`, `1e999`, `"NaN"`}

	message := func(ev *receiving.Event) *receiving.Message { return ev.Payload.(*receiving.Message) }
	feed := func(ev *receiving.Event) *receiving.FeedChange { return ev.Payload.(*receiving.FeedChange) }
	plain := func(b bool) *bool { return &b }
	for name, flag := range map[string]struct {
		list, before, after string
		get                 func(*receiving.Event) *bool
		optional            bool
	}{
		"is_echo": {"messaging", `{"recipient":{"id":"10"},"sender":{"id":"7"},"message":{"is_echo":`, `}}`,
			func(ev *receiving.Event) *bool {
				return plain(message(ev).IsEcho && ev.Type == receiving.TypeEcho && !ev.IsAct())
			}, false},
		"is_deleted": {"messaging", `{"sender":{"id":"7"},"message":{"text":"x","is_deleted":`, `}}`,
			func(ev *receiving.Event) *bool {
				return plain(message(ev).IsDeleted && ev.Type == receiving.TypeMessageDeleted && !ev.IsAct())
			}, false},
		"is_unsupported": {"messaging", `{"message":{"is_unsupported":`, `}}`, func(ev *receiving.Event) *bool { return plain(message(ev).IsUnsupported) }, false},
		"is_self":        {"messaging", `{"message":{"is_self":`, `}}`, func(ev *receiving.Event) *bool { return plain(message(ev).IsSelf) }, false},
		"is_self beside": {"messaging", `{"message":{},"is_self":`, `}`, func(ev *receiving.Event) *bool { return plain(message(ev).IsSelf) }, false},
		"is_self_reply":  {"messaging", `{"message":{"reply_to":{"is_self_reply":`, `}}}`, func(ev *receiving.Event) *bool { return plain(message(ev).ReplyTo.IsSelfReply) }, false},
		"is_hidden":      {"changes", `{"field":"feed","value":{"is_hidden":`, `}}`, func(ev *receiving.Event) *bool { return plain(feed(ev).IsHidden) }, false},
		"published":      {"changes", `{"field":"feed","value":{"published":`, `}}`, func(ev *receiving.Event) *bool { return feed(ev).Published }, true},
		"is_published":   {"changes", `{"field":"feed","value":{"post":{"is_published":`, `}}}`, func(ev *receiving.Event) *bool { return feed(ev).Post.IsPublished }, true},
	} {
		read := func(form string) (receiving.Envelope, *receiving.Event, []receiving.Problem) {
			c := split(t, `{"object":"page","entry":[{"id":"10","`+flag.list+`":[`+flag.before+form+flag.after+`]}]}`)
			require.Len(t, c.Envelopes, 1)
			ev, problems := c.Envelopes[0].Event()
			return c.Envelopes[0], ev, problems
		}
		for form, want := range forms {
			if want == nil && !flag.optional {
				want = &no
			}
			e, ev, problems := read(form)
			require.Empty(t, problems, "%s: %s", name, form)
			require.Equal(t, want, flag.get(ev), "%s: %s", name, form)
			if name == "is_echo" || name == "is_deleted" {
				kind := e.Key[:4]
				require.Equal(t, *want, kind == "echo" || kind == "dele", "%s: %s has key %s", name, form, e.Key)
			}
		}
		for _, form := range wrong {
			_, ev, problems := read(form)
			require.Len(t, problems, 1, "%s: %s", name, form)
			require.Contains(t, problems[0].Text, "not a boolean")
			if flag.optional {
				require.Nil(t, flag.get(ev))
				continue
			}
			require.Equal(t, &no, flag.get(ev), "%s: %s", name, form)
		}
	}
	e := envelope(t, `{"sender":{"id":"10"},"recipient":{"id":"7"},"message":{"mid":"m","is_echo":"true","metadata":"djm1:key-1:"}}`)
	require.Equal(t, "key-1", e.SendKey)
	require.Equal(t, "7", e.PSID)
	require.Equal(t, envelope(t, `{"sender":{"id":"10"},"recipient":{"id":"7"},"message":{"mid":"m","is_echo":1}}`).Key, e.Key)
}
