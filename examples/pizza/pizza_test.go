package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/examples/pizza/order"
	"github.com/djmessenger/messenger/messengertest"
)

// shop is the bot in a test, with a kitchen that remembers.
type shop struct {
	*messengertest.Chat

	mu    sync.Mutex
	taken []order.Order
}

func (s *shop) place(_ context.Context, _ string, o order.Order) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, o)
	return nil
}

func (s *shop) orders() []order.Order {
	s.Idle()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

func open(t *testing.T) *shop {
	t.Helper()
	texts, err := catalog()
	require.NoError(t, err)
	s := &shop{}
	s.Chat = messengertest.Start(t, messenger.Config{Catalog: texts, Policy: policy(s.place)})
	s.Patience = time.Minute
	return s
}

func TestAnOrderInTwoLanguages(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada, otto := s.Person("Ada", "en_US"), s.Person("Otto", "de_DE")
	ada.Says("A pizza, please!")
	ada.Sees("Which size?")
	otto.Says("Pizza")
	otto.Sees("Welche Größe?")
	ada.Taps("Large")
	ada.Sees("Which toppings? Tap as many as you like.")
	otto.Says("riesig")
	otto.Sees("Bitte tippe oder schreib eines davon: Klein, Groß.") // asks again
	otto.Sees("Welche Größe?")
	otto.Says("groß")
	otto.Sees("Welcher Belag? Du kannst mehrere antippen.")
	ada.Says("ham, olives, done")
	ada.Sees("Where to?")
	otto.Says("zurück") // goes back
	otto.Sees("Welche Größe?")
	otto.Taps("Klein")
	otto.Sees("Welcher Belag? Du kannst mehrere antippen.")
	ada.Says("home")
	ada.Sees("I need a street and a number.")
	ada.Sees("Where to?")
	ada.Says("1 Main Street")
	ada.Sees("Large, Ham, Olives, to 1 Main Street. All right?")
	otto.Taps("Käse")
	otto.Sees("Noch etwas?")
	otto.Taps("Fertig")
	otto.Sees("Wohin?")
	otto.Says("Abbrechen!") // cancels
	otto.Sees("Gut, keine Pizza.")
	ada.Taps("Change the size")
	ada.Sees("Which size?")
	ada.Says("1")
	ada.Sees("Small, Ham, Olives, to 1 Main Street. All right?")
	ada.Taps("Yes")
	ada.Sees("Thank you, it is on its way.")
	ada.SeesNothing()
	otto.SeesNothing()
	require.Equal(t, []order.Order{{Size: "S", Toppings: []string{"ham", "olives"}, Address: "1 Main Street", Right: true}}, s.orders())
}

func TestAnOrderBeginsWithTheButton(t *testing.T) {
	t.Parallel()
	s := open(t)
	otto := s.Person("Otto", "de_DE")
	otto.Says("Hallo")
	otto.Sees("Ich verkaufe Pizza. Schreib Pizza, um eine zu bestellen.")
	otto.Taps("Pizza bestellen")
	otto.Sees("Welche Größe?")
	otto.TapsOldButton("Pizza bestellen", "pizza.start") // twice: it asks again
	otto.Sees("Welche Größe?")
	otto.Says("Klein")
	otto.Sees("Welcher Belag? Du kannst mehrere antippen.")
	otto.SeesNothing()
}

func TestAnOrderThatIsNotFinishedIsPutAside(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.Person("Ada", "en_US")
	ada.Says("pizza")
	ada.Sees("Which size?")
	s.Advance(29 * time.Minute)
	ada.Taps("Small")
	ada.Sees("Which toppings? Tap as many as you like.")
	s.Restart()
	s.Advance(29 * time.Minute)
	ada.SeesNothing() // the answer has moved the timer
	s.Advance(time.Minute)
	ada.Sees("I have put your order aside. Say pizza to start again.")
	ada.SeesNothing()
	ada.Says("1 Main Street")
	ada.Sees("I sell pizza. Say pizza to order one.")
}

func TestTheCatalogueHasEveryText(t *testing.T) {
	t.Parallel()
	texts, err := catalog()
	require.NoError(t, err)
	german := texts.For("de_DE")
	source, err := os.ReadFile(filepath.Join("order", "dialog.go"))
	require.NoError(t, err)
	ids := dialog.Texts()
	for _, found := range regexp.MustCompile(`(?:Text: |Help: |Say\(ctx, |Refuse\(|Opt\([^,]+, |SomeOf\()"([^"]+)"`).FindAllSubmatch(source, -1) {
		ids = append(ids, string(found[1]))
	}
	require.Greater(t, len(ids), len(dialog.Texts())+10, "the expression has missed the texts")
	for _, id := range ids {
		require.NotEqual(t, id, german.Text(id), "de.json has no translation")
	}
}

// The guide has the dialog as it is here, and its diagram.
func TestTheGuideShowsTheDialog(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "dialogs.md"))
	require.NoError(t, err)
	source, err := os.ReadFile(filepath.Join("order", "dialog.go"))
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(string(source), "\n"), 80)
	require.Contains(t, string(guide), "```go\n"+string(source)+"```\n")
	require.Contains(t, string(guide), "```mermaid\n"+order.Dialog(nil).Mermaid(nil)+"```\n")
}
