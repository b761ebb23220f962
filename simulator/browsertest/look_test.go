package browsertest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// looks are the widths and the colour schemes in which the page must be usable.
var looks = []look{
	{width: 375, height: 812, scheme: "light"}, {width: 375, height: 812, scheme: "dark"},
	{width: 1280, height: 800, scheme: "light"}, {width: 1280, height: 800, scheme: "dark"},
}

func (l look) String() string { return fmt.Sprintf("%d-%s", l.width, l.scheme) }

var axe = func() string {
	script, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		panic(err)
	}
	return string(script)
}()

// isAccessible runs axe on the page as it is.
func (p *page) isAccessible() {
	p.t.Helper()
	if p.eval(`typeof axe`) == "undefined" {
		_, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](axe+`; "loaded"`))
		require.NoError(p.t, err)
	}
	violations, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`axe.run(document, { resultTypes: ["violations"] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ": " + v.help + "\n" +
			v.nodes.map((n) => "  " + n.html.slice(0, 300) + "\n    " + n.failureSummary).join("\n")), null, 1))`, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	var list []string
	require.NoError(p.t, json.Unmarshal([]byte(violations), &list))
	for _, v := range list {
		p.t.Error(v)
	}
}

// isWithin checks that nothing makes the page wider than the screen.
func (p *page) isWithin() {
	p.t.Helper()
	require.Equal(p.t, "true", p.eval(`document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth &&
		document.getElementById("scroll").scrollWidth <= document.getElementById("scroll").clientWidth`), "it scrolls sideways")
}

// each runs a test in each look.
func each(t *testing.T, try func(t *testing.T, as look)) {
	t.Helper()
	for _, as := range looks {
		t.Run(as.String(), func(t *testing.T) { try(t, as) })
	}
}
