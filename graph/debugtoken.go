package graph

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/djmessenger/messenger/secret"
)

// TokenInfo is what the platform knows about an access token.
type TokenInfo struct {
	AppID             string // of the app that the token belongs to
	Application       string // its name
	Code              int    // why the token is not valid, as an [Error] has it; 0: no reason given
	DataAccessExpires time.Time
	Expires           time.Time       // zero: never
	Issued            time.Time       // zero: not told
	ProfileID         string          // of the page, for the token of a page
	Raw               json.RawMessage // the whole answer
	Reason            string          // why the token is not valid, for developers, in English
	Scopes            []string        // the permissions it has, such as pages_messaging
	Subcode           int             // narrows Code
	Type              string          // such as PAGE, USER or APP
	UserID            string          // of the person who gave it
	Valid             bool
}

// DebugToken asks the platform about an access token. The call bears bearer: an app's own token (see [AppToken]) or that of
// one of its developers; the platform wants the token that is asked about in the URL. That a token is not valid is no
// error, but what this asks for.
//
// Errors are those of [Client.Do], without the token; an answer without data is a [ResponseError]. See
// https://developers.facebook.com/docs/graph-api/reference/debug_token.
func (c *Client) DebugToken(ctx context.Context, bearer, token secret.Value) (TokenInfo, error) {
	if bearer.IsZero() || token.IsZero() {
		return TokenInfo{}, refuse("debug token: the token, or that of the call, is missing")
	}
	request := Request{Path: "debug_token", Query: url.Values{"input_token": {token.Reveal()}}, Token: bearer}
	members, raw, err := c.object(ctx, request)
	if err != nil {
		return TokenInfo{}, hideIn(err, token)
	}
	data := decodeObject(members["data"])
	if data == nil {
		return TokenInfo{}, request.unusable("no data in it")
	}
	text := func(key string) string { return decodeText(data[key]) }
	fault := decodeObject(data["error"])
	return TokenInfo{
		AppID:             text("app_id"),
		Application:       text("application"),
		Code:              decodeInt(fault["code"]),
		DataAccessExpires: decodeTime(data["data_access_expires_at"]),
		Expires:           decodeTime(data["expires_at"]),
		Issued:            decodeTime(data["issued_at"]),
		ProfileID:         text("profile_id"),
		Raw:               raw,
		Reason:            token.Redact(decodeText(fault["message"])),
		Scopes:            decodeTexts(data["scopes"]),
		Subcode:           decodeInt(fault["subcode"]),
		Type:              text("type"),
		UserID:            text("user_id"),
		Valid:             decodeBool(data["is_valid"]),
	}, nil
}
