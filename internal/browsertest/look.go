package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Look is what a page is seen through.
type Look struct {
	Width, Height int64
	Scheme        string // light or dark
}

// Looks in which a page must be usable: of a phone and of a desktop, in both colour schemes.
var (
	PhoneLight = Look{Width: 375, Height: 812, Scheme: "light"}
	PhoneDark  = Look{Width: 375, Height: 812, Scheme: "dark"}
	DeskLight  = Look{Width: 1280, Height: 800, Scheme: "light"}
	DeskDark   = Look{Width: 1280, Height: 800, Scheme: "dark"}
)

func (l Look) String() string { return fmt.Sprintf("%d-%s", l.Width, l.Scheme) }

// Each runs a test in each look.
func Each(t *testing.T, try func(t *testing.T, as Look)) {
	t.Helper()
	for _, as := range []Look{PhoneLight, PhoneDark, DeskLight, DeskDark} {
		t.Run(as.String(), func(t *testing.T) {
			t.Parallel()
			try(t, as)
		})
	}
}

// IsUsable checks what a person would object to at a glance: a page that is wider
// than the screen, a composer out of sight, the wrong colours.
func (p *Page) IsUsable(as Look) {
	p.t.Helper()
	require.Equal(p.t, "true", p.Eval(`document.documentElement.scrollWidth <= innerWidth`), "the page is wider than %d pixels", as.Width)
	require.Equal(p.t, "true", p.Eval(`(() => {
		const box = find("composer").getBoundingClientRect();
		return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
	})()`), "the composer is out of sight")
	dark := p.Eval(`(() => {
		const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
	})()`)
	require.Equal(p.t, strconv.FormatBool(as.Scheme == "dark"), dark, "the page is dark")
}

// IsWithin checks that nothing makes the page, or the conversation, wider than the screen.
func (p *Page) IsWithin() {
	p.t.Helper()
	require.Equal(p.t, "true", p.Eval(`document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth &&
		document.getElementById("scroll").scrollWidth <= document.getElementById("scroll").clientWidth`), "it scrolls sideways")
}

// Shots is the folder of the screenshots, or empty if none are wanted.
func Shots() string { return os.Getenv("MESSENGER_TEST_SHOTS") }

// Picture saves a screenshot, if screenshots are wanted.
func (p *Page) Picture(name string) {
	p.t.Helper()
	dir := Shots()
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.MkdirAll(dir, 0o750))
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}
