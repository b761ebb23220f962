package sending_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func comment(id string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeComment, Object: receiving.ObjectPage, Payload: &receiving.FeedChange{CommentID: id, PostID: "9_1"}}
}

func TestPublicReplyIsATextOnly(t *testing.T) {
	t.Parallel()
	public := sending.Text("a").PubliclyTo(sending.PublicReply{CommentID: "1_2"})
	require.NoError(t, public.Validate(""))
	require.NoError(t, public.WithKey("k").After(time.Hour).Validate(receiving.ObjectPage))
	require.NoError(t, sending.Text("a").Publicly().Validate(""), "its target comes from the event")
	require.NoError(t, sending.Text(strings.Repeat("é", sending.MaxComment)).Publicly().Validate(""))
	require.NoError(t, sending.Text(strings.Repeat("é", sending.MaxCommentInstagram)).Publicly().Validate(receiving.ObjectInstagram))
	instagram := func(p sending.PublicReply) sending.Message {
		p.Object = receiving.ObjectInstagram
		return sending.Text("a").PubliclyTo(p)
	}
	require.NoError(t, instagram(sending.PublicReply{MediaID: "1"}).Validate(""))
	require.NoError(t, instagram(sending.PublicReply{MediaID: "1", CommentID: "2"}).Validate(""))
	for field, m := range map[string]sending.Message{
		"text":              sending.Text("").Publicly(),
		"quick_replies":     public.WithQuickReplies(sending.TextReply("a", "b")),
		"metadata":          public.WithMetadata("m"),
		"reply_to":          public.InReplyTo("m"),
		"persona_id":        public.AsPersona("1"),
		"tag":               public.WithTag(sending.TagHumanAgent),
		"messaging_type":    public.WithMessagingType(sending.MessagingUpdate),
		"notification_type": public.WithNotification(sending.NotifyNone),
		"thread_control":    public.ReleaseThread(),
		"recipient":         public.To(sending.Recipient{ID: "42"}),
		"sender_action":     sending.TypingOn.Message().Publicly(),
		"attachment":        sending.Image("https://a.example/b").Publicly(),
		"attachments":       sending.Images{}.WithURLs("https://a.example/b", "https://a.example/c").Message().Publicly(),
		"sticker_id":        sending.Sticker{ID: "1"}.Message().Publicly(),
		"delay":             public.After(-1),
		"key":               public.WithKey(strings.Repeat("k", sending.MaxKey+1)),
		"public.post_id":    instagram(sending.PublicReply{PostID: "1"}),
		"public.object":     sending.Text("a").PubliclyTo(sending.PublicReply{Object: "whatsapp", CommentID: "1"}),
		"public":            sending.Text("a").PubliclyTo(sending.PublicReply{CommentID: "1", PostID: "2"}),
	} {
		var wrong *sending.FieldError
		err := m.Validate("")
		require.ErrorAs(t, err, &wrong, field)
		require.ErrorContains(t, err, "sending: "+field+": ")
	}
	page := sending.Text("a").PubliclyTo(sending.PublicReply{MediaID: "1"})
	require.ErrorContains(t, page.Validate(receiving.ObjectPage), "public.media_id")
	require.ErrorContains(t, sending.Text(strings.Repeat("é", sending.MaxComment+1)).Publicly().Validate(""), "limit 8000")
	require.ErrorContains(t, sending.Text(strings.Repeat("é", sending.MaxCommentInstagram+1)).Publicly().Validate(receiving.ObjectInstagram), "2200")
	require.ErrorContains(t, sending.Text("\xff").Publicly().Validate(""), "UTF-8")
	require.True(t, public.WindowFree())
	require.Equal(t, "comment", public.Kind())
}

// TestAddress: an answer goes to the event's person, or to what the event is about.
func TestAddress(t *testing.T) {
	t.Parallel()
	userRef := textFrom("")
	userRef.UserRef = "ref"
	post := &receiving.Event{Type: receiving.TypeVisitorPost, Object: receiving.ObjectPage, Payload: &receiving.FeedChange{PostID: "9_1"}}
	group := &receiving.Event{Type: receiving.TypeGroupFeed, Object: receiving.ObjectPage, Payload: &receiving.GroupFeed{PostID: "3_1"}}
	mention := &receiving.Event{
		Type: receiving.TypeInstagramMention, Object: receiving.ObjectInstagram, Payload: &receiving.InstagramMention{MediaID: "18", CommentID: "17"},
	}
	mentioned := func(p receiving.Mention) *receiving.Event {
		return &receiving.Event{Type: receiving.TypeMention, Object: receiving.ObjectPage, Payload: &p}
	}
	inComment := mentioned(receiving.Mention{Item: "comment", PostID: "44_1", CommentID: "1_2"})
	inPost := mentioned(receiving.Mention{Item: "photo", PostID: "44_1", CommentID: "1_2"})
	live := &receiving.Event{
		Type: receiving.TypeInstagramComment, Object: receiving.ObjectInstagram, Payload: &receiving.InstagramComment{ID: "17", Live: true},
	}
	feed := &receiving.Event{Type: receiving.TypeFeed, Object: receiving.ObjectPage, Payload: &receiving.FeedChange{CommentID: "1_2"}}
	plain, public := sending.Text("a"), sending.Text("a").Publicly()
	private := plain.To
	page := func(p sending.PublicReply) sending.Message {
		p.Object = receiving.ObjectPage
		return plain.PubliclyTo(p)
	}
	answered := plain.PubliclyTo(sending.PublicReply{Object: receiving.ObjectInstagram, MediaID: "18", CommentID: "17"})
	for name, c := range map[string]struct {
		ev   *receiving.Event
		in   sending.Message
		want sending.Message
	}{
		"a person":                      {textFrom("42"), plain, private(sending.Recipient{ID: "42"})},
		"a user ref":                    {userRef, plain, private(sending.Recipient{UserRef: "ref"})},
		"a person, by another address":  {textFrom("42"), private(sending.Recipient{PostID: "1"}), private(sending.Recipient{PostID: "1"})},
		"a person, below a comment":     {textFrom("42"), page(sending.PublicReply{CommentID: "5"}), page(sending.PublicReply{CommentID: "5"})},
		"a comment":                     {comment("1_2"), plain, private(sending.Recipient{CommentID: "1_2"})},
		"a comment, publicly":           {comment("1_2"), public, page(sending.PublicReply{CommentID: "1_2"})},
		"a comment, below its post":     {comment("1_2"), plain.PubliclyTo(sending.PublicReply{PostID: "9_1"}), page(sending.PublicReply{PostID: "9_1"})},
		"a comment, by its own address": {comment("1_2"), private(sending.Recipient{CommentID: "1_2"}), private(sending.Recipient{CommentID: "1_2"})},
		"a post":                        {post, plain, private(sending.Recipient{PostID: "9_1"})},
		"a post, publicly":              {post, public, page(sending.PublicReply{PostID: "9_1"})},
		"a group":                       {group, plain, private(sending.Recipient{PostID: "3_1"})},
		"a live comment":                {live, plain, private(sending.Recipient{CommentID: "17"})},
		"a mention":                     {mention, plain, answered},
		"a mention, publicly":           {mention, public, answered},
		"a page mention in a comment":   {inComment, plain, page(sending.PublicReply{CommentID: "1_2"})},
		"a page mention in a post":      {inPost, plain, page(sending.PublicReply{PostID: "44_1"})},
		"the same, publicly":            {inPost, public, page(sending.PublicReply{PostID: "44_1"})},
	} {
		got, err := sending.Address(c.ev, c.in)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
	for name, c := range map[string]struct {
		ev *receiving.Event
		in sending.Message
	}{
		"a text, publicly":              {textFrom("42"), public},
		"nobody":                        {textFrom(""), plain},
		"a comment without an id":       {comment(""), plain},
		"a sender action to a comment":  {comment("1_2"), sending.TypingOn.Message()},
		"a live comment, publicly":      {live, public},
		"a group, publicly":             {group, public},
		"what the page itself wrote":    {feed, plain},
		"the same, by its own address":  {feed, private(sending.Recipient{CommentID: "1_2"})},
		"a page mention, of no comment": {mentioned(receiving.Mention{Item: "comment", PostID: "44_1"}), plain},
		"a page mention, of no post":    {mentioned(receiving.Mention{Item: "post"}), public},
		"typing to a page mention":      {inPost, sending.TypingOn.Message()},
		"a sender action to a mention":  {mention, sending.TypingOn.Message()},
	} {
		_, err := sending.Address(c.ev, c.in)
		require.ErrorIs(t, err, sending.ErrNotAnswerable, name)
		var rec sending.Recorder
		require.ErrorIs(t, rec.Replier(c.ev).Reply(t.Context(), c.in), sending.ErrNotAnswerable, name)
	}
	var wrong *sending.FieldError
	_, err := sending.Address(mention, plain.WithQuickReplies(sending.TextReply("a", "b")))
	require.ErrorAs(t, err, &wrong, "what becomes public is checked as that")
}

// TestCheckSenderOfMentions: what can be no public reply can never answer a mention, which takes no private one.
func TestCheckSenderOfMentions(t *testing.T) {
	t.Parallel()
	for _, typ := range []receiving.Type{receiving.TypeMention, receiving.TypeInstagramMention} {
		for name, s := range map[string]sending.Sender{
			"an image":        sending.Image("https://a.example/b"),
			"an image, later": sending.After(time.Hour, sending.Image("https://a.example/b")),
			"quick replies":   sending.Text("a").WithQuickReplies(sending.TextReply("a", "b")),
			"a tag":           sending.Text("a").WithTag(sending.TagHumanAgent),
		} {
			require.ErrorContains(t, sending.CheckSender(typ, s), string(typ)+" takes no private reply, and this cannot be a public one", name)
			require.NoError(t, sending.CheckSender(receiving.TypeComment, s), name)
		}
		require.NoError(t, sending.CheckSender(typ, sending.Text("a")))
		require.NoError(t, sending.CheckSender(typ, sending.Text("a").Publicly()))
		require.NoError(t, sending.CheckSender(typ, sending.Text("a").PubliclyTo(sending.PublicReply{CommentID: "1"})))
		require.NoError(t, sending.CheckSender(typ, sending.Image("https://a.example/b").To(sending.Recipient{ID: "42"})))
		require.ErrorContains(t, sending.CheckSender(typ, sending.TypingOn.Message()), "a sender action goes to a person")
	}
	require.ErrorContains(t, sending.CheckSender(receiving.TypeMentionChange, sending.Text("a")), "nothing may answer MENTION_CHANGE")
}

func TestPubliclyMakesWhatASenderComposesPublic(t *testing.T) {
	t.Parallel()
	s := sending.Publicly(sending.SimpleMessage{Text: "Hello, %{name}!"})
	ctx := sending.WithValues(t.Context(), map[string]string{"name": "Ada"})
	got, err := s.Compose(ctx, comment("1_2"))
	require.NoError(t, err)
	require.Equal(t, []sending.Message{sending.Text("Hello, Ada!").Publicly()}, got)
	named := sending.Text("a").PubliclyTo(sending.PublicReply{PostID: "9_1"})
	got, err = sending.Publicly(named).Compose(ctx, comment("1_2"))
	require.NoError(t, err)
	require.Equal(t, []sending.Message{named}, got, "a target of its own stays")

	boom := errors.New("boom")
	_, err = sending.Publicly(sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) {
		return nil, boom
	})).Compose(ctx, comment("1_2"))
	require.ErrorIs(t, err, boom)

	validate := func(s sending.Sender) error { return s.(interface{ Validate() error }).Validate() }
	require.NoError(t, validate(s))
	require.Error(t, validate(sending.Publicly(nil)))
	require.Error(t, validate(sending.Publicly(sending.SimpleMessage{})))
	require.ErrorContains(t, validate(sending.Publicly(sending.Image("https://a.example/b"))), "attachment")
	require.ErrorContains(t, validate(sending.After(time.Hour, sending.Publicly(sending.SimpleMessage{}))), "missing")
}

// TestPublicReplySurvivesJSON: the outbox keeps it, and the record of sends says where it went.
func TestPublicReplySurvivesJSON(t *testing.T) {
	t.Parallel()
	before := sending.Text("a").After(time.Hour).WithKey("k").PubliclyTo(sending.PublicReply{
		Object: receiving.ObjectInstagram, MediaID: "18", CommentID: "17",
	})
	raw, err := json.Marshal(before)
	require.NoError(t, err)
	var after sending.Message
	require.NoError(t, json.Unmarshal(raw, &after))
	require.Equal(t, before, after)
	body, err := after.Request(sending.Recipient{ID: "42"}, "meta")
	require.NoError(t, err)
	require.JSONEq(t, `{"public":{"object":"instagram","media_id":"18","comment_id":"17"},"message":"a"}`, string(body))
}

func ExamplePublicly() {
	ev := comment("1_2")
	var rec sending.Recorder
	err := rec.Replier(ev).Send(context.Background(),
		sending.SimpleMessage{Text: "It is 5 euros."}, // a private reply
		sending.Publicly(sending.SimpleMessage{Text: "We wrote to you."}))
	for _, m := range rec.Messages() {
		addressed, _ := sending.Address(ev, m)
		fmt.Println(addressed.Kind(), addressed.Text)
	}
	fmt.Println(err)
	// Output:
	// text It is 5 euros.
	// comment We wrote to you.
	// <nil>
}

// What can never be a public reply is refused when the policy is set, not when a
// comment comes.
func TestPubliclyRefusesSenderActions(t *testing.T) {
	t.Parallel()
	typing := sending.Typing{Senders: sending.List(sending.Text("a"))}
	action := sending.SenderAction{Action: sending.TypingOn}
	for _, sender := range sending.List(typing, &typing, action, &action, sending.After(time.Minute, typing)) {
		err := sending.Typing{Senders: sending.List(sending.Publicly(sender))}.Validate()
		require.ErrorContains(t, err, "a sender action goes to a person, and is not public", "%T", sender)
	}
	for _, sender := range sending.List(sending.Text("a"), sending.SimpleMessage{Text: "a"}, sending.After(time.Minute, sending.Text("a"))) {
		require.NoError(t, sending.Typing{Senders: sending.List(sending.Publicly(sender))}.Validate(), "%T", sender)
	}
	late := sending.After(-time.Second, sending.SimpleMessage{Text: "a"})
	require.ErrorContains(t, sending.Typing{Senders: sending.List(sending.Publicly(late))}.Validate(), "delay")
}
