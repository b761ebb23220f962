package receiving_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// callback returns the body of a callback with these elements, of page 10 at the time of 5,000,000,000,000 ms.
func callback(elements ...string) string {
	return `{"object":"page","entry":[{"id":"10","time":5000000000000,"messaging":[` + strings.Join(elements, ",") + `]}]}`
}

// envelope splits a callback that has one element.
func envelope(t testing.TB, element string) receiving.Envelope {
	t.Helper()
	c := split(t, callback(element))
	require.Len(t, c.Envelopes, 1)
	return c.Envelopes[0]
}

func TestSplitAddresses(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct{ element, person, userRef, thread string }{
		"message":          {`{"sender":{"id":"7"},"recipient":{"id":"10"},"message":{"mid":"m"}}`, "7", "", "7"},
		"number":           {`{"sender":{"id":7},"recipient":{"id":10},"message":{"mid":"m"}}`, "7", "", "7"},
		"echo":             {`{"sender":{"id":"10"},"recipient":{"id":"7"},"message":{"is_echo":true}}`, "7", "", "7"},
		"echo, late":       {`{"message":{"is_echo":true},"recipient":{"id":"7"},"sender":{"id":"10"}}`, "7", "", "7"},
		"echo, turned":     {`{"sender":{"id":"7"},"recipient":{"id":"10"},"message":{"is_echo":true}}`, "7", "", "7"},
		"no echo":          {`{"sender":{"id":"7"},"recipient":{"id":"10"},"message":{"is_echo":false}}`, "7", "", "7"},
		"no echo either":   {`{"sender":{"id":"7"},"recipient":{"id":"10"},"postback":{"is_echo":true}}`, "7", "", "7"},
		"user_ref":         {`{"sender":{"user_ref":"u"},"recipient":{"id":"10"},"postback":{}}`, "", "u", "user_ref/u"},
		"both":             {`{"sender":{"user_ref":"u","id":"7"},"recipient":{"id":"10"},"postback":{}}`, "7", "u", "7"},
		"checkbox":         {`{"recipient":{"id":"10"},"optin":{"ref":"r","user_ref":"u"}}`, "", "u", "user_ref/u"},
		"nobody":           {`{"recipient":{"id":"10"},"policy_enforcement":{"action":"block"}}`, "", "", "policy_enforcement/"},
		"unknown, nobody":  {`{"recipient":{"id":"10"},"new_thing":{}}`, "", "", "new_thing/"},
		"nothing":          {`{}`, "", "", "/"},
		"null":             {`{"sender":null,"recipient":null,"message":{"mid":"m"}}`, "", "", "message/"},
		"null id":          {`{"sender":{"id":null},"message":{"mid":"m"}}`, "", "", "message/"},
		"NUL in an id":     {`{"sender":{"id":"7\u0000"},"message":{"mid":"m"}}`, "", "", "message/"},
		"DEL in an id":     {`{"sender":{"id":"7\u007f"},"message":{"mid":"m"}}`, "", "", "message/"},
		"huge id":          {`{"sender":{"id":"` + strings.Repeat("7", 5000) + `"},"message":{"mid":"m"}}`, "", "", "message/"},
		"escaped, spaced":  {` { "s\u0065nder" : { "id" : "\u0037" } , "message" : { } } `, "7", "", "7"},
		"message and read": {`{"sender":{"id":"7"},"read":{"mid":"m"},"message":{"mid":"m"}}`, "7", "", "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := envelope(t, test.element)
			require.Equal(t, test.person, e.PSID)
			require.Equal(t, test.userRef, e.UserRef)
			require.Equal(t, test.thread, e.Thread)
			require.Equal(t, "10", e.PageID)
			require.Equal(t, receiving.ObjectPage, e.Object)
			require.Equal(t, strings.TrimSpace(test.element), string(e.Raw))
		})
	}
}

func TestSplitTimes(t *testing.T) {
	t.Parallel()

	entry := time.UnixMilli(5_000_000_000_000).UTC()
	for in, want := range map[string]time.Time{
		`1764000000123`:      time.UnixMilli(1_764_000_000_123).UTC(),
		`"1764000000123"`:    time.UnixMilli(1_764_000_000_123).UTC(),
		`1764000000`:         time.Unix(1_764_000_000, 0).UTC(),
		`"1764000000"`:       time.Unix(1_764_000_000, 0).UTC(),
		`1764000000.5`:       time.UnixMilli(1_764_000_000_500).UTC(),
		`1.764e12`:           time.UnixMilli(1_764_000_000_000).UTC(),
		`99999999999`:        time.Unix(99_999_999_999, 0).UTC(),
		`100000000000`:       time.UnixMilli(100_000_000_000).UTC(),
		`null`:               entry,
		`0`:                  entry,
		`"soon"`:             entry,
		`""`:                 entry,
		`-5`:                 entry,
		`"NaN"`:              entry,
		`1e400`:              entry,
		`999999999999999`:    entry,
		`9999999999999999`:   entry,
		`{}`:                 entry,
		`true`:               entry,
		`253402300799999`:    time.UnixMilli(253_402_300_799_999).UTC(),
		`"1764000000123456"`: entry,
	} {
		e := envelope(t, `{"sender":{"id":"7"},"timestamp":`+in+`,"message":{"mid":"m"}}`)
		require.Equal(t, want, e.Time, in)
	}
	require.Equal(t, entry, envelope(t, `{"delivery":{"watermark":1}}`).Time)
	require.True(t, split(t, `{"entry":[{"id":"1","messaging":[{"read":{}}]}]}`).Envelopes[0].Time.IsZero())
	late := split(t, `{"entry":[{"messaging":[{"read":{}}],"time":5000000000000,"id":"10"}],"object":"instagram"}`).Envelopes[0]
	require.Equal(t, entry, late.Time)
	require.Equal(t, "10", late.PageID)
	require.Equal(t, receiving.ObjectInstagram, late.Object)
}

// TestKeys: around one message id there are eight events, and each of them is one however it is delivered.
func TestKeys(t *testing.T) {
	t.Parallel()

	const who = `{"sender":{"id":"7"},"recipient":{"id":"10"},"timestamp":1764000000000,`
	elements := map[string]string{
		"message":      who + `"message":{"mid":"m","text":"hi"}}`,
		"echo":         `{"sender":{"id":"10"},"recipient":{"id":"7"},"timestamp":1764000000000,"message":{"mid":"m","text":"hi","is_echo":true}}`,
		"edit":         who + `"message_edit":{"mid":"m","text":"ho","num_edit":1}}`,
		"edit again":   who + `"message_edit":{"mid":"m","text":"hm","num_edit":2}}`,
		"edit's text":  who + `"message_edit":{"mid":"m","text":"ho","num_edit":2}}`,
		"no number":    who + `"message_edit":{"mid":"m","text":"ho"}}`,
		"other edit":   who + `"message_edit":{"mid":"n","text":"ho","num_edit":1}}`,
		"edit of none": who + `"message_edit":{"text":"ho","num_edit":1}}`,
		"react":        who + `"reaction":{"mid":"m","action":"react","reaction":"love"}}`,
		"unreact":      who + `"reaction":{"mid":"m","action":"unreact"}}`,
		"read":         who + `"read":{"mid":"m"}}`,
		"delete":       who + `"message":{"mid":"m","is_deleted":true}}`,
		"echo deleted": who + `"message":{"mid":"m","is_deleted":true,"is_echo":true}}`,
		"postback":     who + `"postback":{"mid":"m","payload":"P"}}`,
		"no mid":       who + `"message":{"text":"hi"}}`,
		"other text":   who + `"message":{"text":"ho"}}`,
		"unknown":      who + `"surprise":{"mid":"m"}}`,
	}
	keys := map[string]string{}
	for name, element := range elements {
		key := envelope(t, element).Key
		require.NotContains(t, keys, key, "%s is also %s", name, keys[key])
		require.Regexp(t, keyForm, key)
		require.Equal(t, key, envelope(t, element).Key, name)
		keys[key] = name

		others := split(t, `{"object":"page","entry":[{"id":"11","time":5000000000000,"messaging":[`+element+`]}]}`)
		require.NotEqual(t, key, others.Envelopes[0].Key, "%s of another page", name)
		standby := split(t, `{"object":"page","entry":[{"id":"10","time":5000000000001,"standby":[`+element+`]}]}`)
		require.Equal(t, key, standby.Envelopes[0].Key, "%s on standby", name)
		require.True(t, standby.Envelopes[0].Standby)
		test := split(t, `{"object":"page","entry":[{"id":"10","changes":[{"value":`+element+`,"field":"messages"}]}]}`)
		if name != "unknown" {
			require.Equal(t, key, test.Envelopes[0].Key, "%s from the dashboard", name)
		}
	}

	early := split(t, `{"entry":[{"id":"10","time":1764000000000,"messaging":[{"delivery":{"watermark":1}}]}]}`).Envelopes[0]
	late := split(t, `{"entry":[{"id":"10","time":1764000000001,"messaging":[{"delivery":{"watermark":1}}]}]}`).Envelopes[0]
	require.Equal(t, early.Key, late.Key, "the time of the notification is no part of a key")

	for _, both := range []string{who + `"message":{"mid":"m"},"read":{"mid":"m"}}`, who + `"read":{"mid":"m"},"message":{"mid":"m"}}`} {
		require.Equal(t, "message", keys[envelope(t, both).Key], "in whatever order the keys are written")
	}
	again := envelope(t, `{"sender":{"id":"7"},"recipient":{"id":"10"},"timestamp":1764000000999,"message":{"mid":"m","text":"other bytes"}}`)
	require.Equal(t, "message", keys[again.Key], "a message is its id")
	require.NotEqual(t, envelope(t, `{"sender":{"id":"7"},"read":{"mid":"m"}}`).Key, envelope(t, `{"sender":{"id":"8"},"read":{"mid":"m"}}`).Key)
}

// TestEightEventsOfOneMessage delivers what happens around one message id twice: as it was, and in another callback, turned
// round and on standby.
func TestEightEventsOfOneMessage(t *testing.T) {
	t.Parallel()

	const who = `{"sender":{"id":"7"},"recipient":{"id":"10"},"timestamp":1764000000000,`
	elements := []string{
		who + `"message":{"mid":"m","text":"hi"}}`,
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"timestamp":1764000000000,"message":{"mid":"m","text":"hi","is_echo":true}}`,
		who + `"message_edit":{"mid":"m","text":"ho","num_edit":1}}`,
		who + `"message_edit":{"mid":"m","text":"hm","num_edit":2}}`,
		who + `"reaction":{"mid":"m","action":"react","reaction":"love"}}`,
		who + `"reaction":{"mid":"m","action":"unreact"}}`,
		who + `"read":{"mid":"m"}}`,
		who + `"message":{"mid":"m","is_deleted":true}}`,
	}
	first := split(t, callback(elements...)).Envelopes
	slices.Reverse(elements)
	second := split(t, `{"object":"page","entry":[{"id":"10","time":5000000000999,"standby":[`+strings.Join(elements, ",")+`]}]}`).Envelopes
	keys := map[string]int{}
	for _, e := range slices.Concat(first, second) {
		keys[e.Key]++
		require.Equal(t, "7", e.Thread)
	}
	require.Len(t, keys, 8)
	for key, n := range keys {
		require.Equal(t, 2, n, key)
	}
}

// TestKeysInABatch: an event has the key that it has alone, whatever is in the callback before it and after it.
func TestKeysInABatch(t *testing.T) {
	t.Parallel()

	var elements []string
	for i := range 20 {
		elements = append(elements,
			fmt.Sprintf(`{"sender":{"id":"7"},"timestamp":1764000000000,"message":{"mid":"m_\u00e9%02d"}}`, i),
			fmt.Sprintf(`{"sender":{"id":"7"},"timestamp":1764000000000,"postback":{"mid":"m_\u00e9%02d"}}`, i),
			fmt.Sprintf(`{"sender":{"id":"7"},"timestamp":1764000000000,"message_edit":{"mid":"m","num_edit":%d}}`, i))
	}
	entry := `{"id":"10","messaging":[` + strings.Join(elements, ",") + `]}`
	other := strings.Replace(entry, `"10"`, `"11"`, 1)
	c := split(t, `{"object":"page","entry":[`+entry+`,`+other+`]}`)
	require.Len(t, c.Envelopes, 2*len(elements))
	keys := map[string]bool{}
	for i, e := range c.Envelopes {
		keys[e.Key] = true
		if i < len(elements) {
			require.Equal(t, envelope(t, elements[i]).Key, e.Key, elements[i])
		}
	}
	require.Len(t, keys, 2*len(elements))
}

// TestKeysOfChanges: a change is the same in every callback, and in every place that a callback has for it.
func TestKeysOfChanges(t *testing.T) {
	t.Parallel()

	at := func(entry int64, list, element string) receiving.Envelope {
		c := split(t, fmt.Sprintf(`{"object":"page","entry":[{"id":"10","time":%d,%q:[%s]}]}`, entry, list, element))
		require.Len(t, c.Envelopes, 1)
		return c.Envelopes[0]
	}
	const early, late = 1_764_000_009_000, 1_764_000_019_000
	for element, prefix := range map[string]string{
		`{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"1_2","created_time":1764000000}}`:             "feed",
		`{"field":"marketing_message_reads","value":{"recipient_id":"7","timestamp":1764000000}}`:                           "marketing_message_reads",
		`{"field":"business_integrity","value":{"timestamp":"1764000000"}}`:                                                 "business_integrity",
		`{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"1_2","created_time":"2025-11-24T16:00:00Z"}}`: "feed",
	} {
		e := at(early, "changes", element)
		require.Equal(t, e.Key, at(late, "changes", element).Key, element)
		require.Equal(t, time.Unix(1_764_000_000, 0).UTC(), e.Time, element)
		require.True(t, strings.HasPrefix(e.Key, prefix+"-"), e.Key)
	}
	call := `{"id":"c","from":"7","to":"10","event":"connect","timestamp":1764000000}`
	require.Equal(t, at(early, "calls", call).Key, at(late, "calls", call).Key)
	require.NotEqual(t, at(early, "calls", call).Key, at(early, "calls", strings.Replace(call, "connect", "terminate", 1)).Key)

	require.Equal(t, at(early, "calls", call).Key, at(late, "changes", `{"field":"calls","value":`+call+`}`).Key)
	require.True(t, strings.HasPrefix(at(early, "changes", `{"field":"leadgen","value":{}}`).Key, "other-"))
}

// TestThreadOfChange: what happens to one comment, post or medium is one conversation.
func TestThreadOfChange(t *testing.T) {
	t.Parallel()

	for value, thread := range map[string]string{
		`{"media_id":"m","comment_id":"c","post_id":"p","id":"i"}`: "mentions/c",
		`{"media_id":"m","post_id":"p","id":"i"}`:                  "mentions/p",
		`{"media_id":17900000000000009,"id":"i"}`:                  "mentions/17900000000000009",
		`{"id":"i"}`: "mentions/i",
		`{}`:         "mentions/",
	} {
		c := split(t, `{"entry":[{"id":"10","changes":[{"field":"mentions","value":`+value+`}]}]}`)
		require.Equal(t, thread, c.Envelopes[0].Thread, value)
	}
}

// TestPersonOfChange finds the person in each place where a change may have one.
func TestPersonOfChange(t *testing.T) {
	t.Parallel()

	for element, person := range map[string]string{
		`"calls":[{"from":"7","to":"10"}]`:                                                              "7",
		`"calls":[{"from":"10","to":"7"}]`:                                                              "7",
		`"calls":[{"from":10,"to":7,"call_direction":"user_initiated"}]`:                                "7",
		`"calls":[{"from":"7","to":"other","call_direction":"user_initiated"}]`:                         "7",
		`"calls":[{"from":"other","to":"7","call_direction":"business_initiated"}]`:                     "7",
		`"calls":[{"id":"c"}]`:                                                                          "",
		`"changes":[{"field":"calls","value":{"from":"7","to":"10"}}]`:                                  "7",
		`"changes":[{"field":"inbox_labels","value":{"user":{"id":7}}}]`:                                "7",
		`"changes":[{"field":"inbox_labels","value":{"user":null,"recipient_id":"8"}}]`:                 "",
		`"changes":[{"field":"inbox_labels","value":null}]`:                                             "",
		`"changes":[{"field":"marketing_message_clicks","value":{"recipient_id":"7"}}]`:                 "7",
		`"changes":[{"field":"marketing_message_delivery_failed","value":{"user":{"id":"8"}}}]`:         "",
		`"changes":[{"field":"feed","value":{"from":{"id":"8"},"user":{"id":"8"},"recipient_id":"8"}}]`: "",
		`"changes":[{"field":"leadgen","value":{"user":5,"from":5,"recipient_id":{}}}]`:                 "",
	} {
		c := split(t, `{"object":"page","entry":[{"id":"10","time":1,`+element+`}]}`)
		require.Len(t, c.Envelopes, 1, element)
		require.Zero(t, c.Malformed, "%s: %v", element, c.Problems)
		require.Equal(t, person, c.Envelopes[0].PSID, element)
		if person != "" {
			require.Equal(t, person, c.Envelopes[0].Thread, element)
		}
		ev, _ := c.Envelopes[0].Event()
		require.False(t, ev.IsAct(), element)
	}
}

// TestPageMayStandAfterItsEvents: who the person is depends on the page, wherever the entry names it, and on no other entry's.
func TestPageMayStandAfterItsEvents(t *testing.T) {
	t.Parallel()

	for list, person := range map[string]string{
		`"calls":[{"from":"11","to":"7"}]`: "7",
		`"calls":[{"from":"7","to":"11"}]`: "7",
		`"messaging":[{"sender":{"id":"7"},"recipient":{"id":"11"},"message":{"mid":"m","is_echo":true}}]`:  "7",
		`"messaging":[{"sender":{"id":"11"},"recipient":{"id":"7"},"message":{"mid":"m","is_echo":true}}]`:  "7",
		`"messaging":[{"sender":{"id":"11"},"recipient":{"id":"10"},"message":{"mid":"m","is_echo":true}}]`: "10",
	} {
		for _, id := range []string{`"11"`, `11`, `"1\u0031"`} {
			for _, entry := range []string{`{"id":` + id + `,` + list + `}`, `{"x":[{"id":"7"}],` + list + `,"id":` + id + `}`} {
				c := split(t, `{"object":"page","entry":[{"id":"10","messaging":[{"sender":{"id":"8"}}]},`+entry+`]}`)
				require.Len(t, c.Envelopes, 2)
				require.Zero(t, c.Malformed, c.Problems)
				require.Equal(t, "11", c.Envelopes[1].PageID, entry)
				require.Equal(t, person, c.Envelopes[1].PSID, entry)
			}
		}
	}
	for _, id := range []string{"", `"id":null,`, `"id":{},`, `"id":"\u0000",`} {
		c := split(t, `{"object":"page","entry":[{"id":"10","messaging":[{}]},{`+id+`"messaging":[
			{"sender":{"id":"11"},"recipient":{"id":"10"},"message":{"mid":"m","is_echo":true}}]}]}`)
		require.Equal(t, "11", c.Envelopes[1].PageID, id)
		require.Equal(t, "10", c.Envelopes[1].PSID, "an entry without an id has not that of the one before it")
	}
}

// TestDashboardSendsEveryField: the test button sends each field of "messaging" as a change, with the field's kind of element.
func TestDashboardSendsEveryField(t *testing.T) {
	t.Parallel()

	for field, test := range map[string]struct {
		element string
		want    receiving.Type
	}{
		"messages":                             {`"message":{"text":"x"}`, receiving.TypeSimpleText},
		"message":                              {`"message":{"text":"x"}`, receiving.TypeSimpleText},
		"message_echoes":                       {`"message":{"is_echo":true}`, receiving.TypeEcho},
		"message_deliveries":                   {`"delivery":{}`, receiving.TypeDelivered},
		"message_reads":                        {`"read":{}`, receiving.TypeRead},
		"messaging_seen":                       {`"read":{}`, receiving.TypeRead},
		"message_reactions":                    {`"reaction":{}`, receiving.TypeReaction},
		"message_edits":                        {`"message_edit":{}`, receiving.TypeMessageEdit},
		"message_edit":                         {`"message_edit":{}`, receiving.TypeMessageEdit},
		"message_mention":                      {`"message":{"text":"x"}`, receiving.TypeSimpleText},
		"message_context":                      {`"surprise":{}`, receiving.TypeUnknown},
		"messaging_postbacks":                  {`"postback":{}`, receiving.TypePostback},
		"messaging_optins":                     {`"optin":{}`, receiving.TypeAuthentication},
		"messaging_optouts":                    {`"optin":{}`, receiving.TypeAuthentication},
		"messaging_referrals":                  {`"referral":{}`, receiving.TypeReferral},
		"messaging_referral":                   {`"referral":{}`, receiving.TypeReferral},
		"messaging_account_linking":            {`"account_linking":{}`, receiving.TypeAccountLinking},
		"messaging_fblogin_account_linking":    {`"account_linking":{}`, receiving.TypeAccountLinking},
		"messaging_handovers":                  {`"pass_thread_control":{}`, receiving.TypeThreadControl},
		"messaging_handover":                   {`"request_thread_control":{}`, receiving.TypeThreadControl},
		"messaging_policy_enforcement":         {`"policy_enforcement":{}`, receiving.TypePolicyEnforcement},
		"messaging_game_plays":                 {`"game_play":{}`, receiving.TypeGamePlay},
		"messaging_customer_information":       {`"messaging_customer_information":{}`, receiving.TypeCustomerInformation},
		"messaging_feedback":                   {`"messaging_feedback":{}`, receiving.TypeFeedback},
		"messaging_in_thread_lead_form_submit": {`"form":{}`, receiving.TypeLeadForm},
		"messaging_integrity":                  {`"surprise":{}`, receiving.TypeUnknown},
		"response_feedback":                    {`"response_feedback":{}`, receiving.TypeResponseFeedback},
		"send_cart":                            {`"order":{}`, receiving.TypeOrder},
		"call_permission_reply":                {`"call_permission_reply":{}`, receiving.TypeCallPermissionReply},
		"group_feed":                           {`"group_id":"1","from":{"id":"8"},"message":"x"`, receiving.TypeGroupFeed},
		"standby":                              {`"postback":{}`, receiving.TypePostback},
	} {
		element := `{"sender":{"id":"7"},"recipient":{"id":"10"},"timestamp":1764000000,` + test.element + `}`
		c := split(t, `{"object":"page","entry":[{"id":"10","time":1764000001,"changes":[{"field":"`+field+`","value":`+element+`}]}]}`)
		require.Len(t, c.Envelopes, 1)
		require.Equal(t, "7", c.Envelopes[0].Thread, field)
		require.Equal(t, time.Unix(1_764_000_000, 0).UTC(), c.Envelopes[0].Time, field)
		ev, problems := c.Envelopes[0].Event()
		require.Empty(t, problems)
		require.Equal(t, test.want, ev.Type, field)
		if unknown, ok := ev.Payload.(*receiving.Unknown); ok {
			require.Equal(t, field, unknown.Field)
		}
	}
}

func TestSplitForms(t *testing.T) {
	t.Parallel()

	const page, account, person = "104522398071234", "17841400008460056", "6512349087765432"
	for name, want := range map[string]struct {
		field, thread, person, page string
		typ                         receiving.Type
		payload                     receiving.Payload
	}{
		"callbacks/dashboard_test": {"messages", "12334", "12334", "0", receiving.TypeSimpleText, &receiving.Message{
			MID: "test_message_id", Text: "test_message", Commands: []receiving.Command{{Name: "command123"}, {Name: "command456"}}}},
		"callbacks/dashboard_feedback": {"response_feedback", person, person, page, receiving.TypeResponseFeedback, &receiving.ResponseFeedback{
			Feedback: "Bad response", MID: "m_kR7vQ2xw0aYpLd050zEfTnHbUo1sGcJ9i8WmXqZ4tA"}},
		"callbacks/event_in_entry": {"", person, person, page, receiving.TypeCallPermissionReply, &receiving.CallPermissionReply{
			Response: "approve", ExpirationTimestamp: time.Unix(1_764_999_999, 0).UTC()}},
		"callbacks/flat_marketing_message": {"marketing_message_reads", person, person, page, receiving.TypeMarketingMessageRead, nil},
		"callbacks/lead_message":           {"", person, person, page, receiving.TypeSimpleText, nil},
		"callbacks/live_comment": {"live_comments", "live_comments/17950000000000004", "", account, receiving.TypeInstagramComment, &receiving.InstagramComment{
			ID: "17950000000000004", Text: "Hello", Live: true, From: &receiving.InstagramAuthor{ID: "1784509912345678", Username: "ana.cruz"},
			Media: &receiving.InstagramMedia{ID: "17900000000000008", MediaProductType: "LIVE"}}},
		"callbacks/app_roles":      {"", "app_roles/", "", page, receiving.TypeThreadControl, nil},
		"callbacks/optin_one_time": {"", person, person, page, receiving.TypeAuthentication, nil},
		"events/comment":           {"feed", "feed/77_1234", "", page, receiving.TypeComment, nil},
		"events/visitor_post":      {"feed", "feed/104522398071234_78", "", page, receiving.TypeVisitorPost, nil},
		"events/instagram_comment": {"comments", "comments/17950000000000001", "", account, receiving.TypeInstagramComment, nil},
		"events/instagram_mention": {"mentions", "mentions/17950000000000003", "", account, receiving.TypeInstagramMention, nil},
		"events/mention": {"mention", "mention/88_4321", "", page, receiving.TypeMention, &receiving.Mention{From: &receiving.Author{ID: "998877", Name: "Ana Cruz"},
			Item: "comment", Verb: "add", PostID: "669976192871967_88", CommentID: "88_4321", Message: "Ask Lamps, they have a blue one."}},
		"events/group_feed":             {"", "group_feed/3310_9", "", page, receiving.TypeGroupFeed, nil},
		"events/inbox_label":            {"inbox_labels", person, person, page, receiving.TypeInboxLabel, nil},
		"callbacks/call_status":         {"calls", person, person, page, receiving.TypeCall, nil},
		"callbacks/call_terminate":      {"calls", "calls/c_99", "", page, receiving.TypeCall, nil},
		"events/call":                   {"calls", person, person, page, receiving.TypeCall, nil},
		"events/marketing_message_echo": {"marketing_message_echoes", person, person, page, receiving.TypeMarketingMessageEcho, nil},
		"events/business_integrity":     {"business_integrity", "business_integrity/", "", page, receiving.TypeBusinessIntegrity, nil},
		"callbacks/instagram_story_reply": {"", "1784509912345678", "1784509912345678", account, receiving.TypeSimpleText, &receiving.Message{
			MID: "m_kR7vQ2xw0aYpLd034zEfTnHbUo1sGcJ9i8WmXqZ4tA", Text: "nice",
			ReplyTo: &receiving.ReplyTo{Story: &receiving.Story{URL: "https://lookaside.example/story", ID: "17900000000000001"}}}},
	} {
		e := onlyEnvelope(t, name)
		require.Equal(t, want.field, e.Field, name)
		require.Equal(t, want.thread, e.Thread, name)
		require.Equal(t, want.person, e.PSID, name)
		require.Equal(t, want.page, e.PageID, name)
		ev, problems := e.Event()
		require.Empty(t, problems, name)
		require.Equal(t, want.typ, ev.Type, name)
		if m, ok := want.payload.(*receiving.Message); ok && name == "callbacks/instagram_story_reply" {
			m.MID = ev.MID()
		}
		if want.payload != nil {
			require.Equal(t, want.payload, ev.Payload, name)
		}
	}
	test := split(t, `{"entry":[{"id":"10","changes":[{"field":"standby","value":{"sender":{"id":"7"},"message":{"text":"x"}}},{"field":"messages","value":7},{"field":"messages"}]}]}`)
	require.True(t, test.Envelopes[0].Standby)
	require.Equal(t, "entry[0].changes[1].value: is a number, not an object", test.Problems[0].String())
	require.Equal(t, "entry[0].changes[2]", test.Problems[1].Path, "what has no value is named itself")
	ev, _ := test.Envelopes[1].Event()
	require.Equal(t, &receiving.Unknown{Field: "messages"}, ev.Payload)

	standby := onlyEnvelope(t, "callbacks/standby")
	ev, _ = standby.Event()
	require.True(t, standby.Standby && ev.Standby)
	require.Equal(t, receiving.TypePostback, ev.Type)
	require.False(t, ev.IsAct())
}

// TestMalformed: what is malformed is told, and costs nothing else.
func TestMalformed(t *testing.T) {
	t.Parallel()

	c := split(t, string(read(t, "callbacks/malformed")))
	var told []string
	for _, p := range c.Problems {
		told = append(told, p.String())
	}
	require.Equal(t, []string{
		"entry[0]: is null, not an object",
		"entry[1]: is a string, not an object",
		"entry[2].messaging[0]: is null, not an object",
		"entry[2].messaging[1].message: is a string, not an object",
		"entry[2].messaging[2].message: is null, not an object",
		"entry[2].messaging[4].recipient: is a number, not an object",
		"entry[2].messaging[4].timestamp: is a string, not a time",
		"entry[2].messaging[5]: is an array, not an object",
		"entry[3].messaging: is null, not an array",
	}, told)
	require.Equal(t, len(told), c.Malformed)
	require.Len(t, c.Envelopes, 4)

	var types []receiving.Type
	told = nil
	for _, e := range c.Envelopes {
		ev, problems := e.Event()
		types = append(types, ev.Type)
		for _, p := range problems {
			told = append(told, p.String())
		}
	}
	require.Equal(t, []receiving.Type{receiving.TypeUnknown, receiving.TypeUnknown, receiving.TypeImage, receiving.TypeSimpleText}, types)
	require.Equal(t, []string{
		"message: is a string, not an object",
		"message.attachments[0]: is null, not an object",
		"message.quick_reply: is a number, not an object",
	}, told)
}

func TestSplitIsBounded(t *testing.T) {
	t.Parallel()

	// Many nulls are counted, and a few described.
	c := split(t, callback(strings.Repeat("null,", 80_000)+`{"message":{"mid":"m"}}`))
	require.Len(t, c.Envelopes, 1)
	require.Equal(t, 80_000, c.Malformed)
	require.Len(t, c.Problems, 16)

	_, err := receiving.Split([]byte(callback(strings.Repeat("{},", receiving.MaxElements-1) + "{}")))
	require.NoError(t, err)
	_, err = receiving.Split([]byte(callback(strings.Repeat("{},", receiving.MaxElements) + "{}")))
	require.ErrorIs(t, err, receiving.ErrTooManyElements)

	// A deep element costs itself only.
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	c = split(t, callback(`{"message":{"mid":"1"}}`, `{"message":{"mid":"2"},"x":`+deep(100_000)+`}`, `{"message":{"mid":"3"}}`))
	require.Len(t, c.Envelopes, 2)
	require.Equal(t, []receiving.Problem{{Path: "entry[0].messaging[1]", Text: "is nested too deeply"}}, c.Problems)
	require.Len(t, split(t, `{"x":`+deep(1000)+`,"entry":[{"y":`+deep(1000)+`,"messaging":[{}]}]}`).Envelopes, 1)
	_, err = receiving.Split(bytes.Repeat([]byte(`{"a":`), 80_000))
	require.ErrorIs(t, err, receiving.ErrNotCallback)

	// A long array in an event is cut.
	ev, problems := envelope(t, `{"delivery":{"mids":["a"`+strings.Repeat(`,"b"`, 50_000)+`],"watermark":1764000000}}`).Event()
	delivery, ok := ev.Payload.(*receiving.Delivery)
	require.True(t, ok)
	require.Len(t, delivery.MIDs, 1000)
	require.False(t, delivery.Watermark.IsZero())
	require.Len(t, problems, 1)
	require.Equal(t, "delivery.mids[1000]: and what follows it is left out, after 1000 items", problems[0].String())
}

func TestSplitStopsKeeping(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	for _, body := range []string{
		callback(strings.Repeat(`{"sender":{"id":"7"}},`, 20*receiving.MaxElements) + "{}"),
		`{"entry":[{"changes":[{"field":"feed","value":[` + strings.Repeat(`{},`, 20*receiving.MaxElements) + `{}]}]}]}`,
	} {
		allocs := testing.AllocsPerRun(1, func() {
			_, err := receiving.Split([]byte(body))
			require.ErrorIs(t, err, receiving.ErrTooManyElements)
		})
		require.Less(t, allocs, float64(8*receiving.MaxElements))
	}
}

// TestNestedArraysAreBounded: arrays of arrays do not make much of few bytes.
func TestNestedArraysAreBounded(t *testing.T) {
	t.Parallel()

	screen := `{"responses":[{}` + strings.Repeat(",{}", 999) + `]}`
	ev, problems := envelope(t, `{"messaging_customer_information":{"screens":[`+screen+strings.Repeat(","+screen, 99)+`]}}`).Event()
	information, ok := ev.Payload.(*receiving.CustomerInformation)
	require.True(t, ok)
	n := len(information.Screens)
	for _, s := range information.Screens {
		n += len(s.Responses)
	}
	require.Equal(t, 10_000, n)
	require.Len(t, problems, 1)
	require.Equal(t, "messaging_customer_information.screens[9].responses[990]: and all further items are left out, after 10000 of the event", problems[0].String())

	roles := make([]string, 1500)
	for i := range roles {
		roles[i] = fmt.Sprintf(`"%d":[]`, i)
	}
	ev, problems = envelope(t, `{"app_roles":{`+strings.Join(roles, ",")+`}}`).Event()
	control, ok := ev.Payload.(*receiving.ThreadControl)
	require.True(t, ok)
	require.Len(t, control.AppRoles, 1000)
	require.Equal(t, "app_roles.1000: and what follows it is left out, after 1000 items", problems[0].String())
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()

	for _, body := range []string{``, ` `, `null`, `[]`, `"x"`, `{`, `{"entry":[}`, `{"entry":[]} x`, `{} {}`, `{"entry":[{"messaging":[{"message":tru}]}]}`, "\x00"} {
		c, err := receiving.Split([]byte(body))
		require.ErrorIs(t, err, receiving.ErrNotCallback, body)
		require.Empty(t, c.Envelopes)
		require.NotContains(t, err.Error(), "tru")
	}
	for body, malformed := range map[string]int{
		`{}`: 1, `{"entry":null}`: 1, `{"entry":{}}`: 1, `{"entry":[]}`: 0, `{"entry":[{}]}`: 0, `{"entry":[{"messaging":[]}]}`: 0, `{"object":[],"entry":[]}`: 1,
	} {
		c := split(t, body)
		require.Empty(t, c.Envelopes, body)
		require.Equal(t, malformed, c.Malformed, body)
	}
	twice := split(t, `{"entry":[{"messaging":[{}]}],"entry":[{"messaging":[{}]}]}`)
	require.Len(t, twice.Envelopes, 1, "the last one counts")
}

// TestEventsEndWhereTheyEnd: who appends to the bytes of an event does not write over the next one.
func TestEventsEndWhereTheyEnd(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"mixed50", "events/simple_text", "callbacks/echo_receipt", "events/call"} {
		body := read(t, name)
		before := bytes.Clone(body)
		c, err := receiving.Split(body)
		require.NoError(t, err)
		for _, e := range c.Envelopes {
			_ = append(e.Raw, "written over"...)
			ev, _ := e.Event()
			_ = append(ev.Raw, "written over"...)
			m, ok := ev.Payload.(*receiving.Message)
			if !ok {
				continue
			}
			_ = append(m.NLP, "written over"...)
			for _, a := range m.Attachments {
				_ = append(a.Payload.Raw, "written over"...)
				_ = append(a.Payload.Elements, "written over"...)
			}
		}
		require.Equal(t, string(before), string(body))
	}
}

// TestSplitReusesNoMemory: what one call returned, the next does not write over.
func TestSplitReusesNoMemory(t *testing.T) {
	t.Parallel()

	first := split(t, string(read(t, "mixed50")))
	want := fmt.Sprintf("%v", first)
	for range 100 {
		split(t, callback(`{"sender":{"id":"\u0037"},"message":{"mid":"\u00e9"}}`))
		_ = split(t, string(read(t, "callbacks/malformed")))
	}
	require.Equal(t, want, fmt.Sprintf("%v", first))
}

// TestSplitDoesNotDependOnWhatItHasSplitBefore: it uses memory again, and the same bytes come to the same all the same.
func TestSplitDoesNotDependOnWhatItHasSplitBefore(t *testing.T) {
	t.Parallel()
	nothing := []byte(`{"object":"page","entry":[{"id":"10","messaging":[[]]}]}`)
	for range 100 {
		split(t, callback(`{"sender":{"id":"7"},"message":{"mid":"m"}}`))
		c, err := receiving.Split(nothing)
		require.NoError(t, err)
		require.Nil(t, c.Envelopes)
	}
}
