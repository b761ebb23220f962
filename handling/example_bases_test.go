package handling_test

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// try runs a handler as the bot does, and prints its answer.
func try(h handling.Handler, ev *receiving.Event) {
	ctx := context.Background()
	if !h.ShouldHandle(ctx, ev) {
		fmt.Println("not handled")
		return
	}
	var rec sending.Recorder
	err := h.Handle(ctx, ev, rec.Replier(ev))
	for _, m := range rec.Messages() {
		fmt.Println(m.Text)
	}
	if err != nil {
		fmt.Println(err)
	}
}

type Booking struct {
	Day string `json:"day"`
}

var bookDay = payload.New[Booking]("booking.day")

// BookDay handles a tap on a day, wherever the person tapped it.
type BookDay struct {
	handling.TapBase[Booking]
}

func (h BookDay) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	booking, err := h.Value(ev)
	if err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text("See you on "+booking.Day+"."))
}

func ExampleTapBase() {
	h := BookDay{handling.TapBase[Booking]{Kind: bookDay}}
	data := bookDay.MustEncode(Booking{"Friday"})
	try(h, &receiving.Event{
		Type: receiving.TypeQuickReply, PSID: "42",
		Payload: &receiving.Message{Text: "Fri", QuickReply: &receiving.QuickReply{Payload: data}},
	})
	try(h, &receiving.Event{Type: receiving.TypePostback, PSID: "42", Payload: &receiving.Postback{Title: "Fri", Payload: data}})
	// Output:
	// See you on Friday.
	// See you on Friday.
}

// Thank thanks for reactions, and ignores their removal.
type Thank struct{ handling.ReactionBase }

func (h Thank) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	reaction := h.Reaction(ev)
	if reaction.Removed() {
		return handling.Skip
	}
	return reply.Reply(ctx, sending.Text(reaction.Emoji+" right back at you."))
}

func ExampleReactionBase() {
	try(Thank{}, &receiving.Event{
		Type: receiving.TypeReaction, PSID: "42", Payload: &receiving.Reaction{Emoji: "😍", Action: "react", MID: "m_1"},
	})
	// Output: 😍 right back at you.
}

// Subscribe keeps the token of a consent to marketing messages, until it ends.
type Subscribe struct {
	handling.OptInBase
	Tokens map[string]string
}

func (h Subscribe) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	optIn := h.OptIn(ev)
	if optIn.Stops() {
		delete(h.Tokens, ev.PSID)
		return nil
	}
	h.Tokens[ev.PSID] = optIn.NotificationMessagesToken
	return reply.Reply(ctx, sending.Text("You get the news from now on."))
}

func ExampleOptInBase() {
	h := Subscribe{handling.OptInBase{Kinds: []string{receiving.OptInNotificationMessages}}, map[string]string{}}
	try(h, &receiving.Event{Type: receiving.TypeAuthentication, PSID: "42", Payload: &receiving.OptIn{
		Type: receiving.OptInNotificationMessages, NotificationMessagesToken: "t",
	}})
	try(h, &receiving.Event{Type: receiving.TypeAuthentication, PSID: "42", Payload: &receiving.OptIn{Ref: "a plugin"}})
	fmt.Println(h.Tokens)
	// Output:
	// You get the news from now on.
	// not handled
	// map[42:t]
}

// Checkout handles carts: a kind of event that has no base of its own.
type Checkout struct {
	handling.EventBase[*receiving.Order]
}

func (h Checkout) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("%d products are on their way.", len(h.Payload(ev).Products))))
}

func ExampleEventBase() {
	try(Checkout{}, &receiving.Event{
		Type: receiving.TypeOrder, PSID: "42", Payload: &receiving.Order{Products: []receiving.OrderProduct{{ID: "1"}, {ID: "2"}}},
	})
	// Output: 2 products are on their way.
}

func ExampleOnText() {
	h := handling.OnText(`(?i)order (?P<number>\d+)`, func(ctx context.Context, _ *receiving.Event, groups map[string]string, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("Order "+groups["number"]+" is on its way."))
	})
	try(h, &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "Order 4711 "}})
	// Output: Order 4711 is on its way.
}

func ExampleOnComment() {
	h := handling.OnComment(func(ctx context.Context, _ *receiving.Event, c handling.Comment, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("Hello "+c.AuthorName+", the lamp is 29 euros.")) // a private reply
	})
	try(h, &receiving.Event{Type: receiving.TypeComment, Payload: &receiving.FeedChange{
		From: &receiving.Author{ID: "7", Name: "Ada"}, CommentID: "1_2", Message: "How much?",
	}})
	try(h, &receiving.Event{Type: receiving.TypeInstagramComment, Object: receiving.ObjectInstagram, Payload: &receiving.InstagramComment{
		ID: "9", From: &receiving.InstagramAuthor{ID: "7", Username: "ada"}, Text: "How much?",
	}})
	// Output:
	// Hello Ada, the lamp is 29 euros.
	// Hello ada, the lamp is 29 euros.
}

func ExampleOnReferral() {
	h := handling.OnReferral(func(ctx context.Context, _ *receiving.Event, from *receiving.Referral, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("You came through "+from.Ref+"."))
	})
	try(h, &receiving.Event{
		Type: receiving.TypeGetStartedButton, PSID: "42",
		Payload: &receiving.Postback{Payload: "GET_STARTED_BUTTON", Referral: &receiving.Referral{Ref: "the shop window"}},
	})
	// Output: You came through the shop window.
}
