package quickstart_test

import (
	"fmt"
	"testing"

	"github.com/djmessenger/messenger/internal/browsertest"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// page is the chat page in a tab.
type page struct {
	*browsertest.Page
	t *testing.T
}

// open shows the chat page and waits until it is connected to the bot.
func open(t *testing.T, url string, as browsertest.Look) *page {
	t.Helper()
	return &page{browsertest.Open(t, url, as, `^Connected$`), t}
}

// sees waits until the bot has said something.
func (p *page) sees(text string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("the bot says %q", text), `said("page", `+browsertest.Quote(text)+`)`)
}
