package threadsettings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/graph"
)

// The types below have the platform's JSON form.

type wireGetStarted struct {
	Payload string `json:"payload"`
}

type wireGreeting struct {
	Locale string `json:"locale"`
	Text   string `json:"text"`
}

type wireMenu struct {
	Locale                string     `json:"locale"`
	ComposerInputDisabled bool       `json:"composer_input_disabled"`
	CallToActions         []wireItem `json:"call_to_actions"`
}

type wireItem struct {
	Type                string `json:"type"`
	Title               string `json:"title"`
	Payload             string `json:"payload,omitempty"`
	URL                 string `json:"url,omitempty"`
	WebviewHeightRatio  string `json:"webview_height_ratio,omitempty"`
	MessengerExtensions bool   `json:"messenger_extensions,omitempty"`
	FallbackURL         string `json:"fallback_url,omitempty"`
}

// encode returns each mentioned property in the platform's shape. Blocks are sorted, the default one first, so that equal
// settings have equal encodings once their defaults are set.
func (s Settings) encode() (graph.MessengerProfile, error) {
	profile := make(graph.MessengerProfile)
	if s.GetStarted != nil {
		if err := put(profile, PropertyGetStarted, wireGetStarted(*s.GetStarted)); err != nil {
			return nil, err
		}
	}
	if len(s.Greeting) > 0 {
		var greetings []wireGreeting
		for _, greeting := range s.Greeting {
			greetings = append(greetings, wireGreeting(greeting))
		}
		slices.SortStableFunc(greetings, func(a, b wireGreeting) int { return byLocale(a.Locale, b.Locale) })
		if err := put(profile, PropertyGreeting, greetings); err != nil {
			return nil, err
		}
	}
	if len(s.IceBreakers) > 0 {
		if err := put(profile, PropertyIceBreakers, encodeIceBreakers(s.IceBreakers)); err != nil {
			return nil, err
		}
	}
	if len(s.PersistentMenu) > 0 {
		var menus []wireMenu
		for _, menu := range s.PersistentMenu {
			menus = append(menus, wireMenu{
				CallToActions: encodeItems(menu.Items), ComposerInputDisabled: menu.ComposerInputDisabled, Locale: menu.Locale,
			})
		}
		slices.SortStableFunc(menus, func(a, b wireMenu) int { return byLocale(a.Locale, b.Locale) })
		if err := put(profile, PropertyPersistentMenu, menus); err != nil {
			return nil, err
		}
	}
	return profile, nil
}

func put(profile graph.MessengerProfile, property Property, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("threadsettings: %s: %w", property, err)
	}
	profile[string(property)] = raw
	return nil
}

func encodeItems(items []MenuItem) []wireItem {
	encoded := make([]wireItem, len(items))
	for i, item := range items {
		encoded[i] = wireItem{
			FallbackURL: item.FallbackURL, MessengerExtensions: item.MessengerExtensions, Payload: item.Payload, Title: item.Title,
			Type: "postback", URL: item.URL, WebviewHeightRatio: item.WebviewHeightRatio,
		}
		if item.URL != "" {
			encoded[i].Type = "web_url"
		}
	}
	return encoded
}

func byLocale(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == DefaultLocale:
		return -1
	case b == DefaultLocale:
		return 1
	}
	return strings.Compare(a, b)
}

// decode reads a page's settings. A property of unknown form counts as not set, and of a menu item of unknown kind only the
// title is kept, so that applying settings replaces both.
func decode(profile graph.MessengerProfile) Settings {
	var s Settings
	var started wireGetStarted
	if read(profile, PropertyGetStarted, &started) && started.Payload != "" {
		s.GetStarted = &GetStarted{Payload: started.Payload}
	}
	var greetings []wireGreeting
	if read(profile, PropertyGreeting, &greetings) {
		for _, greeting := range greetings {
			s.Greeting = append(s.Greeting, Greeting(greeting))
		}
	}
	s.IceBreakers = decodeIceBreakers(profile)
	var menus []wireMenu
	if read(profile, PropertyPersistentMenu, &menus) {
		for _, menu := range menus {
			s.PersistentMenu = append(s.PersistentMenu, Menu{
				ComposerInputDisabled: menu.ComposerInputDisabled, Items: decodeItems(menu.CallToActions), Locale: menu.Locale,
			})
		}
	}
	return s
}

func read(profile graph.MessengerProfile, property Property, out any) bool {
	raw, ok := profile[string(property)]
	return ok && json.Unmarshal(raw, out) == nil
}

func decodeItems(items []wireItem) []MenuItem {
	decoded := make([]MenuItem, len(items))
	for i, item := range items {
		if item.Type != "postback" && item.Type != "web_url" {
			decoded[i].Title = item.Title
			continue
		}
		decoded[i] = MenuItem{
			FallbackURL: item.FallbackURL, MessengerExtensions: item.MessengerExtensions, Payload: item.Payload, Title: item.Title,
			URL: item.URL, WebviewHeightRatio: item.WebviewHeightRatio,
		}
		if item.WebviewHeightRatio == "full" {
			decoded[i].WebviewHeightRatio = ""
		}
	}
	return decoded
}
