package browsertest

import (
	_ "embed" // axe-core
	"encoding/json"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

//go:embed axe/axe.min.js
var axe string

// IsAccessible runs axe on the page as it is, or on the part of it that a selector names, which takes a fraction of the time. It fails
// the test for each violation of a rule.
func (p *Page) IsAccessible(within ...string) {
	p.t.Helper()
	if p.Eval(`typeof axe`) == "undefined" {
		_, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](axe+`; "loaded"`))
		require.NoError(p.t, err)
	}
	violations, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`axe.run(`+Quote(append(within, "html")[0])+`, { resultTypes: ["violations"] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ": " + v.help + "\n" +
			v.nodes.map((n) => "  " + n.html.slice(0, 300) + "\n    " + n.failureSummary).join("\n")), null, 1))`, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	var list []string
	require.NoError(p.t, json.Unmarshal([]byte(violations), &list))
	for _, v := range list {
		p.t.Error(v)
	}
}

// Accessible returns what a screen reader finds on the page, in order: each line is a role and a name, such as "button Send".
func (p *Page) Accessible() []string {
	p.t.Helper()
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(p.t, err)
	var found []string
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil || node.Name == nil {
			continue
		}
		if name := unquoted(node.Name.Value); name != "" {
			found = append(found, unquoted(node.Role.Value)+" "+name)
		}
	}
	return found
}

// unquoted is a text of the browser's protocol.
func unquoted(value []byte) string {
	var text string
	_ = json.Unmarshal(value, &text) // what is no text has no name
	return text
}
