package threadsettings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/graph"
)

// ReadPersonMenu returns the persistent menu that a person has of their own, and nil if they see the page's. Errors are those
// of [graph.Client.CustomUserSettings].
func ReadPersonMenu(ctx context.Context, client *graph.Client, pageID, psid string) ([]Menu, error) {
	raw, err := personMenu(ctx, client, pageID, psid)
	if err != nil || raw == nil {
		return nil, err
	}
	return decode(graph.MessengerProfile{string(PropertyPersistentMenu): raw}, graph.PlatformMessenger).Settings.PersistentMenu, nil
}

// ApplyPersonMenu gives a person a persistent menu of their own, which they see in place of the page's. It reads what they
// have first, and reports whether it has changed anything. The menu is checked before any call, as [Settings.Validate] does.
// The page needs a get-started button. The platform allows 10 calls in 10 minutes for each person, of which ApplyPersonMenu
// makes one or two. Instagram has no such menus. Errors are those of [graph.Client.SetCustomUserSettings]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu.
func ApplyPersonMenu(ctx context.Context, client *graph.Client, pageID, psid string, menus ...Menu) (changed bool, err error) {
	if len(menus) == 0 {
		return false, errors.New("threadsettings: a person's menu has no blocks; DeletePersonMenu removes it")
	}
	wanted := Settings{PersistentMenu: menus}
	if err := wanted.Validate(); err != nil {
		return false, err
	}
	menu, err := json.Marshal(encodeMenus(wanted.withDefaults().PersistentMenu, false))
	if err != nil {
		return false, err
	}
	had, err := personMenu(ctx, client, pageID, psid)
	if err != nil || bytes.Equal(had, menu) {
		return false, err
	}
	if err := client.SetCustomUserSettings(ctx, pageID, psid, json.RawMessage(menu)); err != nil {
		return false, fmt.Errorf("threadsettings: setting a person's menu: %w", err)
	}
	return true, nil
}

// DeletePersonMenu removes a person's own menu, so that they see the page's. Nothing is deleted, and false is returned, if
// they have none.
func DeletePersonMenu(ctx context.Context, client *graph.Client, pageID, psid string) (changed bool, err error) {
	had, err := personMenu(ctx, client, pageID, psid)
	if err != nil || had == nil {
		return false, err
	}
	if err := client.DeleteCustomUserSettings(ctx, pageID, psid); err != nil {
		return false, fmt.Errorf("threadsettings: deleting a person's menu: %w", err)
	}
	return true, nil
}

// personMenu returns a person's own menu in canonical form; nil if they have none.
func personMenu(ctx context.Context, client *graph.Client, pageID, psid string) (json.RawMessage, error) {
	settings, err := client.CustomUserSettings(ctx, pageID, psid)
	if err != nil {
		return nil, fmt.Errorf("threadsettings: reading a person's menu: %w", err)
	}
	profile, err := canonical(graph.MessengerProfile{string(PropertyPersistentMenu): settings.PersonMenu}, graph.PlatformMessenger)
	return profile[string(PropertyPersistentMenu)], err
}
