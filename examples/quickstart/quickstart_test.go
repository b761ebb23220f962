package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/sqlite"
	"github.com/djmessenger/messenger/threadsettings"
)

// start runs the quickstart's bot on a database file.
func start(t *testing.T, db string) *messengertest.Chat {
	t.Helper()
	texts, err := catalog()
	require.NoError(t, err)
	st, err := sqlite.Open(db)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	chat := messengertest.Start(t, messenger.Config{
		Catalog: texts, DefaultText: defaultText, Policy: policy(), Store: st,
		ThreadSettings: map[string]threadsettings.Settings{graph.Me: settings()},
	})
	chat.Patience = time.Minute
	return chat
}

func TestConversation(t *testing.T) {
	t.Parallel()
	chat := start(t, filepath.Join(t.TempDir(), "quickstart.db"))
	ada := chat.Person("Ada", "en_US")
	ada.GetsStarted()
	ada.Sees("Welcome, Ada! This is the Tee Shop.")
	ada.Sees("What would you like to do?")
	ada.Says("Hello!")
	ada.Sees("Hello, Ada!")
	ada.Sees("What would you like to do?")
	ada.Taps("Choose a size")
	ada.Sees("Which size do you wear?")
	ada.Taps("Large")
	ada.Sees("Size L it is.")
	ada.Says("medium") // typed instead of tapped
	ada.Sees("Size M it is.")
	ada.Taps("About the shop")
	ada.Sees("We print T-shirts, one at a time.")
	ada.Taps("Opening hours")
	ada.Sees("We are open from Monday to Saturday, 10:00 to 19:00.")
	ada.SendsImage("https://shop.example/cat.png")
	ada.Sees("What a nice picture! It would look good on a T-shirt.")
	ada.SendsLocation(25.03, 121.56)
	ada.Sees("Thank you, I have noted where you are. I know 1 of your places.")
	ada.Says("What is the meaning of life?")
	ada.Sees("Sorry, I only know about T-shirts.")
	ada.Sees("What would you like to do?")
}

func TestAnotherLanguage(t *testing.T) {
	t.Parallel()
	chat := start(t, filepath.Join(t.TempDir(), "quickstart.db"))
	lin, jose := chat.Person("小美", "zh_TW"), chat.Person("José", "es_LA")
	lin.Says("你好")
	lin.Sees("您好，小美！")
	lin.Sees("您想做什麼？")
	lin.Taps("選擇尺寸")
	lin.Sees("您穿什麼尺寸？")
	jose.Says("hola")
	jose.Sees("¡Hola, José!")
}

func TestEveryTextOfTheShopIsTranslated(t *testing.T) {
	t.Parallel()
	texts, err := catalog()
	require.NoError(t, err)
	for _, locale := range []string{"zh_TW", "es_ES"} {
		for _, id := range []string{offers.Text, sizes.Text, about.Text, hours.Text, defaultText} {
			require.NotEqual(t, id, texts.For(locale).Text(id), "%s: %q", locale, id)
		}
		for _, r := range append(offers.Replies, sizes.Replies...) {
			require.NotEqual(t, r.Title, texts.For(locale).Text(r.Title), "%s: %q", locale, r.Title)
		}
	}
}

func TestWhatIsKnownSurvivesARestart(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "quickstart.db")
	psid := simulator.DefaultPeople()[0].ID
	t.Run("before", func(t *testing.T) {
		ada := start(t, db).As(psid)
		ada.SendsThumb()
		ada.Sees("Thanks for the thumb! You have sent 1 so far.")
		ada.SendsLocation(25.03, 121.56)
		ada.Sees("Thank you, I have noted where you are. I know 1 of your places.")
	})
	t.Run("after", func(t *testing.T) {
		ada := start(t, db).As(psid)
		ada.SendsThumb()
		ada.Sees("Thanks for the thumb! You have sent 2 so far.")
		ada.SendsLocation(24.14, 120.67)
		ada.Sees("Thank you, I have noted where you are. I know 2 of your places.")
	})
}
