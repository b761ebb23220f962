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

// Read returns what a page has of the properties that this package manages. Properties that [Settings] cannot express, such
// as nested menus, are left out. If the platform refuses to return the greeting, the greeting is left out too, without an
// error. Read makes one call, or two in that case. Errors are those of [graph.Client.Do].
func Read(ctx context.Context, client *graph.Client, pageID string) (Settings, error) {
	return fetch(ctx, client, pageID, removal)
}

// Apply applies the wanted settings to a page: it reads the page's settings, posts the differences, and returns the plan
// that it followed. It makes no call if wanted is invalid. The greeting and the other properties are posted separately, so
// that a refusal of one does not affect the other: the error names the property and joins all refusals, and the plan is what
// was attempted.
//
// Apply is safe to repeat, and to run from several replicas at once with the same settings.
func Apply(ctx context.Context, client *graph.Client, pageID string, wanted Settings) (Plan, error) {
	if err := wanted.Validate(); err != nil {
		return Plan{}, err
	}
	asked := mentioned(wanted)
	if len(asked) == 0 {
		return Plan{}, nil
	}
	current, err := fetch(ctx, client, pageID, asked)
	if err != nil {
		return Plan{}, err
	}
	plan, err := NewPlan(current, wanted)
	if err != nil {
		return Plan{}, err
	}
	var failed []error
	for _, profile := range plan.split() {
		if err := client.SetMessengerProfile(ctx, pageID, profile); err != nil {
			refused := strings.Join(slices.Sorted(maps.Keys(profile)), ", ")
			failed = append(failed, fmt.Errorf("threadsettings: setting %s: %w", refused, err))
		}
	}
	return plan, errors.Join(failed...)
}

// Delete removes the named properties of a page, or all that this package manages if none is named. The menu goes before the
// button it needs; if the menu is refused, the button stays. A refusal does not stop the deletion of the other properties;
// the error joins all refusals.
func Delete(ctx context.Context, client *graph.Client, pageID string, properties ...Property) error {
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
		if err := client.DeleteMessengerProfile(ctx, pageID, string(property)); err != nil {
			failed = append(failed, fmt.Errorf("threadsettings: deleting %s: %w", property, err))
			menuStays = menuStays || property == PropertyPersistentMenu
		}
	}
	return errors.Join(failed...)
}

// mentioned returns the properties that must be read before wanted can be applied.
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

// fetch reads properties. It leaves the greeting out if the platform no longer supports it.
func fetch(ctx context.Context, client *graph.Client, pageID string, properties []Property) (Settings, error) {
	profile, err := client.MessengerProfile(ctx, pageID, names(properties)...)
	if isBadParameter(err) && slices.Contains(properties, PropertyGreeting) {
		rest := slices.DeleteFunc(slices.Clone(properties), func(p Property) bool { return p == PropertyGreeting })
		if len(rest) == 0 {
			return Settings{}, nil
		}
		profile, err = client.MessengerProfile(ctx, pageID, names(rest)...)
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
