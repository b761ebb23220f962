package settingsfile

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/djmessenger/messenger/threadsettings"
)

// The types below are what is written.
type (
	document struct {
		Platform           string   `json:"platform,omitempty"`
		GetStarted         any      `json:"get_started,omitempty"`
		Greeting           any      `json:"greeting,omitempty"`
		PersistentMenu     any      `json:"persistent_menu,omitempty"`
		IceBreakers        any      `json:"ice_breakers,omitempty"`
		Commands           any      `json:"commands,omitempty"`
		WhitelistedDomains []string `json:"whitelisted_domains,omitempty"`
		AccountLinkingURL  string   `json:"account_linking_url,omitempty"`
		Remove             []string `json:"remove,omitempty"`
	}
	getStarted struct {
		Payload string `json:"payload"`
	}
	greeting struct {
		Locale string `json:"locale"`
		Text   string `json:"text"`
	}
	menu struct {
		Locale                string     `json:"locale"`
		ComposerInputDisabled bool       `json:"composer_input_disabled,omitempty"`
		CallToActions         []menuItem `json:"call_to_actions,omitempty"`
	}
	menuItem struct {
		Title               string `json:"title"`
		Payload             string `json:"payload,omitempty"`
		URL                 string `json:"url,omitempty"`
		WebviewHeightRatio  string `json:"webview_height_ratio,omitempty"`
		MessengerExtensions bool   `json:"messenger_extensions,omitempty"`
		FallbackURL         string `json:"fallback_url,omitempty"`
	}
	iceBreakers struct {
		Locale        string       `json:"locale"`
		CallToActions []iceBreaker `json:"call_to_actions"`
	}
	iceBreaker struct {
		Question string `json:"question"`
		Payload  string `json:"payload"`
	}
	commands struct {
		Locale   string    `json:"locale"`
		Commands []command `json:"commands"`
	}
	command struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
)

// Write writes settings as a file that [Parse] reads as the same settings, with a newline at its end. What has only a block for
// the default locale gets the short form. Settings that [threadsettings.Settings.Validate] refuses are written too: a page may
// have what it could not get today.
func Write(settings threadsettings.Settings, format Format) ([]byte, error) {
	if format != JSON && format != YAML {
		return nil, fmt.Errorf("settingsfile: %q is no format; there are json and yaml", string(format))
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(documentOf(settings)); err != nil {
		return nil, fmt.Errorf("settingsfile: write JSON: %w", err)
	}
	if format == JSON {
		return b.Bytes(), nil
	}
	tree, mistakes := files.JSON("settings", b.Bytes())
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("settingsfile: write YAML: %s", mistakes[0].Problem)
	}
	written, err := tree.YAML()
	if err != nil {
		return nil, fmt.Errorf("settingsfile: write YAML: %w", err)
	}
	return written, nil
}

func documentOf(s threadsettings.Settings) document {
	d := document{Platform: string(s.Platform), WhitelistedDomains: s.WhitelistedDomains, AccountLinkingURL: s.AccountLinkingURL}
	for _, property := range s.Remove {
		d.Remove = append(d.Remove, string(property))
	}
	switch {
	case s.GetStarted == nil:
	case s.GetStarted.Payload == "":
		d.GetStarted = true
	default:
		d.GetStarted = getStarted{s.GetStarted.Payload}
	}
	if len(s.Greeting) == 1 && isDefault(s.Greeting[0].Locale) {
		d.Greeting = s.Greeting[0].Text
	} else if len(s.Greeting) > 0 {
		var list []greeting
		for _, g := range s.Greeting {
			list = append(list, greeting{Locale: orDefault(g.Locale), Text: g.Text})
		}
		d.Greeting = list
	}
	d.PersistentMenu = menusOf(s.PersistentMenu)
	d.IceBreakers = iceBreakersOf(s.IceBreakers)
	d.Commands = commandsOf(s.Commands)
	return d
}

func isDefault(locale string) bool { return orDefault(locale) == threadsettings.DefaultLocale }

// shortest returns the items of a block of the default locale that has no other beside it and nothing but items, or all blocks, or nil if there are none.
func shortest[Block, Item any](blocks []Block, items func(Block) (locale string, items []Item)) any {
	switch len(blocks) {
	case 0:
		return nil
	case 1:
		if locale, only := items(blocks[0]); isDefault(locale) && len(only) > 0 {
			return only
		}
	}
	return blocks
}

// each returns what a function makes of each item, nil of none.
func each[From, To any](items []From, of func(From) To) (made []To) {
	for _, item := range items {
		made = append(made, of(item))
	}
	return made
}

func menusOf(blocks []threadsettings.Menu) any {
	written := each(blocks, func(b threadsettings.Menu) menu {
		return menu{
			Locale: orDefault(b.Locale), ComposerInputDisabled: b.ComposerInputDisabled,
			CallToActions: each(b.Items, func(item threadsettings.MenuItem) menuItem {
				return menuItem{
					FallbackURL: item.FallbackURL, MessengerExtensions: item.MessengerExtensions, Payload: item.Payload, Title: item.Title,
					URL: item.URL, WebviewHeightRatio: item.WebviewHeightRatio,
				}
			}),
		}
	})
	return shortest(written, func(m menu) (string, []menuItem) {
		if m.ComposerInputDisabled {
			return "", nil
		}
		return m.Locale, m.CallToActions
	})
}

func iceBreakersOf(blocks []threadsettings.IceBreakers) any {
	written := each(blocks, func(b threadsettings.IceBreakers) iceBreakers {
		return iceBreakers{orDefault(b.Locale), each(b.Items, func(i threadsettings.IceBreaker) iceBreaker {
			return iceBreaker{Payload: i.Payload, Question: i.Question}
		})}
	})
	return shortest(written, func(b iceBreakers) (string, []iceBreaker) { return b.Locale, b.CallToActions })
}

func commandsOf(blocks []threadsettings.Commands) any {
	written := each(blocks, func(b threadsettings.Commands) commands {
		return commands{orDefault(b.Locale), each(b.Items, func(c threadsettings.Command) command {
			return command{Description: c.Description, Name: c.Name}
		})}
	})
	return shortest(written, func(b commands) (string, []command) { return b.Locale, b.Commands })
}
