package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// CustomUserSettings are the menus that a person sees: the one of their own comes before the page's.
type CustomUserSettings struct {
	PageMenu   json.RawMessage // the persistent menu of the page; nil: none
	PersonMenu json.RawMessage // the persistent menu of this person alone; nil: none
	Raw        json.RawMessage // the whole answer
}

const userSettingsPath = Me + "/custom_user_settings"

// SetCustomUserSettings gives a person a persistent menu of their own, in the form that the Messenger Profile has it, which
// is JSON or is written as JSON. The platform allows 10 of these calls in 10 minutes for each person.
//
// Errors are those of [Client.Do], and a [ResponseError] for an answer that does not report success. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu.
func (c *Client) SetCustomUserSettings(ctx context.Context, pageID, psid string, persistentMenu any) error {
	if psid == "" {
		return refuse("custom user settings: the person's id is empty")
	}
	menu, err := encodePart("custom user settings: the menu", persistentMenu)
	if err != nil {
		return err
	}
	if err := checkURLs("custom user settings: the menu", menu, nil); err != nil {
		return err
	}
	body := map[string]any{"psid": psid, persistentMenuProperty: menu}
	return c.change(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: userSettingsPath})
}

const persistentMenuProperty = "persistent_menu"

// CustomUserSettings asks for the menus that a person sees. Errors are those of [Client.Do]; an answer that is no JSON
// object is a [ResponseError].
func (c *Client) CustomUserSettings(ctx context.Context, pageID, psid string) (CustomUserSettings, error) {
	if psid == "" {
		return CustomUserSettings{}, refuse("custom user settings: the person's id is empty")
	}
	members, raw, err := c.object(ctx, Request{PageID: pageID, Path: userSettingsPath, Query: url.Values{"psid": {psid}}})
	if err != nil {
		return CustomUserSettings{}, err
	}
	settings := CustomUserSettings{Raw: raw}
	for _, element := range decodeArray(members["data"]) {
		for name, menu := range map[string]*json.RawMessage{
			"page_level_persistent_menu": &settings.PageMenu, "user_level_persistent_menu": &settings.PersonMenu,
		} {
			if found := decodeObject(element)[name]; len(decodeArray(found)) > 0 {
				*menu = found
			}
		}
	}
	return settings, nil
}

// DeleteCustomUserSettings takes a person's own menu away, so that they see the page's. Errors are those of
// [Client.SetCustomUserSettings].
func (c *Client) DeleteCustomUserSettings(ctx context.Context, pageID, psid string) error {
	if psid == "" {
		return refuse("custom user settings: the person's id is empty")
	}
	query := url.Values{"params": {`["` + persistentMenuProperty + `"]`}, "psid": {psid}}
	return c.change(ctx, Request{Method: http.MethodDelete, PageID: pageID, Path: userSettingsPath, Query: query})
}
