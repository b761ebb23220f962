package receiving_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// event decodes the one element of a callback.
func event(t testing.TB, element string) (*receiving.Event, []string) {
	t.Helper()
	ev, problems := envelope(t, element).Event()
	var told []string
	for _, p := range problems {
		told = append(told, p.String())
	}
	return ev, told
}

func TestClassifyMessage(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]receiving.Type{
		`{"text":"hi"}`: receiving.TypeSimpleText,
		`{"text":"hi","quick_reply":{"payload":"P"}}`:                                                receiving.TypeQuickReply,
		`{"text":"hi","quick_reply":{"payload":""}}`:                                                 receiving.TypeSimpleText,
		`{"text":"hi","quick_reply":{}}`:                                                             receiving.TypeSimpleText,
		`{"text":"hi","quick_reply":null}`:                                                           receiving.TypeSimpleText,
		`{"quick_reply":{"payload":"P"},"sticker_id":1}`:                                             receiving.TypeQuickReply,
		`{"quick_reply":{"payload":"GET_STARTED_BUTTON"}}`:                                           receiving.TypeQuickReply,
		`{"sticker_id":369239263222822,"attachments":[{"type":"image"}]}`:                            receiving.TypeSticker,
		`{"attachments":[{"type":"image","payload":{"url":"u","sticker_id":1}}]}`:                    receiving.TypeSticker,
		`{"attachments":[{"type":"image","payload":{"url":"u"}},{"type":"sticker","payload":null}]}`: receiving.TypeSticker,
		`{"attachments":[{"type":"image"},{"type":"video"}],"text":"hi"}`:                            receiving.TypeImage,
		`{"attachments":[{"type":"video"},{"type":"image"}]}`:                                        receiving.TypeVideo,
		`{"attachments":[{"type":"audio"}]}`:                                                         receiving.TypeAudio,
		`{"attachments":[{"type":"file"}]}`:                                                          receiving.TypeFile,
		`{"attachments":[{"type":"location"}]}`:                                                      receiving.TypeLocation,
		`{"attachments":[{"type":"fallback"}],"text":"hi"}`:                                          receiving.TypeFallback,
		`{"attachments":[{"type":"share"}]}`:                                                         receiving.TypeAttachment,
		`{"attachments":[{"type":"share"},{"type":"ig_post"}]}`:                                      receiving.TypePost,
		`{"attachments":[{"type":"ig_post"},{"type":"share"}]}`:                                      receiving.TypePost,
		`{"attachments":[{"type":"share"},{"type":"ig_reel"}]}`:                                      receiving.TypeReel,
		`{"attachments":[{"type":"share"},{"type":"ig_story"}]}`:                                     receiving.TypeStory,
		`{"attachments":[{"type":"share"},{"type":"image"}]}`:                                        receiving.TypeAttachment,
		`{"attachments":[{"type":"media"}]}`:                                                         receiving.TypePost,
		`{"attachments":[{"type":"story"}]}`:                                                         receiving.TypeStory,
		`{"attachments":[{"type":"ig_story"}]}`:                                                      receiving.TypeStory,
		`{"attachments":[{"type":"unsupported_type"}]}`:                                              receiving.TypeUnsupported,
		`{"attachments":[{"type":"unsupported_type"}],"text":"hi"}`:                                  receiving.TypeUnsupported,
		`{"attachments":[{"type":"post"}],"text":"hi"}`:                                              receiving.TypePost,
		`{"attachments":[{"type":"template"}]}`:                                                      receiving.TypeTemplate,
		`{"attachments":[{"type":"reel"}]}`:                                                          receiving.TypeReel,
		`{"attachments":[{"type":"ig_reel"}]}`:                                                       receiving.TypeReel,
		`{"attachments":[{"type":"post"}]}`:                                                          receiving.TypePost,
		`{"attachments":[{"type":"ig_post"}]}`:                                                       receiving.TypePost,
		`{"attachments":[{"type":"story_mention"}]}`:                                                 receiving.TypeStoryMention,
		`{"attachments":[{"type":"appointment_booking"}]}`:                                           receiving.TypeAppointmentBooking,
		`{"attachments":[{"type":"like_heart"}]}`:                                                    receiving.TypeAttachment,
		`{"attachments":[{"type":"hologram"}],"text":"hi"}`:                                          receiving.TypeAttachment,
		`{"attachments":[{}]}`:                                                                       receiving.TypeAttachment,
		`{"attachments":[],"text":"hi"}`:                                                             receiving.TypeSimpleText,
		`{"attachments":null,"text":"hi"}`:                                                           receiving.TypeSimpleText,
		`{"text":""}`:                                                                                receiving.TypeUnsupported,
		`{}`:                                                                                         receiving.TypeUnsupported,
		`{"is_unsupported":true}`:                                                                    receiving.TypeUnsupported,
		`{"is_deleted":true,"text":"hi"}`:                                                            receiving.TypeMessageDeleted,
		`{"is_echo":true,"is_deleted":true}`:                                                         receiving.TypeEcho,
		`{"is_echo":true,"text":"hi"}`:                                                               receiving.TypeEcho,
		`{"is_echo":true,"attachments":[{"type":"image"}]}`:                                          receiving.TypeEcho,
		`{"is_echo":true,"sticker_id":1}`:                                                            receiving.TypeEcho,
		`{"is_echo":true,"quick_reply":{"payload":"P"}}`:                                             receiving.TypeEcho,
		`{"is_echo":"yes","text":"hi"}`:                                                              receiving.TypeSimpleText,
		`{"text":"hi","is_echo":null,"is_deleted":null,"sticker_id":null,"reply_to":null,"attachments":null}`: receiving.TypeSimpleText,
	} {
		ev, _ := event(t, `{"sender":{"id":"7"},"message":`+in+`}`)
		require.Equal(t, want, ev.Type, in)
		require.Equal(t, want == receiving.TypeEcho, strings.HasPrefix(ev.Key, "echo"), in)
	}
}

// TestClassifyChange: what others write in public is an act, what the page writes is none.
func TestClassifyChange(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]receiving.Type{
		`"feed","value":{"item":"comment","verb":"add","from":{"id":"7"}}`:    receiving.TypeComment,
		`"feed","value":{"item":"comment","verb":"add"}`:                      receiving.TypeFeed,
		`"feed","value":{"item":"comment","verb":"add","from":null}`:          receiving.TypeFeed,
		`"feed","value":{"item":"comment","verb":"add","from":{"name":"A"}}`:  receiving.TypeFeed,
		`"feed","value":{"item":"comment","verb":"add","from":{"id":"10"}}`:   receiving.TypeFeed,
		`"feed","value":{"item":"comment","verb":"add","from":{"id":10}}`:     receiving.TypeFeed,
		`"feed","value":{"item":"comment","verb":"edited","from":{"id":"7"}}`: receiving.TypeFeed,
		`"feed","value":{"item":"comment","verb":"remove","from":{"id":"7"}}`: receiving.TypeFeed,
		`"feed","value":{"item":"reaction","verb":"add","from":{"id":"7"}}`:   receiving.TypeFeed,
		`"feed","value":{"item":"post","verb":"add","from":{"id":"7"}}`:       receiving.TypeVisitorPost,
		`"feed","value":{"item":"photo","verb":"add","from":{"id":"7"}}`:      receiving.TypeVisitorPost,
		`"feed","value":{"item":"status","verb":"add","from":{"id":"10"}}`:    receiving.TypeFeed,
		`"feed","value":{"item":"status","verb":"add"}`:                       receiving.TypeFeed,
		`"feed","value":{"item":"hologram","verb":"add","from":{"id":"7"}}`:   receiving.TypeFeed,
		`"feed","value":{}`:   receiving.TypeFeed,
		`"feed","value":null`: receiving.TypeUnknown,
		`"feed"`:              receiving.TypeUnknown,
		`"comments","value":{"id":"1","from":{"id":"7"}}`:  receiving.TypeInstagramComment,
		`"comments","value":{"id":"1","from":{"id":"10"}}`: receiving.TypeInstagramCommentEcho,
		`"live_comments","value":{"id":"1"}`:               receiving.TypeInstagramComment,
		`"mentions","value":{"media_id":"1"}`:              receiving.TypeInstagramMention,
		`"mention","value":{"item":"post","verb":"add","post_id":"44_1","sender_id":"7","sender_name":"Example Name"}`: receiving.TypeMention,
		`"mention","value":{"item":"comment","verb":"add","post_id":"44_1","comment_id":"1_2","message":"hi"}`:         receiving.TypeMention,
		`"mention","value":{"item":"comment","verb":"add","post_id":"44_1","comment_id":"1_2","sender_name":"A"}`:      receiving.TypeMention,
		`"mention","value":{"item":"comment","verb":"add","post_id":"10_1","comment_id":"1_2","sender_id":"7"}`:        receiving.TypeMention,
		`"mention","value":{"item":"photo","verb":"add","post_id":"100_1","from":{"id":"7"}}`:                          receiving.TypeMention,
		`"mention","value":{"item":"comment","verb":"add","post_id":"10_1","comment_id":"1_2"}`:                        receiving.TypeMentionChange,
		`"mention","value":{"item":"comment","verb":"add","post_id":"44_1","comment_id":"1_2","sender_id":10}`:         receiving.TypeMentionChange,
		`"mention","value":{"item":"post","verb":"add","post_id":"44_1","from":{"id":"10"},"sender_id":"7"}`:           receiving.TypeMentionChange,
		`"mention","value":{"item":"post","verb":"edited","post_id":"44_1","sender_id":"7"}`:                           receiving.TypeMentionChange,
		`"mention","value":{"item":"post","verb":"remove","post_id":"44_1","sender_id":"7"}`:                           receiving.TypeMentionChange,
		`"mention","value":{"item":"reaction","verb":"add","post_id":"44_1","sender_id":"7"}`:                          receiving.TypeMentionChange,
		`"mention","value":{"post_id":"44_1","sender_id":"7"}`:                                                         receiving.TypeMentionChange,
		`"mention","value":{}`:   receiving.TypeMentionChange,
		`"mention","value":null`: receiving.TypeUnknown,
		`"feed","value":{"item":"comment","verb":"add","sender_id":"7"}`:                                                        receiving.TypeComment,
		`"feed","value":{"item":"comment","verb":"add","sender_id":"10"}`:                                                       receiving.TypeFeed,
		`"messenger_template_status_update","value":{"event":"APPROVED"}`:                                                       receiving.TypeMessageTemplateStatus,
		`"marketing_message_delivery_failed","value":{"error_message":"x"}`:                                                     receiving.TypeMarketingMessageFailed,
		`"marketing_messages_subscriber_upload_status","value":{"status":"ok"}`:                                                 receiving.TypeUnknown,
		`"leadgen","value":{"form_id":"1"}`:                                                                                     receiving.TypeUnknown,
		`"send_cart","value":{"sender":{"id":"7"},"order":{"note":"x"}}`:                                                        receiving.TypeOrder,
		`"comments","value":{"id":"1","from":{"id":"11","self_ig_scoped_id":"7"}}`:                                              receiving.TypeInstagramCommentEcho,
		`"group_feed","value":{"group_id":"1","from":{"id":"7"}}`:                                                               receiving.TypeGroupFeed,
		`"group_feed","value":{"group_id":"1","from":{"id":"7"},"message":"hi"}`:                                                receiving.TypeGroupFeed,
		`"group_feed","value":{"group_id":"1","from":{"id":"7"},"item":"comment","verb":"add","comment_id":"2","message":"hi"}`: receiving.TypeGroupFeed,
		`"group_feed","value":{"group_id":"1","from":{"id":"10"},"item":"comment","verb":"add","comment_id":"2"}`:               receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","from":{"id":10},"comment_id":"2"}`:                                               receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","item":"comment","verb":"add","comment_id":"2"}`:                                  receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","post_id":"2","from":{}}`:                                                         receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","post_id":"2","from":null}`:                                                       receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","from":{"id":"7"},"item":"comment","verb":"remove","comment_id":"2"}`:             receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","from":{"id":"7"},"item":"comment","verb":"edited","comment_id":"2"}`:             receiving.TypeGroupFeedChange,
		`"group_feed","value":{"group_id":"1","from":{"id":"7"},"item":"reaction","verb":"add","post_id":"2"}`:                  receiving.TypeGroupFeedChange,
		`"call_permission_reply","value":{"call_permission_reply":{}}`:                                                          receiving.TypeCallPermissionReply,
		`"messaging_handovers","value":{"take_thread_control":{"metadata":"x"}}`:                                                receiving.TypeThreadControl,
	} {
		c := split(t, `{"object":"page","entry":[{"id":"10","changes":[{"field":`+in+`}]}]}`)
		require.Len(t, c.Envelopes, 1)
		ev, problems := c.Envelopes[0].Event()
		require.Empty(t, problems, in)
		require.Equal(t, want, ev.Type, in)
	}
}

// TestOptinStops: a consent that ends is an opt-in too, and says so.
func TestOptinStops(t *testing.T) {
	t.Parallel()

	for status, want := range map[string]bool{
		"": false, "STOP NOTIFICATIONS": true, "STOP_NOTIFICATIONS": true, "stop notifications": true,
		"RESUME NOTIFICATIONS": false, "RESUME_NOTIFICATIONS": false, "STO": false,
	} {
		require.Equal(t, want, (&receiving.OptIn{NotificationMessagesStatus: status}).Stops(), status)
	}
}

func TestClassifyPostback(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]receiving.Type{
		`PERSISTENT_MENU_ONE`:                receiving.TypePersistentMenuOne,
		`{\"kind\":\"PERSISTENT_MENU_TWO\"}`: receiving.TypePersistentMenuTwo,
		`{\"payload_class\":\"djmessenger.payload.PersistentMenuThreePayload\"}`: receiving.TypePersistentMenuThree,
		`{\"payload_class\":\"djmessenger.payload.GetStartedButtonPayload\"}`:    receiving.TypeGetStartedButton,
		`GET_STARTED_BUTTON`:    receiving.TypeGetStartedButton,
		`GET_STARTED`:           receiving.TypePostback,
		`{\"kind\":\"other\"}`:  receiving.TypePostback,
		`{`:                     receiving.TypePostback,
		``:                      receiving.TypePostback,
		`persistent_menu_one`:   receiving.TypePostback,
		`PERSISTENT_MENU_ONE `:  receiving.TypePostback, //nolint:gocritic // the space makes it another payload
		`PERSISTENT_MENU_SEVEN`: receiving.TypePostback,
	} {
		ev, told := event(t, `{"sender":{"id":"7"},"postback":{"payload":"`+in+`"}}`)
		require.Empty(t, told)
		require.Equal(t, want, ev.Type, in)
		require.True(t, ev.IsAct())
	}
}

// TestDecode reads one event of each kind, in the forms that the platform mixes.
func TestDecode(t *testing.T) {
	t.Parallel()

	at := time.UnixMilli(1_764_000_000_000).UTC()
	for in, want := range map[string]receiving.Payload{
		`"message":{"mid":"m","text":"\u00e9\u4f60 \/","reply_to":{"mid":"r","is_self_reply":true},"commands":[{"name":"a"}],"nlp":{"x":[1]},"nlpv2":{},
			"referral":{"ref":"R","ad_id":6045,"source":"ADS","type":"OPEN_THREAD","ads_context_data":{"ad_title":"T"},"product":{"id":9}}}`: &receiving.Message{
			MID: "m", Text: "é你 /", ReplyTo: &receiving.ReplyTo{MID: "r", IsSelfReply: true}, Commands: []receiving.Command{{Name: "a"}},
			NLP: json.RawMessage(`{"x":[1]}`), NLPV2: json.RawMessage(`{}`), Referral: &receiving.Referral{Ref: "R", AdID: "6045", Source: "ADS",
				Type: "OPEN_THREAD", AdsContextData: &receiving.AdsContextData{AdTitle: "T"}, Product: &receiving.Product{ID: "9"}}},
		`"message":{"attachments":[{"type":"sticker","payload":{"url":"u","sticker_id":369239263222822}},{"type":"reel","payload":{"reel_video_id":12345678901234567890,"title":"t"}},
			{"type":"post","payload":{"id":"5"}},{"type":"fallback","title":"T","url":"U","payload":null},{"type":"fallback"},
			{"type":"location","payload":{"coordinates":{"lat":-1.5,"long":"2.5"}}},{"type":"image","payload":{"attachment_id":77}}]}`: &receiving.Message{
			Attachments: []receiving.Attachment{
				{Type: "sticker", Payload: &receiving.AttachmentPayload{URL: "u", StickerID: "369239263222822", Raw: json.RawMessage(`{"url":"u","sticker_id":369239263222822}`)}},
				{Type: "reel", Payload: &receiving.AttachmentPayload{ReelVideoID: "12345678901234567890", Title: "t", Raw: json.RawMessage(`{"reel_video_id":12345678901234567890,"title":"t"}`)}},
				{Type: "post", Payload: &receiving.AttachmentPayload{ID: "5", Raw: json.RawMessage(`{"id":"5"}`)}},
				{Type: "fallback", Title: "T", URL: "U"},
				{Type: "fallback"},
				{Type: "location", Payload: &receiving.AttachmentPayload{Coordinates: &receiving.Coordinates{Lat: -1.5, Long: 2.5}, Raw: json.RawMessage(`{"coordinates":{"lat":-1.5,"long":"2.5"}}`)}},
				{Type: "image", Payload: &receiving.AttachmentPayload{AttachmentID: "77", Raw: json.RawMessage(`{"attachment_id":77}`)}},
			}},
		`"message":{"is_echo":true,"app_id":1517776481860111,"metadata":"mine"}`:           &receiving.Message{IsEcho: true, AppID: "1517776481860111", Metadata: "mine"},
		`"message":{"is_echo":true,"app_id":"15","metadata":"djm1:key-1:mine:too"}`:        &receiving.Message{IsEcho: true, AppID: "15", Metadata: "mine:too", SendKey: "key-1"},
		`"message":{"text":"x","metadata":"djm1:key-1:mine"}`:                              &receiving.Message{Text: "x", Metadata: "djm1:key-1:mine"},
		`"postback":{"mid":"m","title":"T","payload":"P","referral":{"ref":"R"}}`:          &receiving.Postback{MID: "m", Title: "T", Payload: "P", Referral: &receiving.Referral{Ref: "R"}},
		`"optin":{"ref":"R","user_ref":"U","type":"t","payload":"P","title":"T"}`:          &receiving.OptIn{Ref: "R", UserRef: "U", Type: "t", Payload: "P", Title: "T"},
		`"account_linking":{"status":"linked","authorization_code":"C"}`:                   &receiving.AccountLinking{Status: "linked", AuthorizationCode: "C"},
		`"delivery":{"mids":["a",null,"b"],"watermark":1764000000000}`:                     &receiving.Delivery{MIDs: []string{"a", "b"}, Watermark: at},
		`"delivery":{"watermark":"1764000000"}`:                                            &receiving.Delivery{Watermark: at},
		`"read":{"watermark":1764000000000}`:                                               &receiving.Read{Watermark: at},
		`"read":{"mid":"m"}`:                                                               &receiving.Read{MID: "m"},
		`"reaction":{"reaction":"love","emoji":"❤️","action":"react","mid":"m"}`:           &receiving.Reaction{Reaction: "love", Emoji: "❤️", Action: "react", MID: "m"},
		`"message_edit":{"mid":"m","text":"T","num_edit":"2"}`:                             &receiving.MessageEdit{MID: "m", Text: "T", NumEdit: 2},
		`"message_edit":{"num_edits":3}`:                                                   &receiving.MessageEdit{NumEdit: 3},
		`"referral":{"ref":"R","referer_uri":"U"},"lead":{"data":[]}`:                      &receiving.Referral{Ref: "R", RefererURI: "U", Lead: &receiving.Lead{}},
		`"pass_thread_control":{"previous_owner_app_id":null,"new_owner_app_id":263902}`:   &receiving.ThreadControl{Action: "pass_thread_control", NewOwnerAppID: "263902"},
		`"take_thread_control":{"previous_owner_app_id":"1","metadata":"M"}`:               &receiving.ThreadControl{Action: "take_thread_control", PreviousOwnerAppID: "1", Metadata: "M"},
		`"request_thread_control":{"requested_owner_app_id":2}`:                            &receiving.ThreadControl{Action: "request_thread_control", RequestedOwnerAppID: "2"},
		`"app_roles":{"1":["primary_receiver"]}`:                                           &receiving.ThreadControl{Action: "app_roles", AppRoles: map[string][]string{"1": {"primary_receiver"}}},
		`"policy_enforcement":{"action":"warning","reason":"R"}`:                           &receiving.PolicyEnforcement{Action: "warning", Reason: "R"},
		`"hop_context":{},"lead":{},"surprise":{"products":[]},"timestamp":1`:              &receiving.Unknown{Field: "surprise"},
		`"template":{"type":"hologram"}`:                                                   &receiving.Unknown{Field: "template"},
		`"template":{"coupon_code":7}`:                                                     &receiving.CouponReveal{CouponCode: "7"},
		`"group_id":"3","message":{"text":"a"}`:                                            &receiving.Message{Text: "a"},
		`"message":{"text":"a"},"group_id":"3"`:                                            &receiving.Message{Text: "a"},
		`"from":{"id":5},"group_id":3,"create_time":1764000000`:                            &receiving.GroupFeed{From: &receiving.Author{ID: "5"}, GroupID: "3", CreatedTime: at},
		`"hop_context":{"app_id":5},"message":{"text":"a","hop_context":null}`:             &receiving.Message{Text: "a", HopContext: &receiving.HopContext{AppID: "5"}},
		`"hop_context":{"app_id":5},"lead":{},"read":{"mid":"m"}`:                          &receiving.Read{MID: "m"},
		`"call_permission_reply":{"expiration_timestamp":"2025-11-24T16:00:00+0000"}`:      &receiving.CallPermissionReply{ExpirationTimestamp: at},
		`"call_permission_reply":{"expiration_timestamp":"2025-11-24T17:00:00.000+01:00"}`: &receiving.CallPermissionReply{ExpirationTimestamp: at},
		`"timestamp":1764000000000`:                                                        &receiving.Unknown{},
		`"game_play":{"score":0}`:                                                          &receiving.GamePlay{Score: new(float64)},
		`"game_play":{"score":null,"context_type":"SOLO"}`:                                 &receiving.GamePlay{ContextType: "SOLO"},
		`"delivery":{},"optin":{"ref":"R"},"account_linking":{}`:                           &receiving.OptIn{Ref: "R"},
		`"read":{"mid":"m"},"account_linking":{"status":"linked"}`:                         &receiving.AccountLinking{Status: "linked"},
		`"read":{"mid":"m"},"message":{"text":"a"}`:                                        &receiving.Message{Text: "a"},
		`"message":{"text":"a"},"read":{"mid":"m"}`:                                        &receiving.Message{Text: "a"},
		`"message":{"text":"a"},"message":{"text":"b"}`:                                    &receiving.Message{Text: "b"},
	} {
		ev, told := event(t, `{"sender":{"id":"7"},"recipient":{"id":"10"},`+in+`}`)
		require.Empty(t, told, in)
		require.Equal(t, want, ev.Payload, in)
	}
}

// TestDecodeIsLenient: a field of a wrong type is left out and told, and the event lives.
func TestDecodeIsLenient(t *testing.T) {
	t.Parallel()

	ev, told := event(t, `{"sender":{"id":"7"},"message":{"mid":5,"text":["kept secret"],"attachments":[7,{"type":"image","payload":"kept secret"},{"type":{}}],
		"reply_to":"kept secret","is_echo":"kept secret","sticker_id":{},"commands":{"name":1},"referral":[],"app_id":true,"quick_reply":{"payload":"P"},"\u0074ext":"new"}}`)
	require.Equal(t, receiving.TypeQuickReply, ev.Type)
	require.Equal(t, &receiving.Message{Text: "new", QuickReply: &receiving.QuickReply{Payload: "P"}, Attachments: []receiving.Attachment{{Type: "image"}, {}}}, ev.Payload)
	require.Equal(t, []string{
		"message.mid: is a number, not a string",
		"message.text: is an array, not a string",
		"message.attachments[0]: is a number, not an object",
		"message.attachments[1].payload: is a string, not an object",
		"message.attachments[2].type: is an object, not a string",
		"message.reply_to: is a string, not an object",
		"message.is_echo: is a string, not a boolean",
		"message.sticker_id: is an object, not an id",
		"message.commands: is an object, not an array",
		"message.referral: is an array, not an object",
		"message.app_id: is a boolean, not an id",
	}, told)

	ev, told = event(t, `{"message_edit":{"num_edit":"<n>","text":"T"}}`)
	require.Equal(t, &receiving.MessageEdit{Text: "T"}, ev.Payload)
	require.Equal(t, []string{"message_edit.num_edit: is a string, not a whole number"}, told)

	ev, told = event(t, `{"message":{"attachments":[{"type":"location","payload":{"coordinates":{"lat":"north","long":1e999}}}]},"read":7}`)
	require.Equal(t, receiving.TypeLocation, ev.Type)
	require.Len(t, told, 2)

	ev, told = event(t, `{"order":{"products":[7,{"id":[],"unit_price":"NaN","quantity":1.5,"name":"N"},null],"note":{}}}`)
	require.Equal(t, &receiving.Order{Products: []receiving.OrderProduct{{Name: "N"}}}, ev.Payload)
	require.Equal(t, []string{
		"order.products[0]: is a number, not an object",
		"order.products[1].id: is an array, not an id",
		"order.products[1].unit_price: is a string, not a number",
		"order.products[1].quantity: is a number, not a whole number",
		"order.note: is an object, not a string",
	}, told)

	ev, told = event(t, `{"order":{"products":[{"name":"N","unit_price":1.`+strings.Repeat("0", 300)+`}]}}`)
	require.Equal(t, &receiving.Order{Products: []receiving.OrderProduct{{Name: "N"}}}, ev.Payload)
	require.Equal(t, []string{"order.products[0].unit_price: is too long for a number"}, told)

	ev, told = event(t, `{"game_play":{"score":"many"},"timestamp":`+strings.Repeat("7", 300)+`}`)
	require.Equal(t, &receiving.GamePlay{}, ev.Payload)
	require.Equal(t, []string{"game_play.score: is a string, not a number"}, told)

	ev, told = event(t, `{"message":{"attachments":[{"type":"template","payload":{"sharable":true,"summary":{"total_cost":44.8},"subtitle":null,"url":5}}]}}`)
	m, ok := ev.Payload.(*receiving.Message)
	require.True(t, ok)
	require.Equal(t, map[string]json.RawMessage{"sharable": json.RawMessage(`true`), "summary": json.RawMessage(`{"total_cost":44.8}`)}, m.Attachments[0].Payload.Others)
	require.Equal(t, []string{"message.attachments[0].payload.url: is a number, not a string"}, told)

	ev, told = event(t, `{"messaging_feedback":{"feedback_screens":[{"questions":{"a":null,"b":5,"c":{"follow_up":{"payload":"x","follow_up":{"follow_up":{}}}}}}]}}`)
	require.Equal(t, &receiving.Feedback{FeedbackScreens: []receiving.FeedbackScreen{{Questions: map[string]receiving.FeedbackAnswer{
		"c": {FollowUp: &receiving.FeedbackAnswer{Payload: "x"}}}}}}, ev.Payload)
	require.Equal(t, []string{"messaging_feedback.feedback_screens[0].questions.b: is a number, not an object"}, told)

	ev, told = event(t, `{"group_id":3,"from":7,"message":null}`)
	require.Equal(t, &receiving.GroupFeed{GroupID: "3"}, ev.Payload)
	require.Equal(t, []string{"from: is a number, not an object"}, told)

	ev, told = event(t, "{\"message\":{\"text\":\"a\xffb\"}}")
	require.Equal(t, "a\ufffdb", ev.Text())
	require.Empty(t, told)
}

// TestEventOfAnything: what is no element at all is still an event.
func TestEventOfAnything(t *testing.T) {
	t.Parallel()

	for _, raw := range []string{``, `null`, `5`, `{`, `{"message":`, `[{}]`} {
		for _, field := range []string{"", "messages", "feed"} {
			ev, _ := receiving.Envelope{Key: "k", Field: field, Raw: json.RawMessage(raw)}.Event()
			require.Equal(t, receiving.TypeUnknown, ev.Type)
			require.NotNil(t, ev.Payload)
			require.False(t, ev.IsAct())
		}
	}
}

func TestSticker(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]struct {
		id string
		ok bool
	}{
		`{"text":"x"}`:      {"", false},
		`{"sticker_id":12}`: {"12", true},
		`{"attachments":[{"type":"sticker","payload":{"sticker_id":"34"}}]}`:                  {"34", true},
		`{"attachments":[{"type":"sticker"}]}`:                                                {"", true},
		`{"attachments":[{"type":"image","payload":{"sticker_id":"34"}}],"sticker_id":"34"}`:  {"34", true},
		`{"attachments":[{"type":"image","payload":{"url":"u"}},{"type":"file"}],"text":"x"}`: {"", false},
	} {
		ev, _ := event(t, `{"message":`+in+`}`)
		m, ok := ev.Payload.(*receiving.Message)
		require.True(t, ok)
		id, ok := m.Sticker()
		require.Equal(t, want.ok, ok, in)
		require.Equal(t, want.id, id, in)
	}
}

func TestEventAccessors(t *testing.T) {
	t.Parallel()

	ev, _ := event(t, `{"sender":{"id":"7"},"message":{"mid":"m","text":"hi","quick_reply":{"payload":"P"}}}`)
	require.Equal(t, []string{"hi", "P", "m"}, []string{ev.Text(), ev.PayloadText(), ev.MID()})
	require.True(t, ev.IsAct())
	ev, _ = event(t, `{"recipient":{"id":"7"},"message":{"mid":"m","text":"hi","is_echo":true,"quick_reply":{"payload":"P"}}}`)
	require.Equal(t, []string{"", "", "m"}, []string{ev.Text(), ev.PayloadText(), ev.MID()})
	require.False(t, ev.IsAct())
	ev, _ = event(t, `{"sender":{"id":"7"},"postback":{"payload":"P"}}`)
	require.Equal(t, []string{"", "P", ""}, []string{ev.Text(), ev.PayloadText(), ev.MID()})
	ev, _ = event(t, `{"message":{"text":"from nobody"}}`)
	require.False(t, ev.IsAct(), "nobody is there to be answered")
	ev, _ = event(t, `{"sender":{"user_ref":"u"},"optin":{"ref":"r"}}`)
	require.True(t, ev.IsAct(), "a checkbox is somebody's")
	require.Empty(t, ev.MID())

	for _, kind := range []string{"reaction", "message_edit", "read", "response_feedback"} {
		ev, _ = event(t, `{"sender":{"id":"7"},"`+kind+`":{"mid":"m","text":"changed"}}`)
		require.Equal(t, []string{"", "", "m"}, []string{ev.Text(), ev.PayloadText(), ev.MID()}, kind)
	}
	ev, _ = onlyEnvelope(t, "events/marketing_message_read").Event()
	require.Equal(t, "m_kR7vQ2xw0aYpLd045zEfTnHbUo1sGcJ9i8WmXqZ4tA", ev.MID())
}
