package receiving_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// lists are the parts of an entry that hold events: each is one way to write the same.
func lists(field, value string) map[string]string {
	change := fmt.Sprintf(`"field":%q,"value":%s`, field, value)
	return map[string]string{
		"changes":            `"changes":[{` + change + `}]`,
		"changes, turned":    `"changes":[{"value":` + value + fmt.Sprintf(`,"field":%q}]`, field),
		"the entry":          change,
		"the entry, as list": fmt.Sprintf(`"field":%q,"value":[%s]`, field, value),
		"changes, as list":   fmt.Sprintf(`"changes":[{"field":%q,"value":[%s]}]`, field, value),
	}
}

// dedupKey is what an event is recognized by.
type dedupKey struct {
	key string
	at  time.Time
}

func dedupKeyOf(e receiving.Envelope) dedupKey { return dedupKey{e.Key, e.KeyTime} }

// dedupKeyAt returns the key of the only event in an entry of page 10, whose notification was sent at that time.
func dedupKeyAt(t *testing.T, sent int64, list string) dedupKey {
	t.Helper()
	c := split(t, fmt.Sprintf(`{"object":"page","entry":[{"id":"10","time":%d,%s}]}`, sent, list))
	require.Len(t, c.Envelopes, 1, list)
	return dedupKeyOf(c.Envelopes[0])
}

// keyAt is like dedupKeyAt, without the time.
func keyAt(t *testing.T, sent int64, list string) string {
	t.Helper()
	return dedupKeyAt(t, sent, list).key
}

// dashboardFields are the webhook fields of pages and of Instagram accounts that come as changes, or do so from the dashboard.
var dashboardFields = strings.Fields(`messages message_echoes message_deliveries message_reads message_reactions message_edits message_edit
	message_context message_mention messaging_postbacks messaging_optins messaging_optouts messaging_referrals messaging_referral
	messaging_handovers messaging_handover standby messaging_account_linking messaging_fblogin_account_linking
	messaging_policy_enforcement messaging_game_plays messaging_customer_information messaging_feedback messaging_seen
	messaging_in_thread_lead_form_submit messaging_integrity messaging_direct_sends messaging_appointments messaging_pre_checkouts
	messaging_checkout_updates messaging_payments business_integrity response_feedback send_cart group_feed inbox_labels
	message_template_status_update messenger_template_status_update calls call_permission_reply call_settings_update
	marketing_message_echoes marketing_message_deliveries marketing_message_reads marketing_message_clicks
	marketing_message_delivery_failed marketing_messages_subscriber_upload_status feed conversations leadgen mention live_videos videos
	comments live_comments mentions story_insights ratings`)

// TestKeysHaveNoTimeOfNotification: the platform notifies of a thing again at another time. That is one thing, in every field, and
// wherever an entry has it. Two things of which it notifies at one time are two.
func TestKeysHaveNoTimeOfNotification(t *testing.T) {
	t.Parallel()

	const sent, minute = 1_764_000_000_000, 60_000
	values := []string{
		`{"id":"1","verb":"add"}`, `{"id":"2","verb":"add"}`, `{"id":"1","verb":"remove"}`, `{"comment_id":"3","item":"comment","verb":"add"}`,
		`{"comment_id":"4","item":"comment","verb":"add"}`, `{"post_id":"5","item":"status","verb":"add"}`, `{"media_id":"6"}`, `{"mid":"7"}`,
		`{"status":"a"}`, `{"status":"b"}`, `{}`, `{"sender":{"id":"8"},"message":{"mid":"9"}}`, `{"sender":{"id":"8"},"read":{"mid":"9"}}`,
		`{"group_id":"11","comment_id":"12","item":"comment","verb":"add"}`, `{"group_id":"11","comment_id":"12","item":"comment","verb":"remove"}`,
		`{"sender":{"id":"8"},"timestamp":1764000000123,"message":{"mid":"13"}}`, `{"timestamp":"1764000000","sender":{"id":"8"},"read":{"mid":"13"}}`,
		`{"comment_id":"14","item":"comment","verb":"add","created_time":1764000000,"timestamp":1764000000}`,
		`{"comment_id":"14","item":"comment","verb":"edited","created_time":1764000000,"timestamp":1764000000}`,
		`{"sender":{"id":"8"},"timestamp":1764000000123,"message":{"mid":"13","is_deleted":true}}`,
	}
	for _, field := range dashboardFields {
		keys := map[string]string{}
		for _, value := range values {
			first := dedupKeyAt(t, sent, lists(field, value)["changes"])
			for place, list := range lists(field, value) {
				require.Equal(t, first, dedupKeyAt(t, sent+minute, list), "%s in %s: %s", field, place, value)
			}
			require.NotContains(t, keys, first.key, "in %s, %s is also %s", field, value, keys[first.key])
			keys[first.key] = value
			if !strings.Contains(value, "1764000000") {
				require.Zero(t, first.at, "%s has the time of the notification: %s", field, value)
			}
		}
	}
}

// TestFixturesHaveOneKeyAtAnyTime does the same with what the platform really sends. All that has the content of a message has a
// KeyTime, unless its own time is malformed.
func TestFixturesHaveOneKeyAtAnyTime(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/*/*.json")
	require.NoError(t, err)
	cases, err := filepath.Glob("testdata/cases/*/*.json")
	require.NoError(t, err)
	messages := 0
	for _, file := range append(files, cases...) {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		first := split(t, string(body)).Envelopes
		again := split(t, later.Replace(string(body))).Envelopes
		require.Len(t, again, len(first))
		for i, e := range first {
			require.Equal(t, dedupKeyOf(e), dedupKeyOf(again[i]), file)
			switch kind, _, _ := strings.Cut(e.Key, "-"); {
			case !slices.Contains([]string{"message", "echo", "postback", "message_edit"}, kind):
			case bytes.Contains(e.Raw, []byte(`"timestamp": "soon"`)):
				require.Zero(t, e.KeyTime, file)
			default:
				require.Equal(t, e.Time.Truncate(time.Second), e.KeyTime, "%s: %s", file, e.Raw)
				messages++
			}
		}
	}
	require.Greater(t, messages, 50, "the fixtures were read")
}

// later changes the time of a notification, which is the only key of that name.
var later = strings.NewReplacer(`"time": 17640000`, `"time": 17640600`)

// TestKeysTellStates: what has an id and a state is another thing in another state, and the same in spite of what is only said about
// it.
func TestKeysTellStates(t *testing.T) {
	t.Parallel()

	const author = `"from":{"id":"7","name":"Ana"}`
	feed := func(rest string) (string, string) { return "feed", `{` + rest + `}` }
	type change struct{ field, value string }
	of := func(field, value string) change { return change{field, value} }
	for name, test := range map[string]struct {
		a, b change
		same bool
	}{
		"comment, edited":  {of(feed(`"item":"comment","verb":"add","comment_id":"1"`)), of(feed(`"item":"comment","verb":"edited","comment_id":"1"`)), false},
		"comment, removed": {of(feed(`"item":"comment","verb":"add","comment_id":"1"`)), of(feed(`"item":"comment","verb":"remove","comment_id":"1"`)), false},
		"edited twice": {of(feed(`"item":"comment","verb":"edited","comment_id":"1","message":"a"`)),
			of(feed(`"item":"comment","verb":"edited","comment_id":"1","message":"b"`)), false},
		"edited again later": {of(feed(`"item":"post","verb":"edited","post_id":"1","created_time":1764000000`)),
			of(feed(`"item":"post","verb":"edited","post_id":"1","created_time":1764000009`)), false},
		"likes of two": {of(feed(`"item":"reaction","verb":"add","post_id":"1","from":{"id":"7"}`)),
			of(feed(`"item":"reaction","verb":"add","post_id":"1","from":{"id":"8"}`)), false},
		"another reaction": {of(feed(`"item":"reaction","verb":"add","post_id":"1","reaction_type":"like"`)),
			of(feed(`"item":"reaction","verb":"add","post_id":"1","reaction_type":"love"`)), false},
		"two photos of a post": {of(feed(`"item":"photo","verb":"add","post_id":"1","photo_id":"2"`)), of(feed(`"item":"photo","verb":"add","post_id":"1","photo_id":"3"`)), false},
		"two videos of a post": {of(feed(`"item":"video","verb":"add","post_id":"1","video_id":"2"`)), of(feed(`"item":"video","verb":"add","post_id":"1","video_id":"3"`)), false},
		"two shares of a post": {of(feed(`"item":"share","verb":"add","post_id":"1","share_id":"2"`)), of(feed(`"item":"share","verb":"add","post_id":"1","share_id":"3"`)), false},
		"two events of a post": {of(feed(`"item":"post","verb":"add","post_id":"1","event_id":"2"`)), of(feed(`"item":"post","verb":"add","post_id":"1","event_id":"3"`)), false},
		"published at last":    {of(feed(`"item":"status","verb":"add","post_id":"1","published":0`)), of(feed(`"item":"status","verb":"add","post_id":"1","published":1`)), false},
		"comment and post":     {of(feed(`"item":"comment","verb":"add","comment_id":"1"`)), of(feed(`"item":"status","verb":"add","post_id":"1"`)), false},
		"posts without an id":  {of(feed(`"item":"status","verb":"add","message":"a"`)), of(feed(`"item":"status","verb":"add","message":"b"`)), false},
		"renamed author": {of(feed(`"item":"comment","verb":"add","comment_id":"1",` + author)),
			of(feed(`"comment_id":"1","verb":"add","item":"comment","from":{"id":"7","name":"Ana Cruz"}`)), true},
		"another link of the photo": {of(feed(`"item":"photo","verb":"add","post_id":"1","photo_id":"2","link":"https://cdn.example/a?sig=1"`)),
			of(feed(`"item":"photo","verb":"add","post_id":"1","photo_id":"2","link":"https://cdn.example/a?sig=2"`)), true},
		"Instagram comment": {of("comments", `{"id":"1","text":"a","from":{"id":"7","username":"u"}}`),
			of("comments", `{"text":"a","id":1,"from":{"username":"v","id":"7"},"media":{"id":"m"}}`), true},
		"comment, said to be of another time": {of(feed(`"item":"comment","verb":"add","comment_id":"1","created_time":1764000000`)),
			of(feed(`"item":"comment","verb":"add","comment_id":"1","created_time":1764000009`)), true},
		"post, published again": {of(feed(`"item":"status","verb":"add","post_id":"1","published":1,"created_time":1764000000`)),
			of(feed(`"item":"status","verb":"add","post_id":"1","published":1,"created_time":1764009999`)), true},
		"page mention, said to be of another time": {of("mention", `{"item":"post","verb":"add","post_id":"1","created_time":1764000000}`),
			of("mention", `{"item":"post","verb":"add","post_id":"1","created_time":1764000009}`), true},
		"Instagram comments": {of("comments", `{"id":"1","text":"a"}`), of("comments", `{"id":"2","text":"a"}`), false},
		"its other name":     {of("live_comments", `{"id":"1"}`), of("live_comments", `{"comment_id":"1"}`), true},
		"mentions":           {of("mentions", `{"media_id":"1","comment_id":"2"}`), of("mentions", `{"media_id":"1","comment_id":"3"}`), false},
		"mention in caption": {of("mentions", `{"media_id":"1"}`), of("mentions", `{"media_id":"1","comment_id":"3"}`), false},
		"mention, turned":    {of("mentions", `{"media_id":"1","comment_id":"2"}`), of("mentions", `{"comment_id":"2","media_id":"1"}`), true},
		"page mention, of another name": {of("mention", `{"item":"comment","verb":"add","post_id":"1","comment_id":"2","sender_id":"7","sender_name":"A"}`),
			of("mention", `{"comment_id":"2","post_id":"1","verb":"add","item":"comment","sender_name":"B","message":"hi"}`), true},
		"page mentions below a post":      {of("mention", `{"item":"comment","verb":"add","post_id":"1","comment_id":"2"}`), of("mention", `{"item":"comment","verb":"add","post_id":"1","comment_id":"3"}`), false},
		"page mentions of no comment":     {of("mention", `{"item":"comment","verb":"add","post_id":"1","message":"a"}`), of("mention", `{"item":"comment","verb":"add","post_id":"1","message":"b"}`), false},
		"page mention in photos":          {of("mention", `{"item":"photo","verb":"add","post_id":"1","photo_id":"2"}`), of("mention", `{"item":"photo","verb":"add","post_id":"1","photo_id":"3"}`), true},
		"page mention, in post and below": {of("mention", `{"item":"post","verb":"add","post_id":"1"}`), of("mention", `{"item":"comment","verb":"add","post_id":"1","comment_id":"1"}`), false},
		"page mention, removed":           {of("mention", `{"item":"post","verb":"add","post_id":"1"}`), of("mention", `{"item":"post","verb":"remove","post_id":"1"}`), false},
		"page mention, edited twice":      {of("mention", `{"item":"post","verb":"edited","post_id":"1","message":"a"}`), of("mention", `{"item":"post","verb":"edited","post_id":"1","message":"b"}`), false},
		"page mention and feed":           {of("mention", `{"item":"comment","verb":"add","comment_id":"1"}`), of(feed(`"item":"comment","verb":"add","comment_id":"1"`)), false},
		"video's state":                   {of("videos", `{"id":"1","status":"processing"}`), of("videos", `{"id":"1","status":"ready"}`), false},
		"label":                           {of("inbox_labels", `{"user":{"id":"7"},"action":"add","label":{"id":"5"}}`), of("inbox_labels", `{"user":{"id":"7"},"action":"remove","label":{"id":"5"}}`), false},
		"unknown fields":                  {of("leadgen", `{"status":"a"}`), of("ratings", `{"status":"a"}`), false},
		"second feedback": {of("response_feedback", `{"sender":{"id":"7"},"response_feedback":{"mid":"1","feedback":"Good response"}}`),
			of("response_feedback", `{"sender":{"id":"7"},"response_feedback":{"mid":"1","feedback":"Bad response"}}`), false},
		"group, removed": {of("group_feed", `{"group_id":"1","comment_id":"2","item":"comment","verb":"add"}`),
			of("group_feed", `{"group_id":"1","comment_id":"2","item":"comment","verb":"remove"}`), false},
		"group, renamed": {of("group_feed", `{"group_id":"1","comment_id":"2","item":"comment","verb":"add","from":{"id":"7","name":"A"}}`),
			of("group_feed", `{"group_id":"1","comment_id":"2","item":"comment","verb":"add","from":{"id":"7","name":"B"}}`), true},
	} {
		a := dedupKeyAt(t, 1, lists(test.a.field, test.a.value)["changes"])
		b := dedupKeyAt(t, 1, lists(test.b.field, test.b.value)["changes"])
		require.Equal(t, test.same, a.key == b.key, name)
		require.True(t, !test.same || a.at.Equal(b.at), name)
	}
}

// TestFlatEventsInAnEntry: where an entry has the event in its own place, what belongs to the notification is no part of the key.
func TestFlatEventsInAnEntry(t *testing.T) {
	t.Parallel()

	for _, list := range []string{
		`"field":"marketing_message_reads","recipient_id":"7","mid":"m"`,
		`"sender":{"id":"7"},"recipient":{"id":"10"},"delivery":{"watermark":1}`,
		`"sender":{"id":"7"},"recipient":{"id":"10"},"call_permission_reply":{"response":"approve"}`,
	} {
		require.Equal(t, dedupKeyAt(t, 1_764_000_000_000, list), dedupKeyAt(t, 1_764_000_060_000, list), list)
		other := strings.Replace(list, `"7"`, `"8"`, 1)
		require.NotEqual(t, keyAt(t, 1, list), keyAt(t, 1, other), list)
	}
}

// TestChangesWithoutAValue: what stands beside a value that is missing or null identifies the change, wherever that is.
func TestChangesWithoutAValue(t *testing.T) {
	t.Parallel()

	for _, field := range dashboardFields {
		for _, value := range []string{``, `"value":null,`} {
			for _, place := range []string{`%s`, `"changes":[{%s}]`} {
				first := fmt.Sprintf(place, fmt.Sprintf(`"field":%q,%s"leadgen_id":"1"`, field, value))
				other := strings.Replace(first, `"1"`, `"2"`, 1)
				require.Equal(t, dedupKeyAt(t, 1_764_000_000_000, first), dedupKeyAt(t, 1_764_000_060_000, first), first)
				require.NotEqual(t, keyAt(t, 1, first), keyAt(t, 1, other), first)
			}
		}
	}
}

// TestChangeInEntry: field and value may stand in the entry itself, and are then what they would be as its only change.
func TestChangeInEntry(t *testing.T) {
	t.Parallel()

	const comment = `{"id":"c","text":"x","from":{"id":"7"}}`
	for in, test := range map[string]struct {
		types     []receiving.Type
		malformed int
	}{
		`"field":"comments","value":` + comment:                                                                                 {[]receiving.Type{"INSTAGRAM_COMMENT"}, 0},
		`"value":` + comment + `,"field":"comments"`:                                                                            {[]receiving.Type{"INSTAGRAM_COMMENT"}, 0},
		`"field":"comments","value":[` + comment + `,{"id":"d"}]`:                                                               {[]receiving.Type{"INSTAGRAM_COMMENT", "INSTAGRAM_COMMENT"}, 0},
		`"field":"comments","value":[` + comment + `,null,5]`:                                                                   {[]receiving.Type{"INSTAGRAM_COMMENT"}, 2},
		`"changes":[{"field":"comments","value":[` + comment + `,` + comment + `]}]`:                                            {[]receiving.Type{"INSTAGRAM_COMMENT", "INSTAGRAM_COMMENT"}, 0},
		`"field":"comments","value":` + comment + `,"changes":[{"field":"mentions","value":{"media_id":"m"}}]`:                  {[]receiving.Type{"INSTAGRAM_MENTION", "INSTAGRAM_COMMENT"}, 0},
		`"field":"messages","value":{"sender":{"id":"7"},"message":{"text":"x"}},"messaging":[{"sender":{"id":"7"},"read":{}}]`: {[]receiving.Type{"READ", "SIMPLE_TEXT"}, 0},
		`"field":"comments","value":null`:                                                                                       {[]receiving.Type{"UNKNOWN"}, 0},
		`"field":"comments","value":[]`:                                                                                         {[]receiving.Type{"UNKNOWN"}, 0},
		`"field":"comments","value":5`:                                                                                          {[]receiving.Type{"UNKNOWN"}, 0},
		`"field":"comments"`:                                                                                                    {[]receiving.Type{"UNKNOWN"}, 0},
		`"field":["comments"],"value":` + comment:                                                                               {[]receiving.Type{"UNKNOWN"}, 1},
		`"value":` + comment:                                                                                                    {[]receiving.Type{"UNKNOWN"}, 0},
		`"field":null,"value":null`:                                                                                             {nil, 0},
		`"field":null,"value":null,"changes":[]`:                                                                                {nil, 0},
		`"field":"standby","value":{"sender":{"id":"7"},"message":{"text":"x"}}`:                                                {[]receiving.Type{"SIMPLE_TEXT"}, 0},
		`"field":"calls","value":{"from":"7","to":"10","event":"connect"}`:                                                      {[]receiving.Type{"CALL"}, 0},
	} {
		c := split(t, `{"object":"instagram","entry":[{"id":"10","time":1764000000000,`+in+`}]}`)
		require.Equal(t, test.malformed, c.Malformed, "%s: %v", in, c.Problems)
		var types []receiving.Type
		for _, e := range c.Envelopes {
			ev, _ := e.Event()
			types = append(types, ev.Type)
			require.Equal(t, "10", ev.PageID)
			require.Equal(t, int64(1_764_000_000_000), ev.Time.UnixMilli())
		}
		require.Equal(t, test.types, types, in)
	}
}
