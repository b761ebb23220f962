package receiving_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// keyForm is the form of a key: the kind, the message that an edit is of, and the digest of what identifies the event.
const keyForm = `^([a-z_]{4,37}|message_edit-[A-Za-z0-9_-]{22})-[A-Za-z0-9_-]{22}$`

// TestUnsends: a deletion names every event that has the content of the message, wherever either comes, and no other event.
func TestUnsends(t *testing.T) {
	t.Parallel()

	const who, page = `"sender":{"id":"7"},"recipient":{"id":"10"},"timestamp":1764000000000,`, `"sender":{"id":"10"},"recipient":{"id":"7"},`
	type event struct{ field, element string }
	places := func(e event) map[string]receiving.Envelope {
		out := map[string]receiving.Envelope{}
		for name, entry := range map[string]string{
			"messaging": `"messaging":[{` + e.element + `}]`,
			"standby":   `"standby":[{` + e.element + `}]`,
			"changes":   `"changes":[{"field":"` + e.field + `","value":{` + e.element + `}}]`,
			"the entry": `"field":"` + e.field + `","value":{` + e.element + `}`,
			"as entry":  e.element,
		} {
			c := split(t, `{"object":"instagram","entry":[{"id":"10","time":1764000000250,`+entry+`}]}`)
			require.Len(t, c.Envelopes, 1)
			out[name] = c.Envelopes[0]
		}
		return out
	}
	content := map[string]event{
		"message":           {"messages", who + `"message":{"mid":"m","text":"a"}`},
		"attachment":        {"messages", who + `"message":{"attachments":[{"type":"image","payload":{"url":"https://x.example/"}}],"mid":"m"}`},
		"echo":              {"message_echoes", page + `"message":{"mid":"m","text":"a","is_echo":true}`},
		"postback":          {"messaging_postbacks", who + `"postback":{"mid":"m","title":"a","payload":"P"}`},
		"edit":              {"message_edits", who + `"message_edit":{"mid":"m","text":"b","num_edit":1}`},
		"second edit":       {"message_edit", who + `"message_edit":{"num_edit":2,"text":"c","mid":"m"}`},
		"uncounted edit":    {"message_edits", who + `"message_edit":{"mid":"m","text":"d"}`},
		"edit of no text":   {"message_edit", who + `"message_edit":{"mid":"m","num_edit":0}`},
		"edit of an echo":   {"message_edits", page + `"message_edit":{"mid":"m","text":"e","num_edit":1}`},
		"edit of one's own": {"message_edit", page + `"message_edit":{"mid":"m","text":"f","num_edit":1},"is_self":true`},
	}
	others := map[string]event{
		"other message":   {"messages", who + `"message":{"mid":"n","text":"a","reply_to":{"mid":"m"}}`},
		"other edit":      {"message_edits", who + `"message_edit":{"mid":"n","text":"b","num_edit":1}`},
		"longer mid":      {"message_edits", who + `"message_edit":{"mid":"m2","text":"b","num_edit":1}`},
		"edit of nothing": {"message_edits", who + `"message_edit":{"text":"b","num_edit":1}`},
		"edit of null":    {"message_edits", who + `"message_edit":{"mid":null,"text":"b","num_edit":1}`},
		"reaction":        {"message_reactions", who + `"reaction":{"mid":"m","action":"react","emoji":"x"}`},
		"read":            {"messaging_seen", who + `"read":{"mid":"m"}`},
		"delivery":        {"message_deliveries", who + `"delivery":{"mids":["m"]}`},
		"feedback":        {"response_feedback", who + `"response_feedback":{"mid":"m","feedback":"Good response"}`},
	}
	for name, deletion := range map[string]event{
		"message": {"messages", who + `"message":{"mid":"m","is_deleted":true}`},
		"echo":    {"messages", page + `"message":{"mid":"m","is_deleted":"true","is_echo":true}`},
	} {
		for place, by := range places(deletion) {
			require.Equal(t, "m", by.Unsends.MID, "%s in %s", name, place)
			require.Empty(t, by.EditOf)
			covers := func(e receiving.Envelope) bool {
				if slices.Contains(by.Unsends.Keys, e.Key) {
					return true
				}
				require.Equal(t, e.EditOf == by.Unsends.Edits, strings.HasPrefix(e.Key, by.Unsends.Edits))
				return e.EditOf == by.Unsends.Edits
			}
			require.False(t, covers(by))
			for what, ev := range content {
				for at, e := range places(ev) {
					require.True(t, covers(e), "%s in %s", what, at)
					require.Empty(t, e.Unsends)
					require.Equal(t, strings.Contains(what, "edit"), e.EditOf != "", what)
				}
			}
			for what, ev := range others {
				for at, e := range places(ev) {
					require.False(t, covers(e), "%s in %s", what, at)
					require.Empty(t, e.Unsends)
				}
			}
		}
	}

	for _, element := range []string{`{` + who + `"message":{"is_deleted":true}}`, `{` + who + `"message":{"mid":"","is_deleted":true}}`} {
		require.Empty(t, envelope(t, element).Unsends, "a deletion of nothing")
	}
	edit := `{"id":"11","messaging":[{` + content["edit"].element + `}]}`
	page11 := split(t, `{"object":"instagram","entry":[`+edit+`,{"id":"11","messaging":[{`+who+`"message":{"mid":"m","is_deleted":true}}]},`+
		strings.Replace(edit, "11", "10", 1)+`]}`).Envelopes
	require.Equal(t, page11[0].EditOf, page11[1].Unsends.Edits)
	require.NotEqual(t, page11[2].EditOf, page11[1].Unsends.Edits, "of another page")
}
