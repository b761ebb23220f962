package graph

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// MessengerProfile holds properties of the Messenger Profile of a page, or of the Instagram account that is linked to it, by
// their names, such as get_started and persistent_menu, as the platform writes them. Package threadsettings has them as data.
// See https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile.
type MessengerProfile map[string]json.RawMessage

const (
	profilePath   = Me + "/messenger_profile"
	iceBreakers   = "ice_breakers"
	callToActions = "call_to_actions"
	question      = "question"
)

// MessengerProfile reads properties of the profile that a page, or its Instagram account, has; an empty platform is
// [PlatformMessenger]. What is not set is missing in the result. At least one field is needed. The platform allows 10 calls of
// the Messenger Profile API in 10 minutes for each page. Errors are those of [Client.Do].
func (c *Client) MessengerProfile(ctx context.Context, pageID string, platform Platform, fields ...string) (MessengerProfile, error) {
	if len(fields) == 0 {
		return nil, &RequestError{Err: errors.New("messenger profile: no field named")}
	}
	var found struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	err := c.Do(ctx, Request{
		Method: http.MethodGet,
		Once:   true,
		PageID: pageID,
		Path:   profilePath,
		Query:  profileQuery(platform, url.Values{"fields": {strings.Join(fields, ",")}}),
	}, &found)
	if err != nil {
		return nil, err
	}
	profile := make(MessengerProfile)
	var bare []map[string]json.RawMessage
	for _, properties := range found.Data {
		if properties[callToActions] != nil || properties[question] != nil {
			bare = append(bare, properties)
			continue
		}
		maps.Copy(profile, properties)
	}
	// Ice breakers, in either of their forms, have been seen without the name of their property.
	if len(bare) > 0 && profile[iceBreakers] == nil && slices.Contains(fields, iceBreakers) {
		if profile[iceBreakers], err = json.Marshal(bare); err != nil {
			return nil, err
		}
	}
	return profile, nil
}

// SetMessengerProfile sets the given properties and leaves all others as they are. URLs in them, such as those of
// whitelisted_domains, account_linking_url and the items of a persistent menu, are checked first: a malformed one is a
// [RequestError] that names its place. Other errors are those of [Client.Do], and a [ResponseError] for an answer that does
// not report success.
func (c *Client) SetMessengerProfile(ctx context.Context, pageID string, platform Platform, properties MessengerProfile) error {
	if len(properties) == 0 {
		return &RequestError{Err: errors.New("messenger profile: no property to set")}
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if err := checkURLs("messenger profile: "+name, properties[name], urlChecks[name]); err != nil {
			return err
		}
	}
	return c.change(ctx, Request{
		Body: properties, Method: http.MethodPost, Once: true, PageID: pageID, Path: profilePath, Query: profileQuery(platform, nil),
	})
}

// DeleteMessengerProfile removes the named properties. Errors are those of [Client.SetMessengerProfile].
func (c *Client) DeleteMessengerProfile(ctx context.Context, pageID string, platform Platform, fields ...string) error {
	if len(fields) == 0 {
		return &RequestError{Err: errors.New("messenger profile: no field named")}
	}
	body := map[string][]string{"fields": fields}
	return c.change(ctx, Request{
		Body: body, Method: http.MethodDelete, Once: true, PageID: pageID, Path: profilePath, Query: profileQuery(platform, nil),
	})
}

// profileQuery adds the platform, unless it is Messenger, which the platform takes for granted.
func profileQuery(platform Platform, query url.Values) url.Values {
	if platform == "" || platform == PlatformMessenger {
		return query
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("platform", string(platform))
	return query
}

// change makes a call that reports success as {"result":"success"} or as {"success":"true"}.
func (c *Client) change(ctx context.Context, request Request) error {
	var raw json.RawMessage
	if err := c.Do(ctx, request, &raw); err != nil {
		return err
	}
	object := decodeObject(raw)
	if decodeText(object["result"]) == "success" || decodeBool(object["success"]) {
		return nil
	}
	a := &answer{status: http.StatusOK, method: request.Method, path: request.Path}
	return a.unusable("no success reported", nil)
}
