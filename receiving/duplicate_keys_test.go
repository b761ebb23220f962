package receiving_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// unique returns what encoding/json makes of an object as a map: of each name the last value, whole, and no other.
func unique(data []byte) ([]byte, bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil || object == nil {
		return nil, false
	}
	data, err := json.Marshal(object)
	return data, err == nil
}

// told is all that is read of a callback, but for the bytes themselves. The lists of an entry have no order among each other.
func told(t *testing.T, body []byte) []string {
	t.Helper()
	c, err := receiving.Split(body)
	require.NoError(t, err)
	var all []string
	for _, e := range c.Envelopes {
		ev, _ := e.Event()
		payload, err := json.Marshal(ev.Payload)
		require.NoError(t, err)
		if unknown, ok := ev.Payload.(*receiving.Unknown); ok {
			payload = []byte(`{"unknown":` + fmt.Sprintf("%q", unknown.Field) + `}`)
		}
		payload, ok := unique(payload) // what is kept as JSON is kept as it was written
		require.True(t, ok)
		kind, _, _ := strings.Cut(e.Key, "-")
		key := "" // of an id; that of content depends on how it is written
		if ev.MID() != "" && slices.Contains([]string{"message", "echo", "deleted", "echo_deleted", "postback"}, kind) {
			key = e.Key
		}
		all = append(all, fmt.Sprintf("%s %s %v %q %q %q %q %v %v %q %q %s %v %s %s", kind, key, e.KeyTime, e.Object, e.PageID, e.PSID+"|"+e.UserRef, e.Thread,
			e.Time, e.Standby, e.Field, e.SendKey, ev.Type, ev.IsAct(), ev.MID(), payload))
	}
	slices.Sort(all)
	return all
}

// requireUnique holds that a callback is read as if each object had only the last value of each name.
func requireUnique(t *testing.T, body []byte) {
	t.Helper()
	once, ok := unique(body)
	require.True(t, ok)
	require.Equal(t, told(t, once), told(t, body), "%s", body)
}

// duplicates are names that come twice, in each place where that could make a difference.
var duplicates = []string{
	`{"object":"page","object":"instagram","entry":[{"id":"1"}],"entry":[{"id":"2","messaging":[{"read":{}}]}]}`,
	`{"object":"page","object":null,"entry":[{"id":"2","messaging":[{"read":{}}]}]}`,
	`{"object":"page","entry":[{"id":"2","messaging":[{"read":{}}]}],"entry":null}`,
	`{"object":"page","Entry":[{"id":"2","messaging":[{"read":{}}]}],"entry":[{"id":"3","Messaging":[{}],"messaging":[{"read":{}}]}],"ENTRY":[]}`,
	`{"entry":[{"id":"1","id":"2","time":1764000000,"time":1764000009,"messaging":[{"sender":{"id":"2"},"recipient":{"id":"7"},"message":{"is_echo":true}}]}]}`,
	`{"entry":[{"id":"2","messaging":[{"sender":{"id":"2"},"recipient":{"id":"7"},"message":{"is_echo":true}}],"id":null}]}`,
	`{"entry":[{"id":"2","messaging":[{"read":{}},{"read":{}}],"standby":[{"read":{}}],"messaging":[{"delivery":{}}]}]}`,
	`{"entry":[{"id":"2","messaging":[{"read":{}}],"messaging":null,"changes":[{}],"changes":[]}]}`,
	`{"entry":[{"id":"2","field":"comments","value":{"id":"1"},"value":null,"field":null}]}`,
	`{"entry":[{"id":"2","field":"feed","field":"comments","value":{"id":"1"},"value":{"comment_id":"3"}}]}`,
	`{"entry":[{"id":"2","sender":{"id":"7"},"sender":null,"read":{"mid":"m"},"read":{"watermark":1764000000}}]}`,
	`{"entry":[{"id":"2","calls":[{"from":"2","to":"7","from":"8","to":"2","timestamp":1764000000,"timestamp":null}]}]}`,
	`{"entry":[{"id":"2","changes":[{"field":"feed","field":"comments","value":{"id":"1","text":"a"},"value":{"id":"2"}}]}]}`,
	`{"entry":[{"id":"2","changes":[{"field":"comments","value":{"id":"1","id":null,"from":{"id":"1","self_ig_scoped_id":"3"},"from":{"id":"4"}},"Value":{}}]}]}`,
	`{"entry":[{"id":"2","changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"1","from":{"id":"1","name":"a"},"from":{"name":"b"},"photos":["a"],"photos":null,"published":1,"published":"x","post":{"id":"1"},"post":{}}}]}]}`,
	`{"entry":[{"id":"2","changes":[{"field":"inbox_labels","value":{"user":{"id":"7"},"user":{}}}]}]}`,
	`{"entry":[{"id":"2","changes":[{"field":"messages","value":{"sender":{"id":"7"},"message":{"text":"a"}},"value":{"message":{"mid":"m"}}}]}]}`,
	callback(`{"sender":{"id":"7"},"sender":{"user_ref":"u"},"recipient":{"id":"10"},"message":{"mid":"a","text":"a"},"message":{"mid":"b"}}`),
	callback(`{"sender":{"id":"7"},"message":{"mid":"a","text":"a"},"message":null,"read":{"mid":"c"}}`),
	callback(`{"sender":{"id":"7"},"message":{"mid":"a","text":"a"},"message":5,"postback":{"mid":"c"}}`),
	callback(`{"sender":{"id":"7"},"read":{"mid":"c"},"message":{"mid":"a"},"message":[],"read":{"watermark":1764000000}}`),
	callback(`{"sender":{"id":"7"},"timestamp":1764000000,"timestamp":"soon","message":{"mid":"a","mid":5,"is_echo":true,"is_echo":null,"is_deleted":1,"is_deleted":"no"}}`),
	callback(`{"sender":{"id":"7"},"message":{"is_echo":true,"metadata":"djm1:key-1:x","metadata":null,"app_id":1,"app_id":[]}}`),
	callback(`{"sender":{"id":"10"},"recipient":{"id":"7"},"is_self":true,"is_self":false,"postback":{"is_self":true},"postback":{"title":"t"}}`),
	callback(`{"sender":{"id":"7"},"Message":{"text":"x"},"message":{"TEXT":"y","Text":"z","text":"a","text":null,"Mid":"n","mid":"m"}}`),
	callback(`{"sender":{"id":"7"},"message":{"quick_reply":{"payload":"P"},"quick_reply":{},"attachments":[{"type":"image"}],"attachments":[{"type":"video","type":"file"}],
		"reply_to":{"mid":"m","story":{"id":"1"}},"reply_to":{"story":{}},"nlp":{"a":1},"nlp":null,"referral":{"ref":"r"},"referral":7}}`),
	callback(`{"sender":{"id":"7"},"message":{"attachments":[{"type":"template","payload":{"url":"u","url":null,"a":{"b":1,"b":2},"a":{"c":3},"x":1,"x":null,"sticker_id":1,"sticker_id":{}},"payload":{"elements":[1],"elements":null}}]}}`),
	callback(`{"sender":{"id":"7"},"message":{"attachments":[{"type":"fallback","payload":{"url":"u"},"payload":"text"},{"type":"fallback","payload":"text","payload":{}}]}}`),
	callback(`{"messaging_feedback":{"feedback_screens":[{"questions":{"a":{"payload":"1","type":"csat"},"a":{"payload":"2"},"b":{"payload":"1"},"b":null}}]}}`),
	callback(`{"app_roles":{"1":["a"],"1":["b","c"],"2":["d"],"2":null}}`),
	callback(`{"group_id":"1","group_id":null,"from":{"id":"7"}}`),
	callback(`{"group_id":null,"group_id":"1","from":{"id":"7"},"from":{},"message":"a","message":{"text":"b"}}`),
	callback(`{"group_id":"1","create_time":1764000000,"created_time":1764000009,"created_time":0}`),
	callback(`{"order":{"products":[{"id":"1","quantity":1}],"products":[{"id":"2","unit_price":1,"unit_price":"x"}]}}`),
	callback(`{"game_play":{"score":1,"score":null}}`),
	callback(`{"message_edit":{"num_edit":1,"num_edit":0}}`),
	callback(`{"policy-enforcement":{"action":"a"},"policy_enforcement":{"action":"b"},"policy_enforcement":null}`),
	callback(`{"prior_message":{"source":"a","identifier":"b"},"prior_message":{"source":"c"},"hop_context":{"app_id":1},"hop_context":null,"message":{"text":"x"}}`),
	callback(`{"zebra":1,"ant":2,"zebra":3}`),
	callback("{\"sender\":{\"id\":\"7\"},\"message\":{\"text\":\"a\",\"t\\u0065xt\":\"b\xff\\ud800\"}}"),
}

// TestDuplicateKeys: if a name comes twice, the last value counts, whole, and names match by case.
func TestDuplicateKeys(t *testing.T) {
	t.Parallel()

	for _, body := range duplicates {
		requireUnique(t, []byte(body))
	}
}

// TestDuplicatesOfEveryKey repeats each name of each fixture, with each of several values, before and after the one that is there.
func TestDuplicatesOfEveryKey(t *testing.T) {
	t.Parallel()

	const small = 4 << 10 // the larger ones repeat what the small ones have
	eachFixture(t, func(body []byte) {
		if len(body) > small {
			return
		}
		for i := range body {
			end := nameEnd(body, i)
			if end < 0 {
				continue
			}
			name := string(body[i : end+1])
			for _, value := range []string{`null`, `{}`, `"x"`, `1`, `[{"id":"9"}]`, `{"id":"9","mid":"z","text":"w","is_echo":true}`} {
				requireUnique(t, slices.Concat(body[:i], []byte(name+value+`,`), body[i:]))
			}
			value := json.NewDecoder(bytes.NewReader(body[end+1:]))
			var skipped json.RawMessage
			require.NoError(t, value.Decode(&skipped))
			after := end + 1 + int(value.InputOffset())
			for _, other := range []string{`null`, `{}`, `7`, `[{}]`, `{"id":"9","mid":"z","text":"w","is_echo":true}`} {
				requireUnique(t, slices.Concat(body[:after], []byte(`,`+name+other), body[after:]))
			}
		}
	})
}

// nameEnd returns where the colon after the name of a field is that begins at i; -1 if none begins there. It suits the fixtures.
func nameEnd(body []byte, i int) int {
	if body[i] != '"' || body[i-1] != '{' && body[i-1] != ',' {
		return -1
	}
	end := i + 1 + bytes.IndexByte(body[i+1:], '"')
	if end+1 < len(body) && body[end+1] == ':' {
		return end + 1
	}
	return -1
}

// FuzzDuplicateKeys compares what is read of any callback with what is read of the same without repeated names.
func FuzzDuplicateKeys(f *testing.F) {
	seed(f, func(body []byte) { f.Add(body) })
	for _, body := range duplicates {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		const most = 8 << 10 // far fewer items than are decoded of an array
		if len(body) > most || tooDeep(body) || !json.Valid(body) || bytes.Count(body, []byte(",")) > 900 {
			return
		}
		if _, ok := unique(body); !ok {
			return
		}
		if _, err := receiving.Split(body); err != nil {
			require.ErrorIs(t, err, receiving.ErrNotCallback)
			return
		}
		requireUnique(t, body)
	})
}

// TestDuplicatesCostNoMoreThanTheirBytes: what is read again is forgotten first, and nothing is done for it that grows with all that
// stands before it.
func TestDuplicatesCostNoMoreThanTheirBytes(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const n = 2000
	for name, body := range map[string]string{
		"lists":   `{"object":"page","entry":[` + strings.Repeat(`{"messaging":[0],"messaging":[]},`, n) + `{}]}`,
		"times":   `{"object":"page","entry":[` + strings.Repeat(`{"time":{},"time":null},`, n) + `{}]}`,
		"entries": `{"object":"page"` + strings.Repeat(`,"entry":[0]`, n) + `,"entry":[]}`,
	} {
		allocs := testing.AllocsPerRun(1, func() {
			c, err := receiving.Split([]byte(body))
			require.NoError(t, err)
			require.Empty(t, c.Problems)
			require.Zero(t, c.Malformed)
		})
		require.Less(t, allocs, float64(3*n), "%s: no path was looked up for what is forgotten", name)
	}
}
