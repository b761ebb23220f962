package threadsettings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/graph"
)

// Property names a part of the Messenger Profile, as the platform does.
type Property string

// The properties that this package manages.
const (
	PropertyAccountLinkingURL  Property = "account_linking_url"
	PropertyCommands           Property = "commands"
	PropertyGetStarted         Property = "get_started"
	PropertyGreeting           Property = "greeting"
	PropertyIceBreakers        Property = "ice_breakers"
	PropertyPersistentMenu     Property = "persistent_menu"
	PropertyWhitelistedDomains Property = "whitelisted_domains"
)

// inOrder has every property in the order in which the platform takes them: the domains before the links that use them, the
// get-started button before the menu that needs it, and the greeting, which may be refused, last. They are removed in the
// opposite order.
var inOrder = []Property{
	PropertyWhitelistedDomains, PropertyAccountLinkingURL, PropertyGetStarted, PropertyPersistentMenu, PropertyCommands, PropertyIceBreakers,
	PropertyGreeting,
}

// ofInstagram are the properties that Instagram has.
var ofInstagram = []Property{PropertyPersistentMenu, PropertyIceBreakers}

// Properties returns the properties that a platform has, in the order in which they are set. An empty platform is
// [graph.PlatformMessenger].
func Properties(platform graph.Platform) []Property {
	if platform == graph.PlatformInstagram {
		return slices.Clone(ofInstagram)
	}
	return slices.Clone(inOrder)
}

// checkProperty returns why a platform has no such property, or nil.
func checkProperty(property Property, platform graph.Platform) error {
	switch has := Properties(platform); {
	case slices.Contains(has, property):
		return nil
	case slices.Contains(inOrder, property):
		return fmt.Errorf("there is no %s on Instagram; there are %s", property, joined(has))
	default:
		return fmt.Errorf("there is no property %q; there are %s", string(property), joined(has))
	}
}

func joined(properties []Property) string {
	names := make([]string, len(properties))
	for i, property := range properties {
		names[i] = string(property)
	}
	return strings.Join(names, ", ")
}
