package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
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

// patience is how long a page may take to show what it should.
const patience = time.Minute

// Page is the chat page in a tab of its own, with storage of its own.
type Page struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// Open shows a page and waits until its element "status" has a text that a regular expression of JavaScript matches.
func Open(t *testing.T, url string, as Look, status string) *Page {
	t.Helper()
	p := &Page{t: t}
	var cancel context.CancelFunc
	p.ctx, cancel = chromedp.NewContext(start(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(as.Width, as.Height)))
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.Scheme}},
	})
	require.NoError(t, err)
	_, err = chromedp.Call(p.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Navigate(url)))
	p.Until("the page is there", `/`+status+`/.test(find("status")?.textContent)`)
	return p
}

// Reload loads the page again and waits until its status is this.
func (p *Page) Reload(status string) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.Reload()))
	p.Until("the page is back", `find("status")?.textContent === `+Quote(status))
}

// listen notes what a developer would see in red: errors and warnings on the
// console, exceptions, requests that failed or were refused.
func (p *Page) listen(event any) {
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

// HasNotComplained checks the console and the requests; call it at the end, while the page is still open. What is about one of the
// texts that are allowed, such as an address that was to fail, is no complaint.
func (p *Page) HasNotComplained(allowed ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, complaint := range p.complaints {
		meant := false
		for _, text := range allowed {
			meant = meant || strings.Contains(complaint, text)
		}
		require.True(p.t, meant, "the page has complained: %s", complaint)
	}
}

// hooks are what expressions are written with. An element is found by its data-testid and, if given, its text; or, as a screen reader
// finds it, by its role and its name, the last if there are several: what is on top comes last.
const hooks = `
	const all = (id) => [...document.querySelectorAll('[data-testid="' + id + '"]')].filter((e) => e.checkVisibility({ visibilityProperty: true }));
	const find = (id, text) => all(id).find((e) => text === undefined || e.textContent.trim() === text);
	const mayBe = (e, name) => [e.ariaLabel, e.textContent, e.labels?.[0]?.textContent].some((text) => text?.includes(name)) && e.checkVisibility({ visibilityProperty: true });
	const named = (selector, name) => [...document.querySelectorAll(selector)].filter((e) => mayBe(e, name) && e.computedName === name); // the browser computes names slowly
	const the = (role, name) => named("a, button, input, select, textarea, dialog, article, section, summary, [role]", name).findLast((e) => e.computedRole === role);
	const field = (label) => named("input, textarea, select", label).at(-1);
	const lines = (message) => message.innerText.split("\n").map((line) => line.trim());
	const said = (from, text) => all("message").some((e) => e.dataset.from === from && lines(e).includes(text));
	const talk = () => all("message").map((e) => e.dataset.from + ": " + lines(e).join(" | ")).join("\n");
`

// Until waits for an expression of JavaScript to be true and returns its value.
func (p *Page) Until(what, expression string) json.RawMessage {
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
		require.NoError(p.t, err, "waiting until %s; the conversation is\n%s\n%s", what, p.Eval(`talk()`), complaints)
	}
	return value
}

// Eval returns the value of an expression as a string.
func (p *Page) Eval(expression string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {`+hooks+` return String(`+expression+`); })()`))
	require.NoError(p.t, err, expression)
	return value
}

// Quote writes a string of JavaScript.
func Quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string has a form in JSON
	}
	return string(quoted)
}
