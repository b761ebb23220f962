package threadsettings

import (
	"cmp"
	"slices"

	"github.com/djmessenger/messenger/graph"
)

// The defaults of [Settings].
const (
	// DefaultLocale marks the block for all locales without a block of their own.
	DefaultLocale = "default"
	// GetStartedPayload is the default payload of a get-started button.
	GetStartedPayload = "GET_STARTED_BUTTON"
)

// Settings are a page's settings, wanted or current. A nil or empty field means that the property is not mentioned: it stays
// as it is. What the page must not have is in Remove.
type Settings struct {
	// AccountLinkingURL is the https page where people log in to link their account. Messenger only.
	AccountLinkingURL string
	// Commands are offered to a person who types "/", one block for each locale, the default one among them. A page that has
	// them does not show the persistent menu. Messenger only.
	Commands []Commands
	// GetStarted is the button that opens a conversation. The persistent menu needs it. Messenger only.
	GetStarted *GetStarted
	// Greeting is what a person reads before the conversation, one block for each locale, the default one among them. From
	// version 25.0 on the platform may refuse or ignore it; [Apply] takes its refusal for a warning. Messenger only.
	Greeting []Greeting
	// IceBreakers are the questions on the welcome screen, one block for each locale, the default one among them.
	IceBreakers []IceBreakers
	// PersistentMenu is the menu beside the composer, one block for each locale, the default one among them.
	PersistentMenu []Menu
	// Platform has the account that these settings are of: a page, or the Instagram account that is linked to it. Default:
	// [graph.PlatformMessenger].
	Platform graph.Platform
	// Remove are properties that the page must not have.
	Remove []Property
	// WhitelistedDomains are those of web pages that use the Messenger extensions: 1 to 50 origins such as
	// https://shop.example, without a path. Their order has no meaning. Messenger only.
	WhitelistedDomains []string
}

// GetStarted is the get-started button.
type GetStarted struct {
	// Payload of the postback, at most 1000 characters. Default: GET_STARTED_BUTTON. With another one a tap is routed as
	// POSTBACK.
	Payload string
}

// Greeting is the greeting in one locale.
type Greeting struct {
	Locale string // such as zh_TW; default: [DefaultLocale]
	Text   string // 1 to 160 characters; {{user_first_name}}, {{user_last_name}}, {{user_full_name}} become the person's
}

// GreetingOf returns the greeting of a bot with one language.
func GreetingOf(text string) []Greeting {
	return []Greeting{{Locale: DefaultLocale, Text: text}}
}

// IsEmpty reports whether the settings mention no property, so that there is nothing to apply.
func (s Settings) IsEmpty() bool { return len(s.mentioned()) == 0 }

// has reports for each property whether it is wanted; what is removed is not.
func (s Settings) has(property Property) bool {
	switch property {
	case PropertyAccountLinkingURL:
		return s.AccountLinkingURL != ""
	case PropertyCommands:
		return len(s.Commands) > 0
	case PropertyGetStarted:
		return s.GetStarted != nil
	case PropertyGreeting:
		return len(s.Greeting) > 0
	case PropertyIceBreakers:
		return len(s.IceBreakers) > 0
	case PropertyPersistentMenu:
		return len(s.PersistentMenu) > 0
	case PropertyWhitelistedDomains:
		return len(s.WhitelistedDomains) > 0
	}
	return false
}

// mentioned returns the properties that are wanted or removed, in the order in which they are set.
func (s Settings) mentioned() []Property {
	return slices.DeleteFunc(slices.Clone(inOrder), func(p Property) bool { return !s.has(p) && !slices.Contains(s.Remove, p) })
}

// withDefaults returns a copy in which every field that has a default is set, down to the last menu item.
func (s Settings) withDefaults() Settings {
	out := Settings{
		AccountLinkingURL:  s.AccountLinkingURL,
		Commands:           commandsWithDefaults(s.Commands),
		IceBreakers:        iceBreakersWithDefaults(s.IceBreakers),
		PersistentMenu:     menusWithDefaults(s.PersistentMenu),
		Platform:           cmp.Or(s.Platform, graph.PlatformMessenger),
		Remove:             slices.Clone(s.Remove),
		WhitelistedDomains: slices.Clone(s.WhitelistedDomains),
	}
	if s.GetStarted != nil {
		out.GetStarted = &GetStarted{Payload: cmp.Or(s.GetStarted.Payload, GetStartedPayload)}
	}
	for _, greeting := range s.Greeting {
		greeting.Locale = cmp.Or(greeting.Locale, DefaultLocale)
		out.Greeting = append(out.Greeting, greeting)
	}
	return out
}
