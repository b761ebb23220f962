package browsertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Taps waits for an element to tap, by its data-testid and, if given, its text, and taps the middle of it.
func (p *Page) Taps(id string, text ...string) {
	p.t.Helper()
	wanted := Quote(id)
	if len(text) > 0 {
		wanted += ", " + Quote(text[0])
	}
	p.tap(fmt.Sprintf("%s %q", id, text), `find(`+wanted+`)`)
}

// TapsOn waits for an element to tap by its role and its name, and taps it.
func (p *Page) TapsOn(role, name string) {
	p.t.Helper()
	p.tap(fmt.Sprintf("%s %q", role, name), `the(`+Quote(role)+`, `+Quote(name)+`)`)
}

// Fills writes a text into the field with a label, in the place of what it has.
func (p *Page) Fills(label, text string) {
	p.t.Helper()
	find := `field(` + Quote(label) + `)`
	p.Until("there is a field "+label, find+` !== undefined`)
	p.Eval(`(() => { const e = ` + find + `; e.focus(); if (e.select) e.select(); return ""; })()`)
	p.Press(text)
}

// Chooses chooses an option of the list with a label, by its text.
func (p *Page) Chooses(label, option string) {
	p.t.Helper()
	p.Until("the list "+label+" has "+option, `(() => {
		const list = the("combobox", `+Quote(label)+`), option = [...list?.options ?? []].find((o) => o.text === `+Quote(option)+`);
		if (!option) return false;
		list.value = option.value;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`)
}

// Picks gives files of this machine to an input of files, by its id, as the browser's dialog does.
func (p *Page) Picks(id string, paths ...string) {
	p.t.Helper()
	value, err := chromedp.Call(p.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: `document.getElementById(` + Quote(id) + `)`})
	require.NoError(p.t, err)
	_, err = chromedp.Call(p.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: value.Result.ObjectID})
	require.NoError(p.t, err)
}

// tap taps what an expression finds. It must be in view and hold still, and nothing may lie over it. A
// page is free to move it before the finger comes down: then the tap does nothing,
// and another is tried, as a person would.
func (p *Page) tap(name, expression string) {
	p.t.Helper()
	what := name + " can be tapped"
	for deadline := time.Now().Add(patience); ; {
		at := p.Until(what, `(() => {
			const target = `+expression+`;
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
		if string(p.Until(what, `window.tapHit !== undefined && { hit: window.tapHit }`)) == `{"hit":true}` {
			return
		}
		require.True(p.t, time.Now().Before(deadline), "waiting until %s: it does not hold still", what)
	}
}

// Types writes into the composer and sends it.
func (p *Page) Types(text string) {
	p.t.Helper()
	p.Taps("composer-text")
	p.Press(text)
	p.Taps("send")
	p.Until(fmt.Sprintf("%q is sent", text), `said("person", `+Quote(text)+`) && find("composer-text").value === ""`)
}

// Press presses keys one after the other, or types texts. What comes down is a raw key, as from a keyboard: a page that handles it
// gets no character.
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, r := range strings.Join(keys, "") {
		for _, event := range kb.Encode(r) {
			if event.Type == kb.KeyDown {
				event.Type = kb.KeyRawDown
			}
			_, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, *event)
			require.NoError(p.t, err)
		}
	}
}
