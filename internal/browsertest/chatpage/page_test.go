package chatpage_test

import (
	"testing"

	"github.com/djmessenger/messenger/internal/browsertest"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// page is the chat page in a tab.
type page struct {
	*browsertest.Page
	t *testing.T
}

// open shows the chat page and waits until it is connected to the simulator.
func open(t *testing.T, url string, as browsertest.Look) *page {
	t.Helper()
	return &page{browsertest.Open(t, url, as, `^(Connected|No bot connected)$`), t}
}

// fill writes into a field of a dialog.
func (p *page) fill(name, text string) {
	p.t.Helper()
	p.Eval(`(() => { const e = document.querySelector("dialog [name='` + name + `']"); e.focus(); e.value = ""; return ""; })()`)
	p.Press(text)
}
