package threadsettings

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/djmessenger/messenger/graph"
)

// described is one block of a property in words, a line for each item.
type described struct {
	locale string // empty: the property has no blocks
	lines  []string
}

// describe puts a property, in the platform's shape, into words. What [Settings] cannot express is shown as JSON.
func describe(property Property, raw json.RawMessage) []described {
	if raw == nil {
		return nil
	}
	current := decode(graph.MessengerProfile{string(property): raw}, "")
	if s := current.Settings; len(current.LeftOut) == 0 && s.has(property) {
		return describeSettings(property, s)
	}
	var text bytes.Buffer
	if json.Indent(&text, raw, "", "  ") != nil {
		text.Reset()
		text.WriteString(strconv.Quote(string(raw)))
	}
	return []described{{lines: strings.Split(text.String(), "\n")}}
}

func describeSettings(property Property, s Settings) []described {
	var blocks []described
	switch property {
	case PropertyAccountLinkingURL:
		return []described{{lines: []string{show(s.AccountLinkingURL)}}}
	case PropertyCommands:
		for _, block := range s.Commands {
			d := described{locale: block.Locale}
			for _, command := range block.Items {
				d.lines = append(d.lines, "/"+show(command.Name)+"  "+quote(command.Description))
			}
			blocks = append(blocks, d)
		}
	case PropertyGetStarted:
		return []described{{lines: []string{show(s.GetStarted.Payload)}}}
	case PropertyGreeting:
		for _, greeting := range s.Greeting {
			blocks = append(blocks, described{locale: greeting.Locale, lines: []string{quote(greeting.Text)}})
		}
	case PropertyIceBreakers:
		for _, block := range s.IceBreakers {
			d := described{locale: block.Locale}
			for _, item := range block.Items {
				d.lines = append(d.lines, quote(item.Question)+" → "+show(item.Payload))
			}
			blocks = append(blocks, d)
		}
	case PropertyPersistentMenu:
		for _, menu := range s.PersistentMenu {
			blocks = append(blocks, describeMenu(menu))
		}
	case PropertyWhitelistedDomains:
		d := described{}
		for _, domain := range s.WhitelistedDomains {
			d.lines = append(d.lines, show(domain))
		}
		blocks = append(blocks, d)
	}
	return blocks
}

func describeMenu(menu Menu) described {
	d := described{locale: menu.Locale}
	if menu.ComposerInputDisabled {
		d.lines = append(d.lines, "the person cannot type")
	}
	for _, item := range menu.Items {
		line := quote(item.Title) + " → " + show(item.Payload+item.URL)
		if item.WebviewHeightRatio != "" {
			line += ", " + show(item.WebviewHeightRatio)
		}
		if item.MessengerExtensions {
			line += ", with extensions"
		}
		if item.FallbackURL != "" {
			line += ", or else " + show(item.FallbackURL)
		}
		d.lines = append(d.lines, line)
	}
	return d
}

// quote quotes a text that people read.
func quote(text string) string { return strconv.Quote(text) }

// show returns a payload or a URL as it is, or quoted if a terminal could not show it.
func show(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
