package threadsettings

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/graph"
)

// Read returns what a page has of the properties that this package manages. What [Settings] cannot express, such as the
// nested menus of former years, is left out. If the platform refuses to show the greeting, it is missing too, and that is
// no error. Read makes one call, or two then. Errors are those of [graph.Client.Do].
func Read(ctx context.Context, client *graph.Client, page string) (Settings, error) {
	return fetch(ctx, client, page, removal)
}

// Apply gives a page what is wanted: it reads what the page has, posts what differs, and returns the plan that it followed.
// Nothing is called if wanted is invalid. A refused greeting does not keep the rest from being applied, nor the other way
// round: the error then names the property and joins all refusals, and the plan is what was tried.
//
// Apply is safe to repeat, and to run from several replicas at once with the same settings.
func Apply(ctx context.Context, client *graph.Client, page string, wanted Settings) (Plan, error) {
	if err := wanted.Validate(); err != nil {
		return Plan{}, err
	}
	asked := mentioned(wanted)
	if len(asked) == 0 {
		return Plan{}, nil
	}
	current, err := fetch(ctx, client, page, asked)
	if err != nil {
		return Plan{}, err
	}
	plan, err := NewPlan(current, wanted)
	if err != nil {
		return Plan{}, err
	}
	var failed []error
	for _, profile := range plan.split() {
		if err := client.SetMessengerProfile(ctx, page, profile); err != nil {
			refused := strings.Join(slices.Sorted(maps.Keys(profile)), ", ")
			failed = append(failed, fmt.Errorf("threadsettings: setting %s: %w", refused, err))
		}
	}
	return plan, errors.Join(failed...)
}

// Delete removes the named properties of a page, or all that this package manages if none is named. The menu goes before
// the button it needs; if the menu is refused, the button stays. All other properties are tried whatever happens to one;
// the error joins all refusals.
func Delete(ctx context.Context, client *graph.Client, page string, properties ...Property) error {
	ordered, err := inOrder(properties)
	if err != nil {
		return err
	}
	var failed []error
	menuStays := false
	for _, property := range ordered {
		if property == PropertyGetStarted && menuStays {
			continue
		}
		if err := client.DeleteMessengerProfile(ctx, page, string(property)); err != nil {
			failed = append(failed, fmt.Errorf("threadsettings: deleting %s: %w", property, err))
			menuStays = menuStays || property == PropertyPersistentMenu
		}
	}
	return errors.Join(failed...)
}

// mentioned returns what has to be read before wanted can be applied.
func mentioned(wanted Settings) []Property {
	var properties []Property
	if len(wanted.PersistentMenu) > 0 {
		properties = append(properties, PropertyPersistentMenu)
	}
	if wanted.GetStarted != nil || len(wanted.PersistentMenu) > 0 {
		properties = append(properties, PropertyGetStarted)
	}
	if len(wanted.IceBreakers) > 0 {
		properties = append(properties, PropertyIceBreakers)
	}
	if len(wanted.Greeting) > 0 {
		properties = append(properties, PropertyGreeting)
	}
	return properties
}

// fetch reads properties, and does without the greeting if the platform does not know it any more.
func fetch(ctx context.Context, client *graph.Client, page string, properties []Property) (Settings, error) {
	profile, err := client.GetMessengerProfile(ctx, page, names(properties)...)
	if isBadParameter(err) && slices.Contains(properties, PropertyGreeting) {
		rest := slices.DeleteFunc(slices.Clone(properties), func(p Property) bool { return p == PropertyGreeting })
		if len(rest) == 0 {
			return Settings{}, nil
		}
		profile, err = client.GetMessengerProfile(ctx, page, names(rest)...)
	}
	if err != nil {
		return Settings{}, fmt.Errorf("threadsettings: reading: %w", err)
	}
	return decode(profile), nil
}

func isBadParameter(err error) bool {
	var refused *graph.Error
	return errors.As(err, &refused) && refused.Code == 100
}

func names(properties []Property) []string {
	var list []string
	for _, property := range properties {
		list = append(list, string(property))
	}
	return list
}
