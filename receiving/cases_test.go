package receiving_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
)

// TestCases: callbacks that other programs' fixtures, bug reports and documentation have, and what they are.
func TestCases(t *testing.T) {
	t.Parallel()

	type want struct {
		typ     receiving.Type
		act     bool
		person  string
		thread  string
		payload receiving.Payload
	}
	yes := true
	image := func(typ, url string) []receiving.Attachment {
		return []receiving.Attachment{{Type: attachment.Type(typ), Payload: &receiving.AttachmentPayload{URL: url, Raw: json.RawMessage(`{"url":"` + url + `"}`)}}}
	}
	comment := func(id string) *receiving.InstagramComment {
		return &receiving.InstagramComment{ID: id, Text: "price?", From: &receiving.InstagramAuthor{ID: "700", Username: "u"}, Media: &receiving.InstagramMedia{ID: "m1"}}
	}
	inEntry := comment("c2")
	inEntry.Media.MediaProductType = "FEED"
	for name, wants := range map[string][]want{
		"text_with_link": {{receiving.TypeSimpleText, true, "900", "900", &receiving.Message{
			MID: "m_link", Text: "where is my order https://shop.example/o/7", Attachments: []receiving.Attachment{{Type: "fallback",
				Payload: &receiving.AttachmentPayload{URL: "https://shop.example/o/7", Title: "Order 7", Raw: json.RawMessage(`{"url":"https://shop.example/o/7","title":"Order 7"}`)}}}}}},
		"ig_unsupported_type": {{receiving.TypeUnsupported, true, "700", "700", &receiving.Message{MID: "a5", Attachments: []receiving.Attachment{{Type: "unsupported_type"}}}}},
		"ig_attachment_story": {
			{receiving.TypeStory, true, "700", "700", &receiving.Message{MID: "a1", Attachments: image("ig_story", "https://cdn.example/s")}},
			{receiving.TypeStory, true, "700", "700", &receiving.Message{MID: "a2", Attachments: image("story", "https://cdn.example/s")}},
			{receiving.TypePost, true, "700", "700", &receiving.Message{MID: "a3", Attachments: image("media", "https://cdn.example/s")}},
		},
		"self_message_is_self":      {{receiving.TypeEcho, false, "701", "701", &receiving.Message{MID: "s1", Text: "try", IsEcho: true, IsSelf: true}}},
		"self_postback_person":      {{receiving.TypePostback, true, "701", "701", &receiving.Postback{MID: "p1", Title: "Go", Payload: "GO", IsSelf: true}}},
		"ig_comment_in_entry":       {{receiving.TypeInstagramComment, false, "", "comments/c2", inEntry}},
		"ig_comment_key_entry_time": {{receiving.TypeInstagramComment, false, "", "comments/c4", comment("c4")}, {receiving.TypeInstagramComment, false, "", "comments/c4", comment("c4")}},
		"ig_edit_zero":              {{receiving.TypeUnknown, false, "700", "700", &receiving.Unknown{Field: "message_edit"}}},
		"group_feed_own_and_removed": {
			{receiving.TypeGroupFeedChange, false, "", "group_feed/66_2", &receiving.GroupFeed{From: &receiving.Author{ID: "55", Name: "Page"}, GroupID: "66",
				PostID: "66_1", CommentID: "66_2", Item: "comment", Verb: "add", Message: "own words", CreatedTime: time.Unix(1_764_000_000, 0).UTC()}},
			{receiving.TypeGroupFeedChange, false, "", "group_feed/66_3", &receiving.GroupFeed{From: &receiving.Author{ID: "800", Name: "N"}, GroupID: "66",
				PostID: "66_1", CommentID: "66_3", Item: "comment", Verb: "remove", CreatedTime: time.Unix(1_764_000_001, 0).UTC()}},
		},
		"policy_enforcement_hyphen": {{receiving.TypePolicyEnforcement, false, "", "policy_enforcement/", &receiving.PolicyEnforcement{Action: "block", Reason: "r"}}},
		"prior_message_lost": {{receiving.TypeSimpleText, true, "700", "700", &receiving.Message{MID: "q1", Text: "hi",
			PriorMessage: &receiving.PriorMessage{Source: "checkbox_plugin", Identifier: "ref-1"}}}},
		"fallback_payload_string": {{receiving.TypeFallback, true, "700", "700", &receiving.Message{MID: "f1", Attachments: []receiving.Attachment{{Type: "fallback",
			Title: "t", URL: "https://x.example", Payload: &receiving.AttachmentPayload{Plain: "blob", Raw: json.RawMessage(`"blob"`)}}}}}},
		"feed_fields_lost": {{receiving.TypeVisitorPost, false, "", "feed/55_1", &receiving.FeedChange{From: &receiving.Author{ID: "800", Name: "N"}, Item: "photo", Verb: "add",
			PostID: "55_1", PhotoID: "9", Link: "https://cdn.example/p.jpg", Published: &yes, CreatedTime: time.Unix(1_764_000_000, 0).UTC(), Post: &receiving.FeedPost{
				ID: "55_1", PermalinkURL: "https://www.facebook.com/55_1", StatusType: "added_photos", IsPublished: &yes, UpdatedTime: time.Unix(1_764_000_000, 0).UTC()}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := split(t, string(compact(t, read(t, "cases/"+name+"/callback"))))
			require.Zero(t, c.Malformed, c.Problems)
			require.Len(t, c.Envelopes, len(wants))
			for i, e := range c.Envelopes {
				ev, problems := e.Event()
				require.Empty(t, problems)
				got := want{ev.Type, ev.IsAct(), ev.PSID, e.Thread, ev.Payload}
				require.Equal(t, wants[i], got)
			}
		})
	}
	twice := split(t, string(read(t, "cases/ig_comment_key_entry_time/callback"))).Envelopes
	require.Equal(t, twice[0].Key, twice[1].Key, "one comment in two notifications")
}

// TestSelfMessaging: where an Instagram account writes to itself, the person is the other side, whatever the account does, and Split
// and Event agree about it.
func TestSelfMessaging(t *testing.T) {
	t.Parallel()

	const account, person = "17841400008460056", "1784509912345678"
	for name, self := range map[string]func(receiving.Payload) bool{
		"echo":     func(p receiving.Payload) bool { return p.(*receiving.Message).IsSelf },
		"postback": func(p receiving.Payload) bool { return p.(*receiving.Postback).IsSelf },
		"reaction": func(p receiving.Payload) bool { return p.(*receiving.Reaction).IsSelf },
		"read":     func(p receiving.Payload) bool { return p.(*receiving.Read).IsSelf },
		"edit":     func(p receiving.Payload) bool { return p.(*receiving.MessageEdit).IsSelf },
		"referral": func(p receiving.Payload) bool { return p.(*receiving.Referral).IsSelf },
	} {
		e := onlyEnvelope(t, "callbacks/instagram_self_"+name)
		ev, problems := e.Event()
		require.Empty(t, problems)
		require.True(t, self(ev.Payload), name)
		require.Equal(t, []string{account, person, person}, []string{ev.PageID, ev.PSID, e.Thread}, name)
	}

	comment := onlyEnvelope(t, "callbacks/instagram_self_comment")
	ev, _ := comment.Event()
	require.Equal(t, receiving.TypeInstagramCommentEcho, ev.Type, "the bot answers no comment of its own account")
	require.Equal(t, "1784509900000001", ev.PSID)
	require.Equal(t, ev.PSID, comment.Thread)
	require.Equal(t, ev.PSID, ev.Payload.(*receiving.InstagramComment).From.SelfIGScopedID)

	for element, person := range map[string]string{
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"is_self":true,"postback":{}}`:                  "7",
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"is_self":"true","message":{"text":"x"}}`:       "7",
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"message":{"text":"x","is_self":1}}`:            "7",
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"reaction":{"is_self":true}}`:                   "7",
		`{"sender":{"id":"7"},"recipient":{"id":"10"},"is_self":true,"message":{"text":"x"}}`:         "7",
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"is_self":true,"message":{"is_echo":true}}`:     "7",
		`{"sender":{"id":"7"},"recipient":{"id":"10"},"is_self":true,"message":{"is_echo":"1"}}`:      "7",
		`{"sender":{"id":"7"},"recipient":{"id":"10"},"is_self":false,"message":{"text":"x"}}`:        "7",
		`{"postback":{"is_self":true},"is_self":false,"recipient":{"id":"7"},"sender":{"id":"10"}}`:   "7",
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"is_self":true,"is_self":null,"postback":{}}`:   "10",
		`{"sender":{"id":"10"},"recipient":{"id":"7"},"postback":{"is_self":true},"postback":{}}`:     "10",
		`{"sender":{"id":"10"},"is_self":true,"postback":{}}`:                                         "",
		`{"sender":{"id":"10"},"recipient":{"user_ref":"u","id":"7"},"is_self":true,"surprise":true}`: "7",
	} {
		e := envelope(t, element)
		require.Equal(t, person, e.PSID, element)
	}
}

// TestNumEdit: what was edited zero times is no edit.
func TestNumEdit(t *testing.T) {
	t.Parallel()

	for in, edits := range map[string]int{
		`{"mid":"m","num_edit":0}`:               -1,
		`{"mid":"m","num_edit":"0"}`:             -1,
		`{"mid":"m","num_edits":0}`:              -1,
		`{"mid":"m","text":"x","num_edit":0}`:    -1,
		`{"num_edit":1,"num_edit":0}`:            -1,
		`{"num_edit":0,"num_edit":1}`:            1,
		`{"num_edit":2,"num_edits":0}`:           2,
		`{"num_edits":0,"num_edit":2}`:           2,
		`{"mid":"m","text":"x","num_edit":null}`: 0,
		`{"mid":"m","text":"x"}`:                 0,
		`{"num_edit":5}`:                         5,
	} {
		ev, problems := event(t, `{"sender":{"id":"7"},"message_edit":`+in+`}`)
		require.Empty(t, problems)
		require.Equal(t, edits >= 0, ev.IsAct(), in)
		if edits < 0 {
			require.Equal(t, &receiving.Unknown{Field: "message_edit"}, ev.Payload, in)
			continue
		}
		require.Equal(t, edits, ev.Payload.(*receiving.MessageEdit).NumEdit, in)
	}
}

// TestNullBesideTheKind: a kind whose value is null is not there.
func TestNullBesideTheKind(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]receiving.Type{
		`"message":null,"postback":{"payload":"P"}`:           receiving.TypePostback,
		`"postback":{"payload":"P"},"message":null`:           receiving.TypePostback,
		`"read":null,"message":{"text":"x"}`:                  receiving.TypeSimpleText,
		`"message":{"text":"x"},"optin":null,"group_id":null`: receiving.TypeSimpleText,
		`"group_id":null,"read":{"mid":"m"}`:                  receiving.TypeRead,
		`"message":null,"group_id":"1"`:                       receiving.TypeGroupFeed,
	} {
		c := split(t, callback(`{"sender":{"id":"7"},"recipient":{"id":"10"},`+in+`}`))
		require.Zero(t, c.Malformed, "%s: %v", in, c.Problems)
		ev, problems := c.Envelopes[0].Event()
		require.Empty(t, problems, in)
		require.Equal(t, want, ev.Type, in)
	}
	c := split(t, callback(`{"sender":{"id":"7"},"message":null}`))
	require.Equal(t, []receiving.Problem{{Path: "entry[0].messaging[0].message", Text: "is null, not an object"}}, c.Problems)
}
