package threadsettings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/graph"
)

// The types below and those beside each property have the platform's JSON form.

type wireGetStarted struct {
	Payload string `json:"payload"`
}

type wireGreeting struct {
	Locale string `json:"locale"`
	Text   string `json:"text"`
}

// encode returns each mentioned property in the platform's shape. Blocks are sorted, the default one first, so that equal
// settings have equal encodings once their defaults are set.
func (s Settings) encode() (graph.MessengerProfile, error) {
	profile := make(graph.MessengerProfile)
	for _, property := range inOrder {
		if !s.has(property) {
			continue
		}
		raw, err := json.Marshal(s.wire(property))
		if err != nil {
			return nil, fmt.Errorf("threadsettings: %s: %w", property, err)
		}
		profile[string(property)] = raw
	}
	return profile, nil
}

// wire returns a property that is wanted in a type with the platform's JSON form.
func (s Settings) wire(property Property) any {
	switch property {
	case PropertyAccountLinkingURL:
		return s.AccountLinkingURL
	case PropertyCommands:
		return encodeCommands(s.Commands)
	case PropertyGetStarted:
		return wireGetStarted(*s.GetStarted)
	case PropertyGreeting:
		greetings := make([]wireGreeting, len(s.Greeting))
		for i, greeting := range s.Greeting {
			greetings[i] = wireGreeting(greeting)
		}
		slices.SortStableFunc(greetings, func(a, b wireGreeting) int { return byLocale(a.Locale, b.Locale) })
		return greetings
	case PropertyIceBreakers:
		return encodeIceBreakers(s.IceBreakers)
	case PropertyPersistentMenu:
		return encodeMenus(s.PersistentMenu, s.Platform == graph.PlatformInstagram)
	case PropertyWhitelistedDomains:
		origins := make([]string, len(s.WhitelistedDomains))
		for i, domain := range s.WhitelistedDomains {
			origins[i] = strings.ToLower(strings.TrimSuffix(domain, "/"))
		}
		slices.Sort(origins)
		return slices.Compact(origins)
	}
	return nil
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

// decode reads a page's settings. A property of unknown form, and a menu item of unknown kind, is left out and named.
func decode(profile graph.MessengerProfile, platform graph.Platform) Current {
	current := Current{Settings: Settings{Platform: platform}}
	for _, property := range inOrder {
		raw := profile[string(property)]
		if isNothing(raw) {
			continue
		}
		if !current.read(property, raw) {
			current.LeftOut = append(current.LeftOut, "the property "+string(property)+", which has an unknown form")
		}
	}
	return current
}

// read reads one property, and reports whether its form is known.
func (c *Current) read(property Property, raw json.RawMessage) bool {
	s := &c.Settings
	switch property {
	case PropertyAccountLinkingURL:
		return json.Unmarshal(raw, &s.AccountLinkingURL) == nil
	case PropertyCommands:
		var wire []wireCommands
		ok := json.Unmarshal(raw, &wire) == nil
		s.Commands = decodeCommands(wire)
		return ok
	case PropertyGetStarted:
		var started wireGetStarted
		if json.Unmarshal(raw, &started) != nil || started.Payload == "" {
			return false
		}
		s.GetStarted = &GetStarted{Payload: started.Payload}
	case PropertyGreeting:
		var wire []wireGreeting
		if json.Unmarshal(raw, &wire) != nil {
			return false
		}
		for _, greeting := range wire {
			greeting.Locale = cmp.Or(greeting.Locale, DefaultLocale)
			s.Greeting = append(s.Greeting, Greeting(greeting))
		}
	case PropertyIceBreakers:
		blocks, ok := decodeIceBreakers(raw)
		s.IceBreakers = blocks
		return ok
	case PropertyPersistentMenu:
		var wire []wireMenu
		if json.Unmarshal(raw, &wire) != nil {
			return false
		}
		menus, leftOut := decodeMenus(wire)
		s.PersistentMenu = menus
		c.LeftOut = append(c.LeftOut, leftOut...)
	case PropertyWhitelistedDomains:
		return json.Unmarshal(raw, &s.WhitelistedDomains) == nil
	}
	return true
}

// isNothing reports whether a property is not set: the platform leaves it out, or has null or an empty list for it.
func isNothing(raw json.RawMessage) bool {
	switch strings.TrimSpace(string(raw)) {
	case "", "null", "[]", "{}", `""`:
		return true
	}
	return false
}

// canonical returns the properties of a page as [Settings.encode] writes them, so that what means the same is the same. What
// Settings cannot express stays as it is, and so differs from everything that could be wanted.
func canonical(profile graph.MessengerProfile, platform graph.Platform) (graph.MessengerProfile, error) {
	result := make(graph.MessengerProfile)
	for name, raw := range profile {
		if isNothing(raw) {
			continue
		}
		current := decode(graph.MessengerProfile{name: raw}, platform)
		encoded, err := current.Settings.encode()
		if err != nil {
			return nil, err
		}
		result[name] = raw
		if len(current.LeftOut) == 0 && encoded[name] != nil {
			result[name] = encoded[name]
		}
	}
	return result, nil
}
