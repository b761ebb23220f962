package messenger_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// TestOneRouteServesEveryWayToTap: a payload means the same on a quick reply, a button, a card, an
// item of the menu, Get Started and an ice breaker, on a page and on an Instagram account.
func TestOneRouteServesEveryWayToTap(t *testing.T) {
	t.Parallel()
	const account = "17841400000000001"
	large := cutKind.MustEncode(cut{"L"})
	policy := routing.Policy{
		receiving.TypeTap: {
			{Handler: handling.OnPayload(cutKind, func(ctx context.Context, _ *receiving.Event, c cut, reply *sending.Replier) error {
				return reply.Reply(ctx, sending.Text("took "+c.Size))
			})},
			{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("another tap")), Otherwise: true},
		},
		receiving.TypeSimpleText: {
			{When: routing.Text{Pattern: "sizes"}, Senders: sending.List(cuts)},
			{When: routing.Text{Pattern: "button"}, Senders: sending.List(sending.ButtonTemplate("Large?", sending.PostbackButton("As button", large)))},
			{When: routing.Text{Pattern: "card"}, Senders: sending.List(sending.GenericTemplate{}.WithElements(
				sending.Element{Title: "Large", Buttons: []sending.Button{sending.PostbackButton("As card", large)}}))},
		},
	}
	settings := map[string]threadsettings.Settings{messengertest.PageID: {
		GetStarted:     &threadsettings.GetStarted{Payload: large},
		IceBreakers:    threadsettings.IceBreakersOf(threadsettings.IceBreaker{Question: "As question", Payload: large}),
		PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "As item", Payload: large}, threadsettings.MenuItem{Title: "By position"}),
	}}
	chat := startChat(t, simulator.Config{Pages: []simulator.Page{
		{ID: account, Name: "Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID, Fields: simulator.DefaultInstagramFields()},
	}}, messenger.Config{Policy: policy, ThreadSettings: settings})

	ada, ana := chat.Person("Ada", "en_US"), chat.PersonOn(account, "Ana", "")
	ada.GetsStarted()
	ada.Sees("took L")
	for _, person := range []*messengertest.Person{ada, ana} {
		person.Says("sizes")
		person.Sees("Which size?")
		person.Taps("Größe L")
		person.Sees("took L")
		person.Says("button")
		person.Sees("Large?")
		person.Taps("As button")
		person.Sees("took L")
		person.Says("card")
		person.Next()
		person.Taps("As card")
		person.Sees("took L")
	}
	_, err := chat.TapIceBreaker(t.Context(), ada.ID, "As question")
	require.NoError(t, err)
	ada.Sees("took L")
	ada.Taps("As item")
	ada.Sees("took L")
	ada.Taps("By position")
	ada.Sees("another tap")
	ada.SeesNothing()
	ana.SeesNothing()
}
