package browsertest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long the page may take to show what it should.
const patience = time.Minute

// findBrowser returns the path of a browser, or skips the test if there is none.
// One that was asked for by name must be there.
func findBrowser(t *testing.T) string {
	t.Helper()
	if name := os.Getenv("MESSENGER_TEST_BROWSER"); name != "" {
		path, err := exec.LookPath(name)
		require.NoError(t, err, "MESSENGER_TEST_BROWSER")
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no chromium, chromium-browser or google-chrome on the PATH: the chat page was not tried in a browser")
	return ""
}

// startBrowser returns the context of a browser that ends with the test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(findBrowser(t)),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser is gone
		cancel()
	})
	require.NoError(t, chromedp.Do(ctx), "the browser does not start")
	return ctx
}

// look is what a page is seen through.
type look struct {
	width, height int64
	scheme        string // light or dark
}

// page is the chat page in a tab of its own, with storage of its own.
type page struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// open shows the chat page and waits until it is connected.
func open(t *testing.T, browser context.Context, url string, as look) *page {
	t.Helper()
	p := &page{t: t}
	var cancel context.CancelFunc
	p.ctx, cancel = chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(as.width, as.height)))
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme}},
	})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Navigate(url)))
	p.until("the page is there", `/^(Connected|No bot connected)$/.test(find("status")?.textContent)`)
	return p
}

// listen notes what a developer would see in red: errors and warnings on the
// console, exceptions, requests that failed or were refused.
func (p *page) listen(event any) {
	var complaint string
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			said, _ := json.Marshal(e.Args)
			complaint = fmt.Sprintf("console.%s: %s", e.Type, said)
		}
	case *runtime.EventExceptionThrown:
		details, _ := json.Marshal(e.ExceptionDetails)
		complaint = "exception: " + string(details)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			complaint = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			complaint = fmt.Sprintf("request failed: %s %s", e.Type, e.ErrorText)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			complaint = fmt.Sprintf("request refused: %d %s", e.Response.Status, e.Response.URL)
		}
	}
	if complaint != "" {
		p.mu.Lock()
		p.complaints = append(p.complaints, complaint)
		p.mu.Unlock()
	}
}

// hasNotComplained is to be asked at the end, while the page is still open.
func (p *page) hasNotComplained() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p.t, p.complaints, "the page has complained")
}

// hooks are what the expressions below are written with. An element is found by
// its data-testid and, if given, its text.
const hooks = `
	const all = (id) => [...document.querySelectorAll('[data-testid="' + id + '"]')].filter((e) => e.checkVisibility({ visibilityProperty: true }));
	const find = (id, text) => all(id).find((e) => text === undefined || e.textContent.trim() === text);
	const lines = (message) => message.innerText.split("\n").map((line) => line.trim());
	const said = (from, text) => all("message").some((e) => e.dataset.from === from && lines(e).includes(text));
	const talk = () => all("message").map((e) => e.dataset.from + ": " + lines(e).join(" | ")).join("\n");
`

// until waits for an expression to be true and returns its value.
func (p *page) until(what, expression string) json.RawMessage {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](`(() => {`+hooks+`
		const test = () => (`+expression+`);
		return new Promise((resolve) => {
			const look = () => {
				const value = test();
				if (value) { resolve(value); } else { setTimeout(look, 20); }
			};
			look();
		});
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.mu.Lock()
		complaints := strings.Join(p.complaints, "\n")
		p.mu.Unlock()
		require.NoError(p.t, err, "waiting until %s; the conversation is\n%s\n%s", what, p.eval(`talk()`), complaints)
	}
	return value
}

func (p *page) eval(expression string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {`+hooks+` return String(`+expression+`); })()`))
	require.NoError(p.t, err, expression)
	return value
}

// taps waits for something to tap, with that text if any is given, and taps the
// middle of it. It must be in view and hold still, and nothing may lie over it. A
// page is free to move it before the finger comes down: then the tap does nothing,
// and another is tried, as a person would.
func (p *page) taps(id string, text ...string) {
	p.t.Helper()
	wanted := quote(id)
	if len(text) > 0 {
		wanted += ", " + quote(text[0])
	}
	what := fmt.Sprintf("%s %q can be tapped", id, text)
	for deadline := time.Now().Add(patience); ; {
		at := p.until(what, `(() => {
			const target = find(`+wanted+`);
			if (!target) return null;
			target.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
			const box = target.getBoundingClientRect();
			const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
			const before = window.tapAt;
			window.tapAt = { target, x, y };
			if (before?.target !== target || before.x !== x || before.y !== y) return null;
			if (!target.contains(document.elementFromPoint(x, y))) return null;
			delete window.tapAt;
			delete window.tapHit;
			addEventListener("click", (e) => {
				window.tapHit = target.contains(e.target);
				if (!window.tapHit) { e.preventDefault(); e.stopImmediatePropagation(); }
			}, { capture: true, once: true });
			return { x, y };
		})()`)
		var point struct{ X, Y float64 }
		require.NoError(p.t, json.Unmarshal(at, &point))
		require.NoError(p.t, chromedp.Do(p.ctx, chromedp.MouseClickXY(point.X, point.Y)))
		if string(p.until(what, `window.tapHit !== undefined && { hit: window.tapHit }`)) == `{"hit":true}` {
			return
		}
		require.True(p.t, time.Now().Before(deadline), "waiting until %s: it does not hold still", what)
	}
}

// types writes into the composer and sends it.
func (p *page) types(text string) {
	p.t.Helper()
	p.taps("composer-text")
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(text)))
	p.taps("send")
	p.until(fmt.Sprintf("%q is sent", text), `said("person", `+quote(text)+`) && find("composer-text").value === ""`)
}

// isUsable checks what a person would object to at a glance: a page that is wider
// than the screen, a composer out of sight, the wrong colours.
func (p *page) isUsable(as look) {
	p.t.Helper()
	require.Equal(p.t, "true", p.eval(`document.documentElement.scrollWidth <= innerWidth`), "the page is wider than %d pixels", as.width)
	require.Equal(p.t, "true", p.eval(`(() => {
		const box = find("composer").getBoundingClientRect();
		return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
	})()`), "the composer is out of sight")
	dark := p.eval(`(() => {
		const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
	})()`)
	require.Equal(p.t, fmt.Sprint(as.scheme == "dark"), dark, "the page is dark")
}

// picture leaves a picture of the page, if pictures are wanted.
func (p *page) picture(name string) {
	p.t.Helper()
	dir := os.Getenv("MESSENGER_TEST_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.MkdirAll(dir, 0o750))
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string has a form in JSON
	}
	return string(quoted)
}
