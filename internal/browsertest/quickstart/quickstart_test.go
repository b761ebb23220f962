package quickstart_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/djmessenger/messenger/internal/browsertest"
)

func TestQuickstart(t *testing.T) {
	t.Parallel()
	program := build(t)
	looks := []browsertest.Look{browsertest.PhoneLight, browsertest.PhoneDark, browsertest.DeskLight, browsertest.DeskDark}
	for _, as := range looks {
		t.Run("ANewcomerChats/"+as.String(), func(t *testing.T) {
			t.Parallel()
			newcomerChats(t, program, as)
		})
	}
	for _, as := range looks {
		t.Run("ThePageTellsTheTruth/"+as.String(), func(t *testing.T) {
			t.Parallel()
			pageTellsTheTruth(t, program, as)
		})
	}
	t.Run("APersonIsAnsweredInTheirLanguage", func(t *testing.T) {
		t.Parallel()
		personIsAnsweredInTheirLanguage(t, program)
	})
	t.Run("TheBotRemembersAcrossARestart", func(t *testing.T) {
		t.Parallel()
		botRemembersAcrossARestart(t, program)
	})
}

// A newcomer opens the page that the quickstart prints the address of, taps Get
// Started, says hi, and taps what is offered.
func newcomerChats(t *testing.T, program string, as browsertest.Look) {
	p := open(t, start(t, program, database(t)).url, as)
	shot := as.String() + "-"
	p.Until("the greeting is shown", `find("greeting")?.textContent.includes("T-shirts")`)
	p.IsUsable(as)
	p.Picture(shot + "1-greeting")

	p.Taps("get-started")
	p.sees("Welcome, Ada! This is the Tee Shop.")

	p.Types("hi")
	p.sees("Hello, Ada!")
	p.Taps("quick-reply", "Choose a size")
	p.sees("Which size do you wear?")
	p.Picture(shot + "2-sizes")
	p.Taps("quick-reply", "Large")
	p.sees("Size L it is.")

	p.Taps("thumb")
	p.sees("Thanks for the thumb! You have sent 1 so far.")

	p.Taps("menu-button")
	p.Until("the menu is open", `find("menu-item", "Visit the website")`)
	p.Picture(shot + "3-menu")
	p.Taps("menu-item", "About the shop")
	p.sees("We print T-shirts, one at a time.")
	p.Taps("button", "Opening hours")
	p.sees("We are open from Monday to Saturday, 10:00 to 19:00.")
	p.IsUsable(as)
	p.Picture(shot + "4-end")
	p.HasNotComplained()
}

func personIsAnsweredInTheirLanguage(t *testing.T, program string) {
	p := open(t, start(t, program, database(t)).url, browsertest.DeskLight)
	p.Taps("person-7100000000000003")
	p.Types("hola")
	p.sees("¡Hola, José!")
	p.Taps("quick-reply", "Elegir una talla")
	p.sees("¿Qué talla usa?")
	p.Picture("1280-light-5-es")
	p.HasNotComplained()
}

func botRemembersAcrossARestart(t *testing.T, program string) {
	db := database(t)
	for _, count := range []int{1, 2} {
		process := start(t, program, db)
		p := open(t, process.url, browsertest.DeskLight)
		p.Taps("thumb")
		p.sees(fmt.Sprintf("Thanks for the thumb! You have sent %d so far.", count))
		p.HasNotComplained()
		process.stop(t)
	}
}

func database(t *testing.T) string { return filepath.Join(t.TempDir(), "bot.db") }
