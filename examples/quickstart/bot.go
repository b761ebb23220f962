package main

import (
	"context"
	"embed"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/threadsettings"
)

const (
	website     = "https://github.com/djmessenger/messenger"
	defaultText = "Sorry, I only know about T-shirts."
)

// What the buttons and quick replies of the shop carry.
type choice struct {
	Size string `json:"size"`
}

var (
	chooseSize = payload.New[payload.None]("shop.sizes")
	sizeChosen = payload.New[choice]("shop.size")
	askHours   = payload.New[payload.None]("shop.hours")
	askShop    = payload.New[payload.None]("shop.about")
)

// The messages that several routes answer with.
var (
	offers = sending.QuickReplies{Text: "What would you like to do?"}.
		WithReply("Choose a size", chooseSize.MustEncode(payload.None{})).
		WithReply("Opening hours", askHours.MustEncode(payload.None{})).
		WithReply("About the shop", askShop.MustEncode(payload.None{}))
	sizes = sending.QuickReplies{Text: "Which size do you wear?"}.
		WithReply("Small", sizeChosen.MustEncode(choice{"S"})).
		WithReply("Medium", sizeChosen.MustEncode(choice{"M"})).
		WithReply("Large", sizeChosen.MustEncode(choice{"L"}))
	about = sending.Buttons{Text: "We print T-shirts, one at a time."}.
		WithURL("Visit the website", website).
		WithPostback("Choose a size", chooseSize.MustEncode(payload.None{})).
		WithPostback("Opening hours", askHours.MustEncode(payload.None{}))
	hours = sending.SimpleMessage{Text: "We are open from Monday to Saturday, 10:00 to 19:00."}
)

func policy() routing.Policy {
	return routing.Policy{
		receiving.TypeDefault: {
			{Handler: handling.SaveMessage{}},
			{Handler: handling.UserProfile{}},
		},
		receiving.TypeGetStartedButton: {
			{Handler: handling.Dummy{}, Senders: sending.List(
				sending.SimpleMessage{Text: "Welcome, %{first_name|stranger}! This is the Tee Shop."}, offers)},
		},
		receiving.TypeSimpleText: {
			{
				Handler: handling.SimpleText{Pattern: `(?i)(hi|hello|hey|hola|你好|您好)\W*`},
				Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}, offers),
			},
			{
				Handler:   handling.Dummy{},
				Senders:   sending.List(sending.Default{}, offers),
				Otherwise: true,
			},
		},
		receiving.TypeSticker: {
			{Handler: handling.ThumbUp{}, Senders: sending.List(
				sending.SimpleMessage{Text: "Thanks for the thumb! You have sent %{thumb_ups} so far."})},
			{Handler: handling.Dummy{}, Senders: sending.List(sending.SimpleMessage{Text: "Nice sticker!"}), Otherwise: true},
		},
		receiving.TypeImage: {
			{Handler: handling.Dummy{}, Senders: sending.List(
				sending.SenderAction{Action: sending.React, Emoji: "😍"},
				sending.SimpleMessage{Text: "What a nice picture! It would look good on a T-shirt."})},
		},
		receiving.TypeLocation: {
			{Handler: handling.Location{}},
			{Handler: handling.Func(countPlaces), Senders: sending.List(
				sending.SimpleMessage{Text: "Thank you, I have noted where you are. I know %{places} of your places."})},
		},
		// A tap means the same on a quick reply and on a button, and who types the title
		// instead has tapped.
		receiving.TypeTap: {
			{When: routing.PayloadOf(chooseSize), Senders: sending.List(sizes), TypedTaps: true},
			{Handler: handling.OnPayload(sizeChosen, tellSize), Senders: sending.List(
				sending.SimpleMessage{Text: "Size %{size} it is."}), TypedTaps: true},
			{When: routing.PayloadOf(askHours), Senders: sending.List(hours), TypedTaps: true},
			{When: routing.PayloadOf(askShop), Senders: sending.List(about), TypedTaps: true},
		},
		receiving.TypePersistentMenuOne:   {{Handler: handling.Dummy{}, Senders: sending.List(sizes), TypedTaps: true}},
		receiving.TypePersistentMenuTwo:   {{Handler: handling.Dummy{}, Senders: sending.List(hours), TypedTaps: true}},
		receiving.TypePersistentMenuThree: {{Handler: handling.Dummy{}, Senders: sending.List(about), TypedTaps: true}},
	}
}

// tellSize gives the size to the senders.
func tellSize(_ context.Context, _ *receiving.Event, chosen choice, reply *sending.Replier) error {
	reply.Set("size", chosen.Size)
	return nil
}

// countPlaces tells the senders how many places of the person are known, with
// the one that this turn has queued.
func countPlaces(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	known, err := store.From(ctx).Locations(ctx, ev.PageID, ev.PSID, 100)
	if err != nil {
		return err
	}
	reply.Set("places", fmt.Sprint(len(known)+1))
	return nil
}

//go:embed locales/*.json
var locales embed.FS

func catalog() (*i18n.Catalog, error) { return i18n.Load(locales, "locales") }

// settings are what the page shows before and beside the conversation.
func settings() threadsettings.Settings {
	return threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		Greeting:   threadsettings.GreetingOf("A small shop for T-shirts. Tap Get Started to look around."),
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Choose a size"},
			threadsettings.MenuItem{Title: "Opening hours"},
			threadsettings.MenuItem{Title: "About the shop"},
			threadsettings.MenuItem{Title: "Visit the website", URL: website},
		),
	}
}
