package threadsettings

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/graph"
)

// Current is what a page has.
type Current struct {
	Settings Settings
	// LeftOut names, in words, what the page has and Settings cannot express, such as items of a kind that the platform once
	// had.
	LeftOut []string
}

// Read returns what a page, or its Instagram account, has of the properties that this package manages; an empty platform is
// [graph.PlatformMessenger]. If the platform refuses to return the greeting, the greeting is left out, without an error. Read
// makes one call, or two in that case. Errors are those of [graph.Client.Do].
func Read(ctx context.Context, client *graph.Client, pageID string, platform graph.Platform) (Current, error) {
	profile, err := fetch(ctx, client, pageID, platform, Properties(platform))
	if err != nil {
		return Current{}, err
	}
	return decode(profile, platform), nil
}

// ReadPlan reads a page's settings, and compares them with the wanted ones as [NewPlan] does. It changes nothing, and makes
// no call if wanted is invalid or empty.
func ReadPlan(ctx context.Context, client *graph.Client, pageID string, wanted Settings) (Plan, error) {
	if err := wanted.Validate(); err != nil {
		return Plan{}, err
	}
	wanted = wanted.withDefaults()
	asked := wanted.mentioned()
	if len(asked) == 0 {
		return Plan{}, nil
	}
	menus := wanted.has(PropertyPersistentMenu) && wanted.Platform != graph.PlatformInstagram
	if menus && !slices.Contains(asked, PropertyGetStarted) {
		asked = append(asked, PropertyGetStarted) // which the menu needs
	}
	if slices.Contains(wanted.Remove, PropertyGetStarted) && !slices.Contains(asked, PropertyPersistentMenu) {
		asked = append(asked, PropertyPersistentMenu) // which needs it
	}
	profile, err := fetch(ctx, client, pageID, wanted.Platform, asked)
	if err != nil {
		return Plan{}, err
	}
	current, err := canonical(profile, wanted.Platform)
	if err != nil {
		return Plan{}, err
	}
	return newPlan(current, wanted)
}

// fetch reads properties. It leaves the greeting out if the platform no longer supports it.
func fetch(ctx context.Context, client *graph.Client, pageID string, platform graph.Platform, properties []Property) (graph.MessengerProfile, error) {
	profile, err := client.MessengerProfile(ctx, pageID, platform, names(properties)...)
	if isBadParameter(err) && slices.Contains(properties, PropertyGreeting) {
		rest := slices.DeleteFunc(slices.Clone(properties), func(p Property) bool { return p == PropertyGreeting })
		if len(rest) == 0 {
			return nil, nil
		}
		profile, err = client.MessengerProfile(ctx, pageID, platform, names(rest)...)
	}
	if err != nil {
		return nil, fmt.Errorf("threadsettings: reading: %w", limited(err))
	}
	return profile, nil
}

func isBadParameter(err error) bool {
	refused, ok := errors.AsType[*graph.Error](err)
	return ok && refused.Code == 100
}

func names(properties []Property) []string {
	list := make([]string, len(properties))
	for i, property := range properties {
		list[i] = string(property)
	}
	return list
}
