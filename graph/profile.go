package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// profileFields is what [Client.Profile] asks for by default. Asking for a field that the app has no permission for may
// cost the whole answer, so a bot that lacks one names the others.
var profileFields = []string{"first_name", "last_name", "profile_pic", "locale", "timezone", "gender"}

// Profile is what the platform tells about a person. Everything in it may be missing.
type Profile struct {
	FirstName  string
	Gender     string
	LastName   string
	Locale     string // such as en_US; never with Instagram
	Name       string
	ProfilePic string          // a URL that expires
	Raw        json.RawMessage // the whole answer, for fields that are not listed here
	Timezone   *float64        // hours east of UTC, with fractions; nil: unknown
	Username   string          // Instagram
}

// Profile asks for a person's profile: the fields named, or else first_name, last_name, profile_pic, locale, timezone and
// gender. A field of an unexpected shape is left empty.
//
// A profile that the platform refuses, in words or by an answer without any of the fields, is an error that matches
// [ErrProfileUnavailable]: the person is there, but stays unknown. Other errors are those of [Client.Do]; there is one
// attempt, since a bot can ask again when the person writes again. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/user-profile.
func (c *Client) Profile(ctx context.Context, pageID, psid string, fields ...string) (Profile, error) {
	if psid == "" {
		return Profile{}, &RequestError{Err: errors.New("profile: the person's id is empty")}
	}
	if len(fields) == 0 {
		fields = profileFields
	}
	var raw json.RawMessage
	err := c.Do(ctx, Request{
		Method: http.MethodGet,
		Once:   true,
		PageID: pageID,
		Path:   url.PathEscape(psid),
		Query:  url.Values{"fields": {strings.Join(fields, ",")}},
	}, &raw)
	if err != nil {
		return Profile{}, profileError(err)
	}
	object := decodeObject(raw)
	delete(object, "id") // which the platform gives unasked
	if len(object) == 0 {
		return Profile{}, &refusedProfileError{err: errors.New("the answer has none of the fields")}
	}
	text := func(key string) string { return decodeText(object[key]) }
	return Profile{
		FirstName:  text("first_name"),
		Gender:     text("gender"),
		LastName:   text("last_name"),
		Locale:     text("locale"),
		Name:       text("name"),
		ProfilePic: text("profile_pic"),
		Raw:        raw,
		Timezone:   decodeFloat(object["timezone"]),
		Username:   text("username"),
	}, nil
}

// profileError marks the refusals that have another meaning for other calls: 100/33, an object that is not there or not
// to be seen, and 230, an Instagram person who has not consented by writing first.
func profileError(err error) error {
	var refused *Error
	if errors.As(err, &refused) && (refused.Code == 100 && refused.Subcode == 33 || refused.Code == 230) {
		return &refusedProfileError{err: err}
	}
	return err
}

// refusedProfileError is a refusal whose words alone do not tell it.
type refusedProfileError struct {
	err error
}

func (e *refusedProfileError) Error() string {
	return fmt.Sprintf("%v: %v", ErrProfileUnavailable, e.err)
}
func (e *refusedProfileError) Unwrap() []error { return []error{ErrProfileUnavailable, e.err} }
func (e *refusedProfileError) Retry() Retry    { return RetryNever }
