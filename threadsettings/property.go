package threadsettings

import (
	"fmt"
	"slices"
)

// Property names a part of the Messenger Profile, as the platform does.
type Property string

// The properties that this package manages.
const (
	PropertyGetStarted     Property = "get_started"
	PropertyGreeting       Property = "greeting"
	PropertyIceBreakers    Property = "ice_breakers"
	PropertyPersistentMenu Property = "persistent_menu"
)

// removal is every property, in the order in which the platform allows their removal: the menu before the button it needs.
var removal = []Property{PropertyPersistentMenu, PropertyGetStarted, PropertyIceBreakers, PropertyGreeting}

// inOrder returns the named properties once each in the order of removal, or all of them if none is named.
func inOrder(named []Property) ([]Property, error) {
	if len(named) == 0 {
		return removal, nil
	}
	for _, property := range named {
		if !slices.Contains(removal, property) {
			return nil, fmt.Errorf("threadsettings: no property %q; there are %q", string(property), removal)
		}
	}
	var ordered []Property
	for _, property := range removal {
		if slices.Contains(named, property) {
			ordered = append(ordered, property)
		}
	}
	return ordered, nil
}
