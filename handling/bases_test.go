package handling_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// asker is what all bases supply.
type asker interface {
	ShouldHandle(ctx context.Context, ev *receiving.Event) bool
	handling.TypeLimited
}

func of(t receiving.Type, p receiving.Payload) *receiving.Event {
	return &receiving.Event{Key: "k", Type: t, PageID: "1", PSID: "42", Payload: p}
}

var (
	order  = payload.New[size]("order.size")
	orderL = order.MustEncode(size{"L"})
)

// everyType has an event of each type, with what the bases and adapters look for.
func everyType(t *testing.T) []*receiving.Event {
	t.Helper()
	from := &receiving.Referral{Ref: "shop"}
	full := []receiving.Payload{
		&receiving.Message{MID: "m", Text: "hi", Referral: from, QuickReply: &receiving.QuickReply{Payload: orderL}},
		&receiving.Postback{Payload: orderL, Referral: from},
		from, &receiving.OptIn{}, &receiving.AccountLinking{}, &receiving.Delivery{}, &receiving.Read{}, &receiving.Reaction{},
		&receiving.MessageEdit{}, &receiving.ThreadControl{}, &receiving.PolicyEnforcement{}, &receiving.CouponReveal{},
		&receiving.CustomerInformation{}, &receiving.Feedback{}, &receiving.ResponseFeedback{}, &receiving.Order{}, &receiving.LeadForm{},
		&receiving.GamePlay{}, &receiving.CallPermissionReply{}, &receiving.Call{}, &receiving.FeedChange{}, &receiving.GroupFeed{},
		&receiving.Mention{}, &receiving.InstagramComment{}, &receiving.InstagramMention{}, &receiving.InboxLabel{},
		&receiving.MarketingMessage{}, &receiving.MessageTemplateStatus{}, &receiving.BusinessIntegrity{}, &receiving.Unknown{},
		&receiving.Signal{Payload: orderL},
	}
	var events []*receiving.Event
	for _, typ := range receiving.Types() {
		for _, p := range full {
			if m, ok := p.(*receiving.Message); ok && typ == receiving.TypeEcho {
				echo := *m
				echo.IsEcho, p = true, &echo
			} else if ok && typ == receiving.TypeMessageDeleted {
				p = &receiving.Message{MID: m.MID, IsDeleted: true}
			}
			if typ.Carries(p) {
				events = append(events, of(typ, p))
			}
		}
	}
	require.Len(t, events, len(receiving.Types()), "a payload is missing above")
	return events
}

// TestHandlersTakeTheirTypesAndNoOther: what a handler takes and under which types a
// policy may route to it are the same, so that a route which can never run is refused
// and no other.
func TestHandlersTakeTheirTypesAndNoOther(t *testing.T) {
	t.Parallel()
	multimedia := []receiving.Type{"IMAGE", "AUDIO", "VIDEO", "FILE"}
	postbacks := []receiving.Type{
		"POSTBACK", "PERSISTENT_MENU_ONE", "PERSISTENT_MENU_TWO", "PERSISTENT_MENU_THREE", "PERSISTENT_MENU_FOUR", "PERSISTENT_MENU_FIVE",
		"GET_STARTED_BUTTON",
	}
	var texts, referrals, acts []receiving.Type
	for _, typ := range receiving.Types() {
		message := typ.Carries((*receiving.Message)(nil)) && typ != receiving.TypeEcho && typ != receiving.TypeMessageDeleted
		if message {
			texts = append(texts, typ)
		}
		if message || typ.Carries((*receiving.Postback)(nil)) || typ == receiving.TypeReferral {
			referrals = append(referrals, typ)
		}
		if typ.IsAct() {
			acts = append(acts, typ)
		}
	}
	for name, c := range map[string]struct {
		asker any
		types []receiving.Type
	}{
		"MultimediaBase":     {handling.MultimediaBase{}, multimedia},
		"AuthenticationBase": {handling.AuthenticationBase{}, []receiving.Type{"AUTHENTICATION"}},
		"OptInBase":          {handling.OptInBase{}, []receiving.Type{"AUTHENTICATION"}},
		"AccountLinkingBase": {handling.AccountLinkingBase{}, []receiving.Type{"ACCOUNT_LINKING"}},
		"DeliveryBase":       {handling.DeliveryBase{}, []receiving.Type{"DELIVERED"}},
		"ReadBase":           {handling.ReadBase{}, []receiving.Type{"READ"}},
		"EchoBase":           {handling.EchoBase{}, []receiving.Type{"ECHO"}},
		"ReactionBase":       {handling.ReactionBase{}, []receiving.Type{"REACTION"}},
		"ThreadControlBase":  {handling.ThreadControlBase{}, []receiving.Type{"THREAD_CONTROL"}},
		"FeedbackBase":       {handling.FeedbackBase{}, []receiving.Type{"FEEDBACK", "RESPONSE_FEEDBACK"}},
		"CommentBase":        {handling.CommentBase{}, []receiving.Type{"COMMENT", "INSTAGRAM_COMMENT"}},
		"OnComment":          {handling.OnComment(nil), []receiving.Type{"COMMENT", "INSTAGRAM_COMMENT"}},
		"ReferralBase":       {handling.ReferralBase{}, referrals},
		"OnReferral":         {handling.OnReferral(nil), referrals},
		"TextBase":           {handling.TextBase{}, texts},
		"SimpleText":         {handling.SimpleText{}, texts},
		"OnText":             {handling.OnText("hi", nil), texts},
		"UserProfile":        {handling.UserProfile{}, acts},
		"QuickReplyBase":     {handling.QuickReplyBase[size]{Kind: order}, []receiving.Type{"QUICK_REPLY"}},
		"PostbackBase":       {handling.PostbackBase[size]{Kind: order}, postbacks},
		"SignalBase":         {handling.SignalBase[size]{Kind: order}, []receiving.Type{"SIGNAL"}},
		"TapBase":            {handling.TapBase[size]{Kind: order}, nil},
		"OnPayload":          {handling.OnPayload[size](order, nil), nil},
		"EventBase":          {handling.EventBase[*receiving.Order]{}, []receiving.Type{"ORDER"}},
		"On":                 {handling.On[*receiving.Order](nil), []receiving.Type{"ORDER"}},
		"EventBase, feed":    {handling.EventBase[*receiving.FeedChange]{}, []receiving.Type{"COMMENT", "VISITOR_POST", "FEED"}},
	} {
		h, ok := c.asker.(asker)
		require.True(t, ok, "%s is not limited to types", name)
		var took, routable []receiving.Type
		for _, ev := range everyType(t) {
			if h.ShouldHandle(t.Context(), ev) {
				took = append(took, ev.Type)
			}
			if h.Handles(ev.Type) {
				routable = append(routable, ev.Type)
			}
		}
		require.True(t, h.Handles(receiving.TypeDefault), name)
		require.Equal(t, slices.ContainsFunc(routable, receiving.Type.IsTap), h.Handles(receiving.TypeTap), "%s under TAP", name)
		switch name {
		case "TapBase", "OnPayload": // what a message carries as a payload decides, so each message above is a tap
			taps := append([]receiving.Type{"QUICK_REPLY"}, postbacks...)
			if name == "OnPayload" {
				taps = append(taps, "SIGNAL")
			}
			require.Equal(t, taps, routable, name)
			require.Subset(t, took, routable, name)
			require.Equal(t, name == "OnPayload", slices.Contains(took, "SIGNAL"), name)
		default:
			require.Equal(t, c.types, took, name)
			require.Equal(t, c.types, routable, name)
		}
	}
}

func TestTapBases(t *testing.T) {
	t.Parallel()
	quick, post := quickReply(orderL), postback(receiving.TypePostback, orderL)
	one := payload.New[payload.None](payload.PersistentMenuOne)
	start := payload.New[payload.None](payload.GetStartedButton)
	menu := postback(receiving.TypePersistentMenuOne, `{"payload_class":"djmessenger.payload.PersistentMenuOnePayload"}`)
	started := postback(receiving.TypeGetStartedButton, payload.GetStartedButton)
	for name, c := range map[string]struct {
		base asker
		ev   *receiving.Event
		want bool
	}{
		"tap, quick reply":          {handling.TapBase[size]{Kind: order}, quick, true},
		"tap, button":               {handling.TapBase[size]{Kind: order}, post, true},
		"tap, menu":                 {handling.TapBase[payload.None]{Kind: one}, menu, true},
		"tap, Get Started":          {handling.TapBase[payload.None]{Kind: start}, started, true},
		"tap, other kind":           {handling.TapBase[payload.None]{Kind: start}, menu, false},
		"tap, text":                 {handling.TapBase[size]{Kind: order}, text(orderL), false},
		"quick reply, quick reply":  {handling.QuickReplyBase[size]{Kind: order}, quick, true},
		"quick reply, button":       {handling.QuickReplyBase[size]{Kind: order}, post, false},
		"postback, button":          {handling.PostbackBase[size]{Kind: order}, post, true},
		"postback, quick reply":     {handling.PostbackBase[size]{Kind: order}, quick, false},
		"postback, menu":            {handling.PostbackBase[payload.None]{Kind: one}, menu, true},
		"postback, Get Started":     {handling.PostbackBase[payload.None]{Kind: start}, started, true},
		"zero tap":                  {handling.TapBase[size]{}, quick, false},
		"zero quick reply":          {handling.QuickReplyBase[size]{}, quick, false},
		"zero postback":             {handling.PostbackBase[size]{}, post, false},
		"zero tap, no payload":      {handling.TapBase[size]{}, quickReply(""), false},
		"zero tap, foreign payload": {handling.TapBase[size]{}, quickReply("YES"), false},
	} {
		require.Equal(t, c.want, c.base.ShouldHandle(t.Context(), c.ev), name)
	}

	tap := handling.TapBase[size]{Kind: order}
	for _, ev := range []*receiving.Event{quick, post} {
		value, err := tap.Value(ev)
		require.NoError(t, err)
		require.Equal(t, size{"L"}, value)
	}
	_, err := tap.Value(quickReply(`{"kind":"order.size","data":{"Size":7}}`))
	require.True(t, handling.IsPermanent(err))
	require.Equal(t, []payload.Ref{order.Ref()}, tap.PayloadRefs())

	for _, v := range []handling.Validator{handling.TapBase[size]{}, handling.QuickReplyBase[size]{}, handling.PostbackBase[size]{}} {
		require.ErrorContains(t, v.Validate(), "payload kind is missing")
	}
	require.NoError(t, tap.Validate())
}

// TestBasesGiveTheDecodedPayload: never nil, and empty for another kind of event, so
// that no subclass needs a type assertion or a check.
func TestBasesGiveTheDecodedPayload(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		payload receiving.Payload
		get     func(ev *receiving.Event) any
	}{
		{&receiving.OptIn{Ref: "x"}, func(ev *receiving.Event) any { return handling.AuthenticationBase{}.OptIn(ev) }},
		{&receiving.OptIn{Ref: "x"}, func(ev *receiving.Event) any { return handling.OptInBase{}.OptIn(ev) }},
		{&receiving.AccountLinking{Status: "linked"}, func(ev *receiving.Event) any { return handling.AccountLinkingBase{}.AccountLinking(ev) }},
		{&receiving.Delivery{MIDs: []string{"m"}}, func(ev *receiving.Event) any { return handling.DeliveryBase{}.Delivery(ev) }},
		{&receiving.Read{MID: "m"}, func(ev *receiving.Event) any { return handling.ReadBase{}.Read(ev) }},
		{&receiving.Message{Text: "a", IsEcho: true}, func(ev *receiving.Event) any { return handling.EchoBase{}.Echo(ev) }},
		{&receiving.Reaction{Emoji: "😍"}, func(ev *receiving.Event) any { return handling.ReactionBase{}.Reaction(ev) }},
		{&receiving.ThreadControl{Action: "app_roles"}, func(ev *receiving.Event) any { return handling.ThreadControlBase{}.ThreadControl(ev) }},
		{&receiving.Feedback{FeedbackScreens: []receiving.FeedbackScreen{{}}}, func(ev *receiving.Event) any { return handling.FeedbackBase{}.Feedback(ev) }},
		{&receiving.ResponseFeedback{MID: "m"}, func(ev *receiving.Event) any { return handling.FeedbackBase{}.ResponseFeedback(ev) }},
		{&receiving.FeedChange{Message: "a"}, func(ev *receiving.Event) any { return handling.CommentBase{}.FeedChange(ev) }},
		{&receiving.InstagramComment{Text: "a"}, func(ev *receiving.Event) any { return handling.CommentBase{}.InstagramComment(ev) }},
		{&receiving.Referral{Ref: "r"}, func(ev *receiving.Event) any { return handling.ReferralBase{}.Referral(ev) }},
		{&receiving.Order{Note: "n"}, func(ev *receiving.Event) any { return handling.EventBase[*receiving.Order]{}.Payload(ev) }},
	} {
		require.Same(t, c.payload, c.get(of(receiving.TypeUnknown, c.payload)))
		empty := c.get(of(receiving.TypeUnknown, &receiving.Unknown{}))
		require.IsType(t, c.payload, empty)
		require.False(t, reflect.ValueOf(empty).IsNil())
		require.True(t, reflect.ValueOf(empty).Elem().IsZero())
	}
	require.Len(t, handling.MultimediaBase{}.Attachments(of("IMAGE", &receiving.Message{Attachments: make([]receiving.Attachment, 2)})), 2)
	require.Empty(t, handling.MultimediaBase{}.Attachments(of("IMAGE", &receiving.Unknown{})))
	require.Nil(t, handling.EventBase[receiving.Payload]{}.Payload(&receiving.Event{}), "an interface has no empty value")
}

func TestReferralsComeInThreeKindsOfEvent(t *testing.T) {
	t.Parallel()
	from := &receiving.Referral{Ref: "shop"}
	var seen []string
	on := handling.OnReferral(func(_ context.Context, ev *receiving.Event, from *receiving.Referral, _ *sending.Replier) error {
		seen = append(seen, string(ev.Type)+" "+from.Ref)
		return nil
	})
	for _, ev := range []*receiving.Event{
		of(receiving.TypeReferral, from),
		of(receiving.TypeGetStartedButton, &receiving.Postback{Referral: from}),
		of(receiving.TypeSimpleText, &receiving.Message{Referral: from}),
	} {
		require.True(t, handling.ReferralBase{}.ShouldHandle(t.Context(), ev), ev.Type)
		require.Same(t, from, handling.ReferralBase{}.Referral(ev))
		handle(t, on, ev)
	}
	require.Equal(t, []string{"REFERRAL shop", "GET_STARTED_BUTTON shop", "SIMPLE_TEXT shop"}, seen)
	for _, ev := range []*receiving.Event{
		text("hi"), postback(receiving.TypePostback, "x"), of(receiving.TypeEcho, &receiving.Message{IsEcho: true, Referral: from}),
	} {
		require.False(t, on.ShouldHandle(t.Context(), ev))
		require.False(t, handling.ReferralBase{}.ShouldHandle(t.Context(), ev))
	}
}

func TestOptInsByKind(t *testing.T) {
	t.Parallel()
	kinds := []string{receiving.OptInPlugin, receiving.OptInNotificationMessages, receiving.OptInOneTime, "one_of_tomorrow"}
	for _, c := range []struct {
		base handling.OptInBase
		want []string
	}{
		{handling.OptInBase{}, kinds},
		{handling.OptInBase{Kinds: []string{receiving.OptInPlugin}}, []string{""}},
		{handling.OptInBase{Kinds: []string{"one_time_notif_req", "notification_messages"}}, []string{"notification_messages", "one_time_notif_req"}},
	} {
		var took []string
		for _, kind := range kinds {
			if c.base.ShouldHandle(t.Context(), of(receiving.TypeAuthentication, &receiving.OptIn{Type: kind})) {
				took = append(took, kind)
			}
		}
		require.Equal(t, c.want, took)
		require.NoError(t, c.base.Validate())
	}
	require.ErrorContains(t, handling.OptInBase{Kinds: []string{"notification_message"}}.Validate(), `"notification_message" is no kind of opt-in`)
}

func TestThreadControlByAction(t *testing.T) {
	t.Parallel()
	asks := handling.ThreadControlBase{Actions: []string{receiving.ThreadRequested}}
	require.NoError(t, asks.Validate())
	for action, want := range map[string]bool{"request_thread_control": true, "take_thread_control": false, "pass_thread_control": false, "app_roles": false} {
		ev := of(receiving.TypeThreadControl, &receiving.ThreadControl{Action: action})
		require.Equal(t, want, asks.ShouldHandle(t.Context(), ev), action)
		require.True(t, handling.ThreadControlBase{}.ShouldHandle(t.Context(), ev), action)
		require.NoError(t, handling.ThreadControlBase{Actions: []string{action}}.Validate())
	}
	require.ErrorContains(t, handling.ThreadControlBase{Actions: []string{"pass"}}.Validate(), `"pass" is no action of a hand-over`)
}

func TestCommentsOfBothProducts(t *testing.T) {
	t.Parallel()
	facebook := of(receiving.TypeComment, &receiving.FeedChange{
		From: &receiving.Author{ID: "7", Name: "Ada"}, CommentID: "1_2", ParentID: "1_1", PostID: "1_1", Message: "How much?",
	})
	instagram := of(receiving.TypeInstagramComment, &receiving.InstagramComment{
		ID: "9", ParentID: "8", Text: "How much?", From: &receiving.InstagramAuthor{ID: "7", Username: "ada"}, Live: true,
		Media: &receiving.InstagramMedia{ID: "5"},
	})
	var got []handling.Comment
	on := handling.OnComment(func(_ context.Context, _ *receiving.Event, c handling.Comment, _ *sending.Replier) error {
		got = append(got, c)
		return nil
	})
	bare := of(receiving.TypeComment, &receiving.FeedChange{})
	bareInstagram := of(receiving.TypeInstagramComment, &receiving.InstagramComment{})
	for _, ev := range []*receiving.Event{facebook, instagram, bare, bareInstagram} {
		handle(t, on, ev)
	}
	require.Equal(t, []handling.Comment{
		{ID: "1_2", ParentID: "1_1", PostID: "1_1", Text: "How much?", AuthorID: "7", AuthorName: "Ada"},
		{ID: "9", ParentID: "8", PostID: "5", Text: "How much?", AuthorID: "7", AuthorName: "ada", Live: true},
		{}, {},
	}, got)
	require.Equal(t, got[1], handling.CommentBase{}.Comment(instagram))
	require.False(t, on.ShouldHandle(t.Context(), of(receiving.TypeFeed, &receiving.FeedChange{})), "a change of the feed is no comment")
}

func TestOnText(t *testing.T) {
	t.Parallel()
	var got map[string]string
	h := handling.OnText(`order (?P<number>\d+)`, func(_ context.Context, _ *receiving.Event, groups map[string]string, _ *sending.Replier) error {
		got = groups
		return nil
	})
	handle(t, h, text("order 4711 "))
	require.Equal(t, map[string]string{"number": "4711"}, got)
	require.False(t, h.ShouldHandle(t.Context(), text("orders")))
	require.ErrorIs(t, h.Handle(t.Context(), text("orders"), nil), handling.Skip)
}

func TestAdaptersAreCheckedWhenTheBotIsBuilt(t *testing.T) {
	t.Parallel()
	for want, h := range map[string]handling.Handler{
		`handling.OnText("(")`: handling.OnText("(", nil),
		"handling.OnComment":   handling.OnComment(nil),
		"handling.OnReferral":  handling.OnReferral(nil),
	} {
		v, ok := h.(handling.Validator)
		require.True(t, ok, want)
		require.ErrorContains(t, v.Validate(), "the function is nil", want)
		s, ok := h.(interface{ String() string })
		require.True(t, ok, want)
		require.Equal(t, want, s.String())
	}
	bad, ok := handling.OnText("(", nil).(handling.Validator)
	require.True(t, ok)
	require.ErrorContains(t, bad.Validate(), "pattern")
}
