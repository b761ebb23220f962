package settingsfile

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/threadsettings"
)

// The types below are what is written.
type (
	document struct {
		Platform           string   `json:"platform,omitempty"            yaml:"platform,omitempty"`
		GetStarted         any      `json:"get_started,omitempty"         yaml:"get_started,omitempty"`
		Greeting           any      `json:"greeting,omitempty"            yaml:"greeting,omitempty"`
		PersistentMenu     any      `json:"persistent_menu,omitempty"     yaml:"persistent_menu,omitempty"`
		IceBreakers        any      `json:"ice_breakers,omitempty"        yaml:"ice_breakers,omitempty"`
		Commands           any      `json:"commands,omitempty"            yaml:"commands,omitempty"`
		WhitelistedDomains []string `json:"whitelisted_domains,omitempty" yaml:"whitelisted_domains,omitempty"`
		AccountLinkingURL  string   `json:"account_linking_url,omitempty" yaml:"account_linking_url,omitempty"`
		Remove             []string `json:"remove,omitempty"              yaml:"remove,omitempty"`
	}
	getStarted struct {
		Payload string `json:"payload" yaml:"payload"`
	}
	greeting struct {
		Locale string `json:"locale" yaml:"locale"`
		Text   string `json:"text"   yaml:"text"`
	}
	menu struct {
		Locale                string     `json:"locale"                            yaml:"locale"`
		ComposerInputDisabled bool       `json:"composer_input_disabled,omitempty" yaml:"composer_input_disabled,omitempty"`
		CallToActions         []menuItem `json:"call_to_actions,omitempty"         yaml:"call_to_actions,omitempty"`
	}
	menuItem struct {
		Title               string `json:"title"                          yaml:"title"`
		Payload             string `json:"payload,omitempty"              yaml:"payload,omitempty"`
		URL                 string `json:"url,omitempty"                  yaml:"url,omitempty"`
		WebviewHeightRatio  string `json:"webview_height_ratio,omitempty" yaml:"webview_height_ratio,omitempty"`
		MessengerExtensions bool   `json:"messenger_extensions,omitempty" yaml:"messenger_extensions,omitempty"`
		FallbackURL         string `json:"fallback_url,omitempty"         yaml:"fallback_url,omitempty"`
	}
	iceBreakers struct {
		Locale        string       `json:"locale"          yaml:"locale"`
		CallToActions []iceBreaker `json:"call_to_actions" yaml:"call_to_actions"`
	}
	iceBreaker struct {
		Question string `json:"question" yaml:"question"`
		Payload  string `json:"payload"  yaml:"payload"`
	}
	commands struct {
		Locale   string    `json:"locale"   yaml:"locale"`
		Commands []command `json:"commands" yaml:"commands"`
	}
	command struct {
		Name        string `json:"name"        yaml:"name"`
		Description string `json:"description" yaml:"description"`
	}
)

// Write writes settings as a file that [Parse] reads as the same settings, with a newline at its end. What has only a block for
// the default locale gets the short form. Settings that [threadsettings.Settings.Validate] refuses are written too: a page may
// have what it could not get today.
func Write(settings threadsettings.Settings, format Format) ([]byte, error) {
	d := documentOf(settings)
	var b bytes.Buffer
	switch format {
	case JSON:
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(d); err != nil {
			return nil, fmt.Errorf("settingsfile: write JSON: %w", err)
		}
	case YAML:
		encoder := yaml.NewEncoder(&b)
		encoder.SetIndent(2)
		if err := encoder.Encode(d); err != nil {
			return nil, fmt.Errorf("settingsfile: write YAML: %w", err)
		}
		if err := encoder.Close(); err != nil {
			return nil, fmt.Errorf("settingsfile: write YAML: %w", err)
		}
	default:
		return nil, fmt.Errorf("settingsfile: %q is no format; there are json and yaml", string(format))
	}
	return b.Bytes(), nil
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

func menusOf(blocks []threadsettings.Menu) any {
	var list []menu
	for _, b := range blocks {
		m := menu{Locale: orDefault(b.Locale), ComposerInputDisabled: b.ComposerInputDisabled}
		for _, item := range b.Items {
			m.CallToActions = append(m.CallToActions, menuItem{
				FallbackURL: item.FallbackURL, MessengerExtensions: item.MessengerExtensions, Payload: item.Payload, Title: item.Title,
				URL: item.URL, WebviewHeightRatio: item.WebviewHeightRatio,
			})
		}
		list = append(list, m)
	}
	switch {
	case len(list) == 0:
		return nil
	case len(list) == 1 && isDefault(list[0].Locale) && !list[0].ComposerInputDisabled && len(list[0].CallToActions) > 0:
		return list[0].CallToActions
	}
	return list
}

func iceBreakersOf(blocks []threadsettings.IceBreakers) any {
	var list []iceBreakers
	for _, b := range blocks {
		one := iceBreakers{Locale: orDefault(b.Locale)}
		for _, item := range b.Items {
			one.CallToActions = append(one.CallToActions, iceBreaker{Payload: item.Payload, Question: item.Question})
		}
		list = append(list, one)
	}
	switch {
	case len(list) == 0:
		return nil
	case len(list) == 1 && isDefault(list[0].Locale) && len(list[0].CallToActions) > 0:
		return list[0].CallToActions
	}
	return list
}

func commandsOf(blocks []threadsettings.Commands) any {
	var list []commands
	for _, b := range blocks {
		one := commands{Locale: orDefault(b.Locale)}
		for _, item := range b.Items {
			one.Commands = append(one.Commands, command{Description: item.Description, Name: item.Name})
		}
		list = append(list, one)
	}
	switch {
	case len(list) == 0:
		return nil
	case len(list) == 1 && isDefault(list[0].Locale) && len(list[0].Commands) > 0:
		return list[0].Commands
	}
	return list
}
