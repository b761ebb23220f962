package browsertest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

var desk = look{width: 1280, height: 800, scheme: "light"}

func TestQuickstart(t *testing.T) {
	t.Parallel()
	browser, program := startBrowser(t), build(t)
	looks := []look{
		{width: 375, height: 667, scheme: "light"},
		{width: 375, height: 667, scheme: "dark"},
		desk,
		{width: 1280, height: 800, scheme: "dark"},
	}
	for _, as := range looks {
		t.Run(fmt.Sprintf("ANewcomerChats/%d-%s", as.width, as.scheme), func(t *testing.T) {
			t.Parallel()
			newcomerChats(t, browser, program, as)
		})
	}
	for _, as := range looks {
		t.Run(fmt.Sprintf("ThePageTellsTheTruth/%d-%s", as.width, as.scheme), func(t *testing.T) {
			t.Parallel()
			pageTellsTheTruth(t, browser, program, as)
		})
	}
	t.Run("APersonIsAnsweredInTheirLanguage", func(t *testing.T) {
		t.Parallel()
		personIsAnsweredInTheirLanguage(t, browser, program)
	})
	t.Run("TheBotRemembersAcrossARestart", func(t *testing.T) {
		t.Parallel()
		botRemembersAcrossARestart(t, browser, program)
	})
}

// A newcomer opens the page that the quickstart prints the address of, taps Get
// Started, says hi, and taps what is offered.
func newcomerChats(t *testing.T, browser context.Context, program string, as look) {
	p := open(t, browser, start(t, program, database(t)).url, as)
	shot := fmt.Sprintf("%d-%s-", as.width, as.scheme)
	p.until("the greeting is shown", `find("greeting")?.textContent.includes("T-shirts")`)
	p.isUsable(as)
	p.picture(shot + "1-greeting")

	p.taps("get-started")
	p.sees("Welcome, Ada! This is the Tee Shop.")

	p.types("hi")
	p.sees("Hello, Ada!")
	p.taps("quick-reply", "Choose a size")
	p.sees("Which size do you wear?")
	p.picture(shot + "2-sizes")
	p.taps("quick-reply", "Large")
	p.sees("Size L it is.")

	p.taps("thumb")
	p.sees("Thanks for the thumb! You have sent 1 so far.")

	p.taps("menu-button")
	p.until("the menu is open", `find("menu-item", "Visit the website")`)
	p.picture(shot + "3-menu")
	p.taps("menu-item", "About the shop")
	p.sees("We print T-shirts, one at a time.")
	p.taps("button", "Opening hours")
	p.sees("We are open from Monday to Saturday, 10:00 to 19:00.")
	p.isUsable(as)
	p.picture(shot + "4-end")
	p.hasNotComplained()
}

func personIsAnsweredInTheirLanguage(t *testing.T, browser context.Context, program string) {
	p := open(t, browser, start(t, program, database(t)).url, desk)
	p.taps("person-7100000000000003")
	p.types("hola")
	p.sees("¡Hola, José!")
	p.taps("quick-reply", "Elegir una talla")
	p.sees("¿Qué talla usa?")
	p.picture("1280-light-5-es")
	p.hasNotComplained()
}

func botRemembersAcrossARestart(t *testing.T, browser context.Context, program string) {
	db := database(t)
	for _, count := range []int{1, 2} {
		process := start(t, program, db)
		p := open(t, browser, process.url, desk)
		p.taps("thumb")
		p.sees(fmt.Sprintf("Thanks for the thumb! You have sent %d so far.", count))
		p.hasNotComplained()
		process.stop(t)
	}
}

func database(t *testing.T) string { return filepath.Join(t.TempDir(), "bot.db") }
