package messengertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/simulator"
)

const (
	shop      = "200000000000002"
	secondApp = "2000000000000002"
)

// withShop is a platform with one more page, of another app.
func withShop() simulator.Config {
	return simulator.Config{Pages: []simulator.Page{{ID: shop, Name: "Shop", AppID: secondApp}}}
}

// A bot of two pages, each of an app of its own, answers on each as its policy says.
func TestBotOfSeveralPages(t *testing.T) {
	t.Parallel()
	for name, apps := range map[string][]receiving.App{
		"apps of the platform": nil,
		"apps of the bot":      {app("7", shop, "9"), app("8", messengertest.PageID)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chat := messengertest.StartOn(t, withShop(), messenger.Config{
				Apps: apps, Policy: answering("page"), Policies: map[string]routing.Policy{shop: answering("shop")},
			})
			chat.Patience = patience
			ada, sue := chat.Person("Ada", ""), chat.PersonOn(shop, "Sue", "")
			ada.Says("hi")
			sue.Says("hi")
			ada.Sees("page")
			sue.Sees("shop")
			require.Equal(t, secondApp, chat.Messages(sue.ID)[1].AppID)
			chat.Page(shop).RevokeToken(463)
			sue.Says("again")
			ada.Says("again")
			ada.Sees("page")
		})
	}
}

// A page can be added to a bot that takes every page.
func TestPageIsAddedWhileTheBotRuns(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{Policy: answering("bot")})
	added, err := chat.AddPage(simulator.Page{})
	require.NoError(t, err)
	sue := chat.PersonOn(added.ID, "Sue", "")
	sue.Says("hi")
	sue.Sees("bot")
}

func TestPagesThatNoAppIsBoundTo(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	tb.expect("bound to the simulated page "+shop+": add it to the Pages of one", func() {
		messengertest.StartOn(tb, withShop(), messenger.Config{Apps: []receiving.App{app("1", messengertest.PageID), app("2", "8")}})
	})
	tb.expect("bound to pages of two simulated apps, "+messengertest.AppID+" and "+secondApp, func() {
		messengertest.StartOn(tb, withShop(), messenger.Config{Apps: []receiving.App{app(messengertest.AppID, messengertest.PageID, shop)}})
	})
	tb.expect("no such page: 9", func() { startPatient(tb, messenger.Config{}).PersonOn("9", "Sue", "") })
}
